from datetime import timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import OrderServiceCommon

VARIANT, TEMPLATE, WIDE = "0_product_variant", "1_product", "3_global"
prices = st.decimals("0.01", "9999.99", places=2).map(float)


class PriceCommon(OrderServiceCommon):
    """Price lists for both stores of one city."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_store.service_city = cls.store.service_city
        cls.table = cls.env["order.service.price"]
        lists = cls.env["product.pricelist"].create(
            [{"name": "Lenina"}, {"name": "Mira"}]
        )
        cls.own_list, cls.other_list = lists
        cls.store.service_pricelist_id = cls.own_list
        cls.other_store.service_pricelist_id = cls.other_list

    @classmethod
    def _rule(cls, pricelist, product=None, **values):
        if product:
            values |= {
                "applied_on": VARIANT,
                "product_id": product.id,
                "product_tmpl_id": product.product_tmpl_id.id,
            }
        return cls.env["product.pricelist.item"].create(
            {"pricelist_id": pricelist.id, **values}
        )

    def _refresh(self):
        """The job, without its commits."""
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kw: 1.0
        ):
            self.table._cron_refresh()

    def _known(self, product, pricelist=None):
        """What the table knows of a price; None if it must be asked for."""
        pricelist = pricelist or self.own_list
        known = self.table._read_known([pricelist], product)
        return known.get(pricelist.id, {}).get(product.id)

    def _price(self, product, pricelist=None):
        """What a reader gets."""
        pricelist = pricelist or self.own_list
        return self.table._find_prices({pricelist}, product)[pricelist][product.id]

    def _reference(self, product, store=None):
        store = store or self.store
        _own, highest = self.source._find_prices(store, product)[store]
        return highest[product.id]


@tagged("post_install", "-at_install")
class TestPrice(PriceCommon):
    """Prices kept ready, and never a wrong one (S3)."""

    def test_reference_is_the_highest_of_the_city(self):
        self._rule(self.own_list, self.kvass, fixed_price=80)
        self._rule(self.other_list, self.kvass, fixed_price=95)
        for _turn in ("asked", "known"):
            self.assertEqual(self._reference(self.kvass), 95)
            self._refresh()
        self.other_store.service_city = "Elsewhere"
        self.assertEqual(self._reference(self.kvass), 80)

    def test_staff_see_the_highest_of_the_city_beside_each_price(self):
        self._rule(self.own_list, self.kvass, fixed_price=50)
        self._rule(self.other_list, self.kvass, fixed_price=70)
        abroad = self.env["res.company"].create({"name": "Same city, other company"})
        other = self.env["stock.warehouse"].search([("company_id", "=", abroad.id)])
        dear = self.env["product.pricelist"].create({"name": "Dear"})
        other.write(
            {
                "service_code": "X01",
                "service_city": self.store.service_city,
                "service_pricelist_id": dear.id,
            }
        )
        self._rule(dear, self.kvass, fixed_price=900)
        self._refresh()
        for user in (self.manager, self.marketing, self.storeadmin, self.operator):
            rows = self.table.with_user(user).search(
                [("product_id", "=", self.kvass.id)]
            )
            row = rows.filtered(lambda row: row.pricelist_id == self.own_list)
            self.assertEqual(row.price, 50)
            self.assertIn(self.store.service_city, row.city_prices)
            self.assertIn("70.00", row.city_prices, user.login)

    def test_job_takes_over_fixed_prices_and_computes_the_others(self):
        self._rule(self.own_list, self.kvass, fixed_price=80)
        self._rule(
            self.own_list, applied_on=WIDE, compute_price="percentage", percent_price=10
        )
        self.assertIsNone(self._known(self.kvass))
        self._refresh()
        self.assertEqual(self._known(self.kvass), 80)
        self.assertAlmostEqual(self._known(self.cucumber), 179.1)

    def test_changed_rule_counts_at_once(self):
        rule = self._rule(self.own_list, self.kvass, fixed_price=80)
        self._refresh()
        rule.fixed_price = 85
        self.assertIsNone(self._known(self.kvass))
        self.assertEqual(self._price(self.kvass), 85)
        self._refresh()
        self.assertEqual(self._known(self.kvass), 85)
        rule.unlink()
        self.assertEqual(self._price(self.kvass), 89.9)

    def test_what_is_written_once_more_unchanged_is_not_due(self):
        rule = self._rule(self.own_list, self.kvass, fixed_price=80)
        self._rule(
            self.own_list, applied_on=WIDE, compute_price="percentage", percent_price=10
        )
        self._refresh()
        rule.write(
            {
                "pricelist_id": self.own_list.id,
                "applied_on": VARIANT,
                "product_id": self.kvass.id,
                "fixed_price": 80,
                "date_start": False,
            }
        )
        self.cucumber.write({"list_price": 199.0, "standard_price": 0.0})
        self.assertEqual(self._known(self.kvass), 80)
        self.assertAlmostEqual(self._known(self.cucumber), 179.1)

    def test_rule_given_to_another_product_frees_the_first(self):
        rule = self._rule(self.own_list, self.kvass, fixed_price=80)
        self._refresh()
        rule.write(
            {
                "product_tmpl_id": self.cucumber.product_tmpl_id.id,
                "product_id": self.cucumber.id,
            }
        )
        self.assertEqual(self._price(self.kvass), 89.9)
        self.assertEqual(self._price(self.cucumber), 80)

    def test_changed_sales_price_cost_or_category_counts_at_once(self):
        category = self.env["product.category"].create({"name": "Drinks"})
        self._rule(
            self.own_list,
            applied_on="2_product_category",
            categ_id=category.id,
            compute_price="percentage",
            percent_price=50,
        )
        self._rule(
            self.other_list,
            applied_on=WIDE,
            compute_price="formula",
            base="standard_price",
            price_markup=20,
        )
        self._refresh()
        self.assertEqual(self._known(self.kvass), 89.9)
        self.kvass.list_price = 100
        self.assertEqual(self._price(self.kvass), 100)
        self._refresh()
        self.kvass.categ_id = category
        self.assertEqual(self._price(self.kvass), 50)
        self._refresh()
        self.kvass.standard_price = 40
        self.assertAlmostEqual(self._price(self.kvass, self.other_list), 48)

    def test_fixed_price_outlives_a_change_it_does_not_hang_on(self):
        self._rule(self.own_list, self.kvass, fixed_price=80)
        self._refresh()
        self.kvass.list_price = 100
        self._rule(
            self.own_list, applied_on=WIDE, compute_price="percentage", percent_price=10
        )
        self.assertEqual(self._known(self.kvass), 80)

    def test_lists_based_on_the_changed_one_follow(self):
        self._rule(
            self.own_list,
            applied_on=WIDE,
            compute_price="percentage",
            base="pricelist",
            base_pricelist_id=self.other_list.id,
            percent_price=10,
        )
        rule = self._rule(self.other_list, self.kvass, fixed_price=100)
        self._refresh()
        self.assertEqual(self._known(self.kvass), 90)
        rule.fixed_price = 50
        self.assertEqual(self._price(self.kvass), 45)

    def test_dated_rule_begins_and_ends_to_the_second(self):
        now = fields.Datetime.now()
        self._rule(self.own_list, self.kvass, fixed_price=80)
        self._rule(
            self.own_list,
            self.kvass,
            fixed_price=60,
            date_start=now + timedelta(hours=1),
            date_end=now + timedelta(hours=2),
        )
        self._refresh()
        self.assertEqual(self._known(self.kvass), 80)
        for hours, price in ((1.5, 60), (2.5, 80)):
            with freeze_time(now + timedelta(hours=hours)):
                self.assertIsNone(self._known(self.kvass))
                self.assertEqual(self._price(self.kvass), price)
                self._refresh()
                self.assertEqual(self._known(self.kvass), price)

    def test_dated_rule_of_a_category_bounds_computed_prices(self):
        now = fields.Datetime.now()
        self._rule(
            self.own_list,
            applied_on=WIDE,
            compute_price="percentage",
            percent_price=50,
            date_start=now + timedelta(hours=1),
        )
        self._refresh()
        self.assertEqual(self._known(self.kvass), 89.9)
        with freeze_time(now + timedelta(hours=1, seconds=1)):
            self.assertIsNone(self._known(self.kvass))
            self.assertAlmostEqual(self._price(self.kvass), 44.95)

    def test_price_for_many_is_not_the_price_of_one(self):
        self._rule(self.own_list, self.kvass, fixed_price=80)
        self._rule(self.own_list, self.kvass, fixed_price=70, min_quantity=10)
        self._refresh()
        self.assertEqual(self._known(self.kvass), 80)

    def test_prices_that_hang_on_rates_are_always_asked_for(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        foreign = currencies.search(
            [("id", "!=", self.company.currency_id.id)], limit=1
        )
        foreign.active = True
        self.own_list.currency_id = foreign
        self._rule(self.own_list, self.cucumber, fixed_price=7)
        self._refresh()
        self.assertIsNone(self._known(self.kvass))
        self.assertEqual(self._known(self.cucumber), 7)
        self._refresh()

    def test_new_product_and_new_list_are_computed_in_the_background(self):
        bread = self._product("BREAD", 30)
        self._refresh()
        self.assertEqual(self._known(bread), 30)
        third = self.env["product.pricelist"].create({"name": "Third"})
        self.store.service_pricelist_id = third
        self._refresh()
        self.assertEqual(self._known(bread, third), 30)

    def test_housekeeping_completes_rows_and_removes_those_of_unused_lists(self):
        self._refresh()
        self.table.search([("product_id", "=", self.kvass.id)]).unlink()
        self.store.service_pricelist_id = self.other_list
        self.table._complete()
        rows = self.table.search([("product_id", "=", self.kvass.id)])
        self.assertEqual(rows.pricelist_id, self.other_list)
        self.assertFalse(
            self.table.search_count([("pricelist_id", "=", self.own_list.id)])
        )

    def test_known_prices_of_a_call_take_one_query(self):
        products = self.kvass | self.cucumber
        self._refresh()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.table._find_prices({self.own_list, self.other_list}, products)

    def test_nobody_writes_prices_by_hand(self):
        self._refresh()
        row = self.table.search([("product_id", "=", self.kvass.id)], limit=1)
        self.assertTrue(row.with_user(self.manager).display_name)
        for user in (self.operator, self.storeadmin, self.marketing, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"price": 1})
        with self.assertRaises(AccessError):
            row.with_user(self.integrator).read(["price"])

    def test_store_without_a_list_sells_at_the_sales_price(self):
        self.store.service_pricelist_id = False
        self.other_store.service_pricelist_id = False
        self.assertEqual(self._reference(self.kvass), 89.9)


@tagged("post_install", "-at_install")
class TestPriceProperty(PriceCommon):
    """Whatever the rules and edits, the table never tells another price than Odoo."""

    @given(st.data())
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
        ],
        phases=[Phase.explicit, Phase.generate],  # shrinking with a database takes long
    )
    def test_table_and_odoo_agree_and_reference_is_the_highest(self, data):
        with self.cr.savepoint() as savepoint:
            rules = self._random_rules(data)
            for _step in range(3):
                if data.draw(st.booleans()):
                    self._refresh()
                self._agree()
                self._random_edit(data, rules)
            self._agree()
            savepoint.rollback()
        self.env.invalidate_all()

    def _agree(self):
        for product in self.kvass | self.cucumber:
            asked = []
            for pricelist in (self.own_list, self.other_list):
                price = pricelist._get_product_price(product, 1.0)
                self.assertAlmostEqual(self._price(product, pricelist), price)
                asked.append(price)
            self.assertAlmostEqual(self._reference(product), max(asked))

    def _random_rules(self, data):
        rules = self.env["product.pricelist.item"]
        for _number in range(data.draw(st.integers(1, 5))):
            pricelist = data.draw(st.sampled_from([self.own_list, self.other_list]))
            product = data.draw(st.sampled_from([None, self.kvass, self.cucumber]))
            rules |= self._rule(pricelist, product, **self._random_values(data))
        return rules

    def _random_values(self, data):
        if data.draw(st.booleans()):
            price = {"compute_price": "fixed", "fixed_price": data.draw(prices)}
        else:
            percent = data.draw(st.integers(-50, 90))
            price = {"compute_price": "percentage", "percent_price": percent}
        hour = timedelta(hours=1)
        start = data.draw(st.sampled_from([None, -2, -1, 1]))
        now = fields.Datetime.now()
        return price | {
            "min_quantity": data.draw(st.sampled_from([0, 1, 2])),
            "date_start": start and now + start * hour,
            "date_end": data.draw(st.sampled_from([None, now + 2 * hour])),
        }

    def _random_edit(self, data, rules):
        edit = data.draw(st.sampled_from(["rule", "product", "unlink", "none"]))
        rules = rules.exists()
        if edit == "rule" and rules:
            data.draw(st.sampled_from(list(rules))).write(self._random_values(data))
        elif edit == "product":
            self.kvass.list_price = data.draw(prices)
        elif edit == "unlink" and rules:
            data.draw(st.sampled_from(list(rules))).unlink()
