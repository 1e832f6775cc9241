from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestTask(OrderServiceCommon):
    """Tasks: whose, from when, by when, and who is told (S8, S12, S16)."""

    # -- whose ------------------------------------------------------------------------

    def test_administrator_on_shift_gets_the_task(self):
        order = self._carry(self._order(), "assembly")
        self.assertEqual(self._task(order).user_id, self.storeadmin)

    def test_nobody_on_shift_goes_to_the_stores_queue_and_needs_attention(self):
        self.env["order.service.shift"].search([]).unlink()
        order = self._carry(self._order(), "assembly")
        task = self._task(order)
        self.assertFalse(task.user_id)
        self.assertIn("Nobody on shift", order.service_attention)
        found = self.env["sale.order"].search([("service_attention", "!=", False)])
        self.assertIn(order, found)
        task.with_user(self.storeadmin).action_take()
        self.assertEqual(task.user_id, self.storeadmin)
        order.invalidate_recordset()
        self.assertFalse(order.service_attention)

    def test_whoever_takes_the_check_becomes_the_orders_operator(self):
        order = self._order()
        self._task(order, self.operator).action_take()
        self.assertEqual(order.service_operator_id, self.operator)

    def test_work_is_shared_by_the_people_on_shift(self):
        second = self.other_storeadmin
        second.service_store_ids = self.store
        self.env["order.service.shift"].search([], limit=1).copy({"user_id": second.id})
        orders = [self._carry(self._order(), "assembly") for _index in range(2)]
        people = {self._task(order).user_id for order in orders}
        self.assertEqual(people, {self.storeadmin, second})

    def test_others_may_not_act(self):
        assembly = self._carry(self._order(), "assembly")
        delivery = self._carry(self._order(), "delivery")
        cases = [
            (assembly, self.other_storeadmin),
            (assembly, self.courier),
            (assembly, self.operator),
            (assembly, self.marketing),
            (assembly, self.integrator),
            (delivery, self.other_courier),
            (delivery, self.storeadmin),
        ]
        for order, user in cases:
            task = self._task(order, user)
            for door in (task.action_done, task.action_fail, task.action_take):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    door()

    def test_nobody_writes_tasks_directly(self):
        task = self._task(self._order())
        for user in (self.operator, self.manager, self.integrator):
            with self.assertRaises(AccessError):
                task.with_user(user).write({"state": "done"})

    def test_second_person_reads_who_finished_the_task(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        task.action_service_all_found()
        task.action_done()
        with self.assertRaisesRegex(UserError, "finished already: Done, T_Storeadmin"):
            task.with_user(self.manager).action_done()
        self.assertEqual(order.service_stage_id.code, "handover", "moved once")

    def test_hand_over_names_a_courier_of_the_store(self):
        order = self._carry(self._order(), "handover")
        self.other_courier.service_store_ids = self.other_store
        action = self._task(order, self.storeadmin).action_done()
        with self.assertRaisesRegex(UserError, "Choose a courier"):
            self._answer(action, self.storeadmin, courier_id=self.other_courier.id)

    # -- checklist --------------------------------------------------------------------

    def test_checklist_is_ticked_by_the_one_who_does_the_task(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        self.assertEqual(len(task.item_ids), 3)
        task.action_tick(task.item_ids[0].id)
        self.assertEqual(task.item_ids[0].done_by, self.storeadmin)
        task.action_tick(task.item_ids[0].id)
        self.assertFalse(task.item_ids[0].done)
        with self.assertRaises(AccessError):
            task.with_user(self.courier).action_tick(task.item_ids[0].id)

    def test_required_checklist_holds_the_task_until_it_is_ticked(self):
        self.env.ref("order_service.task_delivery_assemble").checklist_required = True
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        with self.assertRaisesRegex(UserError, "Everything is packed"):
            task.action_done()
        for item in task.item_ids:
            task.action_tick(item.id)
        task.action_service_all_found()
        task.action_done()
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_what_is_left_of_a_checklist_is_asked_about_before_the_end(self):
        order = self._order()
        task = self._task(order, self.operator).with_context(lang="en_US")
        self.assertIn("Address and time are right", task.done_question)
        first = task.item_ids[0]
        task.action_tick(first.id)
        self.assertNotIn(first.name, task.done_question)
        for item in task.item_ids[1:]:
            task.action_tick(item.id)
        self.assertFalse(task.done_question)

    def test_a_dialog_that_opens_anyway_tells_what_is_left_of_the_checklist(self):
        task = self._task(self._carry(self._order(), "handover"), self.storeadmin)
        task = task.with_context(lang="en_US")
        self.assertFalse(task.done_question, "one question is enough")
        dialog = self.env["order.service.act"].with_user(self.storeadmin)
        context = task.action_done()["context"]
        dialog = dialog.with_context(**context).create({})
        self.assertIn("The number of bags is right", dialog.unticked_text)

    # -- moments ----------------------------------------------------------------------

    def _moments(self, now, slot=None, **values):
        """(appears_at, deadline) of a task entered at ``now`` (naive UTC)."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "9 to 18",
                "tz": "Asia/Vladivostok",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Day",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 18,
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        self.store.service_calendar_id = calendar
        template = self.env.ref("order_service.task_delivery_assemble").copy(values)
        start, end = slot or (now + timedelta(hours=5), now + timedelta(hours=7))
        order = self._order(start=False, service_slot_start=start, service_slot_end=end)
        return template._moments(order, now)[order]

    def test_deadline_counts_from_either_end_of_the_slot(self):
        """S12: lower or upper bound; Tuesday 12:00-14:00 in Vladivostok."""
        now = datetime(2026, 11, 23, 23, 0)
        slot = (datetime(2026, 11, 24, 2), datetime(2026, 11, 24, 4))
        self.assertEqual(
            self._moments(now, slot, due_anchor="slot_start", due_minutes=-60)[1],
            datetime(2026, 11, 24, 1),
        )
        self.assertEqual(
            self._moments(now, slot, due_anchor="slot_end", due_minutes=30)[1],
            datetime(2026, 11, 24, 4, 30),
        )

    def test_deadline_counts_working_time_of_the_store(self):
        """Monday 17:30 in Vladivostok plus an hour of work is Tuesday 9:30."""
        now = datetime(2026, 11, 23, 7, 30)
        deadline = self._moments(now, due_anchor="entry", due_minutes=60)[1]
        self.assertEqual(deadline, datetime(2026, 11, 23, 23, 30))
        around = self._moments(
            now, due_anchor="entry", due_minutes=60, round_the_clock=True
        )[1]
        self.assertEqual(around, datetime(2026, 11, 23, 8, 30))

    def test_task_appears_later_but_never_before_the_entry(self):
        now = datetime(2026, 11, 24, 0, 0)
        later = self._moments(now, appear_minutes=45)[0]
        self.assertEqual(later, now + timedelta(minutes=45))
        early = self._moments(now, appear_anchor="slot_start", appear_minutes=-9999)[0]
        self.assertEqual(early, now)

    # -- overdue ----------------------------------------------------------------------

    def _tell(self):
        """Run the cron; people told -> count."""
        told = {}
        task_class = type(self.env["order.service.task"])
        with (
            patch.object(
                type(self.env["res.users"]),
                "_bus_send",
                lambda users, kind, payload: told.update(
                    {user: payload["count"] for user in users}
                ),
            ),
            self.enter_registry_test_mode(),
        ):
            self.assertTrue(task_class)
            self.env.ref("order_service.cron_overdue").method_direct_trigger()
        return told

    def test_overdue_is_told_once_to_whom_the_template_says(self):
        template = self.env.ref("order_service.task_delivery_assemble")
        template.write({"observer_ids": self.marketing.ids, "tell_manager": False})
        orders = [self._carry(self._order(), "assembly") for _index in range(3)]
        tasks = self.env["order.service.task"].union(*map(self._task, orders))
        tasks.deadline = fields.Datetime.now() - timedelta(minutes=1)
        told = self._tell()
        self.assertEqual(told.get(self.storeadmin), 3)
        self.assertEqual(told.get(self.marketing), 3)
        self.assertNotIn(self.manager, told)
        self.assertTrue(all(tasks.mapped("told_at")))
        self.assertFalse(self._tell(), "nobody is told twice")

    def test_manager_is_told_of_what_does_not_happen_in_time(self):
        """S16."""
        order = self._order()
        self._task(order).deadline = fields.Datetime.now() - timedelta(minutes=1)
        self.assertIn(self.manager, self._tell())

    def test_overdue_is_a_domain_on_now(self):
        order = self._order()
        task = self._task(order)
        self.assertFalse(task.overdue)
        with freeze_time(task.deadline + timedelta(seconds=1)):
            task.invalidate_recordset(["overdue"])
            self.assertTrue(task.overdue)
            late = self.env["order.service.task"].search([("overdue", "=", True)])
            self.assertIn(task, late)
            self.assertIn(
                order, self.env["sale.order"].search([("service_late", "=", True)])
            )
