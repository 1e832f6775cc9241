from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import age

HELD_BY_STAFF = ("draft", "sent")


class SaleOrder(models.Model):
    """Goods sold from an age on: who must be of age, and where it is asked (S6).

    While staff still ask, a draft may hold such goods; any other door refuses them,
    and the order is not confirmed without.
    """

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_minimum_age = fields.Integer(
        string="Goods sold from the age of",
        compute="_compute_service_age",
        compute_sudo=True,
    )
    service_age_person_id = fields.Many2one(
        "res.partner",
        string="Must be of age",
        compute="_compute_service_age",
        compute_sudo=True,
        help="The customer; for a company the recipient.",
    )
    service_age_missing = fields.Boolean(
        string="Age not confirmed", compute="_compute_service_age", compute_sudo=True
    )
    service_age_checked_at = fields.Datetime(
        string="Document checked at", copy=False, readonly=True
    )

    @api.depends(
        "partner_id",
        "service_recipient_phone",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.service_substitute_ids.product_id",
    )
    def _compute_service_age(self):
        for order in self:
            limits = [product.service_minimum_age for product in order._age_products()]
            order.service_minimum_age = max(limits, default=0)
            order.service_age_person_id = order._service_age_person()
            confirmed = order.service_age_person_id._service_confirmed_age()
            order.service_age_missing = not age.is_allowed(
                order.service_minimum_age, confirmed
            )

    def _age_products(self):
        """The goods and the substitutes the order may end with."""
        lines = self.order_line.filtered("product_uom_qty")
        return lines.product_id | lines.service_substitute_ids.product_id

    def _service_age_person(self):
        """Whose age counts: the customer's, for a company its recipient's."""
        self.ensure_one()
        if not self.partner_id.is_company:
            return self.partner_id
        return self._service_recipient_contact()

    def _service_recipient_contact(self):
        """The contact of the company with the recipient's phone, if there is one."""
        store = self.warehouse_id
        # a company that only sells services has no warehouse, and sells all the same
        country = store._service_country() if store else self.company_id.country_id
        return self.partner_id._service_contact_by_phone(
            self.service_recipient_phone, country
        )

    # -- the guards --------------------------------------------------------------------

    def _service_check_age(self):
        """Refuse orders whose person is not confirmed to be of age.

        :raises UserError: naming goods and person
        """
        for order in self.sudo().filtered("service_age_missing"):
            raise UserError(order._service_age_sentence())

    def _service_age_sentence(self):
        self.ensure_one()
        person = self.service_age_person_id
        confirmed = person._service_confirmed_age()
        goods = self._age_products().filtered(
            lambda product: not age.is_allowed(product.service_minimum_age, confirmed)
        )
        return self.env._(
            "Order %(order)s: %(goods)s — from the age of %(age)s only. Confirm the age"
            " of %(person)s first, or take the goods out.",
            order=self.service_number,
            goods=", ".join(goods.mapped("display_name")),
            age=self.service_minimum_age,
            person=person.display_name
            or self.service_recipient_name
            or self.env._("the recipient"),
        )

    def _service_age_may_wait(self):
        """A draft that staff hold: they are still asking the customer."""
        return self.state in HELD_BY_STAFF and self.env.user._is_internal()

    @api.constrains("partner_id", "service_recipient_phone")
    def _check_service_age(self):
        for order in self.sudo():
            waits = order.with_user(self.env.user)._service_age_may_wait()
            if order.state != "cancel" and order.service_age_missing and not waits:
                raise ValidationError(order._service_age_sentence())

    def _action_confirm(self):
        """The last guard: nobody who may not have the goods gets a confirmed order."""
        self._service_check_age()
        self._service_check_pickup_only()
        return super()._action_confirm()

    @api.constrains("service_fulfilment")
    def _service_check_pickup_only(self):
        """Some goods are handed out in the store and never delivered."""
        for order in self.sudo():
            if order.service_fulfilment != "delivery":
                continue
            goods = order._age_products().filtered("service_pickup_only")
            if goods:
                raise ValidationError(
                    self.env._(
                        "%(goods)s — handed out in the store only: make order %(order)s"
                        " a pick-up, or take the goods out.",
                        goods=", ".join(goods.mapped("display_name")),
                        order=order.service_number,
                    )
                )

    # -- confirming --------------------------------------------------------------------

    def _service_confirm_age(self, how, valid_until=None):
        """Record that the person of this order is of age.

        :param str how: a key of res.partner.age.confirmation.how
        :param valid_until: naive UTC datetime, or None for the company's period
        :return: the res.partner.age.confirmation
        """
        self.ensure_one()
        order = self.sudo()
        person = order._service_age_person() or order._service_make_recipient()
        confirmation = person._service_confirm_age(
            order.service_minimum_age, how, order.company_id, valid_until=valid_until
        )
        order.invalidate_recordset(["service_age_missing", "service_age_person_id"])
        order._service_refresh()
        return confirmation

    def _service_make_recipient(self):
        """A contact of the company for the recipient the order names."""
        self.ensure_one()
        return self.partner_id._service_make_contact(
            self.service_recipient_name, self.service_recipient_phone
        )

    # -- at the door -------------------------------------------------------------------

    def _service_restricted_lines(self):
        """Lines that are handed out only against a document."""
        return self.order_line.filtered(
            lambda line: line.product_uom_qty and line.product_id.service_minimum_age
        )

    def _service_needs_document(self):
        """Whether somebody still has to look at the recipient's document."""
        self.ensure_one()
        return not self.service_age_checked_at and bool(
            self._service_restricted_lines()
        )

    def _service_check_document(self):
        """Goods sold from an age on do not leave before a document was seen."""
        if self._service_needs_document():
            raise UserError(
                self.env._(
                    "Order %s holds goods sold from an age on and nobody has looked at"
                    " the recipient's document. The task that hands it out must ask"
                    " for it: see its template.",
                    self.service_number,
                )
            )

    def _service_note_document(self, of_age):
        """What the check at the door showed; refused goods come off the order.

        :param bool of_age: the recipient showed a document and is of age
        :raises UserError: nothing else is in the order: refuse the hand-over instead
        """
        self.ensure_one()
        if of_age:
            self.service_age_checked_at = fields.Datetime.now()
            if self._service_age_person():
                self._service_confirm_age("document")
            return
        lines = self._service_restricted_lines()
        if not self._service_besides(lines):
            raise UserError(
                self.env._(
                    "Order %s holds nothing else: refuse the hand-over with a reason.",
                    self.service_number,
                )
            )
        lines._service_take_off(
            self.env.ref("order_service.reason_technical_age"),
        )

    def _service_besides(self, lines):
        """What is handed over without ``lines``; delivery alone is nothing."""
        return (
            self.order_line.filtered(
                lambda line: line.product_uom_qty and not line.is_delivery
            )
            - lines
        )

    def _service_note_taken_off(self, lines, reason):
        """One line of the chatter tells what came off at the door."""
        self.ensure_one()
        self.message_post(
            body=self.env._(
                "Taken off at the hand-over: %(goods)s (%(reason)s).",
                goods=", ".join(lines.product_id.mapped("display_name")),
                reason=reason.name,
            )
        )
        self._service_refresh()

    # -- orders of a source ------------------------------------------------------------

    @api.model
    def _service_refuse_minors(self, received):
        """Note a problem on each line whose goods the person may not have.

        :param received: list of rules.intake.Received with goods and customer
        """
        now = fields.Datetime.now()
        limited = [entry for entry in received if entry.limited_lines()]
        known = self.env["res.partner"].union(
            *(entry.customer.partner for entry in limited if entry.customer.partner)
        )
        known.age_confirmation_ids.mapped("age")  # of all of them in one query
        for entry in limited:
            self._service_refuse_delivery(entry)
            told = entry.moment("customer", "adult_confirmed_at")
            if not (told and told <= now):
                self._service_refuse_unconfirmed(entry)

    @api.model
    def _service_refuse_unconfirmed(self, entry):
        confirmed = self._service_received_person(entry)._service_confirmed_age()
        for place, product in entry.limited_lines():
            if not age.is_allowed(product.service_minimum_age, confirmed):
                entry.refuse(
                    "age_not_confirmed",
                    place,
                    "age_not_confirmed",
                    sku=product.default_code,
                    age=product.service_minimum_age,
                )

    @api.model
    def _service_refuse_delivery(self, entry):
        if entry.clean["fulfilment"] != "delivery":
            return
        for place, product in entry.limited_lines():
            if product.service_pickup_only:
                entry.refuse(
                    "not_in_assortment", place, "pickup_only", sku=product.default_code
                )

    @api.model
    def _service_received_person(self, entry):
        """Whose age counts for an order on its way in; empty for a newcomer."""
        partner = entry.customer.partner or self.env["res.partner"]
        if not entry.customer.is_company:
            return partner
        _name, phone = entry.recipient(entry.store._service_country().code or None)
        return partner._service_contact_by_phone(phone, entry.store._service_country())

    @api.model
    def _service_record_ages(self, source, received):
        """Keep what the source tells of its customers' ages, for limited goods only.

        :param source: order.service.source
        :param received: list of rules.intake.Received whose customers are made
        """
        for entry in received:
            moment = entry.moment("customer", "adult_confirmed_at")
            ages = [
                product.service_minimum_age for _place, product in entry.limited_lines()
            ]
            if not (moment and any(ages)):
                continue
            self._service_received_contact(entry)._service_confirm_age(
                max(ages),
                entry.part("customer").get("adult_confirmed_how", "site"),
                source.company_id,
                moment=moment,
                source=source,
            )

    @api.model
    def _service_received_contact(self, entry):
        """The person of an order on its way in; a company's recipient is made."""
        person = self._service_received_person(entry)
        if person:
            return person
        name, phone = entry.recipient(entry.store._service_country().code or None)
        return entry.customer.partner._service_make_contact(name, phone)
