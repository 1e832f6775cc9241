from odoo.tests import tagged

from ..hooks import _list_shortcomings, _weigh_to_the_gram
from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestGoods(OrderServiceCommon):
    """What an order's lines keep, whatever core would do with them."""

    def _seen_order(self, price, **values):
        order = self._order(start=False, lines=[(self.kvass, 1)], **values)
        order.order_line.write(
            {
                "service_seen_price": price,
                "price_unit": price,
                "technical_price_unit": 0,
            }
        )
        order._service_start(actor="system")
        return order

    def test_price_the_customer_saw_stays_when_the_quantity_changes(self):
        """S3: core would take the list price again on a confirmed order."""
        order = self._carry(self._seen_order(50), "assembly")
        self.assertEqual(order.state, "sale")
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_line.price_unit, 50)
        self.assertEqual(order.amount_untaxed, 150)
        order.order_line.with_context(service_reprice=True)._compute_price_unit()
        self.assertEqual(order.order_line.price_unit, self.kvass.list_price)

    def test_weights_are_kept_to_the_gram(self):
        precision = self.env.ref("uom.decimal_product_uom")
        self.assertGreaterEqual(precision.digits, 3, "set at install")
        kilogram = self.env.ref("uom.product_uom_kgm")
        cheese = self._product("CHEESE", 1000, uom_id=kilogram.id)
        order = self._carry(self._order(lines=[(cheese, 0.356)]), "assembly")
        self.assertEqual(order.order_line.product_uom_qty, 0.356)
        self.assertEqual(order.order_line.move_ids.quantity, 0.356)
        self.assertEqual(order.amount_untaxed, 356)

    def test_more_digits_than_grams_are_left_alone(self):
        precision = self.env.ref("uom.decimal_product_uom")
        precision.digits = 5
        _weigh_to_the_gram(self.env)
        self.assertEqual(precision.digits, 5)

    def test_company_that_rounds_globally_is_named(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.assertIn(self.company.name, "".join(_list_shortcomings(self.env)))
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.assertNotIn(self.company.name, "".join(_list_shortcomings(self.env)))

    def test_delivery_is_planned_for_the_start_and_promised_for_the_end(self):
        order = self._carry(self._order(), "assembly")
        picking = order.picking_ids
        self.assertEqual(picking.scheduled_date, order.service_slot_start)
        self.assertEqual(picking.date_deadline, order.service_slot_end)

    def test_both_ends_of_the_country_read_their_own_time(self):
        """N7: Khabarovsk and Kaliningrad on one screen."""
        slot = {
            "service_slot_start": "2026-11-24 02:00:00",
            "service_slot_end": "2026-11-24 04:00:00",
        }
        east = self._order(**slot)
        west = self._order(warehouse_id=self.other_store.id, **slot)
        self.assertEqual(east.service_slot_text, "24.11 12:00–14:00 (UTC+10)")
        self.assertEqual(west.service_slot_text, "24.11 04:00–06:00 (UTC+2)")
        self.assertEqual(str(east.service_slot_date), "2026-11-24")
        evening = {
            "service_slot_start": "2026-11-24 20:00:00",
            "service_slot_end": "2026-11-24 22:00:00",
        }
        self.assertEqual(str(self._order(**evening).service_slot_date), "2026-11-25")
