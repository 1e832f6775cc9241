from odoo import SUPERUSER_ID, api, models


class ResPartner(models.Model):
    """Changes of a company that it is told of: its manager and its details."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Note who looked after a company; tell at once what staff corrects in it."""
        if "user_id" in vals:
            self._mark_manager()
        told = self._told_of_details(vals)
        before = told._details()
        result = super().write(vals)
        told._tell_details(before)
        return result

    # -- manager -----------------------------------------------------------------------

    def _mark_manager(self):
        """Leave a mark on companies whose manager is about to change."""
        companies = self.env["partner.notification.rule"]._watching("manager")
        self.env["partner.notification.mark"]._leave(
            "manager",
            [
                (company.id, partner.id, partner.user_id.id or None)
                for partner in self
                for company in partner.company_id or companies
                if company in companies and partner == partner.commercial_partner_id
            ],
        )

    # -- details -----------------------------------------------------------------------

    @api.model
    def _details_fields(self):
        """The fields whose change a company is told of, in the order it reads them."""
        return ["name", "vat", "company_registry", *self._address_fields()] + [
            "phone",
            "email",
        ]

    def _told_of_details(self, vals):
        """The companies to tell of a write: staff's own, to those with portal users.

        What an import or a job writes was asked for by nobody.

        :param dict vals: of ``write``
        """
        none = self.browse()
        if vals.keys().isdisjoint(self._details_fields()):
            return none
        by_staff = self.env.uid != SUPERUSER_ID and self.env.user._is_internal()
        if not by_staff or self.env.context.get("import_file"):
            return none
        if not self.env["partner.notification.rule"]._watching("details"):
            return none
        return self.filtered(
            lambda partner: partner == partner.commercial_partner_id
        )._with_portal_users()

    def _with_portal_users(self):
        """Those of these companies for which somebody may enter the portal."""
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", True),
                    ("partner_id.commercial_partner_id", "in", self.ids),
                ]
            )
        )
        return self & users.partner_id.commercial_partner_id.with_env(self.env)

    def _details(self):
        """dict partner -> {field: value, or id of the record}."""
        names = self._details_fields()
        return {
            partner: {
                name: partner._fields[name].convert_to_write(partner[name], partner)
                for name in names
            }
            for partner in self
        }

    def _tell_details(self, before):
        """Tell the companies what is other than before, each by its seller.

        :param dict before: as of ``_details``
        """
        after = self._details()
        changes = {}
        for partner, values in after.items():
            changed = [
                [name, value]
                for name, value in values.items()
                if value != before[partner][name]
            ]
            if changed:
                company = partner.company_id or self.env.company
                changes.setdefault(company, {})[partner] = changed
        for company, changed in changes.items():
            self._tell_by_rule(company, changed)

    def _tell_by_rule(self, company, changed):
        rule = (
            self.env["partner.notification.rule"]
            .sudo()
            .search([("source", "=", "details"), ("company_id", "=", company.id)])[:1]
        )
        if rule:
            self.env["partner.notification.source.details"]._tell(rule, changed)
