from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.allocation import Wish, give

ANY = (1, 2, 3)
# other work on the machine must not fail the test
PATIENT = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
wishes = st.lists(
    st.builds(
        Wish,
        key=st.integers(),
        product=st.integers(min_value=1, max_value=2),
        places=st.sampled_from([ANY, (1,), (2,), (3, 1)]),
        quantity=st.integers(min_value=1, max_value=20).map(lambda tenth: tenth / 10),
    ),
    unique_by=lambda wish: wish.key,
    max_size=12,
)
stocks = st.dictionaries(
    st.tuples(
        st.integers(min_value=1, max_value=2), st.integers(min_value=1, max_value=3)
    ),
    st.integers(min_value=-5, max_value=40).map(lambda tenth: tenth / 10),
)


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):
    """Goods that came in are given in order of entry (K11)."""

    def test_the_first_who_entered_is_served_first(self):
        queue = [Wish("a", 1, (1,), 2), Wish("b", 1, (1,), 2)]
        self.assertEqual(give(queue, {(1, 1): 3}), {"a": 1})

    def test_who_wants_more_than_there_is_does_not_stop_the_others(self):
        queue = [Wish("a", 1, (1,), 10), Wish("b", 1, (1,), 2)]
        self.assertEqual(give(queue, {(1, 1): 3}), {"b": 1})

    def test_one_place_has_all_of_it_and_the_first_place_that_has_serves(self):
        queue = [Wish("a", 1, (1, 2), 2)]
        self.assertEqual(give(queue, {(1, 1): 1, (1, 2): 1}), {})
        self.assertEqual(give(queue, {(1, 1): 2, (1, 2): 9}), {"a": 1})

    def test_tenths_do_not_lose_the_last_piece(self):
        queue = [Wish(number, 1, (1,), 0.1) for number in range(3)]
        self.assertEqual(len(give(queue, {(1, 1): 0.3})), 3)

    @PATIENT
    @given(queue=wishes, free=stocks)
    def test_never_more_than_there_is_and_nobody_is_passed_over_in_vain(
        self, queue, free
    ):
        given_places = give(queue, free)
        left = dict(free)
        for wish in queue:
            place = given_places.get(wish.key)
            if place is None:
                # what was left at his turn was not enough anywhere
                for there in wish.places:
                    self.assertLess(left.get((wish.product, there), 0), wish.quantity)
            else:
                self.assertIn(place, wish.places)
                left[wish.product, place] = round(
                    left[wish.product, place] - wish.quantity, 6
                )
                self.assertGreaterEqual(left[wish.product, place], 0)
