from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_slots import SlotCommon


@tagged("post_install", "-at_install")
class TestSlotPlan(SlotCommon):
    """Slots are made from the week of a store and follow it (S17)."""

    def test_the_week_makes_the_slots_of_the_days_ahead(self):
        days = self.company.service_slot_days
        made = self._slots_of(self.store)
        self.assertEqual(max(made.mapped("day")), self._day(days))
        self.assertEqual(self.morning.start, self.local(2, 10))
        self.assertEqual(self.morning.end, self.noon.start)
        self.assertEqual(self.morning.cutoff_at, self.local(2, 9))
        self.assertEqual((self.morning.places, self.morning.left), (2, 2))
        self.assertEqual(self.morning.state, "open")
        self.assertFalse(self._slots_of(self.other_store))

    def test_run_twice_it_makes_nothing(self):
        self.env.flush_all()
        before = self._rows()
        self.slots._plan(self.store)
        self.slots._plan(self.store, refit=True)
        self.assertEqual(self._rows(), before)

    def test_a_day_later_only_the_new_day_is_made(self):
        before = self._slots_of(self.store)
        self.company.service_slot_days += 1
        with self.enter_registry_test_mode():
            self.env.ref("order_service.cron_slots").method_direct_trigger()
        fresh = self._slots_of(self.store) - before
        self.assertEqual(len(fresh), 2)
        self.assertEqual(set(fresh.mapped("left")), {2})

    def _rows(self):
        rows = self.env["order.service.slot.place"].search([]).ids
        return self.slots.search([]).mapped("write_date"), rows

    # -- the week changes --------------------------------------------------------------

    def test_more_and_fewer_places(self):
        self.reserve(self.morning)
        self.patterns.places = 4
        self.assertEqual((self.morning.places, self.morning.left), (4, 3))
        self.patterns.places = 1
        self.assertEqual((self.morning.places, self.left(self.morning)), (1, 0))
        self.assertEqual(self.morning.taken, 1)

    def test_what_was_chosen_stays_when_the_slot_goes(self):
        self.reserve(self.morning)
        self.patterns.unlink()
        self.assertFalse(self.noon.exists())
        self.assertFalse(self.morning.is_planned)
        self.assertEqual((self.morning.state, self.morning.taken), ("closed", 1))

    def test_other_hours_are_other_slots(self):
        self.reserve(self.morning)
        ten = self.patterns.filtered(lambda row: row.start_hour == 10)
        ten.start_hour = 9
        self.assertFalse(self.morning.is_planned)
        self.assertEqual(self._slots_of(self.store, 2)[0].start, self.local(2, 9))
        ten.start_hour = 10
        self.assertTrue(self.morning.is_planned, "the same slot is open again")

    def test_a_manager_s_change_of_one_slot_survives_the_night(self):
        self.morning.with_user(self.manager).places = 5
        self.slots._plan(self.store)
        self.assertEqual((self.morning.places, self.left(self.morning)), (5, 5))

    def test_overlapping_rows_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "overlap"):
            self._week(self.store, hours=((11, 13),))
        self._week(self.store, hours=((11, 13),), kind="pickup")

    def test_hours_that_are_none_are_refused(self):
        for hours in ((12, 12), (-1, 3), (23, 25)):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._week(self.other_store, hours=(hours,))

    # -- days that are not as in the week ----------------------------------------------

    def _exception(self, places=0, **values):
        return self.env["order.service.slot.exception"].create(
            {
                "name": "Holiday",
                "store_id": self.store.id,
                "date_from": self._day(2),
                "date_to": self._day(2),
                "places": places,
                **values,
            }
        )

    def test_a_day_off_takes_its_slots_and_gives_them_back(self):
        day_off = self._exception()
        self.assertFalse(self._slots_of(self.store, 2))
        self.assertTrue(self._slots_of(self.store, 3))
        day_off.unlink()
        self.assertEqual(len(self._slots_of(self.store, 2)), 2)

    def test_a_day_with_other_places_for_every_store(self):
        self._week(self.other_store)
        self._exception(5, store_id=False)
        for store in (self.store, self.other_store):
            self.assertEqual(set(self._slots_of(store, 2).mapped("left")), {5})

    def test_a_holiday_of_the_working_hours_counts(self):
        self.store.service_calendar_id = self.env["resource.calendar"].create(
            {"name": "Hours", "tz": "Asia/Vladivostok"}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.store.service_calendar_id.id,
                "date_from": self.local(3, 0),
                "date_to": self.local(3, 23),
            }
        )
        self.slots._plan(self.store)
        self.assertFalse(self._slots_of(self.store, 3))
        self.assertTrue(self._slots_of(self.store, 4))

    def test_free_places_of_slots_that_are_over_are_removed(self):
        order = self.order_of(self.submit_to(self.morning))
        with freeze_time(self.morning.end + timedelta(days=2)):
            removed, more = self.env["order.service.slot.place"]._gc_past()
        self.assertGreaterEqual(removed, 3)
        self.assertFalse(more)
        self.assertEqual(self.morning.place_ids, order.service_place_ids)
        later = self._slots_of(self.store, 10)[0]
        self.assertEqual(later.left, 2)

    # -- closing -----------------------------------------------------------------------

    def test_planning_leaves_a_slot_closed(self):
        self.morning.write({"closed": True, "close_note": "Stock-taking"})
        self.slots._plan(self.store, refit=True)
        self.assertEqual(self.morning.state, "closed")
        self.assertEqual(self.morning.close_note, "Stock-taking")

    # -- rights ------------------------------------------------------------------------

    def test_only_managers_change_the_plan(self):
        for user in (self.operator, self.storeadmin, self.courier):
            self.assertTrue(self.morning.with_user(user).left)
            self.assertRaises(
                AccessError, self.morning.with_user(user).write, {"places": 9}
            )
            pattern = self.patterns[:1].with_user(user)
            self.assertRaises(AccessError, pattern.write, {"places": 9})
        self.patterns[:1].with_user(self.manager).places = 3

    def test_nobody_writes_places(self):
        place = self.morning.place_ids[:1]
        for user in (self.operator, self.storeadmin, self.manager):
            self.assertRaises(
                AccessError, place.with_user(user).write, {"order_id": False}
            )
        for user in (self.courier, self.marketing, self.integrator):
            self.assertRaises(AccessError, place.with_user(user).read, ["order_id"])
        self.assertFalse(
            self.env["order.service.slot.place"]
            .with_user(self.other_storeadmin)
            .search([])
        )

    def test_another_company_s_slots_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "t_stranger",
            groups="order_service.group_manager",
            company_id=company.id,
            company_ids=[fields.Command.set(company.ids)],
        )
        for model in (
            "order.service.slot",
            "order.service.slot.pattern",
            "order.service.slot.place",
            "order.service.slot.load",
        ):
            found = self.env[model].with_user(stranger).search([])
            self.assertFalse(found, model)
        self.assertRaises(
            AccessError, self.morning.with_user(stranger).write, {"places": 1}
        )

    def test_a_list_of_slots_costs_few_queries(self):
        found = self._slots_of(self.store)
        found.invalidate_recordset()
        with self.assertQueryCount(4):
            found.mapped("state")

    def test_planning_costs_the_same_whatever_the_number_of_days(self):
        self.company.service_slot_days = 20
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.slots._plan(self.store)
            self.env.flush_all()
        self.company.service_slot_days = 60
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.slots._plan(self.store)
            self.env.flush_all()
        self.assertEqual(
            max(self._slots_of(self.store).mapped("day")),
            self._day(60),
        )
