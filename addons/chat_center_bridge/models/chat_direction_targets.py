from odoo import fields, models
from odoo.exceptions import UserError

from ..rules.figures import Board, Target


class ChatDirection(models.Model):
    """What a direction promises, and how near it is to it."""

    # one file a concern of the direction
    _inherit = "chat.direction"  # pylint: disable=consider-merging-classes-inherited

    handle_seconds = fields.Integer(
        string="Handling (ACPT), s",
        default=600,
        tracking=True,
        help="An operator's work on a conversation, notes after it included.",
    )
    short_seconds = fields.Integer(
        string="Short abandonment, s",
        default=5,
        tracking=True,
        help="Who gives up sooner is left out of the service level.",
    )
    amber_percent = fields.Integer(
        string="Amber within, %",
        default=20,
        tracking=True,
        help="A figure that misses its target by no more than this is amber; beyond it"
        " is red.",
    )

    _targets_possible = models.Constraint(
        "CHECK(service_level_percent BETWEEN 0 AND 100 AND amber_percent >= 0"
        " AND service_level_seconds >= 0 AND answer_seconds >= 0"
        " AND first_reply_seconds >= 0 AND reply_seconds >= 0"
        " AND handle_seconds >= 0 AND short_seconds >= 0)",
        "Targets are not less than 0, and a service level is 100 % at most.",
    )

    def _targets(self):
        """The targets as plain data for ``rules.figures``; 0: there is none."""
        self.ensure_one()
        return Board(
            service_level=self._target(self.service_level_percent, more_is_better=True),
            asa=self._target(self.answer_seconds),
            first_reply=self._target(self.first_reply_seconds),
            reply=self._target(self.reply_seconds),
            handle=self._target(self.handle_seconds),
        )

    def _target(self, value, more_is_better=False):
        if not value:
            return None
        return Target.around(value, self.amber_percent, more_is_better)

    def _is_supervised(self):
        """Whether the user leads the direction: its supervisor, or an administrator."""
        self.ensure_one()
        is_manager = self.env.user.has_group("chat_center_bridge.group_manager")
        return is_manager or self.env.user in self.supervisor_ids

    def _supervised(self):
        """The directions the user leads, of the companies he works in."""
        return self.search([]).filtered(lambda direction: direction._is_supervised())

    def _check_closing_reason(self, chat_reason):
        """Where a direction has closing reasons, one of them must be given.

        :raises UserError: none is, or another direction's
        """
        self.ensure_one()
        if chat_reason - self.reason_ids:
            raise UserError(
                self.env._(
                    "“%(reason)s” is no closing reason of “%(direction)s”: choose one"
                    " of its own, direction by direction.",
                    reason=chat_reason.name,
                    direction=self.name,
                )
            )
        if self.reason_ids and not chat_reason:
            raise UserError(
                self.env._(
                    "“%(direction)s” wants a closing reason: choose one.",
                    direction=self.name,
                )
            )
