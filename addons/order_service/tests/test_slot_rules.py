from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..rules import slots

ZONES = [
    "Asia/Vladivostok",
    "Europe/Kaliningrad",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]
DAYS = st.dates(date(2016, 1, 2), date(2036, 12, 30))
HALF_HOURS = st.integers(0, 47)
# a busy machine is slow, not wrong
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def row(start=10.0, end=12.0, **values):
    """A row of the week: Mondays, ten places."""
    return SimpleNamespace(
        **{
            "id": 1,
            "kind": "delivery",
            "weekday": "0",
            "start_hour": start,
            "end_hour": end,
            "places": 10,
            "lines_per_place": 10,
            "cutoff_minutes": 60,
            "valid_from": False,
            "valid_until": False,
            **values,
        }
    )


def days_off(places, **values):
    return SimpleNamespace(
        **{
            "date_from": date(2026, 11, 23),
            "date_to": date(2026, 11, 23),
            "kind": False,
            "places": places,
            **values,
        }
    )


MONDAY = date(2026, 11, 23)
EAST = pytz.timezone("Asia/Vladivostok")
BERLIN = pytz.timezone("Europe/Berlin")


class TestSlotRules(BaseCase):
    """Slots are made by the store's clock, also when it is put on or back (S17)."""

    def test_a_slot_has_the_hours_of_the_store_s_clock(self):
        [slot] = slots.plan([row()], [], EAST, [MONDAY])
        self.assertEqual(slot.start, datetime(2026, 11, 23, 0))
        self.assertEqual(slot.end, datetime(2026, 11, 23, 2))
        self.assertEqual(slot.cutoff_at, datetime(2026, 11, 22, 23))
        self.assertEqual((slot.places, slot.day), (10, MONDAY))

    def test_another_weekday_and_days_outside_the_validity_have_none(self):
        for pattern in (
            row(weekday="1"),
            row(valid_from=MONDAY + timedelta(days=1)),
            row(valid_until=MONDAY - timedelta(days=1)),
        ):
            self.assertEqual(slots.plan([pattern], [], EAST, [MONDAY]), [])

    def test_the_hour_the_clock_skips_is_no_slot(self):
        spring = date(2026, 3, 29)
        pattern = row(2, 3, weekday="6")
        self.assertEqual(slots.plan([pattern], [], BERLIN, [spring]), [])
        [longer] = slots.plan([row(1, 4, weekday="6")], [], BERLIN, [spring])
        self.assertEqual(longer.end - longer.start, timedelta(hours=2))

    def test_the_hour_the_clock_shows_twice_starts_once(self):
        autumn = date(2026, 10, 25)
        week = [row(1, 2, weekday="6"), row(2, 3, weekday="6")]
        first, second = slots.plan(week, [], BERLIN, [autumn])
        self.assertEqual(first.end, second.start)
        self.assertEqual(first.end - first.start, timedelta(hours=1))
        self.assertEqual(second.end - second.start, timedelta(hours=2))

    def test_days_with_other_places_and_days_off(self):
        [fewer] = slots.plan([row()], [days_off(3), days_off(5)], EAST, [MONDAY])
        self.assertEqual(fewer.places, 3)
        self.assertEqual(slots.plan([row()], [days_off(0)], EAST, [MONDAY]), [])
        other = days_off(0, kind="pickup")
        self.assertEqual(len(slots.plan([row()], [other], EAST, [MONDAY])), 1)

    def test_a_holiday_of_the_working_hours_takes_the_slots_it_touches(self):
        holiday = (datetime(2026, 11, 23, 1), datetime(2026, 11, 23, 3))
        week = [row(10, 12), row(14, 16)]
        [left] = slots.plan(week, [], EAST, [MONDAY], [holiday])
        self.assertEqual(left.start, datetime(2026, 11, 23, 4))

    def test_rows_collide_only_where_they_hold_on_the_same_days(self):
        self.assertTrue(slots.collide([row(10, 12), row(11, 13)]))
        self.assertTrue(slots.collide([row(8, 20), row(9, 10), row(18, 22)]))
        self.assertFalse(slots.collide([row(10, 12), row(12, 13)]))
        early = row(10, 12, valid_until=MONDAY)
        late = row(11, 13, valid_from=MONDAY + timedelta(days=1))
        self.assertFalse(slots.collide([early, late]))

    def test_the_state_a_site_shows(self):
        self.assertEqual(slots.state(False, 10, 10, 20), "open")
        self.assertEqual(slots.state(False, 2, 10, 20), "few")
        self.assertEqual(slots.state(False, 0, 10, 20), "full")
        self.assertEqual(slots.state(True, 10, 10, 20), "closed")

    @patient
    @given(st.sampled_from(ZONES), DAYS, HALF_HOURS, HALF_HOURS)
    def test_moments_keep_the_order_of_the_clock(self, zone, day, one, other):
        zone = pytz.timezone(zone)
        earlier, later = sorted((one / 2, other / 2))
        first = slots.first_moment(zone, slots.clock_time(day, earlier))
        second = slots.first_moment(zone, slots.clock_time(day, later))
        self.assertLessEqual(first, second)

    @patient
    @given(st.sampled_from(ZONES), DAYS, HALF_HOURS)
    def test_the_clock_shows_the_hour_unless_it_skips_it(self, zone, day, half):
        zone = pytz.timezone(zone)
        local = slots.clock_time(day, half / 2)
        moment = slots.first_moment(zone, local)
        shown = slots.on_clock(zone, moment)
        before = slots.on_clock(zone, moment - slots.MINUTE)
        self.assertTrue(shown == local or before < local < shown)

    @patient
    @given(st.sampled_from(ZONES), DAYS, st.lists(HALF_HOURS, min_size=2, unique=True))
    def test_slots_that_follow_each_other_neither_overlap_nor_leave_a_gap(
        self, zone, day, halves
    ):
        hours = sorted(half / 2 for half in halves)
        week = [
            row(start, end, weekday=str(day.weekday()))
            for start, end in zip(hours, hours[1:], strict=False)
        ]
        made = slots.plan(week, [], pytz.timezone(zone), [day])
        for first, second in zip(made, made[1:], strict=False):
            self.assertEqual(first.end, second.start)
        for slot in made:
            self.assertLess(slot.start, slot.end)

    @patient
    @given(st.integers(0, 300), st.integers(1, 40))
    def test_places_hold_all_lines_and_none_is_empty(self, lines, per_place):
        places = slots.places_needed(lines, per_place)
        self.assertGreaterEqual(places * per_place, lines)
        self.assertLess((places - 1) * per_place, max(lines, 1))

    @patient
    @given(st.lists(st.integers(1, 4), max_size=8), st.integers(0, 12))
    def test_places_are_given_whole_or_not_at_all(self, counts, free):
        wants = [slots.Want(1, count) for count in counts]
        slots.hand_out(wants, {1: list(range(free))})
        given_places = [place for want in wants for place in want.places]
        self.assertEqual(len(given_places), len(set(given_places)))
        self.assertLessEqual(len(given_places), free)
        for want in wants:
            self.assertIn(len(want.places), (0, want.count))
        left = free - len(given_places)
        self.assertTrue(all(want.is_met or want.count > left for want in wants))

    # -- where an order goes that cannot keep its slot ---------------------------------

    def _starting(self, *moments):
        return [SimpleNamespace(start=moment) for moment in moments]

    def test_the_earliest_day_counts_most_then_the_nearest_hours(self):
        """12 o'clock in the east is 2 o'clock UTC."""
        noon = datetime(2026, 11, 23, 2)
        coming = self._starting(
            noon - timedelta(hours=2),
            noon + timedelta(hours=6),
            noon + timedelta(hours=22),
            noon + timedelta(hours=24),
            noon + timedelta(hours=48),
        )
        chosen = [slot.start for slot in slots.after(coming, noon, EAST)]
        hours = [(moment - noon) // timedelta(hours=1) for moment in chosen]
        self.assertEqual(hours, [6, 24, 22, 48], "never earlier than agreed")

    @patient
    @given(
        st.sampled_from(ZONES),
        st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))),
    )
    def test_each_later_slot_is_tried_once_days_in_order(self, zone, moments):
        zone, start = pytz.timezone(zone), datetime(2026, 6, 1)
        found = slots.after(self._starting(*moments), start, zone)
        self.assertEqual(
            sorted(slot.start for slot in found),
            sorted(moment for moment in moments if moment > start),
        )
        days = [slots.on_clock(zone, slot.start).date() for slot in found]
        self.assertEqual(days, sorted(days))
