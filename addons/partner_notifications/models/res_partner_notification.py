from odoo import api, fields, models


class ResPartner(models.Model):
    """What a partner got in the portal and whether it was read, for staff."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    portal_notification_ids = fields.One2many(
        "partner.notification",
        "commercial_partner_id",
        string="Portal notifications",
        groups="partner_notifications.group_clerk",
    )
    notification_count = fields.Integer(
        string="Notifications sent",
        compute="_compute_notification_count",
        groups="partner_notifications.group_clerk",
    )
    notification_read_count = fields.Integer(
        string="Notifications read",
        compute="_compute_notification_count",
        groups="partner_notifications.group_clerk",
        help="By one person of the company at least.",
    )

    @api.depends("commercial_partner_id")
    def _compute_notification_count(self):
        companies = self.commercial_partner_id
        got = self._count_sent(companies, [])
        read = self._count_sent(
            companies, [("receipt_ids", "any", [("read_at", "!=", False)])]
        )
        for partner in self:
            company = partner.commercial_partner_id
            partner.notification_count = got.get(company, 0)
            partner.notification_read_count = read.get(company, 0)

    def _count_sent(self, companies, domain):
        """dict company -> number of notifications sent to it."""
        return dict(
            self.env["partner.notification"]._read_group(
                [
                    ("commercial_partner_id", "in", companies.ids),
                    ("outcome", "=", "sent"),
                    *domain,
                ],
                ["commercial_partner_id"],
                ["__count"],
            )
        )

    def action_notifications(self):
        """The journal of this partner's company: what it got, what not and why.

        :return: action of the journal
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_notifications.notification_action"
        )
        company = self.commercial_partner_id
        return action | {
            "domain": [("commercial_partner_id", "=", company.id)],
            "display_name": self.env._("Notifications of %s", company.name),
        }
