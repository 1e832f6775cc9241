from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_slots import SlotCommon


@tagged("post_install", "-at_install")
class TestSlotClosure(SlotCommon):
    """Closing a store closes its slots, those made later too (S17)."""

    def _close(self, start, end):
        return self.env["order.service.store.closure"].create(
            {
                "store_id": self.store.id,
                "start": start,
                "end": end,
                "reason": "A burst pipe",
            }
        )

    def _order_in(self, slot, **values):
        return self._order(
            service_slot_start=slot.start, service_slot_end=slot.end, **values
        )

    def _fill(self, slots):
        for slot in slots:
            for number in range(slot.left):
                self.reserve(slot, f"F-{slot.id}-{number}")

    def _move_all(self, start, end):
        dialog = self.env["order.service.close.store"].with_user(self.storeadmin)
        return dialog.create(
            {
                "store_id": self.store.id,
                "start": start,
                "end": end,
                "reason": "A burst pipe",
            }
        ).action_close()["params"]

    def test_slots_that_touch_the_time_are_closed_and_say_why(self):
        self._close(self.morning.start - timedelta(hours=1), self.morning.end)
        self.assertEqual(self.morning.state, "closed")
        self.assertEqual(self.morning.close_note, "A burst pipe")
        self.assertEqual(
            self.noon.state, "open", "touching ends have no moment in common"
        )

    def test_moved_closure_opens_what_it_leaves(self):
        closure = self._close(self.morning.start, self.morning.end)
        closure.write({"start": self.noon.start, "end": self.noon.end})
        self.assertEqual((self.morning.state, self.noon.state), ("open", "closed"))
        closure.unlink()
        self.assertEqual(self.noon.state, "open")

    def test_what_lies_in_another_closure_stays_closed(self):
        self._close(self.morning.start, self.noon.end)
        self._close(self.noon.start, self.noon.end).unlink()
        self.assertEqual(self.noon.state, "closed")

    def test_slots_made_later_within_a_closure_are_closed(self):
        self._close(self.noon.end, self.noon.end + timedelta(days=60))
        self.company.service_slot_days += 2
        self.slots._plan(self.store)
        last = self._slots_of(self.store, self.company.service_slot_days)
        self.assertEqual(set(last.mapped("state")), {"closed"})

    def test_a_slot_closed_by_hand_outlives_the_closure(self):
        self.morning.write({"closed": True, "close_note": "No van"})
        closure = self._close(self.morning.start, self.noon.end)
        self.assertEqual(self.noon.closure_id, closure)
        self.assertFalse(self.morning.closure_id)
        closure.end = self.noon.start
        self.assertEqual((self.morning.state, self.noon.state), ("closed", "open"))
        closure.unlink()
        self.assertEqual(self.morning.state, "closed")
        self.assertEqual(self.morning.close_note, "No van")

    def test_who_closes_a_slot_of_a_closed_store_by_hand_keeps_it_closed(self):
        closure = self._close(self.morning.start, self.noon.end)
        self.morning.with_user(self.manager).closed = True
        closure.unlink()
        self.assertEqual((self.morning.state, self.noon.state), ("closed", "open"))

    def test_slots_say_the_reason_of_their_closure_when_it_changes(self):
        self._close(self.morning.start, self.morning.end).reason = "Stock-taking"
        self.assertEqual(self.morning.close_note, "Stock-taking")

    # -- the orders hit ----------------------------------------------------------------

    def test_orders_hit_get_the_next_slots_that_have_room(self):
        """S17: two orders, one place at noon: the second goes to the day after."""
        first, second = (self._order_in(self.morning) for _number in range(2))
        self.reserve(self.noon, "F-1")
        note = self._move_all(self.morning.start, self.morning.end)
        self.assertEqual(first.service_place_ids.slot_id, self.noon)
        next_day = self._slots_of(self.store, 3)[0]
        self.assertEqual(second.service_place_ids.slot_id, next_day)
        self.assertEqual(second.commitment_date, next_day.end)
        self.assertEqual(self.left(self.noon), 0)
        self.assertEqual(note["type"], "success")
        self.assertIn("moved: 2, postponed: 0", note["message"])

    def test_on_the_next_day_the_hours_nearest_to_the_old_ones_are_chosen(self):
        order = self._order_in(self.noon)
        self._move_all(self.morning.start, self.noon.end)
        self.assertEqual(
            order.service_place_ids.slot_id, self._slots_of(self.store, 3)[1]
        )

    def test_large_order_passes_over_a_slot_with_too_few_places(self):
        goods = [(product, 1) for product in [self.kvass, self.cucumber] * 2]
        order = self._order_in(self.morning, lines=goods)
        self.assertEqual(len(order.service_place_ids), 2)
        self.reserve(self.noon, "F-1")
        self._move_all(self.morning.start, self.morning.end)
        self.assertEqual(
            order.service_place_ids.slot_id, self._slots_of(self.store, 3)[0]
        )
        self.assertEqual(len(order.service_place_ids), 2)

    def test_order_without_a_free_slot_is_postponed_and_named(self):
        orders = [self._order_in(self.morning) for _number in range(2)]
        coming = self._slots_of(self.store).filtered(
            lambda slot: slot.start > self.morning.start
        )
        (coming - self.noon).places = 0
        self.reserve(self.noon, "F-1")
        note = self._move_all(self.morning.start, self.morning.end)
        moved, postponed = orders
        self.assertEqual(moved.service_place_ids.slot_id, self.noon)
        self.assertEqual(postponed.service_status, "postponed")
        deferral = postponed.service_deferral_id
        self.assertEqual(deferral.until, self.morning.end)
        self.assertEqual(deferral.text, "A burst pipe")
        self.assertEqual(note["type"], "warning")
        self.assertIn("moved: 1, postponed: 1", note["message"])
        self.assertIn(f"{postponed.service_number}: no free time", note["message"])
        for order in orders:
            told = order.service_message_ids.filtered("closure_id")
            self.assertEqual(len(told), 1, "one message each")

    def test_order_postponed_before_is_moved_like_the_others(self):
        order = self._order_in(self.morning)
        until = fields.Datetime.now() + timedelta(hours=3)
        self.env["order.service.deferral"]._open(order, "no_answer", until)
        note = self._move_all(self.morning.start, self.morning.end)
        self.assertEqual(order.service_place_ids.slot_id, self.noon)
        self.assertEqual(order.service_deferral_id.until, until)
        self.assertIn("moved: 1, postponed: 0", note["message"])
        self.assertEqual(note["type"], "success")

    def test_nobody_is_moved_into_a_slot_that_sites_can_no_longer_choose(self):
        order = self._order_in(self.morning)
        self.noon.cutoff_at = fields.Datetime.now() - timedelta(minutes=1)
        self._move_all(self.morning.start, self.morning.end)
        self.assertNotEqual(order.service_place_ids.slot_id, self.noon)
        self.assertTrue(order.service_place_ids)
