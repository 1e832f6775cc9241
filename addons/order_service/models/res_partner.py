from stdnum.ru import inn

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import age


class ResPartner(models.Model):
    """Customers of outside systems: found again or made; tax numbers of Russia."""

    _inherit = "res.partner"

    phone_sanitized = fields.Char(index="btree_not_null")
    age_confirmation_ids = fields.One2many(
        "res.partner.age.confirmation",
        "partner_id",
        string="Confirmations of age",
        groups="order_service.group_operator",
    )

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

    # -- age ------------------------------------------------------------------------

    def _service_confirmed_age(self, moment=None):
        """The age confirmed of this person, in years; 0 for nobody.

        :param moment: naive UTC datetime, now by default
        """
        rows = self.sudo().age_confirmation_ids._plain()
        return age.confirmed_age(rows, moment or fields.Datetime.now())

    def _service_contact_by_phone(self, phone, country):
        """The person of this company with a phone number, if there is one.

        :param str phone: as it was typed
        :param country: res.country in which it is dialled
        """
        company = self.commercial_partner_id
        number = phone and company._phone_format(number=phone, country=country)
        return company.child_ids.filtered(
            lambda contact: (
                number and not contact.is_company and contact.phone_sanitized == number
            )
        )[:1]

    def _service_make_contact(self, name, phone):
        """A person of this company whom an order names as its recipient.

        :raises UserError: name or phone are missing
        """
        company = self.commercial_partner_id
        if not (name and phone):
            raise UserError(
                self.env._(
                    "“%s” is a company: name the recipient with a phone first.",
                    company.display_name,
                )
            )
        return self.create(
            {
                "parent_id": company.id,
                "type": "contact",
                "name": name,
                "phone": phone,
            }
        )

    def _service_confirm_age(
        self, years, how, company, moment=None, valid_until=None, source=None
    ):
        """Record that the person is of age; the same one again changes nothing.

        :param int years: the age confirmed
        :param str how: a key of res.partner.age.confirmation.how
        :param company: res.company whose period limits it
        :param moment: naive UTC datetime of the confirmation, now by default
        :param valid_until: naive UTC datetime, by default the company's period
        :param source: order.service.source that told it, if one did
        :return: the res.partner.age.confirmation
        """
        self.ensure_one()
        moment = moment or fields.Datetime.now()
        days = company.service_age_days
        if not valid_until and days:
            valid_until = fields.Datetime.add(moment, days=days)
        values = {
            "partner_id": self.id,
            "age": years,
            "how": how,
            "confirmed_at": moment,
        }
        rows = self.env["res.partner.age.confirmation"].sudo()
        same = rows.search([(name, "=", value) for name, value in values.items()])
        return same or rows.create(
            {
                **values,
                "user_id": self.env.uid,
                "valid_until": valid_until,
                "source_id": source.id if source else False,
            }
        )

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
