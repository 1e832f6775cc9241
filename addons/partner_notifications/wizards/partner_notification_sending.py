from odoo import api, fields, models
from odoo.exceptions import AccessError

JOBS = (
    "partner_notifications.ir_cron_rules",
    "partner_notifications.ir_cron_pipeline",
)


class PartnerNotificationSending(models.TransientModel):
    """The one switch that stops all sending of a company.

    The company's settings have it too, but only an administrator may open those.
    """

    _name = "partner.notification.sending"
    _description = "Stop or start sending"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    is_on = fields.Boolean(related="company_id.notifications_on", related_sudo=True)
    waiting_count = fields.Integer(
        string="Broadcasts under way", compute="_compute_waiting_count"
    )

    @api.depends("company_id")
    def _compute_waiting_count(self):
        for wizard in self:
            wizard.waiting_count = self.env[
                "partner.notification.broadcast"
            ].search_count(
                [
                    ("company_id", "=", wizard.company_id.id),
                    ("state", "in", ("queued", "running")),
                ]
            )

    def action_stop(self):
        """Nothing more is decided or sent; what runs stops after its batch.

        :return: action that says so
        """
        return self._switch(False)

    def action_start(self):
        """It goes on where it stopped.

        :return: action that says so
        """
        for job in JOBS:
            self.env.ref(job)._trigger()
        return self._switch(True)

    def _switch(self, is_on):
        """Turn the switch and note on the company's contact who did.

        :return: action that says which way it was turned
        :raises AccessError: no manager of topics and rules, or another company
        """
        self.ensure_one()
        allowed = self.env.user.has_group("partner_notifications.group_manager")
        if not allowed or self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Only a manager of topics and rules stops or starts the sending of"
                    " %s.",
                    self.company_id.display_name,
                )
            )
        company = self.company_id.sudo()
        company.notifications_on = is_on
        said = (
            self.env._("Sending of partner notifications is started.")
            if is_on
            else self.env._("Sending of partner notifications is stopped.")
        )
        company.partner_id.message_post(body=said)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": said,
                "type": "success" if is_on else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
