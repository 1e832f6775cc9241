from datetime import datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.closure import next_day, overlaps
from ..rules.weight import is_within

BERLIN = pytz.timezone("Europe/Berlin")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
    pytz.utc.localize
)
lengths = st.integers(30, 240).map(lambda minutes: timedelta(minutes=minutes))
# other work on the machine must not fail the test
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestClosureRule(BaseCase):
    """Where slots go, and which weights are good."""

    def test_noon_stays_noon_when_summer_time_ends(self):
        start = BERLIN.localize(datetime(2026, 10, 24, 12))
        moved = next_day(start, start + timedelta(hours=2), [], BERLIN)
        self.assertEqual(moved[0].astimezone(BERLIN).hour, 12)
        self.assertEqual(moved[0] - start, timedelta(hours=25))

    def test_store_closed_for_years_has_no_day(self):
        start = pytz.utc.localize(datetime(2026, 5, 5, 12))
        closure = (start, start + timedelta(days=800))
        end = start + timedelta(hours=2)
        self.assertIsNone(next_day(start, end, [closure], pytz.utc))

    def test_touching_times_have_nothing_in_common(self):
        self.assertFalse(overlaps(1, 2, 2, 3))
        self.assertTrue(overlaps(1, 3, 2, 3))

    @PATIENT
    @given(moments, lengths, st.lists(st.tuples(moments, lengths), max_size=4))
    def test_moved_slot_is_later_as_long_and_open(self, start, length, closed):
        closures = [(begin, begin + days * 24) for begin, days in closed]
        moved = next_day(start, start + length, closures, pytz.utc)
        self.assertGreater(moved[0], start)
        self.assertEqual(moved[1] - moved[0], length)
        self.assertEqual(moved[0].time(), start.time())
        self.assertFalse(any(overlaps(*moved, *one) for one in closures))

    def test_weight_may_be_off_by_the_tolerance_either_way(self):
        self.assertTrue(is_within(1, 1.05, 5))
        self.assertTrue(is_within(1, 0.95, 5))
        self.assertFalse(is_within(1, 1.051, 5))
        self.assertFalse(is_within(1, 0.999, 0))
        self.assertTrue(is_within(0.356, 0.356, 0))
