from odoo import api, fields, models
from odoo.fields import Domain

from ..rules import recipient


class ResPartner(models.Model):
    """Partners named by a key: of a file, or of an outside system."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    notification_candidate_ids = fields.One2many(
        "partner.notification.candidate",
        "commercial_partner_id",
        groups="partner_notifications.group_clerk",
    )

    def unlink(self):
        """Nobody is told who is gone: candidates have no foreign key to go by."""
        candidates = self.env["partner.notification.candidate"].sudo()
        candidates = candidates.search([("commercial_partner_id", "in", self.ids)])
        result = super().unlink()
        candidates.unlink()
        return result

    @api.model
    def _notification_resolve(self, key, values, company):
        """The companies that keys of one kind lead to; the hook for further kinds.

        A person's key leads to the person's company. Archived partners and those of
        other companies of the database are not found.

        :param str key: one of ``recipient.KEYS``, or one that an addon adds
        :param values: texts as of ``recipient.normal``
        :param company: res.company that sends
        :return: dict value -> set of ids of commercial partners; two ids are ambiguous
        :raises KeyError: no such kind of key
        """
        finder = {
            "ref": self._notification_by_ref,
            "inn": self._notification_by_inn,
            "email": self._notification_by_email,
            "xmlid": self._notification_by_xmlid,
            "partner_id": self._notification_by_id,
        }[key]
        usable = Domain(
            [
                ("commercial_partner_id.active", "=", True),
                ("company_id", "in", [False, company.id]),
            ]
        )
        return finder(list(values), usable)

    def _notification_by_ref(self, values, usable):
        return self._notification_group("ref", values, usable)

    def _notification_by_email(self, values, usable):
        return self._notification_group("email_normalized", values, usable)

    def _notification_by_inn(self, values, usable):
        """Stored with the country before it or without."""
        written = [*values, *(recipient.INN_COUNTRY + value for value in values)]
        found = {}
        for inn, ids in self._notification_group("vat", written, usable).items():
            found.setdefault(recipient.normal_inn(inn), set()).update(ids)
        return found

    def _notification_group(self, field, values, usable):
        """dict value of ``field`` -> ids of the commercial partners."""
        groups = self.sudo()._read_group(
            Domain(field, "in", values) & usable,
            [field],
            ["commercial_partner_id:array_agg_distinct"],
        )
        return {value: set(ids) for value, ids in groups}

    def _notification_by_xmlid(self, values, usable):
        names = [value.partition(".") for value in values]
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [
                    ("model", "=", "res.partner"),
                    ("module", "in", [module for module, _dot, _name in names]),
                    ("name", "in", [name for _module, _dot, name in names]),
                ],
                ["module", "name", "res_id"],
            )
        )
        partner_ids = {f"{row.module}.{row.name}": row.res_id for row in rows}
        found = self._notification_by_ids(partner_ids.values(), usable)
        return {
            value: found[partner_ids[value]]
            for value in values
            if partner_ids.get(value) in found
        }

    def _notification_by_id(self, values, usable):
        ids = {value: int(value) for value in values if recipient.is_id(value)}
        found = self._notification_by_ids(ids.values(), usable)
        return {value: found[ids[value]] for value in ids if ids[value] in found}

    def _notification_by_ids(self, ids, usable):
        """dict partner id -> set of the one id of its commercial partner."""
        partners = self.sudo().search_fetch(
            Domain("id", "in", list(ids)) & usable, ["commercial_partner_id"]
        )
        return {partner.id: {partner.commercial_partner_id.id} for partner in partners}
