from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..rules import working_time

MONDAY = datetime(2026, 11, 23)
WEEK = [
    (MONDAY + timedelta(days=day, hours=9), MONDAY + timedelta(days=day, hours=18))
    for day in range(-7, 14)
    if day % 7 < 5
]


class TestWorkingTime(BaseCase):
    """Deadlines count working time only (S12)."""

    def test_minutes_run_over_the_night_and_the_weekend(self):
        friday = MONDAY + timedelta(days=4, hours=17, minutes=30)
        self.assertEqual(
            working_time.shift(WEEK, friday, 60),
            MONDAY + timedelta(days=7, hours=9, minutes=30),
        )

    def test_minutes_run_backwards(self):
        monday = MONDAY + timedelta(hours=9, minutes=15)
        self.assertEqual(
            working_time.shift(WEEK, monday, -30),
            MONDAY - timedelta(days=2, hours=6, minutes=15),
        )

    def test_moment_outside_working_time_starts_with_it(self):
        self.assertEqual(
            working_time.shift(WEEK, MONDAY + timedelta(hours=3), 10),
            MONDAY + timedelta(hours=9, minutes=10),
        )

    def test_the_next_full_hour_of_work_may_be_the_opening(self):
        for hours, expected in (
            (9.5, MONDAY + timedelta(hours=10)),
            (10, MONDAY + timedelta(hours=10)),
            (3, MONDAY + timedelta(hours=9)),
            (17.5, MONDAY + timedelta(days=1, hours=9)),
            (4 * 24 + 23.5, MONDAY + timedelta(days=7, hours=9)),
        ):
            moment = MONDAY + timedelta(hours=hours)
            self.assertEqual(working_time.next_full_hour(WEEK, moment), expected)

    def test_without_working_time_a_full_hour_is_one_of_the_night_too(self):
        late = MONDAY + timedelta(hours=23, minutes=20)
        self.assertEqual(
            working_time.next_full_hour([], late), MONDAY + timedelta(days=1)
        )

    @given(st.integers(0, 6 * 24 * 60), st.integers(1, 5 * 540))
    def test_exactly_the_asked_minutes_lie_between(self, offset, minutes):
        start = MONDAY + timedelta(minutes=offset)
        end = working_time.shift(WEEK, start, minutes)
        worked = sum(
            (max(min(to, end) - max(begin, start), timedelta()) for begin, to in WEEK),
            timedelta(),
        )
        self.assertEqual(worked, timedelta(minutes=minutes))

    @given(st.integers(0, 4 * 24 * 60), st.integers(1, 2000))
    def test_there_and_back_is_the_same_working_moment(self, offset, minutes):
        start = MONDAY + timedelta(minutes=offset)
        end = working_time.shift(WEEK, start, minutes)
        back = working_time.shift(WEEK, end, -minutes)
        self.assertEqual(working_time.shift(WEEK, back, minutes), end)
