import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..rules import closure as rule
from .sale_order_answer import BEFORE_HAND_OVER
from .sale_order_slot import zone_text


class OrderServiceStoreClosure(models.Model):
    """A time for which a store is closed: no slot of an order lies in it.

    Orders that had one when the store was closed are moved or postponed by
    ``order.service.close.store``, each with one message.
    """

    _name = "order.service.store.closure"
    _description = "Closure of a store"
    _order = "start desc, id desc"
    _rec_name = "reason"

    store_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="cascade",
        domain=[("service_code", "!=", False)],
    )
    company_id = fields.Many2one(
        related="store_id.company_id", store=True, precompute=True
    )
    start = fields.Datetime(required=True)
    end = fields.Datetime(string="Until", required=True)
    reason = fields.Char(
        required=True, translate=True, help="Told to the customers and to the site."
    )
    store_time = fields.Char(
        string="By the store's clock", compute="_compute_store_time"
    )
    order_ids = fields.One2many(
        "sale.order", "service_closure_id", string="Orders moved or postponed"
    )

    _period = models.Constraint(
        'CHECK("end" > start)', "A closure must end after it starts."
    )
    _store_idx = models.Index('(store_id, "end")')

    @api.model_create_multi
    def create(self, vals_list):
        """The slots of the time are closed with the store."""
        closures = super().create(vals_list)
        closures._close_slots()
        return closures

    def write(self, vals):
        """The slots follow a closure that is moved."""
        result = super().write(vals)
        if {"store_id", "start", "end", "reason"} & set(vals):
            self._reopen_slots(self._closed_slots())
            self._close_slots()
        return result

    def unlink(self):
        """What lies in no other closure, and nobody closed by hand, opens again."""
        slots = self._closed_slots()
        result = super().unlink()
        self._reopen_slots(slots)
        return result

    def _close_slots(self):
        """Nobody chooses a slot that touches a closure; what is taken stays taken."""
        slots = self.env["order.service.slot"].sudo()
        for closure in self:
            slots._close_for(closure)

    def _closed_slots(self):
        """The slots that these closures closed, as the system."""
        slots = self.env["order.service.slot"].sudo()
        return slots.search([("closure_id", "in", self.ids)])

    @api.model
    def _reopen_slots(self, slots):
        """Open slots that a closure no longer holds, except those that another does.

        :param slots: order.service.slot records, as the system
        """
        if slots:
            slots.write({"closed": False, "close_note": False})
            start, end = min(slots.mapped("start")), max(slots.mapped("end"))
            self._list_closures(slots.store_id, start, end)._close_slots()

    @api.depends("start", "end", "store_id.service_tz")
    def _compute_store_time(self):
        """Start and end are typed by one's own clock: told here by the store's."""
        for closure in self:
            told = closure.start and closure.end and closure._told()
            closure.store_time = told and f"{told['start']} – {told['end']}"

    def _told(self):
        """Values of a sentence: start and end by the store's clock, and the reason."""
        self.ensure_one()
        zone = self._zone()
        start, end = (
            pytz.utc.localize(moment).astimezone(zone)
            for moment in (self.start, self.end)
        )
        return {
            "start": f"{start:%d.%m %H:%M}",
            "end": f"{end:%d.%m %H:%M} ({zone_text(end)})",
            "reason": self.reason or "",
        }

    def _zone(self):
        return pytz.timezone(self.store_id.service_tz or self.env.user.tz or "UTC")

    @api.model
    def _list_closures(self, stores, start, end):
        """The closures of stores that touch a time, the earliest first.

        :param stores: stock.warehouse records
        :param start, end: naive UTC datetimes
        """
        return self.search(
            [("store_id", "in", stores.ids), ("start", "<", end), ("end", ">", start)],
            order="start, id",
        )

    @api.model
    def _find_hit(self, times):
        """The closure each time lies in, if any: one query for all.

        :param times: list of (stock.warehouse, start, end), naive UTC datetimes
        :return: list of closures, empty ones where the store is open
        """
        if not times:
            return []
        stores = self.env["stock.warehouse"].union(*(store for store, *_time in times))
        closures = self._list_closures(
            stores, min(time[1] for time in times), max(time[2] for time in times)
        ).grouped("store_id")
        return [
            closures.get(store, self).filtered(
                lambda one, start=start, end=end: rule.overlaps(
                    start, end, one.start, one.end
                )
            )[:1]
            for store, start, end in times
        ]

    # -- the orders hit ---------------------------------------------------------------

    def _hit_domain(self):
        """Open orders of the store whose slot lies in the closure."""
        self.ensure_one()
        return Domain(
            [
                ("warehouse_id", "=", self.store_id.id),
                ("service_stage_id", "!=", False),
                ("service_closed_at", "=", False),
                ("service_slot_start", "<", self.end),
                ("service_slot_end", ">", self.start),
            ]
        )

    def _hit_orders(self):
        """The orders of ``_hit_domain`` whose goods are still in the store."""
        return self._find_orders((*BEFORE_HAND_OVER, "postponed"))

    def _carried_orders(self):
        """The orders of ``_hit_domain`` a courier has: no closure stops them."""
        return self._find_orders(("in_delivery",))

    def _find_orders(self, statuses):
        return self.env["sale.order"].search(
            self._hit_domain() & Domain("service_status", "in", statuses),
            order="service_slot_start, id",
        )

    def _move(self, order):
        """Move the order to the next time its store can take it; postpone it if none.

        :raises UserError: the order is held, or has to be postponed and cannot
        """
        order = order.sudo()
        order._service_hold()
        if order._service_has_plan():
            slot = self.env["order.service.slot"]._lock_next(order)
            times = slot and (slot.start, slot.end)
        else:
            times = self._next_open_day(order)
        if times:
            order._service_set_slot(*times, self.reason)
        else:
            self._defer(order)

    def _next_open_day(self, order):
        """The hours of the order on the first open day after, if its store has no plan.

        :return: (start, end), naive UTC datetimes; None if there is none in a year
        """
        closures = self._list_closures(
            self.store_id,
            order.service_slot_start,
            fields.Datetime.add(self.end, years=2),
        )
        slot = rule.next_day(
            *map(pytz.utc.localize, (order.service_slot_start, order.service_slot_end)),
            [
                (pytz.utc.localize(one.start), pytz.utc.localize(one.end))
                for one in closures
            ],
            self._zone(),
        )
        return slot and tuple(
            moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in slot
        )

    def _defer(self, order):
        """Postpone the order until the store opens.

        :raises UserError: it is postponed already, closed or held
        """
        self.env["order.service.deferral"]._open(order, "other", self.end, self.reason)

    def _tell(self, orders):
        """Queue one message to each customer: a mail, or an SMS if there is no mail."""
        orders = orders.sudo()
        orders.write({"service_closure_id": self.id})
        self.env["order.service.message"].sudo()._queue_closure(orders, self)
