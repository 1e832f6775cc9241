from stdnum.ru import inn

from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Customers of outside systems: found again or made; tax numbers of Russia."""

    _inherit = "res.partner"

    phone_sanitized = fields.Char(index="btree_not_null")

    _email_normalized_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    def check_vat_ru(self, vat):
        """Whether ``vat`` is a valid Russian INN of 10 or 12 digits.

        Core forgets the second remainder of the 12-digit check sum and refuses
        about every sixth valid number of a person.
        """
        return inn.is_valid(vat)

    # -- finding --------------------------------------------------------------------

    @api.model
    def _service_match(self, source, customers):
        """Find the partner of each customer: by external id, then phone, then e-mail.

        Sets ``partner`` where one is found and ``conflicts`` where the keys point to
        different ones: nothing is merged. Two orders of one newcomer share a customer.

        :param source: order.service.source
        :param customers: list of rules.intake.Customer
        :return: list as long as ``customers``, the same newcomer for the same person
        """
        by_name = self._service_by_external_id(source, customers)
        phones = self._service_by_key("phone_sanitized", customers, "phone_key")
        emails = self._service_by_key("email_normalized", customers, "email_key")
        found = self.union(*phones.values(), *emails.values())
        names = found._service_external_ids(source)
        newcomers = {}
        return [
            customer.settle(
                by_name.get(customer.external_id, self),
                phones.get(customer.phone_key, self),
                emails.get(customer.email_key, self),
                names,
                newcomers,
            )
            for customer in customers
        ]

    @api.model
    def _service_by_external_id(self, source, customers):
        names = {customer.external_id for customer in customers} - {None}
        rows = self.env["ir.model.data"].search_read(
            [
                ("module", "=", source.code),
                ("model", "=", self._name),
                ("name", "in", list(names)),
            ],
            ["name", "res_id"],
        )
        ids = self.browse([row["res_id"] for row in rows]).exists()._ids
        return {
            row["name"]: self.browse(row["res_id"])
            for row in rows
            if row["res_id"] in ids
        }

    @api.model
    def _service_by_key(self, field_name, customers, key):
        """Customers' own records, not their addresses, grouped by phone or e-mail."""
        keys = {getattr(customer, key) for customer in customers} - {None, ""}
        companies = (False, self.env.company.id)
        return self.search_fetch(
            [
                (field_name, "in", list(keys)),
                ("type", "=", "contact"),
                ("company_id", "in", companies),
            ],
            [field_name, "is_company", "vat", "email_normalized", "phone_sanitized"],
            order="id",
        ).grouped(field_name)

    def _service_external_ids(self, source):
        """dict partner id -> set of names by which ``source`` knows it."""
        rows = self.env["ir.model.data"].search_read(
            [
                ("module", "=", source.code),
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
            ],
            ["name", "res_id"],
        )
        names = {}
        for row in rows:
            names.setdefault(row["res_id"], set()).add(row["name"])
        return names

    # -- making ---------------------------------------------------------------------

    @api.model
    def _service_create_customers(self, source, customers):
        """Create the partners of newcomers in one batch and note external ids.

        :param customers: rules.intake.Customer, each once
        """
        newcomers = [customer for customer in customers if not customer.partner]
        language = source._language()
        partners = self.create([entry.partner_values(language) for entry in newcomers])
        for customer, partner in zip(newcomers, partners, strict=True):
            customer.partner = partner
        self._service_name_customers(source, customers)

    @api.model
    def _service_name_customers(self, source, customers):
        """Note under which external id the source knows each customer.

        A parallel call that names the same one makes the later of the two start
        anew (REPEATABLE READ), and that one finds the partner.
        """
        rows = {
            customer.external_id: (source.code, customer.external_id, self._name)
            + (customer.partner.id, True)
            for customer in customers
            if customer.external_id and not customer.is_named
        }
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
                   VALUES %s
                       ON CONFLICT (module, name)
                       DO UPDATE SET res_id = EXCLUDED.res_id
                           WHERE ir_model_data.model = EXCLUDED.model""",
                SQL(", ").join(SQL("%s", rows[name]) for name in sorted(rows)),
            )
        )

    @api.model
    def _service_find_addresses(self, wanted):
        """Delivery addresses that customers have already.

        :param wanted: list of values of ``res.partner`` with parent, street, city, zip
        :return: list of partners as long as ``wanted``, missing ones created
        """
        known = {
            (child.parent_id.id, *child._service_address_key()): child
            for child in self.search_fetch(
                [
                    ("parent_id", "in", list({entry["parent_id"] for entry in wanted})),
                    ("type", "=", "delivery"),
                ],
                ["parent_id", "street", "city", "zip"],
                order="id desc",
            )
        }
        missing = {}
        keys = []
        for values in wanted:
            texts = (values[name] or "" for name in ("street", "city", "zip"))
            key = (values["parent_id"], *(text.lower() for text in texts))
            keys.append(key)
            if key not in known:
                missing[key] = values
        created = self.create(list(missing.values()))
        known.update(zip(missing, created, strict=True))
        return [known[key] for key in keys]

    def _service_address_key(self):
        self.ensure_one()
        return tuple(
            (text or "").lower() for text in (self.street, self.city, self.zip)
        )
