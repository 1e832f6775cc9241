from odoo.tests import HttpCase, tagged

from .common import OrderServiceBuilders


@tagged("post_install", "-at_install")
class TestTours(OrderServiceBuilders, HttpCase):
    """People of each role carry an order through the browser (S8, S9, S10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world(cls.env)
        people = (
            cls.operator | cls.storeadmin | cls.courier | cls.manager | cls.marketing
        )
        people.write({"lang": "en_US", "odoobot_state": "disabled"})

    def tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=120)
        self.env.invalidate_all()

    def test_order_goes_its_way_by_the_hands_of_three_people(self):
        order = self._order(service_external_ref="T-JOURNEY")
        self.tour("order_service_operator", self.operator)
        self.assertEqual(order.service_operator_id, self.operator)
        self.assertEqual(order.service_stage_id.code, "assembly")
        self.tour("order_service_storeadmin_hands_over", self.storeadmin)
        self.assertEqual(order.service_courier_id, self.courier)
        self.assertEqual(order.service_stage_id.code, "delivery")
        self.tour("order_service_courier", self.courier)
        self.assertEqual(order.service_stage_id.code, "report")
        self.tour("order_service_storeadmin_reports", self.storeadmin)
        self.assertEqual(order.service_stage_id.outcome, "won")
        users = order.service_log_ids.sorted("id").user_id
        self.assertEqual(users, self.operator | self.storeadmin | self.courier)

    def test_manager_builds_a_route_from_nothing_by_clicking(self):
        self.tour("order_service_route_from_nothing", self.manager)
        route = self.env["order.service.route"].search([("name", "=", "Tiny route")])
        self.assertTrue(route.in_use)
        self.assertEqual(route.stage_ids.mapped("code"), ["begin", "finish"])
        self.assertEqual(route.stage_ids.template_ids.name, "Look at it")

    def test_refused_order_is_disassembled_and_cancelled(self):
        order = self._order(service_external_ref="T-REFUSAL")
        self.tour("order_service_operator_refuses", self.operator)
        self.assertEqual(order.service_reason_id, self._reason("changed_mind"))
        self.assertEqual(order.service_reason_user_id, self.operator)
        self.assertEqual(order.service_reason_note, "Bought it elsewhere")
        self.assertEqual(order.service_status, "cancelled")
        self.assertNotEqual(order.state, "cancel", "the goods are still in bags")
        self.tour("order_service_storeadmin_disassembles", self.storeadmin)
        self.assertEqual(order.service_stage_id.outcome, "lost")
        self.assertEqual(order.state, "cancel")

    def test_order_is_picked_up_and_paid_at_the_desk(self):
        order = self._order(
            service_external_ref="T-PICKUP",
            service_fulfilment="pickup",
            service_payment_method="cash",
        )
        self.tour("order_service_operator_checks_pickup", self.operator)
        self.assertEqual(order.service_stage_id.code, "assembly")
        self.tour("order_service_storeadmin_hands_out", self.storeadmin)
        self.assertEqual(order.service_stage_id.outcome, "won")
        self.assertEqual(order.delivery_status, "full")

    def test_taking_over_asks_and_names_the_colleague(self):
        order = self._order(service_external_ref="T-OVER")
        task = self._task(order, self.operator)
        task.action_take()
        self.tour("order_service_manager_takes_over", self.manager)
        self.assertEqual(task.user_id, self.manager)
