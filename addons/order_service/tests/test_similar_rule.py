from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import similar
from ..rules.similar import Candidate

prices = st.integers(1, 100_000).map(lambda number: number / 100)
names = st.sampled_from(
    ["Мука ржаная, 1 кг", "Мука рисовая", "Крупа пшеничная", "Фасоль", "7 г", ""]
)
candidates = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 99),
        price=prices,
        free=st.integers(0, 2),
        attributes=st.integers(0, 2),
        accepted=st.integers(0, 3),
        name=names,
    ),
    unique_by=lambda one: one.id,
)
FLOUR = "Мука пшеничная высший сорт, 2 кг"


@tagged("post_install", "-at_install")
class TestSimilarRule(BaseCase):
    """S5: which goods stand in best for others, and why."""

    def _ids(self, *offered):
        return [one.id for one, _reasons in similar.rank(FLOUR, 100, offered, 9)]

    def test_flour_stands_in_for_flour_before_beans_of_the_same_price(self):
        beans = Candidate(1, 99, 5, name="Фасоль белая, 450 г")
        groats = Candidate(2, 95, 5, name="Крупа пшеничная, 500 г")
        flour = Candidate(3, 60, 5, name="Мука ржаная обдирная, 1 кг")
        self.assertEqual(self._ids(beans, groats, flour), [3, 2, 1])

    def test_dearer_goods_of_the_same_kind_come_before_cheaper_ones_of_another(self):
        beans = Candidate(1, 99, 5, name="Фасоль белая")
        flour = Candidate(2, 140, 5, name="Мука рисовая")
        self.assertEqual(self._ids(beans, flour), [2, 1])

    def test_within_a_kind_not_dearer_taken_alike_near_in_this_order(self):
        near = Candidate(1, 99, 5, name="Мука рисовая")
        alike = Candidate(2, 60, 5, name="Мука пшеничная первый сорт")
        marked = Candidate(3, 50, 5, attributes=1, name="Мука рисовая")
        taken = Candidate(4, 40, 5, accepted=2, name="Мука рисовая")
        dearer = Candidate(5, 101, 5, accepted=9, name="Мука пшеничная высший сорт")
        ranked = self._ids(dearer, near, alike, marked, taken)
        self.assertEqual(ranked, [4, 3, 2, 1, 5])

    def test_what_others_took_comes_before_what_has_nothing_in_common(self):
        cheap = Candidate(1, 80, 5, name="Булгур")
        taken = Candidate(2, 120, 5, accepted=9, name="Отруби")
        self.assertEqual(self._ids(cheap, taken), [2, 1])

    def test_endings_numbers_and_measures_do_not_count(self):
        self.assertEqual(similar.stems("Яйцо С1, 10 шт."), ("яйц",))
        self.assertTrue(similar.is_same_kind("Яблоки Голден", "Яблоко сезонное"))
        self.assertFalse(similar.likeness("Укроп, 50 г", "Петрушка, 50 г"))
        self.assertEqual(similar.likeness("7 г", "7 г"), 0)

    def test_each_rank_says_why(self):
        flour = Candidate(1, 80, 5, attributes=1, accepted=2, name="Мука")
        dear = Candidate(2, 120, 5, name="Булгур")
        [(_one, all_of_them), (_two, few)] = similar.rank(FLOUR, 100, [flour, dear], 2)
        self.assertEqual(
            all_of_them,
            ["category", "name", "attributes", "not_dearer", "available", "accepted"],
        )
        self.assertEqual(few, ["category", "available"])

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(candidates, prices, st.integers(0, 5))
    def test_only_what_can_be_had_and_no_farther_kind_before_a_nearer(
        self, offered, price, limit
    ):
        ranked = [one for one, _why in similar.rank(FLOUR, price, offered, limit)]
        there = sum(one.free > 0 for one in offered)
        self.assertEqual(len(ranked), min(limit, there))
        self.assertTrue(all(one.free > 0 for one in ranked))
        kinships = [similar.kinship(one, FLOUR) for one in ranked]
        self.assertEqual(kinships, sorted(kinships, reverse=True))
