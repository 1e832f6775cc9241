from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestRefusal(OrderServiceCommon):
    """Whoever takes a refused order apart reads why, and what to put back."""

    def refuse(self, order, code):
        """Refuse by the open task, as its person; the task that disassembles."""
        self._task(order)._finish("failed", reason=self._reason(code))
        task = self._task(order, self.storeadmin).with_context(lang="en_US")
        self.assertTrue(task.refused)
        return task

    def test_the_task_tells_why_where_and_by_whom(self):
        """S14"""
        order = self._carry(self._order(), "delivery")
        action = self._task(order, self.courier).action_fail()
        self._answer(
            action, self.courier, reason_id=self._reason("nobody_home").id, note="Dark"
        )
        task = self._task(order, self.storeadmin).with_context(lang="en_US")
        reason = self._reason("nobody_home").name
        stage = order.service_reason_stage_id.name
        for part in (reason, stage, self.courier.name, "Dark"):
            self.assertIn(part, task.refusal_text)

    def test_a_packed_order_goes_back_as_it_was_packed(self):
        self.kvass.categ_id = self.env["product.category"].create({"name": "Drinks"})
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        kvass, cucumber = order.order_line
        task.action_service_found(kvass.id, 1)
        task.action_service_found(cucumber.id, 1)
        task.action_done()
        self._carry(order, "delivery")
        task = self.refuse(order, "nobody_home")
        put_back = task.put_back_text.splitlines()
        self.assertEqual(len(put_back), 2)
        [line] = [line for line in put_back if "Kvas" in line]
        self.assertTrue(line.startswith("Drinks: "))
        self.assertTrue(line.endswith(", 1 pcs"), line)

    def test_of_an_order_half_assembled_only_what_was_found_goes_back(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        task.action_service_found(order.order_line[0].id, 2)
        task = self.refuse(order, "no_goods")
        [line] = task.put_back_text.splitlines()
        self.assertIn("Kvas", line)

    def test_a_substitute_in_the_bag_goes_back_too(self):
        kefir = self._product("KEFIR", 79.9)
        order = self._carry(self._order(), "assembly")
        kvass = order.order_line[0]
        kvass.service_substitute_ids = [Command.create({"product_id": kefir.id})]
        task = self._task(order, self.storeadmin)
        task.action_service_found(kvass.id, 0)
        task.action_service_replace(kvass.id, kefir.id)
        [line] = self.refuse(order, "no_goods").put_back_text.splitlines()
        self.assertIn("Kefir, 2", line)

    def test_untouched_goods_are_not_looked_for(self):
        order = self._carry(self._order(), "assembly")
        self.assertFalse(self.refuse(order, "no_goods").put_back_text)

    def test_a_task_before_the_refusal_has_nothing_to_put_back(self):
        task = self._task(self._carry(self._order(), "handover"), self.storeadmin)
        self.assertFalse(task.refused)
        self.assertFalse(task.put_back_text)
        self.assertFalse(task.refund_text)

    def test_nothing_is_left_to_pay_and_what_was_paid_goes_back(self):
        order = self._carry(self._order(), "assembly")
        total = order.amount_total
        self.assertEqual(order.service_amount_due, total)
        self._pay_part(order, 50)
        self.assertEqual(order.service_amount_due, total - 50)
        task = self.refuse(order, "no_goods")
        self.assertEqual((order.service_amount_due, task.left_to_pay), (0, 0))
        self.assertFalse(task.money_text)
        self.assertIn("50", task.refund_text)

    def test_who_refuses_a_refused_order_reads_who_did_it_before(self):
        order = self._order()
        reason = self._reason("changed_mind")
        order.with_user(self.operator)._service_refuse(reason)
        with self.assertRaisesRegex(UserError, "cancelled already: .*T_Operator"):
            order.with_user(self.manager)._service_refuse(reason)
        self.assertEqual(order.service_reason_user_id, self.operator)

    def test_the_dialog_of_who_comes_second_says_who_was_first_and_closes(self):
        order = self._order()
        task, reason = self._task(order), self._reason("changed_mind")
        second = task.with_user(self.manager).action_fail()
        first = task.with_user(self.operator).action_fail()
        self._answer(first, self.operator, reason_id=reason.id)
        moves = len(order.service_log_ids)
        note = self._answer(second, self.manager, reason_id=reason.id)
        self.assertRegex(note["params"]["message"], "finished already: .*T_Operator")
        self.assertEqual(note["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual(len(order.service_log_ids), moves)
        self.assertEqual(order.service_reason_user_id, self.operator)

    # -- reasons of some stages only ---------------------------------------------------

    def _offered(self, action, user):
        """The reasons a dialog offers ``user``, as the screen asks for them."""
        dialog = self.env["order.service.act"].with_user(user)
        dialog = dialog.with_context(**action["context"]).create({})
        values = {
            "reason_party": dialog.reason_party,
            "stage_id": dialog.stage_id.id,
        }
        domain = safe_eval(dialog._fields["reason_id"].domain, values)
        return self.env["order.service.reason"].with_user(user).search(domain)

    def test_a_reason_of_the_desk_is_offered_at_the_desk_only(self):
        """S14"""
        reason = self._reason("not_collected")
        reason.stage_ids = self.env.ref("order_service.stage_pickup_ready")
        order = self._carry(self._order(), "assembly")
        action = self._task(order, self.storeadmin).action_fail()
        offered = self._offered(action, self.storeadmin)
        self.assertNotIn(reason, offered)
        self.assertIn(self._reason("no_goods"), offered)
        with self.assertRaisesRegex(UserError, "is not a reason at “Assembly”"):
            self._answer(action, self.storeadmin, reason_id=reason.id)
        self.assertEqual(order.service_stage_id.code, "assembly")
        order = self._carry(self._order(service_fulfilment="pickup"), "ready")
        action = self._task(order, self.storeadmin).action_fail()
        self.assertIn(reason, self._offered(action, self.storeadmin))
        self._answer(action, self.storeadmin, reason_id=reason.id)
        self.assertEqual(order.service_reason_id, reason)

    def test_no_door_of_staff_takes_a_reason_of_another_stage(self):
        reason = self._reason("changed_mind")
        reason.stage_ids = self.env.ref("order_service.stage_delivery_delivery")
        order = self._order()
        with self.assertRaisesRegex(UserError, "is not a reason at"):
            order.with_user(self.operator).with_context(
                service_reason_id=reason.id
            )._action_cancel()
        order._service_refuse(reason, actor="system")
        self.assertEqual(order.service_reason_id, reason, "the system is not asked")

    def test_a_copied_route_has_the_reasons_of_its_stages(self):
        reason = self._reason("not_collected")
        reason.stage_ids = self.env.ref("order_service.stage_pickup_ready")
        copy = self.route_pickup.copy()
        self.assertEqual(reason.stage_ids.route_id, self.route_pickup | copy)
        imported = copy._import_data(copy._export_data())
        self.assertIn(imported, reason.stage_ids.route_id)
        self.assertFalse(self._reason("no_goods").stage_ids, "given everywhere still")
