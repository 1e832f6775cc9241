from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestEffects(OrderServiceCommon):
    """What entering a stage does in sales, stock and accounting."""

    def _run(self, order, *effects):
        """Run effects as the engine does."""
        for effect in effects:
            stage = self.route_delivery.stage_ids.new({"effect": effect})
            order.sudo()._service_run_effect(stage)

    def _confirmed(self, lines=None):
        order = self._order(lines=lines)
        self._run(order, "confirm")
        return order

    def _stocked(self, sku, quantity):
        return self._product(sku, 10.0, stock=quantity)

    def _reserved(self, product):
        quants = self.env["stock.quant"].search([("product_id", "=", product.id)])
        return sum(quants.mapped("reserved_quantity"))

    def _on_hand(self, product):
        return product.with_context(location=self.store.lot_stock_id.id).qty_available

    # -- confirm ----------------------------------------------------------------------

    def test_confirm_reserves_the_goods_and_keeps_when_it_was_placed(self):
        order = self._order(service_placed_at="2026-01-05 10:00:00")
        self._run(order, "confirm")
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._reserved(self.kvass), 2)
        self.assertEqual(str(order.service_placed_at), "2026-01-05 10:00:00")

    def test_confirm_twice_changes_nothing(self):
        order = self._confirmed()
        pickings = order.picking_ids
        self._run(order, "confirm")
        self.assertEqual(order.picking_ids, pickings)
        self.assertEqual(self._reserved(self.kvass), 2)

    def test_want_of_stock_does_not_stop_the_confirmation(self):
        order = self._confirmed([(self._stocked("RARE", 0), 3)])
        self.assertEqual(order.state, "sale")

    def test_the_delivery_is_promised_for_the_slot(self):
        order = self._confirmed()
        self.assertEqual(order.commitment_date, order.service_slot_end)
        self.assertEqual(order.picking_ids.date_deadline, order.service_slot_end)

    def test_a_price_the_customer_saw_stays_when_the_quantity_changes(self):
        order = self._confirmed()
        line = order.order_line[0]
        line.write({"price_unit": 50, "service_seen_price": 50})
        with order._service_consent("phone"):
            line.product_uom_qty = 5
        self.assertEqual(line.price_unit, 50)
        self.assertEqual(line.price_subtotal, 250)

    # -- deliver ----------------------------------------------------------------------

    def test_deliver_hands_out_what_was_ordered(self):
        order = self._confirmed()
        self._run(order, "deliver")
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])

    def test_deliver_twice_changes_nothing(self):
        order = self._confirmed()
        self._run(order, "deliver", "deliver")
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])

    def test_partial_stock_delivers_what_was_there_and_owes_nothing(self):
        scarce = self._stocked("SCARCE", 3)
        order = self._confirmed([(scarce, 5)])
        self._run(order, "deliver")
        self.assertEqual(order.order_line.qty_delivered, 3)
        open_pickings = order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        self.assertFalse(open_pickings, "no backorder waits")

    def test_nothing_picked_is_a_sentence(self):
        order = self._confirmed([(self._stocked("GONE", 0), 1)])
        with self.assertRaisesRegex(UserError, "Nothing was picked"):
            self._run(order, "deliver")

    def test_an_order_never_confirmed_cannot_be_delivered(self):
        with self.assertRaisesRegex(UserError, "confirm it first"):
            self._run(self._order(), "deliver")

    def _second_delivery(self, order, product, quantity):
        """A line added after the first delivery was printed has one of its own."""
        order.picking_ids.printed = True
        order.order_line.create(
            {
                "order_id": order.id,
                "product_id": product.id,
                "product_uom_qty": quantity,
            }
        )
        self.assertEqual(len(order._service_open_pickings()), 2)

    def test_deliver_validates_several_deliveries(self):
        order = self._confirmed()
        self._second_delivery(order, self.kvass, 4)
        self._run(order, "deliver")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0, 4.0])

    def test_an_empty_delivery_beside_a_full_one_is_dropped(self):
        """Delivered what was there: the rest is not delivered later."""
        order = self._confirmed()
        self._second_delivery(order, self._stocked("GONE", 0), 4)
        self._run(order, "deliver")
        self.assertEqual(sorted(order.picking_ids.mapped("state")), ["cancel", "done"])
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0, 0.0])

    def test_no_wizard_of_sms_or_backorder_stops_the_delivery(self):
        """stock_sms asks once a company, stock asks of backorders: neither here."""
        self.company.write(
            {
                "stock_text_confirmation": True,
                "stock_confirmation_type": "sms",
                "has_received_warning_stock_sms": False,
            }
        )
        order = self._confirmed([(self._stocked("SCARCE", 3), 5)])
        with patch("odoo.modules.module.current_test", new=None):
            self._run(order, "deliver")
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertFalse(
            self.env["sms.sms"].search([("partner_id", "=", self.customer.id)])
        )

    # -- take back --------------------------------------------------------------------

    def test_take_back_returns_everything_that_left(self):
        order = self._confirmed()
        before = self._on_hand(self.kvass)
        self._run(order, "deliver")
        self.assertEqual(self._on_hand(self.kvass), before - 2)
        self._run(order, "take_back")
        self.env.invalidate_all()
        self.assertEqual(self._on_hand(self.kvass), before)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0.0, 0.0])

    def test_the_site_hears_what_came_back_and_what_it_cost(self):
        order = self._confirmed()
        kvass, cucumber = order.order_line
        kvass.service_ref, cucumber.service_ref = "1", "2"
        self._run(order, "deliver")
        self.assertFalse(self._returns(order), "delivering is no return")
        self._run(order, "take_back", "take_back")
        [told] = self._returns(order)
        self.assertEqual(
            told.data["lines"],
            [
                {"ref": "1", "sku": "KVAS", "quantity": 2},
                {"ref": "2", "sku": "CUCUMBER", "quantity": 1},
            ],
        )
        self.assertEqual(told.data["amount"], order.amount_total)
        self.assertEqual(told.seq, order.service_seq)

    def test_a_part_that_is_brought_back_by_hand_is_told_too(self):
        order = self._confirmed()
        kvass = order.order_line[0]
        self._run(order, "deliver")
        self._return_by_hand(order)
        [told] = self._returns(order)
        self.assertEqual(told.data["lines"][0]["quantity"], 1)
        self.assertAlmostEqual(told.data["amount"], kvass.price_total / 2, 2)

    def test_a_return_of_an_order_of_no_site_is_told_to_nobody(self):
        order = self._order(service_source_id=False)
        self._run(order, "confirm", "deliver", "take_back")
        self.assertFalse(self._returns(order))

    def _returns(self, order):
        """Rows of the feed that tell of returned goods."""
        return self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "return")]
        )

    def _return_by_hand(self, order):
        """Bring one kvass back as people of the store do in core's own dialog."""
        done = order.picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=done.id, active_model="stock.picking")
            .create({"picking_id": done.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = 1 if line.product_id == self.kvass else 0
        returned = wizard._create_return()
        returned.move_ids.quantity = 1
        returned.button_validate()

    def test_take_back_twice_returns_once(self):
        order = self._confirmed()
        self._run(order, "deliver", "take_back")
        pickings = order.picking_ids
        self._run(order, "take_back")
        self.assertEqual(order.picking_ids, pickings)

    def test_take_back_after_a_return_by_hand_brings_only_the_rest(self):
        order = self._confirmed()
        self._run(order, "deliver")
        self._return_by_hand(order)
        before = self._on_hand(self.kvass)
        self._run(order, "take_back")
        self.env.invalidate_all()
        self.assertEqual(self._on_hand(self.kvass), before + 1)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0.0, 0.0])

    def test_take_back_before_any_delivery_does_nothing(self):
        order = self._confirmed()
        self._run(order, "take_back")
        self.assertEqual(len(order.picking_ids), 1)

    # -- invoice ----------------------------------------------------------------------

    def test_invoice_is_posted_once(self):
        order = self._confirmed()
        self._run(order, "deliver", "invoice", "invoice")
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
        self.assertEqual(order.invoice_ids.amount_total, order.amount_total)

    # -- cancel -----------------------------------------------------------------------

    def test_cancel_leaves_nothing_reserved(self):
        """Nothing stays reserved for a cancelled order."""
        order = self._confirmed()
        self._run(order, "cancel", "cancel")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self._reserved(self.kvass), 0)
        self.assertEqual(set(order.picking_ids.move_ids.mapped("state")), {"cancel"})

    def test_cancel_refuses_goods_that_did_not_come_back(self):
        order = self._confirmed()
        self._run(order, "deliver")
        with self.assertRaisesRegex(UserError, "take them back first"):
            self._run(order, "cancel")
        self.assertEqual(order.state, "sale")
        self._run(order, "take_back", "cancel")
        self.assertEqual(order.state, "cancel")

    def test_every_refusal_ends_with_nothing_reserved(self):
        """S14, S15: refused at any step, disassembled, closed as lost."""
        reasons = {
            "check": "changed_mind",
            "assembly": "changed_mind",
            "handover": "changed_mind",
            "delivery": "changed_mind",
        }
        for code, reason in reasons.items():
            order = self._carry(self._order(), code)
            order._service_refuse(self._reason(reason), actor="system")
            self._carry(order, "lost")
            self.assertEqual(order.state, "cancel", code)
            self.assertEqual(self._reserved(self.kvass), 0, code)

    def test_failing_effect_leaves_the_order_where_it_was(self):
        order = self._carry(
            self._order(lines=[(self._stocked("GONE", 0), 1)]), "delivery"
        )
        order.picking_ids.move_ids.quantity = 0
        with self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            self._task(order, self.manager).action_done()
        self.assertEqual(order.service_stage_id.code, "delivery")
