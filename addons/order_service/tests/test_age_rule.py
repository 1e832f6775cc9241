from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import age

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))
CONFIRMATIONS = st.builds(
    age.Confirmation,
    st.sampled_from((16, 18, 21)),
    MOMENTS,
    st.none() | MOMENTS,
    st.none() | MOMENTS,
)


@tagged("standard", "at_install")
class TestAgeRule(BaseCase):
    """Which confirmation counts when (S6)."""

    def test_counts_until_its_end_and_not_at_it(self):
        start = datetime(2026, 11, 1, 12)
        one = age.Confirmation(18, start, start + timedelta(days=1))
        self.assertEqual(age.confirmed_age([one], start), 18)
        self.assertEqual(age.confirmed_age([one], one.valid_until), 0)

    def test_withdrawn_counts_no_longer(self):
        start = datetime(2026, 11, 1, 12)
        one = age.Confirmation(18, start, None, start + timedelta(hours=1))
        self.assertEqual(age.confirmed_age([one], start + timedelta(minutes=59)), 18)
        self.assertEqual(age.confirmed_age([one], start + timedelta(hours=2)), 0)

    @given(st.lists(CONFIRMATIONS, max_size=5), MOMENTS)
    def test_nobody_is_older_than_the_oldest_confirmation_that_holds(
        self, confirmations, moment
    ):
        found = age.confirmed_age(confirmations, moment)
        holding = [entry.age for entry in confirmations if entry.holds(moment)]
        self.assertEqual(found, max(holding, default=0))

    @given(st.lists(CONFIRMATIONS, max_size=5), MOMENTS, st.integers(0, 30))
    def test_one_confirmation_more_never_forbids(self, confirmations, moment, minimum):
        before = age.confirmed_age(confirmations[1:], moment)
        after = age.confirmed_age(confirmations, moment)
        if age.is_allowed(minimum, before):
            self.assertTrue(age.is_allowed(minimum, after))
