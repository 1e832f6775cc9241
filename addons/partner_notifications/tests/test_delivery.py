from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestDelivery(NotificationBuilders, TransactionCase):
    """The promised day of an order is another one (K4b, K6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner()
        cls.product = cls.env["product.product"].create(
            {"name": "Paper", "is_storable": True}
        )
        cls.noon = fields.Datetime.now().replace(
            hour=12, minute=0, second=0, microsecond=0
        ) + timedelta(days=3)
        cls.rule = cls.env["partner.notification.rule"].create(
            {
                "name": "Moved deliveries",
                "topic_id": cls.env.ref("partner_notifications.topic_delivery").id,
                "source": "delivery",
                "company_id": cls.company.id,
            }
        )

    def _order(self, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "state": "sale",
                "commitment_date": self.noon,
            }
            | values
        )

    def _run(self):
        wave = self.rule._start()
        self._send(wave)
        return wave.notification_ids

    def test_a_moved_order_is_told_with_its_new_day(self):
        order = self._order()
        order.commitment_date = self.noon + timedelta(days=1)
        notification = self._run()
        self.assertEqual(notification.commercial_partner_id, self.partner)
        self.assertIn(order.name, notification.subject)
        self.assertEqual(notification.url, f"/my/orders/{order.id}")
        self.assertFalse(self._run(), "told once")

    def test_many_moves_are_one_message_with_the_last_day(self):
        order = self._order()
        for days in (1, 5, 2):
            order.commitment_date = self.noon + timedelta(days=days)
            self.env.flush_all()
        notification = self._run()
        self.assertEqual(len(notification), 1)
        day = (self.noon + timedelta(days=2)).strftime("%m/%d/%Y")
        self.assertIn(day, notification.body)

    def test_moved_back_or_within_the_day_is_nothing_to_tell(self):
        back, within = self._order(), self._order()
        back.commitment_date = self.noon + timedelta(days=1)
        back.commitment_date = self.noon
        within.commitment_date = self.noon + timedelta(hours=2)
        self.assertFalse(self._run())

    def test_quotations_and_new_days_are_nothing_to_tell(self):
        quotation, undated = (
            self._order(state="draft"),
            self._order(commitment_date=False),
        )
        (quotation | undated).commitment_date = self.noon + timedelta(days=1)
        self.assertFalse(self._run())

    def test_every_move_is_told_also_back_to_a_day_told_before(self):
        order = self._order()
        for days in (1, 2, 1):
            order.commitment_date = self.noon + timedelta(days=days)
            self.assertTrue(self._run(), days)
            self.assertFalse(self._run(), "once")

    # -- the transfer's day ------------------------------------------------------------

    def _shipped_order(self, **values):
        """A confirmed order with goods to ship and without a promised day."""
        order = self._order(
            state="draft",
            commitment_date=False,
            order_line=[
                Command.create({"product_id": self.product.id, "product_uom_qty": 2})
            ],
            **values,
        )
        order.action_confirm()
        self.assertEqual(len(order.picking_ids), 1)
        order.picking_ids.scheduled_date = self.noon
        self._run()
        return order

    def _day(self, days):
        return {"date": {"date": str((self.noon + timedelta(days=days)).date())}}

    def test_a_transfer_put_off_is_told_where_nothing_was_promised(self):
        order = self._shipped_order()
        order.picking_ids.scheduled_date = self.noon + timedelta(days=2)
        notification = self._run()
        self.assertEqual(notification.res_id, order.id)
        self.assertLessEqual(self._day(2).items(), notification.values.items())
        self.assertFalse(self._run(), "told once")

    def test_a_transfer_within_the_day_or_put_back_is_nothing_to_tell(self):
        within, back = self._shipped_order(), self._shipped_order()
        within.picking_ids.scheduled_date = self.noon + timedelta(hours=2)
        back.picking_ids.scheduled_date = self.noon + timedelta(days=2)
        back.picking_ids.scheduled_date = self.noon
        self.assertFalse(self._run())

    def test_a_transfer_before_the_promised_day_is_nothing_to_tell(self):
        order = self._shipped_order()
        order.commitment_date = self.noon + timedelta(days=5)
        self._run()
        order.picking_ids.scheduled_date = self.noon + timedelta(days=4)
        self.assertFalse(self._run())
        order.picking_ids.scheduled_date = self.noon + timedelta(days=6)
        notification = self._run()
        self.assertLessEqual(self._day(6).items(), notification.values.items())

    def test_order_and_transfer_moved_one_after_the_other_are_told_once(self):
        order = self._shipped_order()
        order.commitment_date = self.noon
        self._run()
        order.commitment_date = self.noon + timedelta(days=3)
        self.assertTrue(self._run())
        order.picking_ids.scheduled_date = self.noon + timedelta(days=3)
        self.assertFalse(self._run(), "the day is known")

    def test_what_is_delivered_or_comes_in_is_nothing_to_tell(self):
        order = self._shipped_order()
        order.picking_ids.scheduled_date = self.noon + timedelta(days=2)
        order.picking_ids.move_ids.quantity = 2
        order.picking_ids.button_validate()
        self.assertEqual(order.delivery_status, "full")
        self.assertFalse(self._run())

    def test_an_addon_with_slots_may_tell_of_a_change_within_the_day(self):
        """The seam for another slot of the same day."""
        order = self._order()
        order.commitment_date = self.noon + timedelta(hours=2)
        source = type(self.env["partner.notification.source.delivery"])
        with patch.object(
            source, "_is_moved_sql", lambda self: SQL("promised <> promised_before")
        ):
            self.assertEqual(self._run().res_id, order.id)

    def test_marks_are_left_only_where_a_rule_looks_at_them(self):
        self.rule.active = False
        self._order().commitment_date = self.noon + timedelta(days=1)
        self.assertFalse(self.env["partner.notification.mark"].search([]))
        self.rule.active = True
        self._order().commitment_date = self.noon + timedelta(days=1)
        self.assertEqual(len(self.env["partner.notification.mark"].search([])), 1)

    def test_moving_many_orders_costs_the_same_queries(self):
        counts = []
        for size in (2, 20):
            orders = self.env["sale.order"].union(
                *(self._order() for _number in range(size))
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            orders._mark_delivery_day()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_without_marks_the_clock_starts_no_wave(self):
        self.rule._run()
        self.assertFalse(self.rule.broadcast_ids)
        self._order().commitment_date = self.noon + timedelta(days=1)
        self.rule._run()
        self.assertEqual(self.rule.broadcast_ids.state, "queued")
