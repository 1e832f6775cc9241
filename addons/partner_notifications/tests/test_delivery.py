from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestDelivery(NotificationBuilders, TransactionCase):
    """The promised day of an order is another one (K4b, K6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner()
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
