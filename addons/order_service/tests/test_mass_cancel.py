from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestMassCancel(OrderServiceCommon):
    """Core's dialog that cancels several orders asks for a reason (S14)."""

    def cancel(self, orders, user=None, **values):
        wizard = (
            self.env["sale.mass.cancel.orders"]
            .with_user(user or self.operator)
            .create({"sale_order_ids": [(6, 0, orders.ids)], **values})
        )
        return wizard.action_mass_cancel()

    def test_routed_orders_need_a_reason(self):
        order = self._order()
        with self.assertRaisesRegex(UserError, "Choose the reason"):
            self.cancel(order)
        self.assertEqual(order.service_stage_id.code, "check")

    def test_the_dialog_names_what_it_cancels(self):
        orders = self.env["sale.order"].union(*[self._order() for _number in range(11)])
        dialog = self.env["sale.mass.cancel.orders"].with_user(self.operator)
        dialog = dialog.create({"sale_order_ids": orders.ids})
        *lines, rest = dialog.service_orders_text.splitlines()
        self.assertEqual(rest, "and 1 more")
        order = dialog.sale_order_ids[0]
        self.assertEqual(lines[0], f"{order.display_name}, Maria Petrova")
        self.assertEqual(len(lines), 10)

    def test_routed_orders_go_their_refusal_way_with_the_reason(self):
        orders = self._order() | self._order()
        self.cancel(orders, service_reason_id=self._reason("changed_mind").id)
        for order in orders:
            self.assertEqual(order.service_status, "cancelled")
            self.assertEqual(order.service_reason_id, self._reason("changed_mind"))
            self.assertEqual(order.service_reason_user_id, self.operator)
            self.assertEqual(order.service_reason_stage_id.code, "check")

    def test_reason_that_wants_words_is_refused_without_them(self):
        order = self._order()
        reason = self._reason("customer_other")
        with self.assertRaisesRegex(UserError, "a few words"):
            self.cancel(order, service_reason_id=reason.id)
        self.cancel(order, service_reason_id=reason.id, service_note="Moved away")
        self.assertEqual(order.service_reason_note, "Moved away")

    def test_who_comes_second_reads_it_and_the_dialog_closes(self):
        """S14: what a colleague cancelled stays so, the rest is cancelled."""
        first, second = self._order(), self._order()
        reason = self._reason("changed_mind")
        self.assertFalse(self.cancel(first, service_reason_id=reason.id))
        note = self.cancel(
            first | second, user=self.manager, service_reason_id=reason.id
        )
        told = note["params"]["message"]
        self.assertIn(f"{first.service_number} is cancelled already", told)
        self.assertIn("T_Operator", told)
        self.assertEqual(note["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual(first.service_reason_user_id, self.operator)
        self.assertEqual(second.service_reason_user_id, self.manager)
        again = self.cancel(first, service_reason_id=reason.id)
        self.assertIn("cancelled already", again["params"]["message"])

    def test_operator_cannot_give_a_technical_reason(self):
        order = self._order()
        with self.assertRaises(UserError):
            self.cancel(order, service_reason_id=self._reason("no_goods").id)
        self.assertEqual(order.service_stage_id.code, "check")

    def test_orders_without_a_route_are_cancelled_as_before(self):
        order = self._order(start=False)
        self.cancel(order)
        self.assertEqual(order.state, "cancel")

    def test_one_refused_order_keeps_all_as_they_were(self):
        fresh = self._order()
        closed = self._carry(self._order(), "won")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.cancel(
                fresh | closed, service_reason_id=self._reason("changed_mind").id
            )
        self.env.invalidate_all()
        self.assertEqual(fresh.service_stage_id.code, "check")
