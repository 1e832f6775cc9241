from odoo.tests import TransactionCase, tagged

from odoo.addons.partner_notifications.tests.common import NotificationBuilders

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestPanelMoney(ChatBuilders, NotificationBuilders, TransactionCase):
    """What the customer's company owes, and what is not read yet (issue B)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.romashka = cls._partner()
        cls.anna = cls._persons(cls.romashka).partner_id
        cls.channel = cls._taken(cls.olga)
        cls.channel.chat_identity_id.partner_id = cls.anna

    def _panel(self):
        return self.channel.with_user(self.olga.user_id).chat_panel()

    def test_what_the_company_has_not_paid_in_time_is_told_to_its_person(self):
        self._debt(self.romashka, 500)
        self._debt(self.romashka, 250)
        self._debt(self.romashka, 70, days_late=-5)
        [debt] = self._panel()["debts"]
        self.assertIn("750.00", debt["amount"])
        self.assertEqual(debt["documents"], 2)

    def test_who_owes_nothing_has_no_debt(self):
        self._debt(self._partner("Lutik"), 500)
        self.assertEqual(self._panel()["debts"], [])

    def test_unread_notifications_are_the_persons_own(self):
        self._event([self.romashka, self._partner("Lutik")])
        self.assertEqual(self._panel()["unread"], 1)
        self.env["partner.notification.receipt"].search(
            [("partner_id", "=", self.anna.id)]
        ).read_at = self.env.cr.now()
        self.assertEqual(self._panel()["unread"], 0)
