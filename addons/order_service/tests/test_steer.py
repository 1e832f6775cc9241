from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_api import ApiCommon


@tagged("post_install", "-at_install")
class TestSteer(ApiCommon):
    """A site cancels for its customer, an outside system presses a button."""

    def setUp(self):
        super().setUp()
        self.order = self.order_of(self.submit_one())

    def ref(self, **values):
        order = self.order
        return {
            "source": order.service_source_id.code,
            "external_ref": order.service_external_ref,
            **values,
        }

    def cancel(self, order_ref=None, reason="changed_mind", comment=None):
        api = self.orders.with_user(self.integrator)
        return self.carried(
            api.service_cancel(order_ref or self.ref(), reason, comment)
        )

    def move(self, transition, reason=None):
        api = self.orders.with_user(self.integrator)
        return self.carried(api.service_move(self.ref(), transition, reason))

    def test_a_new_order_is_cancelled_with_the_customers_reason(self):
        self.assertEqual(
            self.cancel(comment="Not today"), {"result": "updated", "errors": []}
        )
        self.assertEqual(self.order.service_status, "cancelled")
        self.assertEqual(self.order.service_reason_id.code, "changed_mind")
        self.assertEqual(self.order.service_reason_note, "Not today")
        last = self.order.service_log_ids.sorted("id")[-1]
        self.assertEqual(last.actor, "customer")

    def test_cancelling_again_is_unchanged(self):
        self.cancel()
        self.assertEqual(self.cancel()["result"], "unchanged")

    def test_only_reasons_of_the_customer(self):
        self.assertEqual(
            self.problems(self.cancel(reason="no_goods")), {("bad_value", "reason")}
        )
        self.assertEqual(
            self.problems(self.cancel(reason=None)), {("missing", "reason")}
        )
        self.assertEqual(
            self.problems(self.cancel(reason="customer_other")),
            {("missing", "comment")},
        )
        self.assertEqual(self.order.service_status, "new")

    def test_not_once_an_operator_has_taken_the_task(self):
        self._task(self.order, self.operator).action_take()
        self.assertEqual(self.problems(self.cancel()), {("not_editable", "")})
        self.assertEqual(self.order.service_status, "new")

    def test_not_where_the_stage_never_lets_the_customer(self):
        self._carry(self.order, "handover")
        self.assertFalse(self.order._service_customer_may_cancel())
        self.assertEqual(self.problems(self.cancel()), {("not_editable", "")})

    def test_a_postponed_order_is_cancelled_too(self):
        self.env["order.service.deferral"]._open(
            self.order, "payment", fields.Datetime.now() + timedelta(days=1)
        )
        self.assertEqual(self.order.service_status, "postponed")
        self.assertEqual(self.cancel()["result"], "updated")
        self.assertEqual(self.order.service_status, "cancelled")

    def test_unknown_orders_and_foreign_sources(self):
        wrong = [
            (self.ref(external_ref="none"), ("bad_value", "order_ref.external_ref")),
            (self.ref(source="other"), ("forbidden", "order_ref.source")),
            (self.ref(colour="red"), ("unknown_field", "order_ref.colour")),
            ({"source": "x"}, ("missing", "order_ref.external_ref")),
            ("S-1", ("bad_value", "order_ref")),
        ]
        for order_ref, problem in wrong:
            self.assertEqual(self.problems(self.cancel(order_ref)), {problem})

    def _add_button(self, **values):
        """A button from the first stage to assembly."""
        stages = {stage.code: stage for stage in self.route_delivery.stage_ids}
        return self.env["order.service.transition"].create(
            {
                "stage_id": stages["check"].id,
                "to_stage_id": stages["assembly"].id,
                "trigger": "button",
                "name": "Confirmed by the robot",
                **values,
            }
        )

    def test_a_button_is_pressed_by_name_or_by_where_it_leads(self):
        self._add_button()
        self.assertEqual(self.move("Confirmed by the robot")["result"], "updated")
        self.assertEqual(self.order.service_stage_id.code, "assembly")
        self.assertEqual(self.move("Confirmed by the robot")["result"], "unchanged")
        self.assertEqual(self.move("assembly")["result"], "unchanged")

    def test_a_button_kept_to_a_role_is_none_of_an_outside_system(self):
        self._add_button(group_ids=self.env.ref("order_service.group_operator").ids)
        self.assertEqual(
            self.problems(self.move("assembly")), {("bad_value", "transition")}
        )

    def test_a_button_that_asks_a_reason_takes_the_customers(self):
        stages = {stage.code: stage for stage in self.route_delivery.stage_ids}
        self._add_button(
            name="Refused on the phone",
            to_stage_id=stages["refused"].id,
            reason_party="customer",
        )
        self.assertEqual(
            self.problems(self.move("Refused on the phone")), {("missing", "reason")}
        )
        self.assertEqual(
            self.move("Refused on the phone", "changed_mind")["result"], "updated"
        )
        self.assertEqual(self.order.service_reason_id.code, "changed_mind")

    def test_a_guard_that_does_not_let_pass_refuses_with_a_sentence(self):
        self._add_button(domain="[('amount_total', '<', 0)]")
        self.assertEqual(self.problems(self.move("assembly")), {("not_editable", "")})
        self.assertEqual(self.order.service_stage_id.code, "check")
