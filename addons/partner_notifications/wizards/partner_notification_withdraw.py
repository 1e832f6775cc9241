from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class PartnerNotificationWithdraw(models.TransientModel):
    """Takes messages back that nobody has read."""

    _name = "partner.notification.withdraw"
    _description = "Withdraw notifications"

    broadcast_id = fields.Many2one(
        "partner.notification.broadcast", help="All of its messages."
    )
    notification_ids = fields.Many2many("partner.notification", string="Messages")
    unread_count = fields.Integer(string="To withdraw", compute="_compute_counts")
    stay_count = fields.Integer(string="Read, stay", compute="_compute_counts")
    reason = fields.Char(required=True, help="Kept in the journal.")

    @api.depends("broadcast_id", "notification_ids")
    def _compute_counts(self):
        for wizard in self:
            messages = wizard._messages()
            wizard.unread_count = len(messages._withdrawable())
            wizard.stay_count = len(messages) - wizard.unread_count

    @api.model
    def default_get(self, fields_list):
        """What was chosen on the screen: messages, or a whole broadcast."""
        values = super().default_get(fields_list)
        ids = self.env.context.get("active_ids", [])
        if self.env.context.get("active_model") == "partner.notification":
            values["notification_ids"] = [Command.set(ids)]
        elif self.env.context.get("active_model") == "partner.notification.broadcast":
            values["broadcast_id"] = ids[:1] and ids[0]
        return values

    def _messages(self):
        """The sent messages chosen, found through the record rules."""
        chosen = [("id", "in", self.notification_ids.ids)]
        if self.broadcast_id:
            chosen = [("broadcast_id", "=", self.broadcast_id.id)]
        return self.env["partner.notification"].search(
            [*chosen, ("outcome", "=", "sent")]
        )

    def action_withdraw(self):
        """Withdraw what nobody has read; the rest stays.

        :raises AccessError: not of the service centre
        :raises UserError: everything was read already
        """
        self.ensure_one()
        if not self.env.user.has_group("partner_notifications.group_clerk"):
            raise AccessError(
                self.env._("Sent messages are withdrawn by the service centre.")
            )
        # the journal is written by nobody's right, only by this door
        if not self._messages().sudo()._withdraw(self.reason):
            raise UserError(
                self.env._(
                    "Nothing to withdraw: somebody has read each of these messages."
                    " Correct them instead."
                )
            )
