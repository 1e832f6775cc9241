from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestTakeover(OrderServiceCommon):
    """A task a colleague has taken is taken over first, aloud (S8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "t_colleague", groups="order_service.group_operator"
        )

    def _taken(self):
        """The check of a new order, taken by the operator."""
        task = self._task(self._order(), self.operator)
        task.action_take()
        return task

    def _doors(self, task):
        button = self.env["order.service.transition"].create(
            {
                "name": "Call back",
                "stage_id": task.stage_id.id,
                "to_stage_id": task.stage_id.id,
                "trigger": "button",
                "template_id": task.template_id.id,
            }
        )
        item = self.env["order.service.task.item"].create(
            {
                "task_id": task.id,
                "line_id": self.env["order.service.task.template.line"]
                .create({"name": "Greet", "template_id": task.template_id.id})
                .id,
            }
        )
        return (
            task.action_done,
            task.action_fail,
            lambda: task.action_button(button.id),
            lambda: task.action_tick(item.id),
            lambda: task._finish("done"),
        )

    def test_task_in_a_colleagues_hands_is_refused_naming_who_and_since_when(self):
        with freeze_time("2026-11-20 01:30:00"):
            task = self._taken()
        with freeze_time("2026-11-20 02:00:00"):
            for user in (self.colleague, self.manager):
                for door in self._doors(task.with_user(user)):
                    with self.assertRaisesRegex(
                        UserError, "T_Operator has had .* since 11:30. Take it over"
                    ):
                        door()
        self.assertEqual((task.state, task.user_id), ("open", self.operator))

    def test_everybody_of_the_role_may_take_over_and_finish(self):
        for user in (self.colleague, self.manager):
            task = self._taken().with_user(user)
            since = task.taken_at
            with freeze_time("2030-01-01 10:00:00"):
                task.action_take()
            self.assertEqual(task.user_id, user)
            self.assertGreater(task.taken_at, since)
            with self.assertRaisesRegex(UserError, "Take it over first"):
                task.with_user(self.operator).action_done()
            task.action_done()
            self.assertEqual((task.state, task.done_by), ("done", user))

    def test_taking_over_leaves_no_message_and_refreshes_open_screens(self):
        task = self._taken().with_user(self.colleague)
        order = task.order_id.sudo()
        messages = order.message_ids
        with patch.object(type(order), "_service_refresh", autospec=True) as refresh:
            task.action_take()
        refresh.assert_called()
        self.assertEqual(order.message_ids, messages)

    def test_others_neither_take_over_nor_finish(self):
        task = self._taken()
        outsider = new_test_user(self.env, "t_employee", groups="base.group_user")
        for user in (
            self.storeadmin,
            self.courier,
            self.marketing,
            self.integrator,
            outsider,
        ):
            for name in ("action_take", "action_done", "action_fail"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(task.with_user(user), name)()
        self.assertEqual(task.user_id, self.operator)

    def test_task_assigned_but_not_taken_is_finished_by_anyone_of_role_and_store(self):
        self.other_storeadmin.service_store_ids = self.store
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.other_storeadmin)
        self.assertEqual((task.user_id, task.taken_at), (self.storeadmin, False))
        task.action_service_all_found()
        task.action_done()
        self.assertEqual(task.user_id, self.other_storeadmin)
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_taking_twice_keeps_the_moment(self):
        task = self._taken()
        since = task.taken_at
        with freeze_time("2030-01-01 10:00:00"):
            task.action_take()
        self.assertEqual(task.taken_at, since)

    def test_manager_takes_a_delivery_over_from_its_courier(self):
        order = self._carry(self._order(), "delivery")
        task = self._task(order, self.courier)
        task.action_take()
        with self.assertRaisesRegex(UserError, "T_Courier has had"):
            task.with_user(self.manager).action_done()
        task.with_user(self.manager).action_take()
        task.with_user(self.manager).action_done()
        self.assertEqual(order.service_stage_id.code, "report")

    def test_the_system_finishes_what_a_person_has(self):
        task = self._taken()
        task.with_user(self.env.ref("base.user_root"))._finish("done")
        self.assertEqual(task.state, "done")

    def _screen(self, task, user):
        task.invalidate_recordset()
        seen = task.with_user(user)
        return seen.can_act, seen.can_take

    def test_screens_offer_what_the_doors_let(self):
        """(can_act, can_take) of a queue task, then taken, then put aside."""
        task = self._task(self._order())
        for user in (self.operator, self.colleague, self.manager):
            self.assertEqual(self._screen(task, user), (True, True), user.login)
        task.with_user(self.operator).action_take()
        self.assertEqual(self._screen(task, self.operator), (True, False))
        for user in (self.colleague, self.manager):
            self.assertEqual(self._screen(task, user), (False, True), user.login)
        self.assertEqual(self._screen(task, self.storeadmin)[1:], (False,))
        task.paused = True
        for user in (self.operator, self.colleague, self.manager):
            self.assertEqual(self._screen(task, user), (False, False), user.login)

    def test_screens_of_couriers_offer_the_own_delivery_only(self):
        task = self._task(self._carry(self._order(), "delivery"))
        self.assertEqual(self._screen(task, self.courier), (True, False))
        self.assertEqual(self._screen(task, self.manager), (True, True))

    # -- odd arguments ----------------------------------------------------------------

    def test_odd_arguments_of_buttons_and_ticks_are_told_in_a_sentence(self):
        task = self._task(self._order(), self.operator)
        foreign = self.env.ref("order_service.way_delivery_assembly_customer").id
        for odd in ([1, 2], "x", None, 2**30, {"id": 1}, 1.5, foreign):
            with self.subTest(odd):
                with self.assertRaisesRegex(UserError, "no such button"):
                    task.action_button(odd)
                with self.assertRaisesRegex(UserError, "no such item"):
                    task.action_tick(odd)
                with self.assertRaisesRegex(UserError, "no such button"):
                    task.order_id.action_service_button(odd)

    def test_nobody_on_shift_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["order.service.shift"].search([]).unlink()
        self.manager.lang = "ru_RU"
        template = self.env.ref("order_service.task_delivery_assemble")
        template.with_context(lang="ru_RU").name = "Собрать"
        template.with_context(lang="en_US").name = "Gather"
        told = {}
        with patch.object(
            type(self.env["res.users"]),
            "_bus_send",
            lambda users, kind, payload: told.update({users: payload}),
        ):
            self._carry(self._order(), "assembly")
        self.assertIn("Собрать", told[self.manager]["task"])
        english = [told[user]["task"] for user in told if user.lang == "en_US"]
        self.assertTrue(all("Gather" in text for text in english))


@tagged("post_install", "-at_install")
class TestChangeCourier(OrderServiceCommon):
    """The courier of an order is changed by its store, also on the way (S13)."""

    def _dialog(self, order, user, courier):
        action = order.with_user(user).action_service_set_courier()
        self.assertEqual(action["res_model"], "order.service.set.courier")
        dialogs = self.env["order.service.set.courier"].with_user(user)
        dialog = dialogs.with_context(**action["context"]).create({})
        self.assertEqual(dialog.courier_id, order.service_courier_id)
        self.assertIn(self.courier, dialog.courier_ids)
        dialog.courier_id = courier
        dialog.action_set()

    def test_open_delivery_goes_to_the_new_courier(self):
        for user in (self.storeadmin, self.manager):
            order = self._carry(self._order(), "delivery")
            self._task(order, self.courier).action_take()
            self._dialog(order, user, self.other_courier)
            task = self._task(order)
            self.assertEqual(order.service_courier_id, self.other_courier)
            self.assertEqual((task.user_id, task.taken_at), (self.other_courier, False))
            with self.assertRaises(AccessError):
                task.with_user(self.courier).action_done()
            task.with_user(self.other_courier).action_done()
            self.assertEqual(order.service_stage_id.code, "report")

    def test_same_courier_keeps_what_is_taken(self):
        order = self._carry(self._order(), "delivery")
        self._task(order, self.courier).action_take()
        self._dialog(order, self.storeadmin, self.courier)
        self.assertTrue(self._task(order).taken_at)

    def test_only_the_store_and_the_manager_change_it(self):
        order = self._carry(self._order(), "delivery")
        outsider = new_test_user(self.env, "t_employee", groups="base.group_user")
        for user in (
            self.operator,
            self.other_storeadmin,
            self.courier,
            self.other_courier,
            self.marketing,
            self.integrator,
            outsider,
        ):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    order.with_user(user).action_service_set_courier()
                with self.assertRaises(AccessError):
                    self.env["order.service.set.courier"].with_user(user).create(
                        {"order_id": order.id, "courier_id": self.other_courier.id}
                    ).action_set()
        self.assertEqual(order.service_courier_id, self.courier)

    def test_dialog_takes_couriers_of_the_store_of_open_orders_only(self):
        order = self._carry(self._order(), "delivery")
        self.other_courier.service_store_ids = self.other_store
        for somebody in (self.other_courier, self.operator):
            with self.assertRaisesRegex(UserError, "Choose a courier"):
                self._dialog(order, self.storeadmin, somebody)
        self._carry(order, "won")
        with self.assertRaisesRegex(UserError, "not on its way"):
            order.with_user(self.storeadmin).action_service_set_courier()

    def test_hand_over_always_asks_and_presets_the_present_courier(self):
        order = self._carry(self._order(), "handover")
        order._service_set_courier(self.courier)
        action = self._task(order, self.storeadmin).action_done()
        self.assertEqual(action["context"]["default_courier_id"], self.courier.id)
        self._answer(action, self.storeadmin)
        self.assertEqual(self._task(order).user_id, self.courier)

    def test_hand_over_may_name_another_courier(self):
        order = self._carry(self._order(), "handover")
        order._service_set_courier(self.courier)
        action = self._task(order, self.storeadmin).action_done()
        self._answer(action, self.storeadmin, courier_id=self.other_courier.id)
        self.assertEqual(self._task(order).user_id, self.other_courier)

    def test_courier_who_left_the_store_is_not_preset(self):
        order = self._carry(self._order(), "handover")
        order._service_set_courier(self.courier)
        self.courier.service_store_ids = [Command.clear()]
        action = self._task(order, self.storeadmin).action_done()
        self.assertFalse(action["context"]["default_courier_id"])
