from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import slots


class OrderServiceSlot(models.Model):
    """How the slots of the days to come follow the weeks of their stores."""

    # one file a concern of the slot
    _inherit = "order.service.slot"  # pylint: disable=consider-merging-classes-inherited

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
            for slot in self.search(
                [("store_id", "in", stores.ids), ("start", ">", now)]
            )
        }
        self._withdraw([slot for key, slot in known.items() if key not in wanted])
        stay = {known[key]: row for key, row in wanted.items() if key in known}
        self._keep_planned(stay, refit)
        fresh = {key: row for key, row in wanted.items() if key not in known}
        self._settle(self._insert(fresh))
        self._shut_with_stores(stores, fresh)

    @api.model
    def _shut_with_stores(self, stores, fresh):
        """New slots within a closure of their store are closed from the start."""
        if fresh:
            moments = [moment for _store, _kind, *times in fresh for moment in times]
            closures = self.env["order.service.store.closure"].sudo()
            closures._list_closures(stores, min(moments), max(moments))._close_slots()

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
            (leave.date_from, leave.date_to) for leave in leaves if leave.date_to > now
        ]

    @api.model
    def _insert(self, planned):
        """Make slots in one statement; another worker's are left alone.

        :param dict planned: (store id, kind, start, end) -> rules.slots.Planned
        :return: dict slot id -> number of places
        """
        if not planned:
            return {}
        made = self.env.execute_query(
            SQL(
                """INSERT INTO order_service_slot (store_id, company_id, kind, start,
                       "end", cutoff_at, day, places, lines_per_place, pattern_id,
                       is_planned, closed, create_uid, write_uid, create_date,
                       write_date)
                   SELECT made.*, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM (VALUES %s) AS made
                       ON CONFLICT DO NOTHING RETURNING id, places""",
                SQL(", ").join(SQL("%s", row) for row in self._columns(planned)),
            )
        )
        return dict(made)

    @api.model
    def _columns(self, planned):
        """The rows of ``planned`` as the table has them."""
        stores = self.env["stock.warehouse"].browse({key[0] for key in planned})
        company = {store.id: store.company_id.id for store in stores}
        for (store_id, *_rest), row in planned.items():
            yield (
                store_id,
                company[store_id],
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
        """Slots that are planned again open again; ``refit`` renews their values."""
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
