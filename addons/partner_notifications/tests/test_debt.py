from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestDebt(NotificationBuilders, TransactionCase):
    """Overdue debt from the ledger (K4a, K5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.partner = cls._partner()

    def _run(self, rule=None):
        wave = (rule or self._debt_rule())._start()
        self._send(wave)
        return wave

    def test_a_debtor_reads_the_amount(self):
        self._debt(self.partner, 1500)
        notification = self._run().notification_ids
        self.assertEqual(notification.commercial_partner_id, self.partner)
        self.assertEqual(notification.amount, 1500)
        self.assertIn("1,500.00", notification.body)
        self.assertIn("Romashka", notification.body)

    def test_debt_is_what_is_late_less_everything_paid(self):
        self._debt(self.partner, 1000)
        self._debt(self.partner, 5000, days_late=-5)
        self._debt(self.partner, -300, days_late=-5)
        self.assertEqual(self._run().notification_ids.amount, 700)

    def test_a_debt_of_a_person_or_branch_is_the_companys(self):
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.partner.id}
        )
        self._debt(branch, 1000)
        self._debt(self.partner, 500)
        notification = self._run().notification_ids
        self.assertEqual(
            (notification.commercial_partner_id, notification.amount),
            (self.partner, 1500),
        )

    def test_who_owes_little_or_nothing_is_left_in_peace(self):
        self._debt(self.partner, 99)
        paid = self._partner("Paid")
        self._debt(paid, 1000)
        self._debt(paid, -1000)
        self.assertFalse(self._run().notification_ids)

    def test_amounts_are_listed_by_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._debt(self.partner, 400, currency_id=euro.id)
        self._debt(self.partner, 600, currency_id=dollar.id)
        notification = self._run().notification_ids
        self.assertEqual(notification.amount, 1000)
        self.assertIn("600.00", notification.subject)
        self.assertIn("400.00", notification.subject)

    def test_the_threshold_falls_step_by_step(self):
        """100 000, 10 000, 3 000 (K5)."""
        rule = self._debt_rule(amount_from=100_000)
        today = fields.Date.today()
        for days, amount in ((-1, 10_000), (30, 3_000)):
            rule.ramp_ids.create(
                {
                    "rule_id": rule.id,
                    "date": today + timedelta(days=days),
                    "amount_from": amount,
                }
            )
        self.assertEqual(rule._threshold(today - timedelta(days=2)), 100_000)
        self.assertEqual(rule._threshold(today), 10_000)
        self.assertEqual(rule._threshold(today + timedelta(days=30)), 3_000)
        self._debt(self.partner, 9_999)
        self.assertFalse(self._run(rule).notification_ids)

    def test_the_rhythm_counts_from_the_last_decision(self):
        self._debt(self.partner, 1000)
        rule = self._debt_rule(every_days=14)
        start = fields.Datetime.now()
        decided = {}
        for day in range(0, 30):
            with freeze_time(start + timedelta(days=day)):
                wave = self._run(rule)
                if wave.notification_ids:
                    decided[day] = wave.notification_ids.outcome
        self.assertEqual(decided, {0: "sent", 14: "sent", 28: "sent"})

    def test_what_is_not_trade_and_what_is_not_followed_up_does_not_count(self):
        move = self._debt(self.partner, 1000)
        line = move.line_ids.filtered(lambda line: line.account_id == self.receivable)
        line.no_followup = True
        rule = self._debt_rule()
        self.assertFalse(self._run(rule).notification_ids)
        self.company.notification_respect_no_followup = False
        self.assertTrue(self._run(rule).notification_ids)
        self.receivable.non_trade = True
        other = self._partner("Other")
        self._debt(other, 1000)
        self.assertFalse(self._run(rule).notification_ids)

    def test_another_companys_ledger_is_not_looked_at(self):
        self._debt(self.partner, 1000)
        other = self.env["res.company"].create({"name": "Other supply"})
        wave = self._run(self._debt_rule(company_id=other.id))
        self.assertFalse(wave.notification_ids)

    def test_who_is_left_out_is_left_out_until_the_day(self):
        self._debt(self.partner, 1000)
        rule = self._debt_rule()
        today = fields.Date.today()
        exclusion = rule.exclusion_ids.create(
            {
                "rule_id": rule.id,
                "partner_id": self.partner.id,
                "reason": "A payment plan is agreed",
                "until": today,
            }
        )
        self.assertEqual(self._outcomes(self._run(rule)), {self.partner: "excluded"})
        exclusion.until = today - timedelta(days=1)
        self.assertEqual(self._outcomes(self._run(rule)), {self.partner: "sent"})
