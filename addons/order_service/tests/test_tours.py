from odoo.fields import Command
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

    def test_the_card_of_an_assembly_opens_the_screen_first(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        task.action_take()
        self.tour("order_service_assembly_card", self.storeadmin)
        self.assertEqual(task.state, "open")

    def test_an_assembly_with_every_outcome(self):
        """S5, S6, S10: found, weighed, short, replaced, a key item lost."""
        goods = {
            sku: self._product(sku, price, **values)
            for sku, price, values in (
                ("BREAD", 40.0, {"barcode": "2000000000046"}),
                ("MILK", 60.0, {}),
                ("KEFIR", 79.9, {}),
                ("CAKE", 500.0, {}),
                ("CANDLE", 30.0, {}),
            )
        }
        order = self._order(
            service_external_ref="T-ASSEMBLY",
            service_on_key_missing="drop_dependents",
            lines=[
                (goods["BREAD"], 1),
                (self.cucumber, 1),
                (goods["MILK"], 3),
                (self.kvass, 2),
                (goods["CAKE"], 1),
                (goods["CANDLE"], 1),
            ],
        )
        _bread, _cucumber, _milk, kvass, cake, candle = order.order_line
        kvass.service_policy = "listed"
        kvass.service_substitute_ids = [
            Command.create({"product_id": goods["KEFIR"].id, "rank": 1})
        ]
        cake.service_key = True
        candle.service_depends_ids = cake
        self._carry(order, "assembly")
        before = order.amount_total
        self.cucumber.categ_id = self.env["product.category"].create(
            {"name": "Vegetables", "service_tolerance_percent": 10}
        )
        self.tour("order_service_assembly", self.storeadmin)
        self.assertEqual(order.service_stage_id.code, "handover")
        self._check_every_outcome(order)
        self.assertLess(order.amount_total, before)

    def _check_every_outcome(self, order):
        """What was clicked stands on the sale, in stock and in the feed."""
        self.assertEqual(
            [
                (
                    line.product_id.default_code,
                    line.service_outcome,
                    line.service_ordered_qty,
                    line.product_uom_qty,
                    line.price_unit,
                )
                for line in order.order_line
            ],
            [
                ("BREAD", "found", 1, 1, 40),
                ("CUCUMBER", "found", 1, 0.956, 199),
                ("MILK", "short", 3, 1, 60),
                ("KVAS", "replaced", 2, 0, 89.9),
                ("CAKE", "missing", 1, 0, 500),
                ("CANDLE", "missing", 1, 0, 30),
                ("KEFIR", "found", 0, 2, 79.9),
            ],
        )
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(
            {move.product_id.default_code: move.quantity for move in moves},
            {"BREAD": 1, "CUCUMBER": 0.956, "MILK": 1, "KEFIR": 2},
        )
        # core ships what is ticked, or all that is reserved where nothing is
        self.assertEqual(len(set(moves.mapped("picked"))), 1)
        substitute = order.order_line.service_substitute_ids
        self.assertEqual(
            (substitute.outcome, substitute.replaced_id), ("sent", self.kvass)
        )
        told = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "line")]
        )
        self.assertEqual(
            {(row.data["sku"], row.data["outcome"]) for row in told},
            {
                ("CUCUMBER", "found"),
                ("MILK", "short"),
                ("KVAS", "replaced"),
                ("CAKE", "missing"),
                ("CANDLE", "missing"),
            },
        )
        self.assertEqual(
            self.env["order.service.scan"].search_count([("order_id", "=", order.id)]),
            1,
        )
