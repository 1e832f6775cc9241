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
