from odoo import fields, models

from ..rules import life, working

MINUTE = 60


class ChatDirection(models.Model):
    """How long a direction waits for what, and what it tells whom and when."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    quiet_minutes = fields.Integer(
        string="Customer silent, min",
        default=30,
        tracking=True,
        help="After a reply that nobody answers, the text for it is sent; 0: never.",
    )
    quiet_close_minutes = fields.Integer(
        string="Close a silent one after, min",
        default=30,
        tracking=True,
        help="After that text, without an answer; 0: never.",
    )
    peak_waiting = fields.Integer(
        string="A long queue",
        default=20,
        tracking=True,
        help="More waiting conversations than this: customers are told that it takes"
        " longer; 0: never.",
    )

    _paces_positive = models.Constraint(
        "CHECK(accept_seconds >= 0 AND silence_minutes >= 0 AND quiet_minutes >= 0"
        " AND quiet_close_minutes >= 0 AND wrap_up_seconds >= 0"
        " AND skill_wait_seconds >= 0 AND peak_waiting >= 0)",
        "Times and numbers of a direction cannot be less than 0.",
    )

    def _pace(self):
        """The direction's times as plain data for ``rules.life``."""
        self.ensure_one()
        return life.Pace(
            accept_seconds=self.accept_seconds,
            silence_seconds=self.silence_minutes * MINUTE,
            quiet_seconds=self.quiet_minutes * MINUTE,
            quiet_close_seconds=self.quiet_close_minutes * MINUTE,
            wrap_up_seconds=self.wrap_up_seconds,
            skill_wait_seconds=self.skill_wait_seconds,
        )

    def _next_opening(self, moment):
        """When people work from ``moment`` on: ``moment`` itself if they do.

        :param moment: naive UTC datetime
        :return: naive UTC datetime, or None if the calendar tells none
        """
        self.ensure_one()
        if not self.calendar_id:
            return moment
        intervals = self.calendar_id._service_intervals(moment, 0)
        return working.next_opening(intervals, moment)

    def _is_peak(self):
        """Whether more customers wait than the direction calls usual."""
        self.ensure_one()
        if not self.peak_waiting:
            return False
        waiting = self.env["discuss.channel"].search_count(
            [("chat_direction_id", "=", self.id), ("chat_state", "=", "queued")],
            limit=self.peak_waiting + 1,
        )
        return waiting > self.peak_waiting

    def _text_of(self, event):
        """The text that customers are told at an event; may be empty."""
        return self.text_ids.filtered(lambda text: text.event == event)

    def _is_led_by(self, user):
        """Whether a user supervises the direction.

        Supervisors are named in it; administrators of its company need not be.
        """
        self.ensure_one()
        if self.company_id not in user.company_ids:
            return False
        if user.has_group("chat_center_bridge.group_manager"):
            return True
        is_supervisor = user.has_group("chat_center_bridge.group_supervisor")
        return is_supervisor and user in self.supervisor_ids
