from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

KEPT_DIGITS = 2


class SaleOrder(models.Model):
    """What the customer sees of an order on a route, and may do with it."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_amount_due = fields.Monetary(
        string="Left to pay",
        compute="_compute_service_amount_due",
        compute_sudo=True,
        help="Nothing once the order is refused.",
    )

    @api.depends("amount_total", "payment_status", "service_status")
    def _compute_service_amount_due(self):
        for order in self:
            refused = order.service_status == "cancelled"
            due = order.amount_total - order._service_paid_amount()
            order.service_amount_due = 0 if refused else max(due, 0)

    @api.depends("service_route_id")
    def _compute_type_name(self):
        """A customer who sent an order reads “order”, not “quotation”."""
        routed = self.filtered("service_route_id")
        for order in routed:
            order.type_name = self.env._("Order")
        return super(SaleOrder, self - routed)._compute_type_name()

    @api.model_create_multi
    def create(self, vals_list):
        """Orders of the service get their portal key at once.

        Their mails carry the link: a key made only then would write to an order that
        somebody may be working on.
        """
        for vals in vals_list:
            if vals.get("service_fulfilment"):
                vals.setdefault("access_token", str(uuid4()))
        return super().create(vals_list)

    def _has_to_be_signed(self):
        """The route decides what becomes of an order, not a signature."""
        return not self.service_route_id and super()._has_to_be_signed()

    # -- the page ---------------------------------------------------------------------

    def _service_portal_steps(self):
        """The stage bar as the customer reads it, times in the store's time.

        Stages that follow each other with one status are one step for the customer,
        named by the status; so is what comes after a refusal.

        :return: list of {"name", "state": passed | here | ahead, "at": text}
        """
        self.ensure_one()
        order = self.sudo()
        steps = []
        for stage, state, moment in order._service_steps():
            last = steps[-1] if steps else None
            if last and last["status"] == stage.status:
                last.update(name=order._service_status_name(stage.status))
                last.update(state=state if last["state"] == "passed" else last["state"])
                continue
            step = {"name": stage.name, "status": stage.status, "state": state}
            if stage.status == "cancelled":
                step["name"] = order._service_status_name(stage.status)
            steps.append({**step, "at": order._service_local_text(moment)})
        return steps

    def _service_steps(self):
        """(stage, state, moment of entering) of the stages passed, here and ahead."""
        stage, steps = self.service_stage_id, []
        for log in self.service_log_ids.sorted("id"):
            entered = fields.Datetime.subtract(log.at, seconds=log.seconds)
            steps.append((log.from_id, "passed", entered))
        steps.append((stage, "here", self.service_stage_since))
        if self.service_closed_at or stage.status == "cancelled":
            return steps
        return steps + [(ahead, "ahead", None) for ahead in stage._way_ahead()]

    def _service_status_name(self, status=None):
        """The name of a status in the reader's language; the order's own by default."""
        field = self._fields["service_status"]
        names = dict(field._description_selection(self.env))
        return names.get(status or self.service_status, "")

    def _service_choice_name(self, name):
        """The label of a selection field's value, empty without one."""
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _service_portal_since(self):
        """Since when the order stands where it stands, in the store's time."""
        return format_datetime(
            self.env, self.service_stage_since, self._service_tz(), "dd.MM HH:mm"
        )

    def _service_placed_text(self):
        """When the customer placed the order, in the store's time.

        Core's order date becomes that of the confirmation.
        """
        placed = self.service_placed_at or self.create_date
        return format_datetime(self.env, placed, self._service_tz(), "dd.MM.yyyy HH:mm")

    # -- reaching the customer --------------------------------------------------------

    def _service_sms_number(self):
        """Where SMS go: the customer's phone, else the recipient's, as E.164.

        Numbers without a country code are read as those of the store's country.
        """
        self.ensure_one()
        country = self.warehouse_id.partner_id.country_id or self.company_id.country_id
        for number in (self.partner_id.phone, self.service_recipient_phone):
            if number and (known := self._phone_format(number=number, country=country)):
                return known
        return False

    @api.model
    def _service_mask(self, address):
        """A phone or an e-mail of which one recognises the own one only."""
        name, at, domain = (address or "").partition("@")
        if at:
            return f"{name[:1]}***@{domain}"
        return f"{name[:KEPT_DIGITS]}*****{name[-KEPT_DIGITS:]}" if name else ""

    def _service_free_orders(self):
        """The orders that no other transaction holds at this moment; none is kept."""
        if not self:
            return self
        with self.env.cr.savepoint(flush=False) as savepoint:
            free = self.try_lock_for_update(allow_referencing=True)
            savepoint.rollback()
        return free

    # -- cancelling -------------------------------------------------------------------

    def _service_portal_reasons(self):
        """Reasons a customer may choose for this order's cancellation."""
        self.ensure_one()
        return (
            self.env["order.service.reason"]
            .sudo()
            .search(
                [
                    ("party", "=", "customer"),
                    ("for_customer", "=", True),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )

    def _service_portal_cancel(self, reason_id=None, note=None):
        """Cancel as the customer asks on the portal; who may ask is checked before.

        :param int reason_id: one of the reasons shown; None: the company's own
        :param str note: the customer's words
        :raises UserError: a reason not shown, words missing, or the stage forbids it
        """
        self.ensure_one()
        if reason_id:
            reason = self._service_portal_reasons().filtered(
                lambda reason: reason.id == reason_id
            )
        else:
            reason = self._service_portal_reason()
        if not reason:
            raise UserError(self.env._("Choose one of the reasons."))
        if reason.note_required and not note:
            raise UserError(
                self.env._("“%s”: add a few words of your own.", reason.name)
            )
        self._service_cancel_by_customer(reason, note=note)
