from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestFlow(OrderServiceCommon):
    """One order through each shipped route and each refusal (S8, S13, S14, S15)."""

    def test_delivery_route_ends_won_with_the_goods_delivered(self):
        order = self._order()
        self.assertEqual(order.service_route_id, self.route_delivery)
        self.assertEqual(order.service_status, "new")
        self._task(order, self.operator).action_done()
        self.assertEqual(
            (order.service_stage_id.code, order.state), ("assembly", "sale")
        )
        self._assemble(order, self.storeadmin)
        self.assertEqual(order.service_status, "packed")
        self._answer(
            self._task(order, self.storeadmin).action_done(),
            self.storeadmin,
            courier_id=self.courier.id,
        )
        self.assertEqual(order.service_status, "in_delivery")
        task = self._task(order, self.courier)
        self.assertEqual(task.user_id, self.courier)
        task.action_done()
        self.assertEqual(order.service_stage_id.code, "report")
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])
        self._task(order, self.storeadmin).action_done()
        self.assertEqual(order.service_stage_id.outcome, "won")
        self.assertEqual(order.service_status, "delivered")
        self.assertTrue(order.service_closed_at)

    def test_pickup_route_ends_won(self):
        order = self._order(service_fulfilment="pickup")
        self.assertEqual(order.service_route_id, self.route_pickup)
        self._task(order, self.operator).action_done()
        self._assemble(order, self.storeadmin)
        self.assertEqual(order.service_stage_id.code, "ready")
        for code in ("report", "won"):
            self._task(order, self.storeadmin).action_done()
            self.assertEqual(order.service_stage_id.code, code)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])

    def test_operator_refuses_at_the_check_with_a_customer_reason(self):
        order = self._order()
        self._refuse(self._task(order, self.operator), self.operator, "changed_mind")
        self._assert_refused(order, "check", "changed_mind", self.operator)
        self._assert_closes_lost(order)

    def test_administrator_refuses_at_the_assembly_with_a_technical_reason(self):
        order = self._carry(self._order(), "assembly")
        self.assertTrue(self._reserved(order))
        self._refuse(self._task(order, self.storeadmin), self.storeadmin, "no_goods")
        self._assert_refused(order, "assembly", "no_goods", self.storeadmin)
        self._assert_closes_lost(order)

    def test_administrator_refuses_at_the_hand_over(self):
        order = self._carry(self._order(), "handover")
        self._refuse(self._task(order, self.storeadmin), self.storeadmin, "breakdown")
        self._assert_refused(order, "handover", "breakdown", self.storeadmin)
        self._assert_closes_lost(order)

    def test_courier_refuses_at_the_door_with_a_delivery_reason(self):
        order = self._carry(self._order(), "delivery")
        self._refuse(self._task(order, self.courier), self.courier, "nobody_home")
        self._assert_refused(order, "delivery", "nobody_home", self.courier)
        self._assert_closes_lost(order)

    def test_administrator_refuses_at_the_pickup_desk(self):
        order = self._carry(self._order(service_fulfilment="pickup"), "ready")
        self._refuse(
            self._task(order, self.storeadmin), self.storeadmin, "not_collected"
        )
        self._assert_refused(order, "ready", "not_collected", self.storeadmin)
        self._assert_closes_lost(order)

    def test_customer_refuses_by_phone_at_every_stage_until_delivery(self):
        for code in ("assembly", "handover", "delivery"):
            with self.subTest(code):
                order = self._carry(self._order(), code)
                [button] = order.with_user(self.operator).service_buttons
                action = order.with_user(self.operator).action_service_button(
                    button["id"], order.service_visit
                )
                self._answer(
                    action, self.operator, reason_id=self._reason("changed_mind").id
                )
                self._assert_refused(order, code, "changed_mind", self.operator)
                self._assert_closes_lost(order)

    def test_report_and_disassembly_can_only_succeed(self):
        """S15."""
        reported = self._carry(self._order(), "report")
        refused = self._order()
        self._refuse(self._task(refused, self.operator), self.operator, "changed_mind")
        for order in (reported, refused):
            task = self._task(order, self.storeadmin)
            self.assertFalse(task.can_fail)
            with self.assertRaisesRegex(UserError, "only be finished as done"):
                task._finish("failed", reason=self._reason("no_goods"))

    def test_button_of_a_task_chooses_the_next_stage(self):
        """S13: the button stands on the task, with its own text and colour."""
        order = self._carry(self._order(), "handover")
        task = self._task(order, self.storeadmin)
        [button] = task.buttons
        self.assertEqual(
            (button["name"], button["style"]), ("Assemble again", "warning")
        )
        task.action_button(button["id"])
        self.assertEqual(order.service_stage_id.code, "assembly")
        self.assertEqual(task.state, "done")

    def test_reason_stays_at_its_stage_in_the_log(self):
        """S14: the marketing funnel groups by the stage left and the reason."""
        order = self._carry(self._order(), "delivery")
        self._refuse(self._task(order, self.courier), self.courier, "refused_at_door")
        log = order.with_user(self.marketing).service_log_ids.sorted("id")
        self.assertEqual(
            log.mapped("from_id.code"), ["check", "assembly", "handover", "delivery"]
        )
        self.assertEqual(log[-1].reason_id.code, "refused_at_door")
        self.assertEqual(log[-1].user_id, self.courier)
        with self.assertRaisesRegex(UserError, "never changed"):
            log[-1].sudo().write({"note": "rewritten"})

    # -- steps ------------------------------------------------------------------------

    def _refuse(self, task, user, reason):
        self._answer(task.action_fail(), user, reason_id=self._reason(reason).id)

    def _assert_refused(self, order, at_code, reason, user):
        self.assertEqual(order.service_status, "cancelled", "the site is told at once")
        self.assertEqual(order.service_reason_id, self._reason(reason))
        self.assertEqual(order.service_reason_stage_id.code, at_code)
        self.assertEqual(order.service_reason_user_id, user)
        self.assertTrue(order.service_reason_at)
        self.assertNotEqual(order.state, "cancel", "goods are still to be put back")

    def _assert_closes_lost(self, order):
        self._task(order, self.storeadmin).action_done()
        self.assertEqual(order.service_stage_id.outcome, "lost")
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self._reserved(order), "nothing stays reserved")

    def _reserved(self, order):
        moves = order.order_line.move_ids
        return sum(moves.filtered(lambda m: m.state != "cancel").mapped("quantity"))
