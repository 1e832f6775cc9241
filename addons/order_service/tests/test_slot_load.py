from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_slots import SlotCommon


@tagged("post_install", "-at_install")
class TestSlotLoad(SlotCommon):
    """Work of a slot beside the people on shift (S17)."""

    def load(self, slot, user=None):
        self.env.flush_all()
        rows = self.env["order.service.slot.load"].with_user(user or self.manager)
        return rows.search([("slot_id", "=", slot.id)])

    def shift(self, start, hours, role="storeadmin"):
        self.env["order.service.shift"].create(
            {
                "store_id": self.store.id,
                "user_id": self.storeadmin.id,
                "role": role,
                "start": start,
                "end": start + timedelta(hours=hours),
            }
        )

    def test_orders_lines_and_minutes_beside_the_staff(self):
        self.company.write({"service_order_minutes": 10, "service_line_minutes": 2})
        self.order_of(self.submit_to(self.morning))
        self.shift(self.morning.start + timedelta(hours=1), 8)
        self.shift(self.morning.start, 8, role="courier")
        row = self.load(self.morning)
        self.assertEqual((row.places, row.taken), (2, 1))
        self.assertEqual((row.orders, row.lines), (1, 2))
        self.assertAlmostEqual(row.minutes, 10 + 2 * 2)
        self.assertEqual(row.people, 1)
        self.assertAlmostEqual(row.staff_minutes, 60)
        self.assertAlmostEqual(row.spare_minutes, 46)
        self.assertEqual(row.day, self.morning.day)

    def test_its_name_puts_the_store_first_and_the_work_beside_the_staff(self):
        """A narrow column of the calendar cuts the end, never the store."""
        self.company.write({"service_order_minutes": 10, "service_line_minutes": 2})
        self.store.service_code = "ST01"
        self.order_of(self.submit_to(self.morning))
        self.shift(self.morning.start, 1)
        name = self.load(self.morning).display_name
        self.assertEqual(name, "ST01 14/60 min, Delivery, orders: 1")

    def test_slots_at_the_same_time_share_the_staff(self):
        self._week(self.store, kind="pickup")
        self.shift(self.morning.start, 2)
        self.assertAlmostEqual(self.load(self.morning).staff_minutes, 60)

    def test_a_slot_without_staff_has_less_than_nothing_to_spare(self):
        self.order_of(self.submit_to(self.noon))
        self.assertLess(self.load(self.noon).spare_minutes, 0)
        self.assertIn(
            self.load(self.noon),
            self.env["order.service.slot.load"].search([("spare_minutes", "<", 0)]),
        )

    def test_each_role_sees_its_stores(self):
        for user in (self.operator, self.storeadmin, self.marketing):
            self.assertTrue(self.load(self.morning, user))
        self.assertFalse(self.load(self.morning, self.other_storeadmin))

    def test_it_is_grouped_by_store_and_day(self):
        [(store, minutes)] = self.env["order.service.slot.load"]._read_group(
            [("store_id", "=", self.store.id), ("end", ">", fields.Datetime.now())],
            ["store_id"],
            ["minutes:sum"],
        )
        self.assertEqual((store, minutes), (self.store, 0))
