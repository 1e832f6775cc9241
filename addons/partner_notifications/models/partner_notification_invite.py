from odoo import api, fields, models


class PartnerNotificationBroadcast(models.Model):
    """Whom a broadcast could not reach, and whether sending is on at all."""

    _inherit = "partner.notification.broadcast"  # pylint: disable=consider-merging-classes-inherited

    no_portal_count = fields.Integer(
        string="Without portal access", compute="_compute_outcome_counts"
    )
    withdrawn_count = fields.Integer(
        string="Withdrawn", compute="_compute_outcome_counts"
    )
    sending_on = fields.Boolean(
        related="company_id.notifications_on", string="Sending is on"
    )

    @api.depends("notification_ids.outcome")
    def _compute_outcome_counts(self):
        counts = self._count("partner.notification", ["broadcast_id", "outcome"])
        for wave in self:
            wave.no_portal_count = counts.get((wave, "no_portal_user"), 0)
            wave.withdrawn_count = counts.get((wave, "withdrawn"), 0)

    def action_no_portal(self):
        """The companies nobody of which can read this broadcast, to invite them.

        :return: action of their list; who has got access since is not in it
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_notifications.partner_invite_action"
        )
        missed = [("broadcast_id", "=", self.id), ("outcome", "=", "no_portal_user")]
        return action | {
            "domain": [
                ("portal_notification_ids", "any", missed),
                ("user_ids", "=", False),
                ("child_ids", "not any", [("user_ids", "!=", False)]),
            ]
        }
