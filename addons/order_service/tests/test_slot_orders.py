from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_slots import SlotCommon


@tagged("post_install", "-at_install")
class TestSlotOrders(SlotCommon):
    """Orders and their places, whoever changes them (S17)."""

    def order(self, slot, **values):
        return self._order(
            service_slot_start=slot.start, service_slot_end=slot.end, **values
        )

    def fill(self, slot):
        for number in range(slot.left):
            self.reserve(slot, f"F-{slot.id}-{number}")

    def dialog(self, order, user=None, **values):
        wizard = self.env["order.service.set.slot"].with_user(user or self.operator)
        with Form(wizard.with_context(default_order_id=order.id)) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    # -- made by hand ------------------------------------------------------------------

    def test_an_order_made_by_hand_takes_a_place(self):
        order = self.order(self.morning)
        self.assertEqual(order.service_place_ids.slot_id, self.morning)

    def test_a_full_or_unknown_slot_is_refused_at_every_door(self):
        self.fill(self.morning)
        with self.assertRaisesRegex(UserError, "too few free places"):
            self.order(self.morning)
        order = self.order(self.noon)
        with self.assertRaisesRegex(UserError, "too few free places"):
            order.with_user(self.operator).write(
                {
                    "service_slot_start": self.morning.start,
                    "service_slot_end": self.morning.end,
                }
            )
        with self.assertRaisesRegex(UserError, "has no slot"):
            order._service_set_slot(
                self.noon.start, self.noon.end + timedelta(minutes=30)
            )

    def test_staff_may_choose_past_the_cut_off_but_not_what_is_closed(self):
        self.morning.cutoff_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertTrue(self.order(self.morning).service_place_ids)
        self.noon.closed = True
        with self.assertRaisesRegex(UserError, "is closed"):
            self.order(self.noon)

    # -- growing and shrinking ---------------------------------------------------------

    def add_lines(self, order, count, user=None):
        """Lines that cost nothing: no consent to a higher total is asked for."""
        lines = self.env["sale.order.line"].with_user(user or self.operator)
        values = {"product_id": self.kvass.id, "price_unit": 0.0}
        return lines.create([{**values, "order_id": order.id}] * count)

    def test_lines_added_by_hand_take_another_place_if_one_is_free(self):
        """A place is good for three lines here (S17)."""
        order = self.order(self.morning)
        added = self.add_lines(order, 1)
        self.assertEqual(len(order.service_place_ids), 1, "three lines still fit")
        added |= self.add_lines(order, 1)
        self.assertEqual(len(order.service_place_ids), 2)
        self.assertEqual(self.left(self.morning), 0)
        self.assertFalse(order.service_places_missing)
        added.with_user(self.operator).unlink()
        self.assertEqual(
            (len(order.service_place_ids), self.left(self.morning)), (1, 1)
        )

    def test_the_form_takes_places_like_any_door(self):
        order = self.order(self.morning)
        order.with_user(self.operator).write(
            {
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.kvass.id, "price_unit": 0.0}
                    )
                    for _number in range(2)
                ]
            }
        )
        self.assertEqual(len(order.service_place_ids), 2)

    def test_a_full_slot_refuses_no_line_but_tells_what_is_missing(self):
        order, other = self.order(self.morning), self.order(self.morning)
        self.add_lines(order, 2)
        self.assertEqual(len(order.order_line), 4)
        self.assertEqual(len(order.service_place_ids), 1)
        self.assertEqual(order.with_user(self.operator).service_places_missing, 1)
        self.assertEqual(len(other.service_place_ids), 1, "nobody else's place")
        other._service_set_slot(self.noon.start, self.noon.end)
        self.add_lines(order, 1)
        self.assertEqual(len(order.service_place_ids), 2, "the next line takes it")
        self.assertFalse(order.service_places_missing)

    def test_moving_an_order_that_lacks_a_place_gets_it_all_its_places(self):
        order = self.order(self.morning)
        self.reserve(self.morning, "F-1")
        self.add_lines(order, 2)
        order._service_set_slot(self.noon.start, self.noon.end)
        self.assertEqual(len(order.service_place_ids), 2)
        self.assertFalse(order.service_places_missing)
        self.assertEqual(self.left(self.morning), 1)

    def test_delivery_notes_and_substitutes_take_no_places(self):
        order = self.order(self.morning)
        line = order.order_line[0]
        values = {
            "order_id": order.id,
            "product_id": self.kvass.id,
            "price_unit": 0.0,
        }
        self.env["sale.order.line"].create(
            [
                {"order_id": order.id, "display_type": "line_note", "name": "Ring"},
                {**values, "is_delivery": True},
                {**values, "service_replaces_line_id": line.id},
            ]
        )
        self.assertEqual(len(order.order_line), 5)
        self.assertEqual(len(order.service_place_ids), 1)

    def test_an_order_without_a_slot_needs_no_place(self):
        order = self._order(service_slot_start=False, service_slot_end=False)
        self.add_lines(order, 3)
        self.assertFalse(order.service_place_ids)
        self.assertFalse(order.service_places_missing)

    # -- moving on the screen ----------------------------------------------------------

    def test_the_dialog_offers_the_free_slots_of_the_store(self):
        order = self.order(self.morning)
        self.fill(self.noon)
        self._week(self.other_store)
        dialog = self.dialog(order, slot_id=self._slots_of(self.store, 3)[0])
        self.assertTrue(dialog.has_plan)
        self.assertNotIn(self.noon, dialog.slot_ids)
        self.assertEqual(dialog.slot_ids.store_id, self.store)
        self.assertIn(
            "places left: 1",
            self.morning.with_context(service_slot_left=True).display_name,
        )
        on_calendar = self.morning.with_context(service_calendar=True, lang="en_US")
        self.assertIn("Delivery, left: 1 of 2", on_calendar.display_name)

    def test_moving_frees_the_old_place_and_moves_deadlines_and_promise(self):
        order = self._carry(self.order(self.morning), "assembly")
        task = self._task(order)
        task.template_id.write({"due_anchor": "slot_start", "due_minutes": -30})
        deadline = task.deadline
        dialog = self.dialog(order, slot_id=self.noon, note="Customer asked")
        dialog.action_set()
        self.assertEqual(order.service_place_ids.slot_id, self.noon)
        self.assertEqual((self.left(self.morning), self.left(self.noon)), (2, 1))
        self.assertEqual(order.commitment_date, self.noon.end)
        self.assertNotEqual(task.deadline, deadline)
        row = self.env["order.service.change"].search(
            [("order_id", "=", order.id), ("kind", "=", "slot")]
        )
        self.assertEqual(row.data["reason"], "Customer asked")

    def test_a_slot_that_filled_up_meanwhile_moves_nothing(self):
        order = self.order(self.morning)
        dialog = self.dialog(order, slot_id=self.noon)
        self.fill(self.noon)
        with self.assertRaisesRegex(UserError, "free places"):
            dialog.action_set()

    def test_only_operators_move_slots(self):
        order = self.order(self.morning)
        for user in (self.storeadmin, self.courier, self.marketing, self.integrator):
            self.assertRaises(AccessError, self.dialog, order, user)

    def test_a_store_without_a_week_takes_any_time(self):
        order = self._order(warehouse_id=self.other_store.id)
        dialog = self.dialog(
            order, day=fields.Date.to_date("2031-03-04"), start=12, end=14.5
        )
        self.assertFalse(dialog.has_plan)
        dialog.action_set()
        self.assertEqual(str(order.service_slot_end), "2031-03-04 12:30:00")

    # -- giving back -------------------------------------------------------------------

    def test_a_refused_order_gives_its_place_back_at_once(self):
        order = self._carry(self.order(self.morning), "assembly")
        order.with_user(self.operator)._service_refuse(self._reason("changed_mind"))
        self.assertEqual(order.service_status, "cancelled")
        self.assertFalse(order.service_place_ids)
        self.assertEqual(self.left(self.morning), 2)

    def test_an_order_brought_back_takes_a_place_again_if_there_is_one(self):
        order = self._carry(self.order(self.morning), "assembly")
        stage = order.service_stage_id
        order._service_refuse(self._reason("changed_mind"), actor="system")
        order._service_force(stage, "Customer called again")
        self.assertTrue(order.service_place_ids)
        order._service_refuse(self._reason("changed_mind"), actor="system")
        self.fill(self.morning)
        order._service_force(stage, "Customer called again")
        self.assertFalse(order.service_place_ids)

    def test_a_cancelled_quotation_gives_its_place_back(self):
        order = self.order(self.morning, start=False)
        self.assertTrue(order.service_place_ids)
        order._action_cancel()
        self.assertFalse(order.service_place_ids)

    def test_an_order_carried_out_keeps_its_place(self):
        order = self._carry(self.order(self.morning), "delivery")
        self._task(order)._finish("done")
        self.assertEqual(order.service_status, "delivered")
        self.assertTrue(order.service_place_ids)

    def test_orders_that_were_there_before_the_slots_get_places(self):
        start = self._slots_of(self.store, 3)[0].start
        store = self.other_store
        orders = self.orders
        for hours in (3, 2, 1):
            orders |= self._order(
                warehouse_id=store.id,
                service_slot_start=start,
                service_slot_end=start + timedelta(hours=2),
                service_placed_at=fields.Datetime.now() - timedelta(hours=hours),
            )
        day, hour = self._local_hour(store, start)
        self.env["order.service.slot.pattern"].create(
            {
                "store_id": store.id,
                "weekday": str(day.weekday()),
                "start_hour": hour,
                "end_hour": hour + 2,
                "places": 2,
            }
        )
        seated = [len(order.service_place_ids) for order in orders]
        self.assertEqual(seated, [1, 1, 0], "the earliest first")

    def _local_hour(self, store, moment):
        local = self.slots.new({"store_id": store.id})._clock(moment)
        return local.date(), local.hour
