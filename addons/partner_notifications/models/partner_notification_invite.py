from odoo import fields, models


class PartnerNotificationBroadcast(models.Model):
    """Whom a broadcast could not reach, and whether sending is on at all."""

    _inherit = "partner.notification.broadcast"  # pylint: disable=consider-merging-classes-inherited

    sending_on = fields.Boolean(
        related="company_id.notifications_on", string="Sending is on"
    )

    def action_no_portal(self):
        """The companies nobody of which can read this broadcast, to invite them.

        :return: action of their list; who has got access since is not in it
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_notifications.partner_invite_action"
        )
        missed = self.env["res.partner"]._notification_missed(
            [("broadcast_id", "=", self.id)]
        )
        return action | {"domain": list(missed)}
