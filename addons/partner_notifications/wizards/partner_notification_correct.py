from odoo import Command, api, fields, models
from odoo.exceptions import AccessError


class PartnerNotificationCorrect(models.TransientModel):
    """New words for messages that were sent."""

    _name = "partner.notification.correct"
    _description = "Correct sent notifications"

    notification_ids = fields.Many2many(
        "partner.notification", string="Messages", required=True
    )
    message_count = fields.Integer(
        string="Number of messages", compute="_compute_message_count"
    )
    words_ids = fields.One2many("partner.notification.correct.words", "wizard_id")
    reason = fields.Char(required=True, help="Kept in the journal.")

    @api.depends("notification_ids")
    def _compute_message_count(self):
        for wizard in self:
            wizard.message_count = len(wizard.notification_ids)

    @api.model
    def default_get(self, fields_list):
        """The chosen messages and the words their broadcast was sent with."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") != "partner.notification":
            return values
        messages = self.env["partner.notification"].browse(
            self.env.context.get("active_ids", [])
        )
        messages.check_access("read")
        messages._check_correctable()
        values["notification_ids"] = [Command.set(messages.ids)]
        values["words_ids"] = [
            Command.create({"lang": code, "language": name} | self._words(wave, code))
            for wave in messages.broadcast_id
            for code, name in self.env["res.lang"].get_installed()
        ]
        return values

    def _words(self, wave, code):
        wave = wave.with_context(lang=code)
        return {"subject": wave.subject, "body": wave.body}

    def action_correct(self):
        """Correct the messages; partners see when.

        :raises AccessError: not of the service centre, or of another company
        :raises UserError: see ``partner.notification._correct``
        """
        self.ensure_one()
        if not self.env.user.has_group("partner_notifications.group_clerk"):
            raise AccessError(
                self.env._("Sent messages are corrected by the service centre.")
            )
        messages = self.notification_ids
        messages.check_access("read")
        # the journal is written by nobody's right, only by this door
        messages.sudo()._correct(
            {words.lang: (words.subject, words.body) for words in self.words_ids},
            self.reason,
        )
