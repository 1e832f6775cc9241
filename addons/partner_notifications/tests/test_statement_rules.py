from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import statement

# a busy machine is no fault of the rules
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = st.decimals("-99999999", "99999999", places=2, allow_nan=False)
ENTRIES = st.lists(st.tuples(st.integers(1, 3), AMOUNTS), max_size=30)


def entry(amount):
    return statement.Entry(date(2026, 1, 1), "X", "entry", amount)


@tagged("post_install", "-at_install")
class TestStatementRules(BaseCase):
    """Arithmetic of a reconciliation statement (X2), without a database."""

    @CALM
    @given(ENTRIES, st.dictionaries(st.integers(1, 3), AMOUNTS))
    def test_each_currency_closes_at_opening_plus_its_own_entries(self, rows, openings):
        found = statement.sections(
            openings, [(currency, entry(amount)) for currency, amount in rows], 1
        )
        for section in found:
            mine = [
                amount for currency, amount in rows if currency == section.currency_id
            ]
            opening = openings.get(section.currency_id, 0)
            self.assertEqual(section.closing, opening + sum(mine))
            self.assertEqual(len(section.entries), len(mine))
            self.assertGreaterEqual(section.debit, 0)
            self.assertGreaterEqual(section.credit, 0)
        self.assertEqual(
            len({section.currency_id for section in found}), len(found) or 1
        )

    def test_an_entry_stands_on_one_side(self):
        sale, paid = entry(Decimal(5)), entry(Decimal(-5))
        self.assertEqual((sale.debit, sale.credit), (5, 0))
        self.assertEqual((paid.debit, paid.credit), (0, 5))

    def test_nothing_at_all_is_a_statement_of_zero_in_the_own_currency(self):
        (section,) = statement.sections({}, [], 7)
        self.assertEqual((section.currency_id, section.closing), (7, 0))

    def test_the_own_currency_stands_first_and_only_where_it_stands(self):
        openings = {3: Decimal(1), 2: Decimal(1), 9: Decimal(1)}
        order = [found.currency_id for found in statement.sections(openings, [], 9)]
        self.assertEqual(order, [9, 2, 3])
        order = [found.currency_id for found in statement.sections(openings, [], 1)]
        self.assertEqual(order, [2, 3, 9])

    @CALM
    @given(
        st.dates(), st.one_of(st.none(), st.dates()), st.one_of(st.none(), st.dates())
    )
    def test_a_period_is_in_order_or_refused(self, today, begin, end):
        try:
            first, last = statement.period(begin, end, today)
        except statement.PeriodError:
            self.assertGreater(begin, end or today)
        else:
            self.assertLessEqual(first, last)
            self.assertIn(last, (end, today))

    def test_without_days_it_is_this_year(self):
        today = date(2026, 11, 22)
        self.assertEqual(statement.period(None, None, today), (date(2026, 1, 1), today))
        day = today - timedelta(days=1)
        self.assertEqual(statement.period(day, day, today), (day, day))
