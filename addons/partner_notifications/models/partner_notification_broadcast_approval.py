from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

# what a person writes on a draft; all else is written by the methods of the model
WRITTEN_BY_PEOPLE = {
    "topic_id",
    "company_id",
    "subject",
    "body",
    "hold_out_share",
    "scheduled_at",
    "valid_until",
    "request",
    "recipients_by",
    "file",
    "filename",
    "domain",
    "leave_out_same",
}
# what the check depends on: changed, it is done again
CHECKED = {
    "topic_id",
    "company_id",
    "subject",
    "body",
    "recipients_by",
    "file",
    "domain",
    "leave_out_same",
    "hold_out_share",
}


class PartnerNotificationBroadcast(models.Model):
    """A second person approves what goes to many; nobody goes round it.

    The right to write broadcasts is the right to write drafts: state, author and
    approver change by the methods below only, and what is no draft any more does not
    change at all, or an approved text could be exchanged.
    """

    # one file a concern of the broadcast
    _inherit = "partner.notification.broadcast"  # pylint: disable=consider-merging-classes-inherited

    # else a form would send its default along with a new draft
    state = fields.Selection(readonly=True)
    origin = fields.Selection(readonly=True)
    is_author = fields.Boolean(compute="_compute_is_author")

    @api.depends("author_id", "create_uid")
    @api.depends_context("uid")
    def _compute_is_author(self):
        for wave in self:
            wave.is_author = self.env.user in wave._authors()

    def _authors(self):
        """Who made the broadcast and who sent it off: none of them approves it."""
        return self.author_id | self.create_uid

    # -- drafts ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """People make drafts of their own; rules, pushes and events run as superuser.

        :raises AccessError: a field is given that people do not write
        """
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            self._check_written_by_people(vals)
        # a context's defaults would be another way in
        drafts = self.with_context(clean_context(self.env.context))
        return super(PartnerNotificationBroadcast, drafts).create(vals_list)

    def write(self, vals):
        """People change drafts only; what was checked is to be checked again.

        :raises AccessError: a field is given that people do not write
        :raises UserError: it is no draft any more
        """
        if not self.env.su:
            self._check_written_by_people(vals)
            self._check_draft()
        written = super().write(vals)
        if not self.env.su and CHECKED & vals.keys():
            self._reset_check()
            if "topic_id" in vals:
                names = [name for name in ("subject", "body") if name not in vals]
                for wave in self:
                    wave._copy_words(names)
        return written

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        """The words of another language are words too: this is a door of its own."""
        if not self.env.su:
            self._check_draft()
        updated = super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )
        self._check_words()
        if not self.env.su:
            self._reset_check()
        return updated

    def copy_data(self, default=None):
        """A copy is a new draft of who copies."""
        return [
            {name: value for name, value in vals.items() if name in WRITTEN_BY_PEOPLE}
            for vals in super().copy_data(default)
        ]

    def _check_written_by_people(self, vals):
        """:raises AccessError: a field is given that people do not write"""
        if fixed := vals.keys() - WRITTEN_BY_PEOPLE:
            raise AccessError(
                self.env._(
                    "%s of a broadcast cannot be written: use its buttons.",
                    ", ".join(sorted(fixed)),
                )
            )

    def _check_draft(self):
        """:raises UserError: a broadcast is no draft any more"""
        for wave in self:
            if wave.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is no draft any more and stays as it is. Stop it and"
                        " copy it to change it.",
                        wave.display_name,
                    )
                )

    def _reset_check(self):
        """What was found does not hold for what was changed."""
        for wave in self.sudo():
            if wave.file_state != "none":
                wave._forget_reading()

    # -- sending off -------------------------------------------------------------------

    def action_send(self):
        """Queue a checked draft, or leave it for a second person's approval.

        :raises UserError: it is no draft, not checked, or nobody is found
        """
        for wave in self:
            wave.check_access("write")
            wave._check_draft()
            wave._check_found()
            # who sends it off answers for it
            wave.sudo().author_id = self.env.user
            if wave._needs_approval():
                wave._switch({"draft"}, "pending")
            else:
                wave._switch({"draft"}, "queued")
        self._wake_pipeline()

    def _check_found(self):
        """:raises UserError: not checked, or nobody is found"""
        if self.file_state != "ready":
            raise UserError(
                self.env._("Check “%s” first: press “Check”.", self.display_name)
            )
        if not self.company_count:
            raise UserError(
                self.env._(
                    "Nobody would get “%s”: see the rows with errors.",
                    self.display_name,
                )
            )

    def _needs_approval(self):
        """Whether it goes to more companies than one person may decide on."""
        return self.company_count > self.company_id.notification_approval_from

    def action_approve(self):
        """Let a broadcast go that somebody else made.

        :raises UserError: it does not wait for approval, or is the approver's own
        """
        for wave in self:
            wave.check_access("write")
            if self.env.user in wave._authors():
                raise UserError(
                    self.env._(
                        "“%s” is your own: somebody else of the service centre"
                        " approves it.",
                        wave.display_name,
                    )
                )
            wave._switch({"pending"}, "queued")
            wave.sudo().write(
                {"approver_id": self.env.uid, "approved_at": fields.Datetime.now()}
            )
        self._wake_pipeline()

    def action_send_back(self):
        """Make an upload that waits for approval a draft again.

        :raises UserError: it does not wait, or comes from an outside system
        """
        for wave in self:
            if wave.origin != "upload":
                raise UserError(
                    self.env._("An outside system sent it: approve it or reject it.")
                )
        self._switch({"pending"}, "draft")

    def _wake_pipeline(self):
        """Begin now, or when the first of them is due."""
        now = fields.Datetime.now()
        moments = {wave.scheduled_at or now for wave in self if wave.state == "queued"}
        if moments:
            cron = self.env.ref("partner_notifications.ir_cron_pipeline").sudo()
            cron._trigger(sorted({max(moment, now) for moment in moments}))
