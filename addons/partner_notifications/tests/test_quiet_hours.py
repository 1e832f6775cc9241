from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import quiet_hours

NOON = datetime(2026, 3, 10, 12)
hours = st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter / 4)
moments = st.integers(0, 24 * 60 * 60 - 1).map(
    lambda second: datetime(2026, 3, 10) + timedelta(seconds=second)
)


@tagged("post_install", "-at_install")
class TestQuietHours(BaseCase):
    """Hours without copies, over midnight too."""

    def test_over_midnight_they_end_the_next_morning(self):
        evening, night = datetime(2026, 3, 10, 23), datetime(2026, 3, 11, 3)
        morning = datetime(2026, 3, 11, 8, 30)
        self.assertEqual(quiet_hours.end(evening, 22, 8.5), morning)
        self.assertEqual(quiet_hours.end(night, 22, 8.5), morning)
        self.assertIsNone(quiet_hours.end(NOON, 22, 8.5))

    def test_within_a_day_they_end_that_day(self):
        self.assertEqual(quiet_hours.end(NOON, 11, 13), datetime(2026, 3, 10, 13))
        self.assertIsNone(quiet_hours.end(NOON, 13, 15))

    def test_the_first_moment_is_quiet_and_the_last_is_not(self):
        self.assertTrue(quiet_hours.end(NOON, 12, 13))
        self.assertIsNone(quiet_hours.end(NOON, 11, 12))

    def test_equal_hours_are_none(self):
        self.assertIsNone(quiet_hours.end(NOON, 12, 12))

    @settings(derandomize=True, deadline=None)
    @given(moments, hours, hours)
    def test_the_end_is_ahead_within_a_day_and_no_longer_quiet(self, now, begins, ends):
        end = quiet_hours.end(now, begins, ends)
        if end:
            self.assertLess(now, end)
            self.assertLessEqual(end - now, timedelta(days=1))
            self.assertIsNone(quiet_hours.end(end, begins, ends))

    @settings(derandomize=True, deadline=None)
    @given(hours)
    def test_what_a_time_field_shows_is_read_back(self, hour):
        self.assertEqual(quiet_hours.read(quiet_hours.write(hour)), hour)

    def test_a_word_that_is_no_time_is_refused(self):
        self.assertEqual(quiet_hours.read(""), 0)
        for word in ("25:00", "late", "22.30"):
            with self.assertRaises(ValueError):
                quiet_hours.read(word)
