from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import assembly
from ..rules.assembly import Line

grams = st.integers(0, 20_000).map(lambda number: number / 1000)
some_grams = st.integers(1, 20_000).map(lambda number: number / 1000)
kopecks = st.integers(1, 1_000_000).map(lambda number: number / 100)


# other tests run beside these on the same cores
busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def orders(draw):
    """Lines of one order; each hangs on earlier ones only."""
    lines = []
    for number in range(draw(st.integers(1, 6))):
        ordered = draw(some_grams)
        tolerance = draw(st.sampled_from([0.0, 5.0, 10.0]))
        found = draw(st.floats(0, 1)) * ordered * (1 + tolerance / 100)
        lines.append(
            Line(
                id=number,
                ordered=ordered,
                found=round(found, 3) if tolerance else min(round(found, 3), ordered),
                price=draw(kopecks),
                store_price=draw(st.none() | kopecks),
                tolerance_percent=tolerance,
                key=draw(st.booleans()),
                depends_on=draw(st.frozensets(st.integers(0, number)))
                - frozenset([number]),
            )
        )
    return lines


def amount(quantity, price):
    return round(quantity * price + 1e-9, 2)


@tagged("post_install", "-at_install")
class TestAssemblyRules(BaseCase):
    """S5, S6: what the assembly makes of lines, without a database."""

    @busy
    @given(orders(), st.sampled_from(["cancel_order", "drop_dependents", "call"]))
    def test_nobody_pays_more_than_before(self, lines, wish):
        plan = assembly.plan(lines, wish)
        for line in lines:
            settled = plan.lines[line.id]
            self.assertLessEqual(
                amount(settled.quantity, settled.price),
                amount(line.ordered, line.price),
            )
            self.assertLessEqual(settled.price, line.price)
            self.assertFalse(
                settled.quantity > line.ordered * (1 + line.tolerance_percent / 100)
                and not line.tolerance_percent
            )

    @busy
    @given(orders())
    def test_no_line_is_left_without_what_it_hangs_on(self, lines):
        plan = assembly.plan(lines, "drop_dependents")
        gone = {one for one, known in plan.lines.items() if known.outcome == "missing"}
        for line in lines:
            if line.depends_on & gone:
                self.assertIn(line.id, gone)
        self.assertEqual({key for key in plan.lost_keys} - gone, set())

    @busy
    @given(kopecks, kopecks, some_grams, some_grams, st.just(0.0) | kopecks)
    def test_substitute_costs_the_lower_price_and_no_more_in_all(
        self, price, store_price, missing, quantity, most
    ):
        value = price * missing
        paid = assembly.substitute_price(price, store_price, value, quantity, most)
        self.assertLessEqual(paid, min(price, store_price))
        if most:
            self.assertLessEqual(paid, most)
        self.assertLessEqual(paid * quantity, value + 1e-6)

    def test_outcome_follows_quantity_and_tolerance(self):
        for found, tolerance, expected in (
            (2, 0, "found"),
            (1, 0, "short"),
            (0, 10, "missing"),
            (1.8, 10, "found"),
            (1.79, 10, "short"),
            (2.2, 10, "found"),
        ):
            with self.subTest(found=found, tolerance=tolerance):
                self.assertEqual(assembly.outcome(2, found, tolerance), expected)
        self.assertFalse(assembly.is_too_much(2, 2.2, 10))
        self.assertTrue(assembly.is_too_much(2, 2.201, 10))

    def test_weight_above_the_ordered_is_not_paid(self):
        price = assembly.lowered_price(199.0, None, 1.0, 1.05)
        self.assertEqual(price, 189.52)
        self.assertEqual(amount(1.05, price), 199.0)

    def test_the_stores_price_only_lowers(self):
        self.assertEqual(assembly.lowered_price(50, 60, 1, 1), 50)
        self.assertEqual(assembly.lowered_price(50, 40, 1, 1), 40)
        self.assertEqual(assembly.lowered_price(50, 0, 1, 1), 50, "unpriced today")

    def test_substitute_by_the_piece_for_goods_by_weight_counts_the_sum(self):
        self.assertEqual(assembly.substitute_price(None, 150, 199.0, 1), 150)
        self.assertEqual(assembly.substitute_price(None, 150, 199.0, 2), 99.5)

    def test_lost_key_item_does_what_the_customer_chose(self):
        lines = [
            Line(1, 1, 0, 10, key=True),
            Line(2, 1, 1, 10, depends_on=frozenset([1])),
            Line(3, 1, 1, 10, depends_on=frozenset([2])),
            Line(4, 1, 1, 10),
        ]
        plan = assembly.plan(lines, "drop_dependents")
        self.assertEqual(plan.dropped, {2, 3})
        self.assertEqual(plan.causes, {2: (1,), 3: (1,)})
        self.assertEqual(plan.lost_keys, (1,))
        self.assertFalse(plan.cancels)
        self.assertTrue(assembly.plan(lines, "cancel_order").cancels)
        self.assertFalse(assembly.plan(lines, "call").cancels)

    def test_replaced_key_item_is_not_lost(self):
        lines = [
            Line(1, 1, 0, 10, key=True, replaced=True),
            Line(2, 1, 1, 10, depends_on=frozenset([1])),
        ]
        plan = assembly.plan(lines, "cancel_order")
        self.assertEqual((plan.dropped, plan.lost_keys), (frozenset(), ()))

    def test_an_order_of_which_nothing_is_left_is_cancelled(self):
        self.assertTrue(assembly.plan([Line(1, 1, 0, 10)], "drop_dependents").cancels)
        self.assertFalse(assembly.plan([], "cancel_order").cancels)

    def test_circles_are_found(self):
        self.assertFalse(assembly.has_cycle({1: {2}, 2: {3}, 3: set()}))
        self.assertTrue(assembly.has_cycle({1: {2}, 2: {3}, 3: {1}}))
        self.assertTrue(assembly.has_cycle({1: {1}}))
        self.assertFalse(assembly.has_cycle({1: {7}}), "lines beyond are no circle")
