from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import slots
from ..rules.slots import Want

# a change of any of these may change which places the order takes
PLACED_BY = {
    "service_slot_start",
    "service_slot_end",
    "service_fulfilment",
    "warehouse_id",
}


class SaleOrder(models.Model):
    """The places an order takes in a slot of its store."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_place_ids = fields.One2many(
        "order.service.slot.place",
        "order_id",
        string="Places in the slot",
        copy=False,
        groups="order_service.group_operator,order_service.group_storeadmin",
    )
    service_places_missing = fields.Integer(
        string="Places missing",
        compute="_compute_service_places_missing",
        compute_sudo=True,
        help="Places of the slot that the order needs and did not get.",
    )

    @api.depends("service_place_ids", "order_line", *PLACED_BY)
    def _compute_service_places_missing(self):
        """Of the order as it is saved: places are taken on saving."""
        saved = self._origin.filtered(lambda order: order._service_needs_place())
        found = self.env["order.service.slot"]._find(
            order._service_slot_key() for order in saved
        )
        missing = {}
        for order in saved:
            want = order._service_want(found.get(order._service_slot_key()))
            missing[order] = max(0, want.count - len(order.service_place_ids))
        for order in self:
            order.service_places_missing = missing.get(order._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """New orders take their places; those held for them first."""
        orders = super().create(vals_list)
        if placed := orders.filtered(lambda order: order._service_needs_place()):
            placed._service_take_places()
        return orders

    def write(self, vals):
        """Places follow the slot; a cancelled order gives them back."""
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._service_free_places()
        elif PLACED_BY & set(vals):
            self._service_take_places()
        return result

    def _service_enter(self, stage, now, trigger, actor, transition=None, **details):
        """A refused order gives its places back, one brought back takes them again."""
        back = self.filtered(lambda order: order.service_status == "cancelled")
        result = super()._service_enter(
            stage, now, trigger, actor, transition=transition, **details
        )
        if stage.status == "cancelled":
            (self - back)._service_free_places()
        elif back:
            back._service_take_places(strict=False)
        return result

    # -- which places ------------------------------------------------------------------

    def _service_has_plan(self):
        """Whether the order's store plans slots for its kind."""
        return self.env["order.service.slot.pattern"]._has_plan(
            self.warehouse_id.id, self.service_fulfilment
        )

    def _service_needs_place(self):
        """Whether the order, as it stands, takes places."""
        return bool(
            self.service_slot_start
            and self.service_fulfilment
            and not self.service_closed_at
            and self.state != "cancel"
            and self.service_status != "cancelled"
            and self._service_has_plan()
        )

    def _service_line_count(self):
        """Lines of goods: what makes the work of a slot.

        A substitute is sent instead of a line: it is not one more.
        """
        return len(
            self.order_line.filtered(
                lambda line: (
                    not (
                        line.display_type
                        or line.is_delivery
                        or line.service_replaces_line_id
                    )
                )
            )
        )

    def _service_slot_key(self):
        """What tells the slot apart: (store id, kind, start, end)."""
        return (
            self.warehouse_id.id,
            self.service_fulfilment,
            self.service_slot_start,
            self.service_slot_end,
        )

    def _service_take_places(self, strict=True):
        """Take the places of the slots the orders name, and give back all others.

        :param bool strict: an order that gets no place is an error; else it goes
            without, as orders that were there before the slots
        :raises UserError: the store has no such slot, or it is closed or full
        """
        orders = self.sudo()
        placed = orders.filtered(lambda order: order._service_needs_place())
        found = self.env["order.service.slot"]._find(
            order._service_slot_key() for order in placed
        )
        wants = {
            order: order._service_want(found.get(order._service_slot_key()))
            for order in placed
        }
        places = self.env["order.service.slot.place"]
        places._lock(list(wants.values()))
        if strict:
            for order, want in wants.items():
                order._service_check_place(want, found.get(order._service_slot_key()))
        places._seat([want for want in wants.values() if want.is_met])
        (orders - placed)._service_free_places()

    def _service_fit_places(self):
        """Take or give back places once the lines became more or fewer.

        A full slot does not refuse the line: whoever adds it has the customer on the
        phone, and one line more is the store's to bear. The order keeps its places,
        and its form says how many are missing.
        """
        self.sudo().filtered(
            lambda order: (
                order.service_place_ids
                and order._service_needs_place()
                and order._service_want(order.service_place_ids.slot_id).count
                != len(order.service_place_ids)
            )
        )._service_take_places(strict=False)

    def _service_want(self, slot):
        """What the order asks of ``slot``: nothing where there is no slot.

        :return: rules.slots.Want
        """
        lines = self._service_line_count()
        ref = self.service_external_ref
        return Want(
            slot_id=slot.id if slot else None,
            count=slots.places_needed(lines, slot.lines_per_place) if slot else 0,
            order_id=self.id,
            key=(self.service_source_id.id, ref) if ref else None,
        )

    def _service_check_place(self, want, slot):
        """The order has got its places in a slot that is open to staff.

        :raises UserError: it has not
        """
        values = {"order": self.service_number, "slot": self._service_slot_label()}
        if not slot:
            raise UserError(
                self.env._(
                    "The store of order %(order)s has no slot %(slot)s. Choose one of"
                    " its slots.",
                    **values,
                )
            )
        had = len(want.places) > len(want.fresh)
        if slot._is_shut(fields.Datetime.now(), staff=True) and not had:
            raise UserError(
                self.env._(
                    "The slot %(slot)s is closed: choose another one for order"
                    " %(order)s.",
                    **values,
                )
            )
        if not want.is_met:
            raise UserError(
                self.env._(
                    "The slot %(slot)s has too few free places for order %(order)s"
                    " (needed: %(count)s). Choose another one.",
                    count=want.count,
                    **values,
                )
            )

    def _service_free_places(self):
        """Give the places back: somebody else may have them."""
        if held := self.sudo().filtered("service_place_ids"):
            self.env["order.service.slot.place"]._release(held.ids)
