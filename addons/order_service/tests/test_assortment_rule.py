from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.assortment import Assortment, Row, city_key

STORE = 1
ids = st.integers(min_value=1, max_value=4)
places = st.sampled_from([STORE, None])
rows = st.lists(
    st.one_of(
        st.builds(Row, carried=st.booleans(), product=ids, store=places),
        st.builds(Row, carried=st.booleans(), category=ids, store=places),
    ),
    unique_by=lambda row: (row.product, row.category, row.store),
)
categories = st.lists(ids, unique=True, max_size=4)
# other work on the machine must not fail the test
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestAssortmentRule(BaseCase):
    """How the rows of an assortment work together (S3)."""

    def test_store_without_rows_carries_everything(self):
        self.assertTrue(Assortment([], is_list=False).carries(1, [2]))

    def test_a_list_leaves_out_what_it_does_not_name(self):
        assortment = Assortment([Row(carried=True, product=1)], is_list=True)
        self.assertTrue(assortment.carries(1, []))
        self.assertFalse(assortment.carries(2, []))

    def test_exclusions_alone_are_no_list(self):
        assortment = Assortment([Row(carried=False, product=1)], is_list=False)
        self.assertFalse(assortment.carries(1, []))
        self.assertTrue(assortment.carries(2, []))

    def test_product_then_near_category_then_far_one_decides(self):
        rows = [
            Row(carried=True, category=9),
            Row(carried=False, category=8),
            Row(carried=True, product=1),
        ]
        assortment = Assortment(rows, is_list=True)
        self.assertTrue(assortment.carries(1, [8, 9]))
        self.assertFalse(assortment.carries(2, [8, 9]))
        self.assertTrue(assortment.carries(2, [9]))

    def test_store_decides_before_its_city(self):
        rows = [
            Row(carried=True, product=1),
            Row(carried=False, product=1, store=STORE),
        ]
        self.assertFalse(Assortment(rows, is_list=True).carries(1, []))

    def test_one_city_however_it_is_written(self):
        self.assertEqual(
            city_key("  Комсомольск  на Амуре "), city_key("КОМСОМОЛЬСК на амуре")
        )
        self.assertEqual(city_key(None), "")

    @PATIENT
    @given(rows, st.booleans(), ids, categories)
    def test_a_row_of_the_product_in_the_store_always_decides(
        self, rows, is_list, product, above
    ):
        for carried in (True, False):
            own = Row(carried=carried, product=product, store=STORE)
            assortment = Assortment([*rows, own], is_list)
            self.assertEqual(assortment.carries(product, above), carried)

    @PATIENT
    @given(rows, st.booleans(), ids, categories)
    def test_the_order_of_rows_does_not_matter(self, rows, is_list, product, above):
        self.assertEqual(
            Assortment(rows, is_list).carries(product, above),
            Assortment(rows[::-1], is_list).carries(product, above),
        )
