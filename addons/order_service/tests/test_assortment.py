from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestAssortment(ApiCommon):
    """What a store carries, whatever door the order comes through (S3)."""

    def _row(self, goods, carried=True, store=None, city=None):
        key = "categ_id" if goods._name == "product.category" else "product_id"
        return self.env["order.service.assortment"].create(
            {
                key: goods.id,
                "carried": carried,
                "store_id": store and store.id,
                "city": city,
            }
        )

    def _carried(self, store, products=None):
        products = products or self.kvass | self.cucumber
        carried = self.env["order.service.assortment"]._carried(store, products)
        return products.browse(sorted(carried[store]))

    def test_without_rows_stores_carry_everything(self):
        self.assertEqual(self._carried(self.store), self.kvass | self.cucumber)

    def test_list_of_a_store_is_its_own(self):
        self.store.service_listed_only = True
        self._row(self.kvass, store=self.store)
        self.assertEqual(self._carried(self.store), self.kvass)
        self.assertEqual(self._carried(self.other_store), self.kvass | self.cucumber)

    def test_list_of_a_city_holds_in_all_its_stores(self):
        self.other_store.service_city = " KHABAROVSK "
        (self.store | self.other_store).service_listed_only = True
        self._row(self.kvass, city="Khabarovsk")
        for store in self.store | self.other_store:
            self.assertEqual(self._carried(store), self.kvass)

    def test_category_holds_for_those_below_it(self):
        drinks = self.env["product.category"].create({"name": "Drinks"})
        soft = drinks.create({"name": "Soft drinks", "parent_id": drinks.id})
        self.kvass.categ_id = soft
        self._row(drinks, carried=False, city="Khabarovsk")
        self.assertEqual(self._carried(self.store), self.cucumber)

    def test_sold_out_goods_are_still_carried(self):
        product = self._product("SOLD-OUT", 10, stock=0)
        self._row(product, store=self.store)
        self.assertEqual(self._carried(self.store, product), product)

    def test_another_company_has_its_own_city(self):
        company = self.env["res.company"].create({"name": "Other"})
        row = self._row(self.kvass, carried=False, city="Khabarovsk")
        row.company_id = company
        self.assertEqual(self._carried(self.store), self.kvass | self.cucumber)

    def test_store_that_carries_only_its_list_and_has_none_carries_nothing(self):
        self.store.service_listed_only = True
        self.assertFalse(self._carried(self.store))

    def test_exception_of_an_exclusion_is_no_list(self):
        drinks = self.env["product.category"].create({"name": "Drinks"})
        self.kvass.categ_id = drinks
        self._row(drinks, carried=False, city="Khabarovsk")
        self._row(self.kvass, store=self.store)
        self.assertEqual(self._carried(self.store), self.kvass | self.cucumber)

    def test_one_query_for_all_stores_and_goods(self):
        self._row(self.kvass, store=self.store)
        self._row(self.cucumber, city="Kaliningrad")
        stores, products = self.store | self.other_store, self.kvass | self.cucumber
        stores.mapped("service_city")
        products.categ_id.mapped("parent_path")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["order.service.assortment"]._carried(stores, products)

    def test_rows_are_imported_in_bulk_and_again(self):
        names = ["id", "city", "product_id/id", "carried"]
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"goods.{p.default_code}", "record": p} for p in self.kvass]
        )
        data = [["goods.row_1", "Khabarovsk", "goods.KVAS", "0"]]
        rows = self.env["order.service.assortment"].with_user(self.manager)
        for _run in range(2):
            result = rows.load(names, data)
            self.assertFalse(result["messages"])
        self.assertEqual(self._carried(self.store), self.cucumber)

    # -- doors ------------------------------------------------------------------------

    def test_site_is_told_which_line_is_not_carried(self):
        self._row(self.kvass, carried=False, store=self.store)
        answer = self.submit_one()
        self.assertEqual(self.problems(answer), {("not_in_assortment", "lines[0].sku")})
        self.assertIn("“KVAS”", answer["errors"][0]["message"])
        self._row(self.kvass, store=self.other_store)
        sent = self.payload(
            store=self.other_store.service_code, lines=[self.line("KVAS")]
        )
        self.assertEqual(self.submit(sent)[0]["result"], "created")

    def test_site_is_told_which_line_has_no_price(self):
        self.kvass.list_price = 0
        answer = self.submit_one(lines=[self.line("CUCUMBER"), self.line("KVAS")])
        self.assertEqual(self.problems(answer), {("bad_price", "lines[1].sku")})
        self.assertIn("no price", answer["errors"][0]["message"])

    def test_site_is_told_which_line_is_archived(self):
        self.kvass.active = False
        answer = self.submit_one()
        self.assertEqual(self.problems(answer), {("unknown_product", "lines[0].sku")})

    def test_site_is_told_which_substitute_the_store_does_not_sell(self):
        """S6: a substitute meets the same rules as a line, named by its place."""
        bread, free = self._product("BREAD", 10), self._product("FREE", 0)
        old = self._product("OLD", 10, active=False)
        self._row(bread, carried=False, store=self.store)
        place = "lines[0].substitutes[1].sku"
        for product, code in (
            (bread, "not_in_assortment"),
            (free, "bad_price"),
            (old, "unknown_product"),
        ):
            answer = self.submit_one(
                lines=[
                    self.line(
                        "KVAS",
                        substitutes=[
                            {"sku": "CUCUMBER"},
                            {"sku": product.default_code},
                        ],
                    )
                ]
            )
            with self.subTest(code):
                self.assertEqual(self.problems(answer), {(code, place)})
                self.assertIn(product.default_code, answer["errors"][0]["message"])
                self.assertNotIn("order_id", answer)

    def test_people_add_only_what_the_store_sells(self):
        order = self._order(lines=[(self.kvass, 2)]).with_user(self.operator)
        bread, free = self._product("BREAD", 10), self._product("FREE", 0)
        old = self._product("OLD", 10, active=False)
        self._row(bread, carried=False, store=self.store)
        for product, words in (
            (bread, "not in the assortment of “Khabarovsk"),
            (free, "has no price in"),
            (old, "no longer sold"),
        ):
            for door in (
                lambda product=product: order.write(
                    {
                        "order_line": [Command.create({"product_id": product.id})],
                        "service_consent_how": "phone",
                    }
                ),
                lambda product=product: order.order_line.write(
                    {"product_id": product.id}
                ),
            ):
                with (
                    self.subTest(words),
                    self.assertRaisesRegex(ValidationError, words),
                    self.cr.savepoint(),
                ):
                    door()

    def test_order_made_by_hand_starts_with_goods_of_the_store_only(self):
        order = self._order(start=False)
        self._row(self.kvass, carried=False, store=self.store)
        with self.assertRaisesRegex(ValidationError, "not in the assortment"):
            order.with_user(self.operator).action_service_start()

    def test_goods_that_go_away_leave_the_order_alive(self):
        order = self._order()
        self._row(self.kvass, carried=False, store=self.store)
        self.cucumber.active = False
        lines = order.with_user(self.operator).order_line
        lines[0].product_uom_qty = 1
        lines[1].price_unit = 150
        self._carry(order, "assembly")
        self.assertEqual(order.state, "sale")

    def test_only_managers_change_what_is_carried(self):
        row = self._row(self.kvass, store=self.store)
        for user in (self.operator, self.storeadmin, self.courier, self.marketing):
            mine = row.with_user(user)
            self.assertTrue(mine.store_id)
            with self.assertRaises(AccessError):
                mine.carried = False
        row.with_user(self.manager).carried = False
        with self.assertRaises(AccessError):
            row.with_user(self.integrator).read(["carried"])

    def test_manager_of_another_company_does_not_see_the_rows(self):
        row = self._row(self.kvass, store=self.store)
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": company.ids, "company_id": company.id})
        rows = self.env["order.service.assortment"].with_user(self.manager)
        self.assertNotIn(row, rows.search([]))

    def test_tolerance_is_of_the_nearest_category_that_has_one(self):
        """S5: weighed goods."""
        food = self.env["product.category"].create(
            {"name": "Food", "service_tolerance_percent": 5}
        )
        cheese = food.create({"name": "Cheese", "parent_id": food.id})
        self.kvass.categ_id = cheese
        self.assertEqual(self.kvass._service_tolerance(), 5)
        cheese.service_tolerance_percent = 10
        self.assertEqual(self.kvass._service_tolerance(), 10)
        self.kvass.categ_id = False
        self.assertEqual(self.kvass._service_tolerance(), 0)
