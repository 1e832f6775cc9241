from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import OrderServiceCommon

MARK = "test-token"


class AssemblyCommon(OrderServiceCommon):
    """An order at its assembly: kvass (key), cucumbers by weight, cheese, milk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kefir = cls._product("KEFIR", 79.9, barcode="2000000000015")
        cls.sour = cls._product("SOUR", 99.9)
        cls.milk = cls._product("MILK", 60.0, barcode="2000000000022")
        cls.kvass.barcode = "2000000000039"
        cls.cucumber.categ_id = cls.env["product.category"].create(
            {"name": "Vegetables", "service_tolerance_percent": 10}
        )
        cls.company.tax_calculation_rounding_method = "round_per_line"

    def _at_assembly(self, lines=None, **values):
        """An order whose lines were seen with their prices, at the assembly."""
        order = self._order(
            start=False,
            lines=lines or [(self.kvass, 2), (self.cucumber, 1), (self.milk, 3)],
            **values,
        )
        for index, line in enumerate(order.order_line, start=1):
            line.write(
                {
                    "service_ref": str(index),
                    "service_seen_price": line.price_unit,
                    "technical_price_unit": 0,
                }
            )
        order._service_start(actor="system")
        return self._carry(order, "assembly")

    def _wish(self, line, policy, *products, **values):
        """The customer accepts ``products`` instead of the line's."""
        line.write(
            {
                "service_policy": policy,
                "service_substitute_ids": [
                    Command.create({"product_id": product.id, "rank": rank})
                    for rank, product in enumerate(products, start=1)
                ],
                **values,
            }
        )

    def _shown(self, state, line):
        [shown] = [one for one in state["lines"] if one["id"] == line.id]
        return shown

    def _done(self, order, user=None):
        task = self._assembly_task(order, user)
        task.action_service_all_found()
        return task.action_done()

    def _assembly_task(self, order, user=None):
        tasks = order.service_task_ids.filtered(
            lambda task: task.assembles and task.state == "open"
        )
        return tasks.with_user(user or self.storeadmin)

    def _move_of(self, line):
        return line.move_ids.filtered(lambda move: move.state != "cancel")


