from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestEngine(OrderServiceCommon):
    """What a move checks, does and leaves behind (S8, S12, S16)."""

    def _ready_to_finish(self):
        """The task of an order in assembly, nothing in the cache of the transaction."""
        order = self._carry(self._order(), "assembly")
        task = self._task(order, self.storeadmin)
        if task.assembles:
            task.action_service_all_found()
        self.env.flush_all()
        self.env.invalidate_all()
        return task

    def _finish_counted(self, most):
        """Finish an assembly in at most so many queries."""
        self._ready_to_finish().action_done()  # reads what is cached once a process
        task = self._ready_to_finish()
        with self.assertQueryCount(most):
            task.action_done()
            self.env.flush_all()

    def test_move_costs_few_queries(self):
        self.env.ref("order_service.task_delivery_assemble").assembles = False
        self._finish_counted(23)

    def test_move_that_ends_an_assembly_costs_few_more(self):
        self._finish_counted(36)

    def test_stale_screen_is_refused_naming_who_moved_the_order(self):
        order = self._carry(self._order(), "assembly")
        [button] = order.with_user(self.operator).service_buttons
        with self.assertRaisesRegex(UserError, "T_Manager took it to “Assembly”"):
            order.with_user(self.operator)._service_fire(
                "button",
                transition=self.env["order.service.transition"].browse(button["id"]),
                visit=order.service_visit - 1,
                reason=self._reason("changed_mind"),
            )

    def test_open_tasks_are_dropped_visibly_when_the_order_moves_on(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order)
        order._service_refuse(self._reason("changed_mind"), actor="system")
        self.assertEqual(task.state, "dropped")
        self.assertTrue(task.done_at)
        self.assertTrue(task.done_by)

    def test_effect_that_fails_leaves_everything_as_it_was(self):
        order = self._carry(self._order(), "delivery")
        order.picking_ids.move_ids.quantity = 0
        before = order.service_visit
        with (
            self.assertRaisesRegex(UserError, "Nothing was picked"),
            self.cr.savepoint(),
        ):
            self._task(order, self.courier).action_done()
        self.assertEqual(order.service_visit, before)
        self.assertEqual(self._task(order).state, "open")

    def test_guard_keeps_orders_from_passing(self):
        order = self._carry(self._order(), "assembly")
        way = self.env.ref("order_service.way_delivery_assembly_done")
        way.domain = "[('amount_total', '>', 1000000)]"
        self._task(order, self.storeadmin).action_done()
        self.assertEqual(order.service_stage_id.code, "assembly", "no way is open")

    def test_next_move_follows_a_route_that_was_changed_meanwhile(self):
        template = self.env.ref("order_service.task_delivery_handover")
        way = self.env.ref("order_service.way_delivery_assembly_done")
        self._carry(self._order(), "handover")  # the engine has read the route once
        added = template.copy({"name": "Weigh the bags"})
        self.env["order.service.task.template.line"].create(
            {"template_id": added.id, "name": "Scales stand at zero"}
        )
        order = self._carry(self._order(), "handover")
        weigh = order.service_task_ids.filtered(lambda task: task.template_id == added)
        self.assertIn("Scales stand at zero", weigh.item_ids.mapped("name"))
        added.active = False
        way.group_ids = self.env.ref("order_service.group_manager")
        closed = self._carry(self._order(), "assembly")
        self._task(closed, self.storeadmin).action_done()
        self.assertEqual(closed.service_stage_id.code, "assembly", "for managers only")

    def test_order_moves_when_the_last_mandatory_task_is_done(self):
        second = self.env.ref("order_service.task_delivery_assemble").copy()
        self.env.ref("order_service.task_delivery_assemble").copy({"mandatory": False})
        order = self._carry(self._order(), "assembly")
        tasks = order.service_task_ids.filtered(lambda task: task.state == "open")
        first, last = (
            tasks.filtered(lambda task, of=template: task.template_id == of)
            for template in (
                self.env.ref("order_service.task_delivery_assemble"),
                second,
            )
        )
        first.with_user(self.storeadmin).action_service_all_found()
        first.with_user(self.storeadmin).action_done()
        self.assertEqual(order.service_stage_id.code, "assembly")
        last.with_user(self.storeadmin).action_done()
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_orders_in_an_archived_stage_go_on(self):
        order = self._carry(self._order(), "handover")
        self.route_delivery.in_use = False
        stage = order.service_stage_id
        with self.assertRaisesRegex(UserError, "Archive"):
            stage.unlink()
        stage.active = False
        self._task(order, self.storeadmin)
        self._carry(order, "delivery")

    def test_manager_moves_to_any_stage_with_words_and_reads_what_is_left(self):
        order = self._order()
        stage = self.env.ref("order_service.stage_delivery_delivery")
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.manager)._service_force(stage, "")
        order.with_user(self.manager)._service_force(stage, "Handed over by phone")
        self.assertEqual(order.service_stage_id, stage)
        self.assertEqual(order.state, "draft", "effects do not run")
        self.assertIn("Confirm the order", order.service_by_hand)
        self.assertEqual(order.service_log_ids[0].note, "Handed over by phone")

    def test_stage_bar_shows_the_way_behind_and_ahead(self):
        start = fields.Datetime.now().replace(microsecond=0)
        with freeze_time(start):
            order = self._order()
        with freeze_time(start + timedelta(minutes=20)):
            self._task(order, self.operator).action_done()
        bar = order.service_progress
        self.assertEqual(
            [(stage["name"], stage["state"]) for stage in bar],
            [
                ("Check", "passed"),
                ("Assembly", "here"),
                ("Hand-over to the courier", "ahead"),
                ("In delivery", "ahead"),
                ("Report", "ahead"),
                ("Closed", "ahead"),
            ],
        )
        moments = [order._service_iso(start + timedelta(minutes=m)) for m in (0, 20)]
        self.assertEqual([stage["at"] for stage in bar[:2]], moments)

    def test_closed_order_has_no_deadline_and_no_task(self):
        order = self._carry(self._order(), "won")
        self.assertFalse(order.service_deadline)
        self.assertFalse(order.service_task_ids.filtered(lambda t: t.state == "open"))

    # -- timers and events ------------------------------------------------------------

    def _timer(self, minutes=30):
        return self.env["order.service.transition"].create(
            {
                "stage_id": self.env.ref("order_service.stage_delivery_check").id,
                "to_stage_id": self.env.ref("order_service.stage_delivery_assembly").id,
                "trigger": "timer",
                "minutes": minutes,
                "name": "Nobody checked in time",
            }
        )

    def test_timer_moves_the_order_when_its_time_has_come(self):
        self._timer(30)
        order = self._order()
        self._run_events()
        self.assertEqual(order.service_stage_id.code, "check")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            self._run_events()
        self.assertEqual(order.service_stage_id.code, "assembly")
        self.assertFalse(order.service_event_ids)
        self.assertEqual(order.service_log_ids[0].actor, "system")

    def test_stale_event_is_dropped(self):
        self._timer(30)
        order = self._order()
        self._task(order, self.operator).action_done()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            self._run_events()
        self.assertFalse(order.service_event_ids)
        self.assertEqual(order.service_visit, 2)

    def test_failing_event_stays_and_tells_the_manager_after_the_third_try(self):
        self._timer(30)
        order = self._order()
        order.order_line.unlink()
        self.env["sale.order.line"].create({"order_id": order.id, "name": "No product"})
        for hour in range(1, 4):
            self.assertFalse(order.activity_ids)
            with freeze_time(fields.Datetime.now() + timedelta(hours=hour)):
                self._run_events()
            self.assertEqual(order.service_event_ids.tries, hour)
        self.assertIn("missing a product", order.service_attention)
        self.assertIn(self.manager, order.activity_ids.user_id)
        needing = self.env["sale.order"].search([("service_attention", "!=", False)])
        self.assertIn(order, needing)

    def test_payment_moves_an_order_whose_stage_waits_for_it(self):
        self.env["order.service.transition"].create(
            {
                "stage_id": self.env.ref("order_service.stage_delivery_check").id,
                "to_stage_id": self.env.ref("order_service.stage_delivery_assembly").id,
                "trigger": "payment",
            }
        )
        order = self._order()
        self._pay_part(order, order.amount_total)
        self.assertEqual(order.payment_status, "paid")
        self._run_events()
        self.assertEqual(order.service_stage_id.code, "assembly")

    def test_reserved_goods_move_an_order_whose_stage_waits_for_them(self):
        """N8: the goods arrive, Odoo reserves them, the order goes on."""
        rare = self._product("RARE", 50, stock=0)
        self.env["order.service.transition"].create(
            {
                "stage_id": self.env.ref("order_service.stage_delivery_assembly").id,
                "to_stage_id": self.env.ref("order_service.stage_delivery_handover").id,
                "trigger": "stock",
            }
        )
        order = self._carry(self._order(lines=[(rare, 1)]), "assembly")
        self.assertFalse(order.service_event_ids, "nothing is reserved yet")
        quants = self.env["stock.quant"]
        quants._update_available_quantity(rare, self.store.lot_stock_id, 5)
        order.picking_ids.action_assign()
        self._run_events()
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_goods_reserved_before_the_stage_was_entered_count_too(self):
        self.env["order.service.transition"].create(
            {
                "stage_id": self.env.ref("order_service.stage_delivery_assembly").id,
                "to_stage_id": self.env.ref("order_service.stage_delivery_handover").id,
                "trigger": "stock",
            }
        )
        order = self._carry(self._order(), "assembly")
        self.assertEqual(order.service_event_ids.trigger, "stock")
        order.picking_ids.action_assign()
        self.assertEqual(len(order.service_event_ids), 1, "noted once")

    def test_payment_status_tells_partial_and_overpaid(self):
        order = self._order()
        self.assertEqual(order.payment_status, "unpaid")
        self._pay_part(order, 10)
        self.assertEqual(order.payment_status, "partial")
        self._pay_part(order, order.amount_total)
        self.assertEqual(order.payment_status, "overpaid")
        changes = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "payment")], order="id"
        )
        self.assertEqual(
            [row.data["paid"] for row in changes], [10.0, 10.0 + order.amount_total]
        )

    def _run_events(self):
        self.cr.precommit.run()
        events = self.env["order.service.event"]
        for event in events.search(events._due_domain()):
            event._run()

    # -- postponing -------------------------------------------------------------------

    def test_postponing_hides_the_tasks_and_stops_their_clocks(self):
        """N7: postponed is a status over the stage, not a stage."""
        start = fields.Datetime.now().replace(microsecond=0)
        with freeze_time(start):
            order = self._order()
            task = self._task(order)
            deadline = task.deadline
            self.env["order.service.deferral"]._open(
                order, "no_answer", start + timedelta(hours=3)
            )
        self.assertEqual(order.service_status, "postponed")
        self.assertEqual(order.service_stage_id.code, "check")
        with freeze_time(start + timedelta(hours=2)):
            self.assertFalse(order.service_late)
            self.assertFalse(task.overdue)
            with self.assertRaisesRegex(UserError, "postponed"):
                task.with_user(self.operator).action_done()
            order.with_user(self.operator).action_service_resume()
        self.assertEqual(order.service_status, "new")
        self.assertEqual(task.deadline, deadline + timedelta(hours=2))
        self.assertEqual(order.service_visit, 1, "nothing was fired")

    def test_one_postponement_at_a_time(self):
        order = self._order()
        until = fields.Datetime.now() + timedelta(hours=1)
        self.env["order.service.deferral"]._open(order, "other", until)
        with self.assertRaisesRegex(UserError, "cannot be postponed"):
            self.env["order.service.deferral"]._open(order, "other", until)

    # -- the slot ---------------------------------------------------------------------

    def test_moved_slot_moves_the_promise_the_delivery_and_the_deadlines(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order)
        before = task.deadline
        start = order.service_slot_start + timedelta(days=1)
        order._service_set_slot(start, start + timedelta(hours=2), "Asked by phone")
        self.assertEqual(order.commitment_date, order.service_slot_end)
        self.assertEqual(order.picking_ids.scheduled_date, start)
        self.assertEqual(task.deadline, before + timedelta(days=1))
        change = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "slot")]
        )
        self.assertEqual(change.data["reason"], "Asked by phone")

    def test_promised_moment_is_not_written_beside_the_slot(self):
        order = self._order()
        operators = order.with_user(self.operator)
        # another addon moves deliveries with a superuser's rights
        for writer in (operators, operators.sudo(), order.sudo()):
            with self.assertRaisesRegex(UserError, "end of its slot"):
                writer.commitment_date = fields.Datetime.now()

    def test_stage_is_written_by_the_engine_only(self):
        order = self._order()
        stage = self.env.ref("order_service.stage_delivery_won")
        for user in (self.operator, self.manager):
            with self.assertRaisesRegex(UserError, "route only"):
                order.with_user(user).write({"service_stage_id": stage.id})
            with self.assertRaisesRegex(UserError, "route only"):
                self.env["sale.order"].with_user(user).with_context(
                    default_service_stage_id=stage.id
                ).create({"partner_id": self.customer.id})

    def test_stale_screen_of_an_order_that_never_moved_is_told_since_when(self):
        with freeze_time("2026-11-20 01:30:00"):
            order = self._order()
        self.assertFalse(order.service_log_ids)
        with freeze_time("2026-11-20 03:00:00"):
            with self.assertRaisesRegex(UserError, "at 11:30. Look at it anew"):
                order.with_user(self.operator).action_service_button(0, visit=99)

    def test_who_only_reads_is_refused_as_a_matter_of_rights(self):
        order = self._order()
        with self.assertRaisesRegex(AccessError, "does not steer it"):
            order.with_user(self.marketing).action_service_button(1)

    def test_attention_is_searched_by_yes_no_and_sentence(self):
        self.env["order.service.shift"].search([]).unlink()
        needing = self._carry(self._order(), "assembly")
        fine = self._order()
        both = needing | fine
        self.env.flush_all()
        sentence = needing.service_attention
        cases = [
            ("=", False, fine),
            ("!=", False, needing),
            ("=", True, needing),
            ("!=", True, fine),
            ("in", [True], needing),
            ("in", [False], fine),
            ("in", [True, False], both),
            ("not in", [False], needing),
            ("not in", [True], fine),
            ("=", sentence, needing),
            ("in", [sentence, False], both),
            ("=", "Something else", self.env["sale.order"]),
            ("!=", sentence, fine),
        ]
        for operator, value, expected in cases:
            for user in (self.operator, self.manager):
                with self.subTest(f"{operator} {value} {user.login}"):
                    found = both.with_user(user).search(
                        [("id", "in", both.ids), ("service_attention", operator, value)]
                    )
                    self.assertEqual(found.sudo(), expected)
