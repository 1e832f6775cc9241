from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

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
        with order._service_consent("phone"):
            order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_line.price_unit, 50)
        self.assertEqual(order.amount_untaxed, 150)
        self.kvass.list_price = 40
        order.order_line.with_context(service_reprice=True)._compute_price_unit()
        self.assertEqual(order.order_line.price_unit, 40)

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

    # -- the price seen ---------------------------------------------------------------

    def test_line_never_costs_more_than_the_customer_saw(self):
        line = self._seen_order(50).with_user(self.operator).order_line
        for values in (
            {"price_unit": 50.01},
            {"price_unit": 89.9, "product_uom_qty": 3},
            {"discount": -10},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "saw “.*KVAS.*50.*cannot cost"),
                self.cr.savepoint(),
            ):
                line.write(values)
        line.price_unit = 50.001
        line.price_unit = 42
        self.assertEqual(line.price_unit, 42)
        self.assertEqual(line.service_seen_price, 50)

    def test_repricing_by_a_callers_context_does_not_raise_the_price(self):
        line = self._seen_order(50).with_user(self.operator).order_line
        with self.assertRaises(ValidationError), self.cr.savepoint():
            line.with_context(service_reprice=True).product_uom_qty = 5
            line.flush_recordset()

    def test_lines_nobody_was_shown_a_price_of_are_free(self):
        """No limit of their own; the total of the order still has one."""
        order = self._order(start=False).with_user(self.operator)
        order.order_line[0].price_unit = 1000
        self.assertEqual(order.order_line[0].price_unit, 1000)

    def test_nobody_writes_the_price_seen_by_hand(self):
        order = self._seen_order(50)
        new = {"product_id": self.kvass.id, "service_seen_price": 99}
        for user in (self.operator, self.manager):
            mine = order.with_user(user)
            doors = (
                lambda mine=mine: mine.order_line.write({"service_seen_price": 99}),
                lambda mine=mine: mine.write({"order_line": [Command.create(new)]}),
                lambda mine=mine: mine.order_line.create([new | {"order_id": mine.id}]),
                lambda mine=mine: mine.with_context(
                    default_service_seen_price=99
                ).order_line.create({"product_id": new["product_id"]}),
            )
            for door in doors:
                with self.assertRaisesRegex(UserError, "never written by hand"):
                    door()

    def test_operator_still_adds_lines_on_the_form(self):
        order = self._order().with_user(self.operator)
        view = "order_service.sale_order_view_form_service"
        with Form(order, view=view) as form:
            with form.order_line.new() as line:
                line.product_id = self.kvass
            form.service_consent_how = "phone"
        self.assertEqual(len(order.order_line), 3)

    # -- pieces -----------------------------------------------------------------------

    def test_pieces_are_sold_whole_and_weights_are_not(self):
        order = self._order(lines=[(self.kvass, 2), (self.cucumber, 1)])
        pieces, kilograms = order.with_user(self.operator).order_line
        with self.assertRaisesRegex(ValidationError, "KVAS.* whole Units: 1.5"):
            pieces.product_uom_qty = 1.5
        kilograms.product_uom_qty = 0.856
        with self.assertRaises(ValidationError):
            order.with_user(self.manager).order_line = [
                Command.create({"product_id": self.kvass.id, "product_uom_qty": 0.5})
            ]

    def test_half_a_dozen_is_six_pieces(self):
        order = self._order(lines=[(self.kvass, 2)])
        line = order.with_user(self.manager).order_line
        dozen = self.env.ref("uom.product_uom_dozen")
        with order._service_consent("phone"):
            line.write({"product_uom_id": dozen.id, "product_uom_qty": 0.5})
        self.assertEqual(line.product_uom_qty, 0.5)

    def test_order_made_by_hand_starts_with_whole_pieces_only(self):
        order = self._order(start=False, lines=[(self.kvass, 1.5)])
        with self.assertRaisesRegex(ValidationError, "whole"):
            order.with_user(self.operator).action_service_start()

    def test_litres_and_metres_are_measures_hours_are_not(self):
        measures = ("kgm", "gram", "ton", "litre", "cubic_meter", "meter", "cm")
        for name in measures:
            unit = self.env.ref(f"uom.product_uom_{name}")
            self.assertTrue(unit._service_fits(0.5), name)
        for name in ("unit", "dozen", "pack_6", "hour"):
            unit = self.env.ref(f"uom.product_uom_{name}")
            self.assertFalse(unit._service_fits(0.5), name)
            self.assertTrue(unit._service_fits(3), name)