@tagged("post_install", "-at_install")
class TestAssembly(AssemblyCommon):
    """S5, S6: marking lines, and what finishing makes of them."""

    def test_marks_touch_nothing_but_our_fields_until_the_end(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        before = (order.amount_total, self._move_of(kvass).quantity)
        task = self._assembly_task(order)
        state = task.action_service_found(kvass.id, 1)
        self.assertEqual(self._shown(state, kvass)["outcome"], "short")
        self.assertEqual((order.amount_total, self._move_of(kvass).quantity), before)
        self.assertEqual((state["marked"], state["total"]), (1, 3))

    def test_finishing_brings_what_was_found_to_sale_and_stock(self):
        order = self._at_assembly()
        kvass, cucumber, milk = order.order_line
        task = self._assembly_task(order)
        task.action_service_found(kvass.id, 1)
        task.action_service_found(cucumber.id, 0.956)
        task.action_service_missing(milk.id)
        task.action_done()
        self.assertEqual(order.service_stage_id.code, "handover")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1, 0.956, 0])
        self.assertEqual(order.order_line.mapped("service_ordered_qty"), [2, 1, 3])
        self.assertEqual(
            order.order_line.mapped("service_outcome"), ["short", "found", "missing"]
        )
        self.assertEqual(self._move_of(kvass).quantity, 1)
        self.assertEqual(self._move_of(cucumber).quantity, 0.956)
        self.assertFalse(self._move_of(milk))
        self.assertEqual(order.order_line.mapped("price_unit"), [89.9, 199, 60])

    def test_what_customer_courier_and_invoice_read_is_equal_to_the_kopeck(self):
        """N5: weights, a shortage and a substitute."""
        order = self._at_assembly(lines=[(self.kvass, 3), (self.cucumber, 0.357)])
        kvass, cucumber = order.order_line
        self._wish(kvass, "listed", self.kefir)
        task = self._assembly_task(order)
        task.action_service_found(cucumber.id, 0.349)
        task.action_service_found(kvass.id, 1)
        task.action_service_replace(kvass.id, self.kefir.id)
        task.action_done()
        order = self._carry(order, "delivery")
        courier = self._task(order, self.courier)
        total = order.amount_total
        self.assertEqual(courier.left_to_pay, total)
        courier.action_done()
        order._service_effect_invoice()
        self.assertEqual(order.invoice_ids.amount_total, total)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 0.349, 2])

    def test_weight_within_the_tolerance_is_not_paid_above_the_ordered(self):
        order = self._at_assembly(lines=[(self.cucumber, 1)])
        task = self._assembly_task(order)
        with self.assertRaisesRegex(UserError, "1.101 cannot be sent"):
            task.action_service_found(order.order_line.id, 1.101)
        before = order.amount_total
        task.action_service_found(order.order_line.id, 1.05)
        task.action_done()
        line = order.order_line
        self.assertEqual(line.service_outcome, "found")
        self.assertEqual((line.product_uom_qty, line.price_unit), (1.05, 189.52))
        self.assertEqual(order.amount_total, before)
        self.assertEqual(self._move_of(line).quantity, 1.05)

    def test_a_weight_is_told_the_customer_only_beyond_the_tolerance(self):
        for weight, told in ((0.95, False), (1.05, False), (0.85, True)):
            order = self._at_assembly(lines=[(self.cucumber, 1)])
            task = self._assembly_task(order)
            task.action_service_found(order.order_line.id, weight)
            task.action_done()
            self.assertEqual(bool(order._service_outcome_rows()), told, weight)

    def test_weights_are_told_in_the_way_of_the_readers_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        order = self._at_assembly(lines=[(self.cucumber, 0.75)])
        task = self._assembly_task(order).with_context(lang="ru_RU")
        with self.assertRaisesRegex(UserError, r"0,75 .*\b1,2\b"):
            task.action_service_found(order.order_line.id, 1.2)

    def test_pieces_are_neither_cut_nor_too_many(self):
        order = self._at_assembly()
        task = self._assembly_task(order)
        kvass = order.order_line[0]
        for quantity, told in ((3, "cannot be sent"), (0.5, "whole"), (-1, "cannot")):
            with self.assertRaisesRegex(UserError, told):
                task.action_service_found(kvass.id, quantity)

    def test_the_stores_price_today_only_lowers_the_line(self):
        order = self._at_assembly()
        self.kvass.list_price = 70
        self.milk.list_price = 75
        self._done(order)
        self.assertEqual(order.order_line.mapped("price_unit"), [70, 199, 60])

    def test_listed_substitute_is_proposed_and_costs_the_lower_price(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "listed", self.sour, self.kefir)
        self._empty(self.sour)
        task = self._assembly_task(order)
        [proposal] = self._shown(task.action_service_missing(kvass.id), kvass)[
            "proposals"
        ]
        self.assertEqual(proposal["product_id"], self.kefir.id)
        self.assertEqual((proposal["price"], proposal["quantity"]), (79.9, 2))
        task.action_service_replace(kvass.id, self.kefir.id)
        before = order.amount_total
        self._done(order)
        sent = kvass.service_replaced_by_ids
        self.assertEqual(sent.product_id, self.kefir)
        self.assertEqual((sent.product_uom_qty, sent.price_unit), (2, 79.9))
        self.assertEqual(self._move_of(sent).quantity, 2)
        self.assertEqual(
            (kvass.product_uom_qty, kvass.service_outcome), (0, "replaced")
        )
        self.assertLess(order.amount_total, before)
        self.assertEqual(order.picking_ids.state, "assigned")

    def _empty(self, product):
        quant = self.env["stock.quant"]
        quant._update_available_quantity(product, self.store.lot_stock_id, -100)

    def test_dearer_substitute_costs_what_the_wanted_goods_did(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "listed", self.sour)
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        task.action_service_replace(kvass.id, self.sour.id)
        kvass.service_substitute_ids.max_price = 50
        self._done(order)
        self.assertEqual(kvass.service_replaced_by_ids.price_unit, 50)

    def test_only_what_the_customer_accepts_is_sent(self):
        order = self._at_assembly()
        kvass, cucumber, milk = order.order_line
        self._wish(kvass, "listed", self.kefir)
        self._wish(milk, "none")
        self._wish(cucumber, "similar")
        task = self._assembly_task(order)
        for line, product in ((kvass, self.sour), (milk, self.kefir)):
            task.action_service_missing(line.id)
            with self.assertRaisesRegex(UserError, "does not take"):
                task.action_service_replace(line.id, product.id)
        with self.assertRaisesRegex(UserError, "Nothing of .* is missing"):
            task.action_service_replace(cucumber.id, self.kefir.id)
        with self.assertRaisesRegex(UserError, "in this quantity"):
            task.action_service_replace(kvass.id, self.kefir.id, 3)

    def test_similar_goods_come_with_their_reason(self):
        category = self.env["product.category"].create({"name": "Drinks"})
        (self.kvass | self.kefir | self.sour).categ_id = category
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "similar")
        self._wish(order.order_line[2], "similar")
        state = self._assembly_task(order).action_service_missing(kvass.id)
        proposals = self._shown(state, kvass)["proposals"]
        self.assertEqual(
            [(one["sku"], "not_dearer" in one["reasons"]) for one in proposals],
            [("KEFIR", True), ("SOUR", False)],
        )
        self.assertEqual(proposals[1]["price"], 89.9, "dearer, paid as the wanted one")

    def test_lost_key_item_takes_its_dependents_along(self):
        order = self._key_order("drop_dependents")
        kvass, cucumber, milk = order.order_line
        task = self._assembly_task(order)
        task.action_service_found(cucumber.id)
        task.action_service_missing(kvass.id)
        self._done(order)
        self.assertEqual(order.service_stage_id.code, "handover")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [0, 0, 3])
        self.assertEqual(cucumber.service_outcome, "missing")
        self.assertFalse(self._move_of(cucumber))

    def test_the_picker_sees_at_once_what_comes_off_with_a_lost_key_item(self):
        order = self._key_order("drop_dependents")
        kvass, cucumber, milk = order.order_line
        task = self._assembly_task(order)
        shown = self._shown(task.action_service_found(cucumber.id), cucumber)
        self.assertEqual((shown["hangs_on"], shown["comes_off"]), ("Kvas", ""))
        state = task.action_service_missing(kvass.id)
        shown = self._shown(state, cucumber)
        self.assertEqual((shown["comes_off"], shown["proposals"]), ("Kvas", []))
        self.assertEqual((state["marked"], state["warning"]), (2, ""))
        self.assertFalse(self._shown(state, milk)["hangs_on"])
        state = task.action_service_reset(kvass.id)
        shown = self._shown(state, cucumber)
        self.assertEqual((shown["comes_off"], shown["outcome"]), ("", "found"))
        self.assertEqual(state["marked"], 1)

    def test_what_comes_off_needs_no_mark_and_is_not_asked_about(self):
        order = self._key_order("drop_dependents")
        kvass, cucumber, milk = order.order_line
        task = self._assembly_task(order)
        state = task.action_service_missing(kvass.id)
        self.assertEqual(state["marked"], 2, "the dependent one is done")
        self.assertEqual(order._service_untouched_lines(), milk)
        self.assertEqual(task.action_service_all_found()["marked"], 3)
        self.assertFalse(cucumber.service_outcome, "it would come back unmarked")
        task.action_done()
        self.assertEqual(order.service_stage_id.code, "handover")
        self.assertEqual(cucumber.service_outcome, "missing")
        self.assertFalse(cucumber.product_uom_qty)

    def test_the_screen_says_that_finishing_cancels_or_asks(self):
        for wish, told in (
            ("cancel_order", "finishing cancels the whole order"),
            ("call", "an operator asks the customer"),
        ):
            order = self._key_order(wish)
            kvass, cucumber, milk = order.order_line
            task = self._assembly_task(order)
            self.assertFalse(task.get_service_assembly()["warning"])
            self.assertFalse(task.action_service_missing(milk.id)["warning"])
            state = task.action_service_missing(kvass.id)
            self.assertIn(told, state["warning"])
            leaves = bool(self._shown(state, cucumber)["comes_off"])
            self.assertEqual(leaves, wish != "call", "a call may still save it")
            self.assertFalse(task.action_service_reset(kvass.id)["warning"])

    def test_what_the_customer_gave_up_in_a_call_takes_its_dependents_off(self):
        order = self._key_order("call")
        kvass, cucumber, _milk = order.order_line
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        task.action_done()
        state = task.get_service_assembly()
        self.assertTrue(self._shown(state, kvass)["asked"])
        self.assertFalse(self._shown(state, cucumber)["comes_off"])
        kvass.with_user(self.operator).action_service_answer_accept()
        state = task.get_service_assembly()
        self.assertEqual(self._shown(state, cucumber)["comes_off"], "Kvas")
        self.assertFalse(state["warning"])

    def _key_order(self, wish, **values):
        order = self._at_assembly(service_on_key_missing=wish, **values)
        kvass, cucumber, _milk = order.order_line
        kvass.service_key = True
        cucumber.service_depends_ids = kvass
        return order

    def test_lost_key_item_cancels_the_order_where_wished(self):
        order = self._key_order("cancel_order")
        task = self._assembly_task(order)
        task.action_service_missing(order.order_line[0].id)
        self._done(order)
        self.assertEqual(order.service_stage_id.code, "refused")
        self.assertEqual(order.service_reason_id.code, "no_key_item")
        self.assertEqual(order.service_reason_note, self.kvass.display_name)
        self.assertEqual(task.state, "failed")

    def test_the_company_decides_where_the_customer_did_not(self):
        self.company.service_on_key_missing = "cancel_order"
        order = self._key_order(False)
        self._assembly_task(order).action_service_missing(order.order_line[0].id)
        self._done(order)
        self.assertEqual(order.service_status, "cancelled")

    def test_untouched_lines_are_asked_about_by_name(self):
        order = self._at_assembly()
        task = self._assembly_task(order)
        task.action_service_found(order.order_line[0].id)
        action = task.action_done()
        self.assertEqual(action["res_model"], "order.service.act")
        dialog = (
            self.env["order.service.act"]
            .with_user(self.storeadmin)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn("Milk", dialog.untouched_text)
        self.assertNotIn("Kvas", dialog.untouched_text)
        self.assertEqual(order.service_stage_id.code, "assembly")
        dialog.action_confirm()
        self.assertEqual(order.service_stage_id.code, "handover")
        self.assertEqual(set(order.order_line.mapped("service_outcome")), {"found"})

    def test_an_open_call_is_told_before_anything_is_asked(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        self._wish(kvass, "call", self.kefir)
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        with self.assertRaisesRegex(UserError, "is asking the customer"):
            task.action_done()
        late = fields.Datetime.add(kvass.service_answer_until, minutes=1)
        with freeze_time(late):
            action = task.action_done()
        self.assertEqual(action["res_model"], "order.service.act")

    def test_units_are_told_short_behind_a_number(self):
        order = self._at_assembly()
        kvass, cucumber, _milk = order.order_line
        self._wish(kvass, "listed", self.kefir)
        shown = self._assembly_task(order).action_service_missing(kvass.id)
        self.assertEqual(self._shown(shown, kvass)["unit"], "pcs")
        self.assertEqual(self._shown(shown, kvass)["proposals"][0]["unit"], "pcs")
        unit = cucumber.product_uom_id
        self.assertEqual(self._shown(shown, cucumber)["unit"], unit.name)
        own = self.env["uom.uom"].create({"name": "Box"})
        self.assertEqual(own._service_short_name(), "Box")

    def test_a_scan_counts_once_however_often_it_is_sent(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        task = self._assembly_task(order)
        for _again in range(3):
            state = task.action_service_scan(self.kvass.barcode, MARK)
        self.assertEqual(state["scanned"], kvass.id)
        self.assertEqual(self._shown(state, kvass)["found"], 1)
        task.action_service_scan(self.kvass.barcode, "another")
        self.assertEqual((kvass.service_found_qty, kvass.service_outcome), (2, "found"))
        with self.assertRaisesRegex(UserError, "3 cannot be sent"):
            task.action_service_scan(self.kvass.barcode, "third")

    def test_a_scan_of_foreign_goods_is_a_sentence(self):
        order = self._at_assembly()
        with self.assertRaisesRegex(UserError, "2000000000015 is nothing of order"):
            self._assembly_task(order).action_service_scan(self.kefir.barcode, MARK)

    def test_a_label_of_the_scale_carries_the_weight(self):
        self.cucumber.barcode = "2100001000004"
        order = self._at_assembly(lines=[(self.cucumber, 1), (self.milk, 1)])
        nomenclature = self.company.nomenclature_id
        label = nomenclature.sanitize_ean("2100001009560")
        self._assembly_task(order).action_service_scan(label, MARK)
        self.assertEqual(order.order_line[0].service_found_qty, 0.956)

    def test_two_people_mark_lines_of_one_order(self):
        order = self._at_assembly()
        kvass, cucumber, _milk = order.order_line
        self._assembly_task(order).action_take()
        self._assembly_task(order).action_service_found(kvass.id, 1)
        second = self._assembly_task(order, self.manager)
        state = second.action_service_found(cucumber.id)
        self.assertEqual(self._shown(state, kvass)["found"], 1)
        second.action_service_found(kvass.id, 2)
        self.assertEqual(kvass.service_found_qty, 2, "the last one counts")

    def test_assembling_again_may_find_more_but_never_costs_more(self):
        order = self._at_assembly()
        kvass = order.order_line[0]
        before = order.amount_total
        self._assembly_task(order).action_service_found(kvass.id, 1)
        self._done(order)
        handover = self._task(order, self.storeadmin)
        again = self.env.ref("order_service.way_delivery_handover_again")
        handover.action_button(again.id)
        self._assembly_task(order).action_service_found(kvass.id, 2)
        self._done(order)
        self.assertEqual(kvass.product_uom_qty, 2)
        self.assertEqual(self._move_of(kvass).quantity, 2)
        self.assertEqual(order.amount_total, before)

    def test_finishing_tells_the_site_and_writes_one_message(self):
        order = self._at_assembly()
        kvass, _cucumber, milk = order.order_line
        self._wish(kvass, "listed", self.kefir)
        task = self._assembly_task(order)
        task.action_service_missing(kvass.id)
        task.action_service_replace(kvass.id, self.kefir.id)
        task.action_service_missing(milk.id)
        messages = order.message_ids
        self._done(order)
        told = order.message_ids - messages
        self.assertEqual(len(told), 1)
        self.assertIn("Kefir", told.body)
        changes = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "line")], order="seq"
        )
        first, second = sorted(
            (row.data for row in changes), key=lambda row: row["ref"]
        )
        self.assertEqual((first["outcome"], first["ordered"]), ("replaced", 2))
        self.assertEqual(
            first["replaced_by"], {"sku": "KEFIR", "quantity": 2, "price": 79.9}
        )
        self.assertIn("answer_until", first)
        self.assertEqual((second["outcome"], second["quantity"]), ("missing", 0))
        seqs = order.env["order.service.change"].search(
            [("order_id", "=", order.id)], order="id"
        )
        self.assertEqual(seqs.mapped("seq"), list(range(1, len(seqs) + 1)))

    # -- the checklist -----------------------------------------------------------------

    def test_the_checklist_is_ticked_on_the_screen_twice_does_no_harm(self):
        """S12"""
        order = self._at_assembly()
        task = self._assembly_task(order).with_context(lang="en_US")
        shown = task.get_service_assembly()["checklist"]
        self.assertEqual(shown[0]["name"], "Everything is packed")
        self.assertFalse(any(item["done"] for item in shown))
        for _twice in range(2):
            state = task.action_service_tick(shown[0]["id"], True)
            self.assertEqual(
                [item["done"] for item in state["checklist"]], [True, False, False]
            )
        self.assertEqual(state["checklist"][0]["by"], self.storeadmin.name)
        state = task.action_service_tick(shown[0]["id"], False)
        self.assertFalse(state["checklist"][0]["done"])

    def test_a_checklist_that_must_be_ticked_is_ticked_where_one_assembles(self):
        self.env.ref("order_service.task_delivery_assemble").checklist_required = True
        order = self._at_assembly()
        task = self._assembly_task(order).with_context(lang="en_US")
        state = task.action_service_all_found()
        self.assertFalse(state["question"], "it is refused, not asked")
        with self.assertRaisesRegex(UserError, "Everything is packed"):
            task.action_done()
        for item in state["checklist"]:
            task.action_service_tick(item["id"], True)
        task.action_done()
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_a_checklist_that_may_stay_open_is_asked_about_at_the_end(self):
        order = self._at_assembly()
        task = self._assembly_task(order).with_context(lang="en_US")
        state = task.action_service_all_found()
        self.assertIn("Everything is packed", state["question"])
        for item in state["checklist"]:
            state = task.action_service_tick(item["id"], True)
        self.assertFalse(state["question"])
        self._done(order)
        self.assertEqual(order.service_stage_id.code, "handover")

    def test_whose_task_it_is_ticks_and_only_items_of_this_task(self):
        order, other = self._at_assembly(), self._at_assembly()
        task = self._assembly_task(order)
        item = task.item_ids[0]
        with self.assertRaisesRegex(UserError, "no such item"):
            self._assembly_task(other).action_service_tick(item.id, True)
        task.action_take()
        with self.assertRaisesRegex(UserError, "Take it over first"):
            task.with_user(self.manager).action_service_tick(item.id, True)
        for user in (self.other_storeadmin, self.courier, self.marketing):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                task.with_user(user).action_service_tick(item.id, True)
        self.assertFalse(item.done)

    # -- invariants --------------------------------------------------------------------

    def test_nobody_writes_the_assembly_by_hand(self):
        order = self._at_assembly()
        for user in (self.operator, self.manager):
            line = order.with_user(user).order_line[0]
            for name, value in (
                ("service_found_qty", 1),
                ("service_outcome", "found"),
                ("service_chosen_id", self.kefir.id),
                ("service_answer", "accept"),
            ):
                with self.assertRaisesRegex(UserError, "by the assembly"):
                    line.write({name: value})

    def test_a_substitute_is_another_product_and_has_its_own_rank(self):
        order = self._order()
        line = order.order_line[0]
        with (
            self.assertRaisesRegex(ValidationError, "instead of itself"),
            self.cr.savepoint(),
        ):
            self._wish(line, "listed", self.kvass)
        with self.assertRaisesRegex(ValidationError, "same rank"):
            line.service_substitute_ids = [
                Command.create({"product_id": self.kefir.id, "rank": 1}),
                Command.create({"product_id": self.sour.id, "rank": 1}),
            ]

    def test_lines_hang_on_lines_of_their_order_and_not_in_a_circle(self):
        order, other = self._order(), self._order()
        first, second = order.order_line
        first.service_depends_ids = second
        with self.assertRaisesRegex(ValidationError, "circle"):
            second.service_depends_ids = first
        with self.assertRaisesRegex(ValidationError, "same order"):
            first.service_depends_ids = other.order_line[0]

    # -- who may -----------------------------------------------------------------------

    def test_only_people_of_the_store_assemble(self):
        order = self._at_assembly()
        line = order.order_line[0]
        for user in (self.other_storeadmin, self.courier, self.marketing):
            task = self._assembly_task(order, user)
            for door in (
                lambda task=task: task.action_service_found(line.id),
                lambda task=task: task.action_service_missing(line.id),
                lambda task=task: task.action_service_replace(line.id, self.kefir.id),
                lambda task=task: task.action_service_reset(line.id),
                lambda task=task: task.action_service_all_found(),
                lambda task=task: task.action_service_scan("x", "y"),
                lambda task=task: task.action_service_assemble(),
                lambda task=task: task.get_service_assembly(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    door()

    def test_a_line_of_another_order_is_not_marked(self):
        order, other = self._at_assembly(), self._at_assembly()
        with self.assertRaisesRegex(UserError, "no such line"):
            self._assembly_task(order).action_service_found(other.order_line[0].id)

    def test_a_finished_assembly_is_not_marked(self):
        order = self._at_assembly()
        task = self._assembly_task(order)
        self._done(order)
        with self.assertRaisesRegex(UserError, "finished already"):
            task.action_service_found(order.order_line[0].id)

    def test_old_scans_are_forgotten(self):
        order = self._at_assembly()
        self._assembly_task(order).action_service_scan(self.kvass.barcode, MARK)
        scans = self.env["order.service.scan"].search([("order_id", "=", order.id)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_service_scan SET create_date = %s",
            [fields.Datetime.now() - timedelta(days=31)],
        )
        scans.invalidate_recordset()
        scans._gc_scans()
        self.assertFalse(scans.exists())

    # -- paper -------------------------------------------------------------------------

    def test_picking_list_and_bag_labels_are_printed_by_the_store(self):
        order = self._at_assembly()
        task = self._assembly_task(order)
        reports = self.env["ir.actions.report"].with_user(self.storeadmin)
        action = task.action_service_print_list()
        html, _kind = reports._render_qweb_html(action["report_name"], order.ids)
        self.assertIn("Kvas", html.decode())
        self.assertIn("Vegetables", html.decode(), "the place of goods without shelf")
        action = task.action_service_print_labels(3)
        html, _kind = reports._render_qweb_html(action["report_name"], order.ids)
        self.assertEqual(html.decode().count("Maria Petrova"), 3)
        # a distribution's wkhtmltopdf prints one document, with pages in it
        self.assertEqual(html.decode().count('class="article'), 1)
        for door in ("action_service_print_list", "action_service_print_labels"):
            with self.assertRaises(AccessError):
                getattr(task.with_user(self.other_storeadmin), door)()

    def test_lines_are_sorted_by_the_shelf_they_are_reserved_on(self):
        shelf = self.env["stock.location"].create(
            {"name": "A-01", "location_id": self.store.lot_stock_id.id}
        )
        bread = self._product("BREAD", 40.0, stock=0)
        self.env["stock.quant"]._update_available_quantity(bread, shelf, 5)
        order = self._at_assembly(lines=[(self.milk, 1), (bread, 1)])
        self.assertEqual(order.order_line[1].service_place, "A-01")
        lines = self._assembly_task(order).get_service_assembly()["lines"]
        self.assertEqual([line["sku"] for line in lines][0], "BREAD")
