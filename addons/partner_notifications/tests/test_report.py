from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestReport(NotificationBuilders, TransactionCase):
    """Figures by topic, rule, wave, channel and period (K10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner(persons=2)
        cls.report = cls.env["partner.notification.report"]

    def _figures(self, groups=(), domain=(), names=None):
        """Sums and averages of one group, as a dict."""
        names = names or ["sent", "held_out", "dropped", "persons", "seen", "read"]
        self.env.flush_all()
        rows = self.report._read_group(
            [("company_id", "=", self.company.id), *domain],
            list(groups),
            [f"{name}:{self.report._fields[name].aggregator}" for name in names],
        )
        return {row[: len(groups)]: row[len(groups) :] for row in rows}

    def test_companies_and_persons_are_counted_apart(self):
        nobody = self._partner("Nobody", persons=0)
        wave = self._wave(self.partner | nobody)
        self._send(wave)
        self.assertEqual(self._figures(), {(): (1, 0, 1, 2, 0, 0)})
        by_channel = self._figures(["channel"])
        self.assertEqual(by_channel["decision",], (1, 0, 1, 0, 0, 0))
        self.assertEqual(by_channel["portal",], (0, 0, 0, 2, 0, 0))

    def test_dropped_by_reason_and_held_out(self):
        topic = self._topic(allow_hold_out=True)
        partners = self.partner | self._partner("Nobody", persons=0)
        for number in range(30):
            partners |= self._partner(f"Debtor {number}")
        wave = self._wave(partners, topic=topic, hold_out_share=50)
        self._send(wave)
        by_outcome = self._figures(["outcome"], names=["sent", "held_out", "dropped"])
        self.assertEqual(by_outcome["no_portal_user",], (0, 0, 1))
        self.assertEqual(by_outcome["hold_out",], (0, wave.hold_out_count, 0))
        self.assertEqual(by_outcome["sent",], (wave.sent_count, 0, 0))
        self.assertTrue(wave.hold_out_count and wave.sent_count)

    def test_shares_are_of_the_copies(self):
        self._send(self._wave(self.partner))
        self._receipts(self._persons(self.partner)[0]).sudo()._mark(
            "seen_at", "read_at"
        )
        figures = self._figures(names=["seen_share", "read_share", "acted_share"])
        self.assertEqual(figures, {(): (50, 50, 0)})

    def test_time_to_read_is_of_those_who_have_read(self):
        wave = self._wave(self.partner)
        notification = self._send(wave)
        receipt = self._receipts(self._persons(self.partner)[0]).sudo()
        receipt.read_at = notification.create_date + timedelta(hours=3)
        # put off until later: sent is sent
        receipt.appear_at = notification.create_date + timedelta(hours=2)
        figures = self._figures(names=["hours_to_read"])
        self.assertAlmostEqual(figures[()][0], 3)

    def test_who_switched_the_topic_off_counts_at_the_last_wave(self):
        first, last = self._wave(self.partner), self._wave(self.partner)
        self._send(first)
        self._send(last)
        never = self._person(self._partner("Never", persons=0), "never")
        for user in (self._persons(self.partner)[0], never):
            self.env["partner.notification.preference"].create(
                {"user_id": user.id, "topic_id": self.topic.id, "enabled": False}
            )
        by_wave = self._figures(["broadcast_id"], names=["unsubscribed"])
        self.assertEqual(by_wave, {(first,): (0,), (last,): (1,)})

    def test_who_ends_e_mail_copies_counts_at_the_last_one_and_in_that_channel(self):
        """K10: by the link of an e-mail or in the portal; until copies are wanted."""
        by_link, on_page = self._persons(self.partner)
        wishes = self.env["partner.notification.preference"]
        for user in (by_link, on_page):
            wishes._save(user, {self.topic: {"enabled", "email"}})
        first, last = self._wave(self.partner), self._wave(self.partner)
        for wave in (first, last):
            self._send(wave)
            copies = self.env["partner.notification.copy"].search(
                [("receipt_id.notification_id.broadcast_id", "=", wave.id)]
            )
            copies.state = "sent"
        wishes._unsubscribe(by_link, self.topic)
        wishes._unsubscribe(by_link, self.topic)
        wishes._save(on_page, {self.topic: {"enabled"}})
        figures = self._figures(["broadcast_id", "channel"], names=["unsubscribed"])
        self.assertEqual(figures[first, "email"], (0,))
        self.assertEqual(figures[last, "email"], (2,))
        self.assertEqual(figures[last, "portal"], (0,))
        # who switches all of it off is one person, not two
        wishes._save(by_link, {self.topic: set()})
        # who wants them again has not ended them
        wishes._save(on_page, {self.topic: {"enabled", "email"}})
        figures = self._figures(["channel"], names=["unsubscribed"])
        self.assertEqual(figures["email",], (0,))
        self.assertEqual(figures["portal",], (1,))

    def test_by_topic_rule_origin_and_period(self):
        self.set_up_ledger()
        self._debt(self.partner, 1000)
        rule = self._debt_rule()
        self._send(rule._start())
        self._send(self._wave(self.partner))
        by_rule = self._figures(["rule_id", "origin"], names=["sent", "persons"])
        self.assertEqual(by_rule[rule, "rule"], (1, 2))
        self.assertEqual(by_rule[rule.browse(), "upload"], (1, 2))
        by_topic = self._figures(["topic_id"], names=["sent"])
        self.assertEqual(by_topic, {(rule.topic_id,): (1,), (self.topic,): (1,)})
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.assertEqual(
            self._figures(domain=[("date", ">", tomorrow)], names=["sent"]),
            {(): (False,)},
        )

    def test_clerk_and_manager_read_them_and_nobody_else(self):
        self._send(self._wave(self.partner))
        self.env.flush_all()
        for group in ("group_clerk", "group_manager"):
            user = self._user(group, f"partner_notifications.{group}")
            self.assertEqual(
                sum(self.report.with_user(user).search([]).mapped("persons")), 2
            )
        outsiders = [
            self._user("plain", "base.group_user"),
            self._persons(self.partner)[0],
        ]
        for user in outsiders:
            for model in ("report", "effect"):
                with self.subTest((user.login, model)), self.assertRaises(AccessError):
                    self.env[f"partner.notification.{model}"].with_user(user).search([])

    def test_another_companys_clerk_sees_none(self):
        self._send(self._wave(self.partner))
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other supply"})
        clerk = self._user("far", "partner_notifications.group_clerk", other)
        self.assertFalse(
            self.report.with_user(clerk).with_context(allowed_company_ids=[]).search([])
        )

    def _user(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=group,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
