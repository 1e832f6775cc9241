from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .test_assembly import AssemblyCommon


@tagged("post_install", "-at_install")
class TestOffer(AssemblyCommon):
    """S5, S6: one door tells what may be sent with an order, whoever proposes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"]
        cls.drinks = categories.create({"name": "Drinks"})
        cls.spirits = categories.create({"name": "Spirits"})
        (cls.kvass | cls.kefir | cls.sour).categ_id = cls.drinks

    def _leave_out(self, product):
        """The store does not carry ``product``."""
        self.env["order.service.assortment"].create(
            {
                "store_id": self.store.id,
                "product_id": product.id,
                "carried": False,
            }
        )

    def _break_offer(self):
        """(why, words, product that may not be sent), each of its own kind."""
        company = self.env["res.company"].create({"name": "Other"})
        spirits = self.spirits.copy({"name": "Spirits", "minimum_age": 18})
        ours = self.spirits.copy({"name": "Over the counter", "pickup_only": True})
        unlisted = self._product("UNLISTED", 50.0)
        self._leave_out(unlisted)
        return [
            ("archived", "no longer sold", self._product("OLD", 50.0, active=False)),
            ("not_in_assortment", "not in the assortment", unlisted),
            ("unpriced", "has no price in", self._product("FREE", 0.0)),
            (
                "no_goods",
                "nothing one can pack",
                self._product(
                    "GIFT-WRAP", 50.0, stock=0, type="service", is_storable=False
                ),
            ),
            (
                "other_company",
                "another company",
                self._product("THEIRS", 50.0, stock=0, company_id=company.id),
            ),
            (
                "pickup_only",
                "handed out in the store only",
                self._product("PILLS", 50.0, categ_id=ours.id),
            ),
            (
                "age",
                "from the age of 18",
                self._product("WINE", 50.0, categ_id=spirits.id),
            ),
        ]

    def test_the_door_tells_why_goods_may_not_be_sent(self):
        broken = self._break_offer()
        order = self._at_assembly()
        products = self.kefir.union(*(product for _why, _words, product in broken))
        refused = order._service_not_offered(products)
        self.assertEqual(refused, {product: why for why, _words, product in broken})
        self.assertEqual(order._service_offerable(products), self.kefir)

    def test_a_confirmed_age_and_a_pick_up_open_the_door(self):
        broken = {why: product for why, _words, product in self._break_offer()}
        order = self._at_assembly(service_fulfilment="pickup")
        self.customer._service_confirm_age(18, "document", self.company)
        asked = broken["pickup_only"] | broken["age"]
        self.assertEqual(order._service_offerable(asked), asked)

    def test_the_picker_is_told_why_and_nothing_is_chosen(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        for why, words, product in self._break_offer():
            with self.subTest(why), self.assertRaisesRegex(UserError, words):
                task.action_service_replace(kvass.id, product.id)
        self.assertFalse(kvass.service_chosen_id)

    def test_what_may_not_be_sent_is_not_proposed_though_listed(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "listed", self.sour, self.kefir)
        self._leave_out(self.sour)
        told = order._service_suggestions(kvass, 5)
        self.assertEqual([one["sku"] for one in told], ["KEFIR"])

    def test_what_is_listed_is_not_proposed_twice(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar", self.kefir)
        told = order._service_suggestions(kvass, 5)
        self.assertEqual([one["sku"] for one in told], ["KEFIR", "SOUR"])

    def test_similar_goods_are_carried_and_not_sold_from_a_higher_age(self):
        self._leave_out(self.sour)
        beer = self._product("BEER", 85.0, categ_id=self.drinks.id, minimum_age=18)
        self.customer._service_confirm_age(18, "document", self.company)
        order = self._at_assembly(lines=[(self.kvass, 2), (self.milk, 1)])
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        told = order._service_suggestions(kvass, 5)
        self.assertEqual([one["sku"] for one in told], ["KEFIR"])
        self.kvass.minimum_age = 18
        told = order._service_suggestions(kvass, 5)
        self.assertIn(beer.id, [one["product_id"] for one in told])

    def test_what_the_order_holds_anyway_takes_no_place_among_similar_goods(self):
        goods = self.kefir.union(
            *(self._product(f"DRINK-{index}", 90.0 + index) for index in range(12))
        )
        goods.categ_id = self.drinks
        order = self._at_assembly(lines=[(self.kvass, 1), *((one, 1) for one in goods)])
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        told = order._service_suggestions(kvass, 5)
        self.assertEqual([one["sku"] for one in told], ["SOUR"])

    def test_stock_of_all_places_of_the_store_counts_and_no_other(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.store.lot_stock_id.id}
        )
        split, abroad = (
            self._product(sku, 80.0, stock=0, categ_id=self.drinks.id)
            for sku in ("SPLIT", "ABROAD")
        )
        quants = self.env["stock.quant"]
        for place in (shelf, self.store.lot_stock_id):
            quants._update_available_quantity(split, place, 1)
        quants._update_available_quantity(abroad, self.other_store.lot_stock_id, 9)
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        told = {
            one["sku"]: one["available"] for one in order._service_suggestions(kvass, 5)
        }
        self.assertEqual(told.get("SPLIT"), 2)
        self.assertNotIn("ABROAD", told)

    def _price_by_list(self, goods):
        """Fixed prices of ``goods`` in a list of the store, kept ready by the job."""
        self.store.service_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Store",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_tmpl_id": product.product_tmpl_id.id,
                            "product_id": product.id,
                            "fixed_price": product.list_price,
                        }
                    )
                    for product in goods
                ],
            }
        )
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kw: 1.0
        ):
            self.env["order.service.price"]._cron_refresh()

    def test_suggestions_take_as_many_queries_however_many_goods_are_similar(self):
        goods = [
            self._product(f"DRINK-{index}", 80.0 + index, categ_id=self.drinks.id)
            for index in range(8)
        ]
        self._price_by_list(self.kvass.union(self.kefir, self.sour, *goods))
        order = self._at_assembly()
        self._wish(order.order_line[0], "similar")
        ref = {"source": self.source.code, "external_ref": order.service_external_ref}
        api = self.env["sale.order"].with_user(self.integrator)
        api.service_suggest(ref, "1", 1)  # rights and units are known from then on
        for limit in (1, 9):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(14):
                told = api.service_suggest(ref, "1", limit)
            self.assertEqual(len(told["suggestions"]), limit)

    def test_as_many_similar_goods_are_suggested_as_are_asked_for(self):
        for index in range(22):
            self._product(f"DRINK-{index}", 80.0 + index, categ_id=self.drinks.id)
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        for limit in (1, 5, 20):
            self.assertEqual(len(order._service_suggestions(kvass, limit)), limit)

    def test_no_similar_goods_are_looked_for_where_listed_ones_suffice(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar", self.kefir)
        with patch.object(type(order), "_service_similar_rows") as looked_for:
            [told] = order._service_suggestions(kvass, 1)
        self.assertTrue(told["listed"])
        looked_for.assert_not_called()

    def test_of_a_wide_category_goods_of_the_same_kind_are_suggested(self):
        """S5: also where far more goods are nearer in price than are priced at all."""
        for index in range(15):
            self._product(f"BEANS-{index}", 89.9, categ_id=self.drinks.id)
        like = self._product(
            "FAR", 20.0, categ_id=self.drinks.id, name="Kvas of rye, 1 l"
        )
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        [best, *_rest] = order._service_suggestions(kvass, 3)
        self.assertEqual(best["product_id"], like.id)
        self.assertIn("name", best["reasons"])

    def test_a_name_of_numbers_and_signs_is_like_no_other(self):
        self.kvass.name = r"7% (1\2) |"
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        told = order._service_suggestions(kvass, 3)
        self.assertTrue(told)
        self.assertFalse(any("name" in one["reasons"] for one in told))

    # -- substitutes an operator lists -------------------------------------------------

    def test_an_operator_lists_only_what_the_store_sells(self):
        order = self._order()
        line = order.with_user(self.operator).order_line[0]
        for why, words, product in self._break_offer()[:3]:
            with (
                self.subTest(why),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                line.service_substitute_ids = [
                    Command.create({"product_id": product.id, "rank": 1})
                ]
        line.service_substitute_ids = [
            Command.create({"product_id": self.kefir.id, "rank": 1})
        ]
        self._leave_out(self.kefir)
        line.service_substitute_ids.max_price = 50  # it stays, as lines do
