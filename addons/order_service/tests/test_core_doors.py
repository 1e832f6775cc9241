from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestCoreDoors(OrderServiceCommon):
    """Core's own ways to change an order do not pass its route by."""

    def _mails_of(self, order):
        return self.env["mail.message"].search(
            [
                ("model", "in", ("sale.order", "stock.picking")),
                ("res_id", "in", order.ids + order.picking_ids.ids),
                ("partner_ids", "in", order.partner_id.ids),
            ]
        )

    def _pay(self, order, state="done"):
        """An online payment of the whole order, after its provider's answer."""
        provider = self.env["payment.provider"].create(
            {"name": "Dummy", "code": "none", "state": "test"}
        )
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": f"pay-{order.id}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.link(order.id)],
                "state": state,
            }
        )
        order.invalidate_recordset(["transaction_ids"])
        accounting = patch.object(type(transaction), "_create_payment")
        with accounting:
            transaction._post_process()
        return transaction

    # -- confirmation from elsewhere --------------------------------------------------

    def test_a_payment_confirms_the_order_but_does_not_move_its_stage(self):
        order = self._order()
        self._pay(order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.service_stage_id.code, "check")
        self._carry(order, "handover")
        self.assertEqual(len(order.picking_ids), 1, "the effect finds it confirmed")

    def test_a_confirmation_by_hand_does_not_move_the_stage(self):
        order = self._order()
        order.with_user(self.operator).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.service_stage_id.code, "check")

    def test_a_paid_order_refused_at_once_keeps_nothing_reserved(self):
        order = self._order()
        self._pay(order)
        order._service_refuse(self._reason("changed_mind"), actor="system")
        self._carry(order, "lost")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})

    # -- cancellation from elsewhere --------------------------------------------------

    def test_core_s_cancel_asks_staff_for_a_reason(self):
        """S14"""
        order = self._order()
        with self.assertRaisesRegex(UserError, "with a reason"):
            order.with_user(self.operator).action_cancel()
        self.assertEqual(order.state, "draft")

    def test_core_s_cancel_with_a_reason_goes_the_refusal_way(self):
        """S14"""
        order = self._carry(self._order(), "assembly")
        reason = self._reason("changed_mind")
        order.with_user(self.operator).with_context(
            service_reason_id=reason.id
        ).action_cancel()
        self.assertEqual(order.service_stage_id.code, "refused")
        self.assertEqual(order.service_status, "cancelled")
        self.assertEqual(order.service_reason_id, reason)
        self.assertEqual(order.service_reason_user_id, self.operator)
        self.assertEqual(order.state, "sale", "goods are put back before it is undone")

    def test_core_s_cancel_lets_nobody_use_another_party_s_reason(self):
        """S14: operators see and use customer reasons only."""
        order = self._carry(self._order(), "assembly")
        technical = self._reason("no_goods")
        with self.assertRaisesRegex(UserError, "cannot be cancelled|not yours"):
            order.with_user(self.operator).with_context(
                service_reason_id=technical.id
            ).action_cancel()
        self.assertEqual(order.service_stage_id.code, "assembly")

    def test_mass_cancel_sends_each_order_its_own_way(self):
        """S14: routed ones with the reason, the others as core does."""
        orders = self._order() + self._carry(self._order(), "assembly")
        plain = self._order(start=False, service_fulfilment=False)
        reason = self._reason("changed_mind")
        wizards = self.env["sale.mass.cancel.orders"].with_user(self.manager)
        wizard = wizards.create({"sale_order_ids": [Command.set((orders + plain).ids)]})
        with self.assertRaisesRegex(UserError, "Choose the reason"):
            wizard.action_mass_cancel()
        wizard.service_reason_id = reason
        wizard.action_mass_cancel()
        self.assertEqual(orders.mapped("service_status"), ["cancelled"] * 2)
        self.assertEqual(orders.service_reason_id, reason)
        self.assertEqual(plain.state, "cancel")

    def test_a_cancelled_order_is_left_alone(self):
        order = self._order()
        order._service_refuse(self._reason("changed_mind"), actor="system")
        self._carry(order, "lost")
        rows = len(order.service_log_ids)
        order.with_user(self.operator)._action_cancel()
        self.assertEqual(len(order.service_log_ids), rows)

    def test_a_customer_cannot_pass_the_stage_s_rule_by_core_s_door(self):
        """N7: what the page forbids, ``_action_cancel`` forbids too."""
        order = self._carry(self._order(), "handover")
        login = self.env["res.users"].create(
            {
                "name": "Anna",
                "login": "t_door_customer",
                "partner_id": self.customer.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        with self.assertRaisesRegex(UserError, "no longer be cancelled"):
            order.with_user(login).sudo()._action_cancel()
        self.assertEqual(order.service_stage_id.code, "handover")

    # -- back and lock ----------------------------------------------------------------

    def test_no_way_back_to_a_quotation(self):
        order = self._order()
        order._service_refuse(self._reason("changed_mind"), actor="system")
        self._carry(order, "lost")
        with self.assertRaisesRegex(UserError, "cannot become a quotation"):
            order.with_user(self.manager).action_draft()

    def test_an_order_without_a_route_goes_back_as_core_lets_it(self):
        order = self._order(start=False, service_fulfilment=False)
        order._action_cancel()
        order.action_draft()
        self.assertEqual(order.state, "draft")

    def test_auto_lock_waits_until_the_order_is_closed(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "sale.group_auto_done_setting"
        )
        order = self._carry(self._order(), "assembly")
        self.assertFalse(order.locked)
        self._carry(order, "won")
        self.assertTrue(order.locked)

    def test_a_locked_order_can_still_be_looked_at_but_not_cancelled(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "sale.group_auto_done_setting"
        )
        order = self._carry(self._order(), "won")
        with self.assertRaises(UserError):
            order.with_user(self.operator).with_context(
                service_reason_id=self._reason("changed_mind").id
            ).action_cancel()
        self.assertEqual(order.state, "sale")

    # -- core's own messages ----------------------------------------------------------

    def test_core_s_mails_of_confirmation_and_payment_stay_silent(self):
        """S11: the stages write to the customer, nobody else."""
        order = self._order()
        self._pay(order)
        order._send_order_confirmation_mail()
        order._send_payment_succeeded_for_order_mail()
        self.assertFalse(order.pending_email_template_id)
        self.assertFalse(self._mails_of(order))

    def test_core_s_mails_and_sms_of_the_delivery_stay_silent(self):
        """S11"""
        self.company.write(
            {"stock_move_email_validation": True, "stock_text_confirmation": True}
        )
        order = self._carry(self._order(), "report")
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFalse(self._mails_of(order))
        self.assertFalse(
            self.env["sms.sms"].search([("partner_id", "=", self.customer.id)])
        )

    def test_a_delivery_by_hand_is_silent_too(self):
        """The warehouse validates it itself: no SMS, no mail, no wizard of SMS."""
        self.company.write(
            {
                "stock_move_email_validation": True,
                "stock_text_confirmation": True,
                "stock_confirmation_type": "sms",
                "has_received_warning_stock_sms": False,
            }
        )
        order = self._carry(self._order(), "assembly")
        with patch("odoo.modules.module.current_test", new=None):
            answer = order.picking_ids.button_validate()
        self.assertIs(answer, True)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFalse(self._mails_of(order))

    def test_carriers_still_learn_of_a_delivery_on_a_route(self):
        """The same hook of core books the carrier: only the mail is left out."""
        order = self._carry(self._order(), "assembly")
        picking = order.picking_ids
        with patch.object(type(picking), "_check_carrier_details_compliance") as check:
            picking.button_validate()
        check.assert_called_once()

    def test_deliveries_of_other_orders_write_as_core_does(self):
        self.company.stock_move_email_validation = True
        order = self._order(start=False, service_fulfilment=False)
        order.action_confirm()
        order.picking_ids.button_validate()
        self.assertTrue(self._mails_of(order))

    def test_a_company_without_a_warehouse_sells_services_as_before(self):
        """The whole way of core, as for any company that has no stores."""
        company = self.env["res.company"].create({"name": "Advice"})
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ).active = False
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "list_price": 100}
        )
        customer = self.env["res.partner"].create({"name": "Buyer", "is_company": True})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "order_line": [Command.create({"product_id": service.id})],
            }
        )
        self.assertFalse(order.warehouse_id)
        order.read()
        order.order_line.read()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
