from datetime import date, timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestViews(OrderServiceCommon):
    """What each role reads and presses on its screens (S9, S10)."""

    def action_of(self, name):
        return self.env["ir.actions.act_window"]._for_xml_id(f"order_service.{name}")

    def read_view(self, user, xmlid, records):
        """Read ``records`` as the client would for a view, sub-views included."""
        view = self.env.ref(f"order_service.{xmlid}")
        model = records.with_user(user).browse()
        views = model.get_views([(view.id, view.type)])
        names = {name: {} for name in views["models"][records._name]["fields"]}
        arch = model.get_view(view.id, view.type)["arch"]
        spec = {name: {} for name in names if f'name="{name}"' in arch}
        return records.with_user(user).web_read(spec)

    def menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids())
        root = self.env.ref("order_service.menu_order_service_root")
        mine = visible.filtered(lambda menu: menu.parent_id == root)
        return mine.sorted("sequence").mapped("name")

    # -- menus and access -----------------------------------------------------------

    def test_each_role_has_its_menu(self):
        self.assertEqual(self.menus(self.courier), ["My deliveries"])
        self.assertEqual(self.menus(self.storeadmin), ["My store"])
        self.assertEqual(self.menus(self.marketing), ["Reports"])
        self.assertEqual(
            self.menus(self.operator), ["Orders", "Tasks", "Slots", "Needs attention"]
        )
        self.assertIn("Configuration", self.menus(self.manager))

    def test_every_action_has_an_address_and_words_for_an_empty_list(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=like", "order.service.%")]
        )
        mine = actions.filtered(
            lambda action: (
                action.target != "new"
                and next(iter(action.get_external_id().values())).startswith(
                    "order_service."
                )
            )
        )
        self.assertGreater(len(mine), 10)
        for action in mine:
            self.assertTrue(action.path, action.name)
            self.assertIn("o_view_nocontent", action.help, action.name)

    def test_every_role_reads_the_order_form_without_an_error(self):
        order = self._carry(self._order(), "delivery")
        for user in (self.operator, self.storeadmin, self.courier, self.manager):
            with self.subTest(user=user.login):
                rows = self.read_view(user, "sale_order_view_form_service", order)
                self.assertEqual(rows[0]["service_status"], "in_delivery")

    def test_every_role_reads_its_task_without_an_error(self):
        order = self._carry(self._order(), "delivery")
        task = self._task(order)
        for user in (self.operator, self.storeadmin, self.courier, self.manager):
            with self.subTest(user=user.login):
                self.read_view(user, "order_service_task_view_form", task)
                self.read_view(user, "order_service_task_view_list", task)
        self.read_view(self.courier, "order_service_task_view_kanban_courier", task)

    def test_list_of_eighty_orders_costs_few_queries(self):
        for _number in range(12):
            self._order()
        orders = self.env["sale.order"].search([("service_route_id", "!=", False)])
        self.read_view(self.operator, "sale_order_view_list_service", orders[:1])
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            self.read_view(self.operator, "sale_order_view_list_service", orders[:12])

    def test_only_operators_write_on_the_order_form(self):
        view = self.env.ref("order_service.sale_order_view_form_service")
        orders = self.env["sale.order"]
        for user, writes in ((self.operator, True), (self.courier, False)):
            arch = orders.with_user(user).get_view(view.id, "form")["arch"]
            form = etree.fromstring(arch)
            self.assertEqual(form.get("edit") not in ("0", "False"), writes)

    def test_slots_are_cards_with_places_and_state_on_a_phone(self):
        """A phone shows cards instead of a list where the action has them."""
        action = self.action_of("order_service_slot_action")
        self.assertIn("kanban", action["view_mode"].split(","))
        slots = self.env["order.service.slot"].with_user(self.operator)
        card = etree.fromstring(slots.get_view(view_type="kanban")["arch"])
        shown = {node.get("name") for node in card.xpath("//t[@t-name='card']//field")}
        self.assertLessEqual({"start", "store_id", "left", "places", "state"}, shown)

    def test_the_store_s_own_slots_and_load_come_first_in_its_menu(self):
        for name in ("slot", "slot_load"):
            action = self.action_of(f"order_service_{name}_action_store")
            self.assertIn("search_default_my_store", action["context"])
            rows = self.env[action["res_model"]].with_user(self.storeadmin)
            search = etree.fromstring(rows.get_view(view_type="search")["arch"])
            [mine] = search.xpath("//filter[@name='my_store']")
            domain = safe_eval(mine.get("domain"), {"uid": self.storeadmin.id})
            self.assertLessEqual(
                rows.search(domain).store_id, self.storeadmin.service_store_ids
            )

    def test_done_is_not_offered_where_one_assembles(self):
        tasks = self.env["order.service.task"].with_user(self.storeadmin)
        arch = etree.fromstring(tasks.get_view(view_type="list")["arch"])
        buttons = arch.xpath("//button[@name='action_done']")
        self.assertGreater(len(buttons), 1)
        for button in buttons:
            self.assertIn("(assembles)", button.get("invisible"))

    # -- finding and counting ---------------------------------------------------------

    def test_orders_and_tasks_are_found_by_the_number_the_customer_knows(self):
        order, own = self._order(), self._order(service_external_ref=False)
        for one in (order, own):
            tasks = self.env["order.service.task"].search(
                [("order_number", "=", one.service_number)]
            )
            self.assertEqual(tasks.order_id, one)
        self.assertNotIn(
            order,
            self.env["sale.order"].search(
                [("service_number", "!=", order.service_number)]
            ),
        )

    def find(self, text):
        return self.env["sale.order"].search([("service_find", "ilike", text)])

    def test_one_box_finds_by_number_phone_surname_and_street(self):
        self.customer.street = "Muravyova-Amurskogo 23"
        order = self._order(service_recipient_phone="+7 914 300-20-77")
        for text in (
            order.name,
            order.service_external_ref,
            "8 914 300 20 77",
            "+7 (914) 300-20-77",
            "petrova",
            "Amurskogo",
            "maria amurskogo",
        ):
            with self.subTest(text=text):
                self.assertIn(order, self.find(text))
        self.assertNotIn(order, self.find("petrova pushkina"))

    def test_counters_name_the_filters_of_the_list(self):
        before = self.env["sale.order"].with_user(self.operator).get_service_counters()
        late = self._order()
        late.service_deadline = fields.Datetime.now() - timedelta(minutes=1)
        self._order(service_fulfilment="pickup", start=False)
        postponed = self._order()
        self.env["order.service.deferral"]._open(
            postponed, "no_answer", fields.Datetime.now() + timedelta(hours=1)
        )
        after = self.env["sale.order"].with_user(self.operator).get_service_counters()
        grown = {name: after[name] - before[name] for name in after}
        self.assertEqual(grown, {"new": 1, "late": 1, "attention": 1, "postponed": 1})
        arch = self.env.ref("order_service.sale_order_view_search_service").arch
        for name in after:
            self.assertIn(f'name="{name}"', arch)

    def test_counters_of_an_administrator_are_those_of_the_store(self):
        before = (
            self.env["sale.order"].with_user(self.storeadmin).get_service_counters()
        )
        self._order(warehouse_id=self.other_store.id)
        after = self.env["sale.order"].with_user(self.storeadmin).get_service_counters()
        self.assertEqual(after, before)

    def test_overdue_count_is_mine(self):
        order = self._carry(self._order(), "assembly")
        task = self._task(order)
        task.deadline = fields.Datetime.now() - timedelta(minutes=1)
        tasks = self.env["order.service.task"]
        self.assertEqual(tasks.with_user(self.storeadmin).get_my_overdue_count(), 1)
        self.assertEqual(tasks.with_user(self.operator).get_my_overdue_count(), 0)

    def test_day_of_the_slot_is_that_of_the_store(self):
        """22:00 UTC is the next morning in Khabarovsk, the same day further west."""
        moment = fields.Datetime.to_datetime("2030-05-05 22:00:00")
        slot = {
            "service_slot_start": moment,
            "service_slot_end": moment + timedelta(hours=2),
        }
        east = self._order(**slot)
        west = self._order(warehouse_id=self.other_store.id, **slot)
        self.assertEqual(str(east.service_slot_date), "2030-05-06")
        self.assertEqual(str(west.service_slot_date), "2030-05-06")
        west.write({key: value - timedelta(hours=2) for key, value in slot.items()})
        self.assertEqual(str(west.service_slot_date), "2030-05-05")

    # -- tasks ------------------------------------------------------------------------

    def test_screen_offers_a_task_only_to_whom_may_act(self):
        task = self._task(self._carry(self._order(), "assembly"))
        self.assertTrue(task.with_user(self.storeadmin).can_act)
        self.assertFalse(task.with_user(self.operator).can_act)
        self.assertTrue(task.with_user(self.manager).can_act)

    def test_checklist_is_ticked_without_the_right_to_write(self):
        task = self._task(self._carry(self._order(), "assembly"), self.storeadmin)
        item = task.checklist[0]
        self.assertFalse(item["done"])
        task.action_tick(item["id"])
        self.assertEqual(task.checklist[0]["done"], True)
        self.assertEqual(task.checklist[0]["by"], self.storeadmin.name)

    def test_hidden_are_tasks_to_come_and_of_postponed_orders(self):
        order = self._order()
        self.assertTrue(order.service_open_task_ids)
        self._task(order).appears_at = fields.Datetime.now() + timedelta(hours=1)
        order.invalidate_recordset(["service_open_task_ids"])
        self.assertFalse(order.service_open_task_ids)

    def test_a_task_a_colleague_holds_is_taken_over_first(self):
        task = self._task(self._order())
        self.assertTrue(task.with_user(self.operator).can_take)
        self.assertTrue(task.with_user(self.manager).can_act)
        task.with_user(self.operator).action_take()
        mine, theirs = task.with_user(self.operator), task.with_user(self.manager)
        self.assertEqual((mine.can_take, mine.can_act), (False, True))
        self.assertEqual((theirs.can_take, theirs.can_act), (True, False))
        self.assertFalse(task.with_user(self.storeadmin).can_take)

    def test_a_courier_reads_whether_to_collect_money(self):
        order = self._order(service_payment_method="cash")
        checking = self._task(order)
        self.assertFalse(checking.money_text, "nothing is handed over yet")
        task = self._task(self._carry(order, "delivery")).with_context(lang="en_US")
        self.assertTrue(task.money_due)
        self.assertIn(f"{order.amount_total:.2f}", task.money_text)
        self.assertIn("cash", task.money_text)
        for method, word in (
            ("card_on_delivery", "by card"),
            ("online", "not come in"),
        ):
            order.service_payment_method = method
            self.assertIn(word, task.money_text)
        order.order_line.price_unit = 0
        task.invalidate_recordset()
        self.assertFalse(task.money_due)
        self.assertEqual(task.money_text, "Paid online: do not collect money")

    def test_handing_over_asks_first_with_the_number_and_the_money(self):
        order = self._order(service_payment_method="cash")
        self.assertFalse(self._task(order).hands_over, "nothing is handed over yet")
        self._carry(order, "delivery")
        task = self._task(order, self.courier).with_context(lang="en_US")
        for part in (order.service_external_ref, order.name, "Maria", task.money_text):
            self.assertIn(part, task.done_question)
        task.action_done()
        self.assertFalse(task.done_question)

    def test_dialog_of_a_refusal_names_both_numbers_and_the_recipient(self):
        order = self._carry(self._order(), "delivery")
        action = self._task(order, self.courier).action_fail()
        dialog = self.env["order.service.act"].with_user(self.courier)
        dialog = dialog.with_context(**action["context"]).create({})
        self.assertEqual(dialog.order_text, f"{order.service_number} ({order.name})")
        self.assertEqual(dialog.recipient_name, "Maria Petrova")

    # -- numbers, stores and stages ---------------------------------------------------

    def test_the_site_s_number_stands_first(self):
        order, own = self._order(), self._order(service_external_ref=False)
        ref = order.service_external_ref
        self.assertEqual(order.service_number, ref)
        self.assertEqual(order.display_name, f"{ref} ({order.name})")
        self.assertEqual(self._task(order).display_name, f"{ref}: Check the order")
        self.assertEqual((own.service_number, own.display_name), (own.name, own.name))
        for text in (ref, order.name):
            found = self.env["sale.order"].name_search(text)
            self.assertIn(order.id, [order_id for order_id, _name in found])

    def test_an_administrator_of_one_store_has_no_column_of_stores(self):
        def hidden(user, model, xmlid):
            view = self.env.ref(f"order_service.{xmlid}")
            arch = self.env[model].with_user(user).get_view(view.id, "list")["arch"]
            columns = etree.fromstring(arch).xpath("//field[@class='o_service_store']")
            self.assertEqual(len(columns), 2)
            return {node.get("column_invisible") for node in columns} == {"True"}

        lists = (
            ("sale.order", "sale_order_view_list_service"),
            ("order.service.task", "order_service_task_view_list"),
        )
        for model, xmlid in lists:
            self.assertTrue(hidden(self.storeadmin, model, xmlid))
            self.assertFalse(hidden(self.operator, model, xmlid))
        self.storeadmin.service_store_ids += self.other_store
        for model, xmlid in lists:
            self.assertFalse(hidden(self.storeadmin, model, xmlid))

    def test_groups_of_stages_and_tasks_name_their_route(self):
        """Two routes have a stage “Check” each; inside a list the name is enough."""
        orders = self._order() + self._order(service_fulfilment="pickup")
        self.assertEqual(set(orders.service_stage_id.mapped("display_name")), {"Check"})
        for records, field in (
            (orders, "service_stage_id"),
            (orders.service_task_ids, "template_id"),
        ):
            domain = [("id", "in", records.ids)]
            groups = records.formatted_read_group(domain, [field], ["__count"])
            names = [group[field][1] for group in groups]
            self.assertEqual(len(set(names)), 2, names)
            self.assertTrue(all(" · " in name for name in names), names)
        self._carry(orders[0], "assembly")
        logs = orders.service_log_ids
        sets = logs.formatted_read_grouping_sets(
            [("id", "in", logs.ids)], [["from_id"]], ["__count"]
        )
        self.assertEqual(sets[0][0]["from_id"][1], "Check · Delivery")

    def test_a_shift_is_told_by_the_store_s_clock_too(self):
        shift = self.env["order.service.shift"].create(
            {
                "store_id": self.store.id,
                "user_id": self.courier.id,
                "start": "2031-03-04 00:00:00",
                "end": "2031-03-04 12:30:00",
            }
        )
        self.assertEqual(shift.store_time, "04.03 10:00–22:30 (UTC+10)")

    # -- dialogs ----------------------------------------------------------------------

    def dialog(self, model, order, user, **values):
        wizard = self.env[model].with_user(user).with_context(default_order_id=order.id)
        with Form(wizard) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    def test_postponing_asks_for_the_store_s_time(self):
        """N8: 10:00 in Khabarovsk is midnight UTC."""
        order = self._order()
        day = fields.Date.to_date("2031-03-04")
        dialog = self.dialog(
            "order.service.postpone", order, self.operator, day=day, at=10.0
        )
        dialog.action_postpone()
        self.assertEqual(order.service_status, "postponed")
        self.assertEqual(str(order.service_deferral_id.until), "2031-03-04 00:00:00")
        self.assertIn("04.03.2031 10:00", order.service_deferral_text)
        order.with_user(self.operator).action_service_resume()
        self.assertEqual(order.service_status, "new")

    def test_slot_is_changed_in_the_store_s_time(self):
        order = self._order()
        day = fields.Date.to_date("2031-03-04")
        dialog = self.dialog(
            "order.service.set.slot", order, self.operator, day=day, start=12, end=14.5
        )
        dialog.action_set()
        self.assertEqual(str(order.service_slot_start), "2031-03-04 02:00:00")
        self.assertEqual(str(order.service_slot_end), "2031-03-04 04:30:00")
        again = self.dialog("order.service.set.slot", order, self.operator)
        self.assertEqual((again.day, again.start, again.end), (day, 12, 14.5))

    def test_slot_that_is_over_is_refused(self):
        """Vladivostok is ten hours ahead of UTC."""
        order = self._order()
        before = order.service_slot_start
        dialog = self.dialog(
            "order.service.set.slot",
            order,
            self.operator,
            day=date(2031, 3, 4),
            start=12,
            end=14,
        )
        with freeze_time("2031-03-04 04:00:00"):
            with self.assertRaisesRegex(UserError, "ended at 14:00.*still to come"):
                dialog.action_set()
        self.assertEqual(order.service_slot_start, before)
        with freeze_time("2031-03-04 03:59:00"):
            dialog.action_set()
        self.assertEqual(str(order.service_slot_end), "2031-03-04 04:00:00")

    def test_hours_outside_a_day_are_refused(self):
        order = self._order()
        dialog = self.dialog("order.service.set.slot", order, self.operator, end=25.0)
        with self.assertRaisesRegex(UserError, "0:00 to 24:00"):
            dialog.action_set()

    def test_manager_moves_an_order_with_words(self):
        order = self._order()
        stage = self.env.ref("order_service.stage_delivery_handover")
        dialog = self.dialog(
            "order.service.force",
            order,
            self.manager,
            stage_id=stage,
            note="Packed by mistake",
        )
        dialog.action_move()
        self.assertEqual(order.service_stage_id, stage)
        self.assertEqual(order.service_log_ids[:1].note, "Packed by mistake")
        self.assertIn("Confirm the order", order.service_by_hand)

    def test_operator_cannot_move_an_order_by_hand(self):
        with self.assertRaises(AccessError):
            self.env["order.service.force"].with_user(self.operator).create(
                {"order_id": self._order().id, "note": "I want"}
            )

    def test_refusal_is_told_with_reason_party_stage_and_person(self):
        order = self._order()
        self._task(order, self.operator)._finish(
            "failed", reason=self._reason("changed_mind")
        )
        text = order.service_refusal_text
        for part in ("changed their mind", "customer", "Check", self.operator.name):
            self.assertIn(part, text)

    def test_cancel_button_stands_where_no_other_button_refuses(self):
        order = self._order().with_user(self.operator)
        self.assertTrue(order.service_refusable)
        order = self._carry(self._order(), "assembly").with_user(self.courier)
        self.assertFalse(order.service_refusable)
