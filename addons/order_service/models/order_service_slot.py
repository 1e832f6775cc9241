import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import slots
from .order_service_slot_pattern import KINDS
from .sale_order_slot import zone_text


class OrderServiceSlot(models.Model):
    """A stretch of time for which a store takes so many orders and no more."""

    _name = "order.service.slot"
    _description = "Slot of a store"
    _order = "start, store_id, kind, id"

    store_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        ondelete="cascade",
        domain=[("service_code", "!=", False)],
    )
    company_id = fields.Many2one(
        related="store_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, default="delivery")
    start = fields.Datetime(required=True)
    end = fields.Datetime(string="Until", required=True)
    cutoff_at = fields.Datetime(
        string="Closes for sites at",
        compute="_compute_cutoff_at",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="From then on only staff choose the slot.",
    )
    day = fields.Date(
        compute="_compute_day", store=True, precompute=True, help="In the store's time."
    )
    places = fields.Integer(required=True, default=10)
    lines_per_place = fields.Integer(
        string="Lines a place", required=True, default=10, aggregator=None
    )
    pattern_id = fields.Many2one(
        "order.service.slot.pattern",
        string="Slot of the week",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_planned = fields.Boolean(
        string="In the plan",
        default=True,
        readonly=True,
        help="No: the week or a day off has taken the slot away after it was chosen.",
    )
    closed = fields.Boolean(help="Nobody may choose the slot.")
    close_note = fields.Char(string="Why closed")
    closure_id = fields.Many2one(
        "order.service.store.closure",
        string="Closed with the store",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: closed by hand, and only opened by hand.",
    )
    place_ids = fields.One2many(
        "order.service.slot.place", "slot_id", string="Places taken"
    )
    taken = fields.Integer(compute="_compute_left", compute_sudo=True)
    left = fields.Integer(compute="_compute_left", compute_sudo=True)
    state = fields.Selection(
        [
            ("open", "Places free"),
            ("few", "Few left"),
            ("full", "Full"),
            ("closed", "Closed"),
        ],
        compute="_compute_left",
        compute_sudo=True,
    )
    color = fields.Integer(compute="_compute_left", compute_sudo=True)
    service_tz = fields.Char(string="Time zone", compute="_compute_store_time")
    store_time = fields.Char(
        string="By the store's clock", compute="_compute_store_time"
    )

    _period = models.Constraint('CHECK("end" > start)', "A slot ends after its start.")
    _amounts = models.Constraint(
        "CHECK(places >= 0 AND lines_per_place > 0)",
        "Places are not below zero, and a place is good for one line at least.",
    )
    _key_unique = models.UniqueIndex(
        '(store_id, kind, start, "end")', "The store has this slot already."
    )
    _day_idx = models.Index("(store_id, day)")

    # -- computed ----------------------------------------------------------------------

    @api.depends("start")
    def _compute_cutoff_at(self):
        for slot in self:
            slot.cutoff_at = slot.cutoff_at or slot.start

    @api.depends("start", "store_id.service_tz")
    def _compute_day(self):
        for slot in self:
            slot.day = slot.start and slot._clock(slot.start).date()

    @api.depends("start", "end", "store_id.service_tz")
    def _compute_store_time(self):
        for slot in self:
            slot.service_tz = slot.store_id.service_tz
            slot.store_time = slot.start and slot.end and slot._text()

    @api.depends("store_id", "kind", "start", "end")
    @api.depends_context("service_slot_left", "service_calendar", "lang")
    def _compute_display_name(self):
        """Where a slot is chosen for an order: its hours and what is left; on a
        calendar, where the hours are seen: what it is for and what is left."""
        short = self.env.context.get("service_slot_left")
        on_calendar = self.env.context.get("service_calendar")
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for slot in self:
            if on_calendar:
                slot.display_name = self.env._(
                    "%(store)s %(kind)s, left: %(left)s of %(places)s",
                    store=slot.store_id.service_code or slot.store_id.name,
                    kind=kinds.get(slot.kind, ""),
                    left=slot.left,
                    places=slot.places,
                )
            elif short:
                slot.display_name = self.env._(
                    "%(time)s, places left: %(left)s", time=slot._text(), left=slot.left
                )
            else:
                slot.display_name = f"{slot.store_id.name} · {slot._text()}"

    @api.depends("places", "closed", "is_planned", "cutoff_at", "place_ids.order_id")
    def _compute_left(self):
        load = self._load(fields.Datetime.now())
        for slot in self:
            slot.taken, slot.left, slot.state = load[slot]
            slot.color = COLORS[slot.state]

    def _load(self, now):
        """How full each slot is at ``now``.

        :return: dict slot -> (places taken, places left, a key of ``state``)
        """
        counts = self._count_places(now)
        load = {}
        for slot in self:
            total, left = counts.get(slot.id, (slot.places, slot.places))
            few = slot.company_id.service_slot_few_percent
            state = slots.state(slot._is_shut(now), left, slot.places, few)
            load[slot] = total - left, left, state
        return load

    def _count_places(self, now):
        """dict slot id -> (places, those still free at ``now``), one query."""
        if not self.ids:
            return {}
        self.env["order.service.slot.place"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT slot_id, count(*), count(*) FILTER (WHERE order_id IS NULL
                          AND (expires_at IS NULL OR expires_at < %s))
                     FROM order_service_slot_place
                    WHERE slot_id IN %s GROUP BY slot_id""",
                now,
                tuple(self.ids),
            )
        )
        known = {slot_id: (total, free) for slot_id, total, free in rows}
        return {slot_id: known.get(slot_id, (0, 0)) for slot_id in self.ids}

    def _clock(self, moment):
        """A naive UTC moment by the clock of the store, aware."""
        zone = pytz.timezone(self.store_id.service_tz or "UTC")
        return pytz.utc.localize(moment).astimezone(zone)

    def _text(self):
        """“21.11 12:00–14:00 (UTC+10)” by the clock of the store."""
        start, end = self._clock(self.start), self._clock(self.end)
        return f"{start:%d.%m} {start:%H:%M}–{end:%H:%M} ({zone_text(start)})"

    def _is_shut(self, now, staff=False):
        """Whether nobody may choose the slot any more.

        :param now: naive UTC datetime
        :param bool staff: people of the company may choose it until its end
        """
        self.ensure_one()
        last = self.end if staff else self.cutoff_at
        return self.closed or not self.is_planned or last <= now

    # -- places follow the number ------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A slot made by hand has its places, and the orders that wait for it."""
        made = super().create(vals_list)
        made._settle({slot.id: slot.places for slot in made})
        return made

    def write(self, vals):
        """Places that were taken stay, whatever the new number.

        Whoever opens or closes a slot has the last word: the closure of its store no
        longer opens it.
        """
        if "closed" in vals:
            vals = {"closure_id": False, **vals}
        result = super().write(vals)
        if "places" in vals:
            self._fit_places({slot.id: slot.places for slot in self})
        return result

    def _fit_places(self, wanted):
        """Add places, or remove free ones.

        :param dict wanted: slot id -> number of places
        """
        places = self.env["order.service.slot.place"]
        counts = self.browse(wanted)._count_places(fields.Datetime.now())
        change = {slot_id: n - counts[slot_id][0] for slot_id, n in wanted.items()}
        places._add({slot_id: n for slot_id, n in change.items() if n > 0})
        places._remove({slot_id: -n for slot_id, n in change.items() if n < 0})

    @api.model
    def _settle(self, wanted):
        """Give new slots their places, and orders that had the time before a place.

        :param dict wanted: slot id -> number of places
        """
        self._fit_places(wanted)
        self.browse(wanted)._adopt_orders()

    def _adopt_orders(self):
        """Orders that were given the time before it was a slot, the earliest first."""
        orders = self.env["sale.order"].sudo()
        waiting = orders.search(
            [
                ("warehouse_id", "in", self.store_id.ids),
                ("service_slot_start", "in", list(set(self.mapped("start")))),
                ("service_closed_at", "=", False),
                ("state", "!=", "cancel"),
                ("service_place_ids", "=", False),
            ],
            order="service_placed_at, id",
        )
        waiting._service_take_places(strict=False)

    # -- closing -----------------------------------------------------------------------

    @api.model
    def _close_for(self, closure):
        """Close the open slots that touch a closure of their store.

        What is taken stays taken; a slot closed by hand stays closed by hand.

        :param closure: order.service.store.closure
        """
        touched = self.search(
            [
                ("store_id", "=", closure.store_id.id),
                ("start", "<", closure.end),
                ("end", ">", closure.start),
                ("closed", "=", False),
            ]
        )
        touched.write(
            {"closed": True, "close_note": closure.reason, "closure_id": closure.id}
        )

    # -- choosing ----------------------------------------------------------------------

    @api.model
    def _choices(self, order):
        """The slots staff may give to an order: open, of its store, with room for it.

        :param order: sale.order
        """
        now = fields.Datetime.now()
        found = self.sudo().search(
            [
                ("store_id", "=", order.warehouse_id.id),
                ("kind", "=", order.service_fulfilment),
                ("end", ">", now),
                ("closed", "=", False),
                ("is_planned", "=", True),
            ]
        )
        lines = order._service_line_count()
        return found.filtered(lambda slot: slot._needs(lines) <= slot.left)

    @api.model
    def _lock_next(self, order):
        """The slot for an order that cannot keep its own; its places are locked.

        As for a reservation nobody waits: a slot whose last place somebody else takes
        just now is passed over.

        :param order: sale.order
        :return: the slot, see ``rules.slots.after``; empty if none has room
        """
        now = fields.Datetime.now()
        zone = pytz.timezone(order._service_tz())
        places = self.env["order.service.slot.place"].sudo()
        choices = self._choices(order).filtered(lambda slot: not slot._is_shut(now))
        for slot in slots.after(choices, order.service_slot_start, zone):
            want = order._service_want(slot)
            places._lock([want])
            if want.is_met:
                return slot
        return self.browse()

    def _needs(self, lines):
        """Places an order with so many lines takes here."""
        return slots.places_needed(lines, self.lines_per_place)

    @api.model
    def _find(self, keys):
        """Slots by what orders name: dict (store id, kind, start, end) -> slot.

        :param keys: iterable of such keys; moments are naive UTC datetimes
        """
        keys = set(keys)
        if not keys:
            return {}
        found = self.sudo().search(
            [
                ("store_id", "in", list({key[0] for key in keys})),
                ("start", "in", list({key[2] for key in keys})),
            ]
        )
        by_key = {
            (slot.store_id.id, slot.kind, slot.start, slot.end): slot for slot in found
        }
        return {key: by_key[key] for key in keys if key in by_key}


COLORS = {"open": 10, "few": 3, "full": 1, "closed": 0}
