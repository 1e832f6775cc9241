from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestFlow(OrderServiceCommon):
    """One order through each shipped route and each refusal (S8, S13, S14, S15)."""

    def test_delivery_route_ends_won_with_goods_delivered(self):
        order = self._order()
        self.assertEqual(order.service_route_id, self.route_delivery)
        self.assertEqual(order.service_status, "new")
        self._task(order, self.operator).action_done()
        self.assertEqual(order.service_stage_id.code, "assembly")
        self.assertEqual(order.state, "sale")
        self._task(order, self.storeadmin).action_done()
        self.assertEqual(order.service_status, "packed")
        action = self._task(order, self.storeadmin).action_done()
        act = (
            self.env["order.service.act"]
            .with_user(self.storeadmin)
            .with_context(**action["context"])
            .create({"courier_id": self.courier.id})
        )
        act.action_confirm()
        self.assertEqual(order.service_status, "in_delivery")
        task = self._task(order, self.courier)
        self.assertEqual(task.user_id, self.courier)
        task.action_done()
        self.assertEqual(order.service_stage_id.code, "report")
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2.0, 1.0])
        self._task(order, self.storeadmin).action_done()
        self.assertEqual(order.service_stage_id.outcome, "won")
        self.assertTrue(order.service_closed_at)
