from datetime import timedelta

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
