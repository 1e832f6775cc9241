from datetime import timedelta

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
        string="Lines a place", required=True, default=10
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
    place_ids = fields.One2many(
        "order.service.slot.place", "slot_id", string="Places taken"
    )
    taken = fields.Integer(compute="_compute_left", compute_sudo=True)
    left = fields.Integer(compute="_compute_left", compute_sudo=True)
    state = fields.Selection(
        [("open", "Open"), ("few", "Few left"), ("full", "Full"), ("closed", "Closed")],
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

    # -- computed ------------------------------------------------------------------------

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
    @api.depends_context("service_slot_left", "lang")
    def _compute_display_name(self):
        """Where a slot is chosen for an order: its hours and what is left."""
        short = self.env.context.get("service_slot_left")
        for slot in self:
            if short:
                slot.display_name = self.env._(
                    "%(time)s, places left: %(left)s", time=slot._text(), left=slot.left
                )
            else:
                slot.display_name = f"{slot.store_id.name} · {slot._text()}"

    @api.depends(
        "places", "closed", "is_planned", "cutoff_at", "place_ids.order_id"
    )
    def _compute_left(self):
        now = fields.Datetime.now()
        counts = self._count_places(now)
        for slot in self:
            total, slot.left = counts.get(slot.id, (slot.places, slot.places))
            slot.taken = total - slot.left
            slot.state = slots.state(
                slot._is_shut(now),
                slot.left,
                slot.places,
                slot.company_id.service_slot_few_percent,
            )
            slot.color = COLORS[slot.state]

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

    # -- places follow the number --------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A slot made by hand has its places, and the orders that wait for it."""
        made = super().create(vals_list)
        made._settle({slot.id: slot.places for slot in made})
        return made

    def write(self, vals):
        """Places that were taken stay, whatever the new number."""
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

    # -- the plan ------------------------------------------------------------------------

    @api.model
    def _cron_plan(self):
        """Make the slots of the days to come, company by company."""
        companies = self.env["res.company"].search([])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            patterns = self.env["order.service.slot.pattern"].search(
                [("company_id", "=", company.id)]
            )
            self._plan(patterns.store_id)
            if not progress(1):
                break

    @api.model
    def _plan(self, stores, refit=False):
        """Bring the coming slots in line with the weeks of ``stores``; run twice it
        makes nothing.

        A slot that is no longer planned goes, unless somebody has chosen it: then it
        stays with what was taken, and nobody else may choose it.

        :param stores: stock.warehouse records
        :param bool refit: the week was changed: places, lines and cut-off follow too;
            else what a manager changed on a slot stays
        """
        if not stores:
            return
        now = fields.Datetime.now()
        wanted = self._planned(stores, now)
        known = {
            (slot.store_id.id, slot.kind, slot.start, slot.end): slot
            for slot in self.search([("store_id", "in", stores.ids), ("start", ">", now)])
        }
        self._withdraw([slot for key, slot in known.items() if key not in wanted])
        stay = {known[key]: row for key, row in wanted.items() if key in known}
        self._keep_planned(stay, refit)
        fresh = {key: row for key, row in wanted.items() if key not in known}
        self._settle(self._insert(fresh))

    @api.model
    def _planned(self, stores, now):
        """dict (store id, kind, start, end) -> rules.slots.Planned, from ``now`` on."""
        weeks = (
            self.env["order.service.slot.pattern"]
            .search([("store_id", "in", stores.ids)])
            .grouped("store_id")
        )
        exceptions = self.env["order.service.slot.exception"].search(
            [
                ("company_id", "in", stores.company_id.ids),
                ("store_id", "in", [*stores.ids, False]),
                ("date_to", ">=", now.date() - timedelta(days=1)),
            ]
        )
        return {
            (store.id, *row.key): row
            for store, week in weeks.items()
            for row in self._plan_store(store, week, exceptions, now)
            if row.start > now
        }

    @api.model
    def _plan_store(self, store, week, exceptions, now):
        zone = pytz.timezone(store.service_tz or "UTC")
        today = slots.on_clock(zone, now).date()
        ahead = range(store.company_id.service_slot_days + 1)
        own = exceptions.filtered(
            lambda row: (
                row.company_id == store.company_id
                and row.store_id.id in (False, store.id)
            )
        )
        days = [today + timedelta(days=number) for number in ahead]
        return slots.plan(week, own, zone, days, self._days_off(store, now))

    @api.model
    def _days_off(self, store, now):
        """Holidays of the store's working hours: list of (start, end), naive UTC."""
        leaves = store.service_calendar_id.global_leave_ids
        return [
            (leave.date_from, leave.date_to)
            for leave in leaves
            if leave.date_to > now
        ]

    @api.model
    def _insert(self, planned):
        """Make slots in one statement; another worker's are left alone.

        :param dict planned: (store id, kind, start, end) -> rules.slots.Planned
        :return: dict slot id -> number of places
        """
        if not planned:
            return {}
        stores = self.env["stock.warehouse"].browse({key[0] for key in planned})
        company = {store.id: store.company_id.id for store in stores}
        rows = [
            (
                key[0],
                company[key[0]],
                row.kind,
                row.start,
                row.end,
                row.cutoff_at,
                row.day,
                row.places,
                row.lines_per_place,
                row.pattern_id,
                True,
                False,
                self.env.uid,
                self.env.uid,
            )
            for key, row in planned.items()
        ]
        made = self.env.execute_query(
            SQL(
                """INSERT INTO order_service_slot (store_id, company_id, kind, start,
                       "end", cutoff_at, day, places, lines_per_place, pattern_id,
                       is_planned, closed, create_uid, write_uid, create_date, write_date)
                   SELECT made.*, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM (VALUES %s) AS made
                       ON CONFLICT DO NOTHING RETURNING id, places""",
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        return dict(made)

    @api.model
    def _withdraw(self, gone):
        """Slots the plan has no longer; those made by hand are not the plan's."""
        gone = self.browse(slot.id for slot in gone if slot.pattern_id)
        counts = gone._count_places(fields.Datetime.now())
        chosen = gone.filtered(lambda slot: counts[slot.id][0] > counts[slot.id][1])
        chosen.filtered("is_planned").write({"is_planned": False})
        (gone - chosen).unlink()

    @api.model
    def _keep_planned(self, stay, refit):
        """Slots that are still planned are open again; ``refit`` renews their values."""
        back = self.browse(slot.id for slot in stay if not slot.is_planned)
        back.write({"is_planned": True})
        changed = {
            slot: row
            for slot, row in stay.items()
            if refit and slot.pattern_id and slot._differs(row)
        }
        if not changed:
            return
        self._renew(changed)
        self._fit_places({slot.id: row.places for slot, row in changed.items()})

    def _differs(self, row):
        """Whether the slot has other values than its row of the plan."""
        return (
            self.places,
            self.lines_per_place,
            self.cutoff_at,
            self.pattern_id.id,
        ) != (row.places, row.lines_per_place, row.cutoff_at, row.pattern_id)

    @api.model
    def _renew(self, changed):
        """Write the plan's values in one statement."""
        self.flush_model()
        rows = [
            (slot.id, row.places, row.lines_per_place, row.cutoff_at, row.pattern_id)
            for slot, row in changed.items()
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_slot AS slot
                      SET places = plan.places, lines_per_place = plan.lines,
                          cutoff_at = plan.cutoff_at, pattern_id = plan.pattern_id
                     FROM (VALUES %s)
                       AS plan (id, places, lines, cutoff_at, pattern_id)
                    WHERE slot.id = plan.id""",
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        self.browse(slot.id for slot in changed).invalidate_recordset()

    # -- closing -------------------------------------------------------------------------

    @api.model
    def _close_between(self, store, start, end, note=None):
        """Close the slots that share a moment with start..end; what is taken stays.

        :param store: stock.warehouse
        :param start, end: naive UTC datetimes
        :param str note: why, shown to staff
        :return: the slots that were closed by this call
        """
        found = self._between(store, start, end).filtered(lambda slot: not slot.closed)
        found.write({"closed": True, "close_note": note})
        return found

    @api.model
    def _reopen_between(self, store, start, end):
        """Open the closed slots that share a moment with start..end.

        :return: the slots that were opened by this call
        """
        found = self._between(store, start, end).filtered("closed")
        found.write({"closed": False, "close_note": False})
        return found

    @api.model
    def _between(self, store, start, end):
        return self.search(
            [("store_id", "=", store.id), ("start", "<", end), ("end", ">", start)]
        )

    # -- choosing ------------------------------------------------------------------------

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
