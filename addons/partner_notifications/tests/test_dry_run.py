from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestDryRun(NotificationBuilders, TransactionCase):
    """What a rule would do, from the SQL by which it does (K5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.rule = cls._debt_rule()
        cls.partner = cls._partner()

    def _dry(self, rule=None, **context):
        self.env.invalidate_all()
        dry_run = self.env["partner.notification.dry.run"].with_context(
            dry_run_rule_id=(rule or self.rule).id, **context
        )
        return dry_run.search([])

    def _foreseen(self, rule=None):
        now = self._dry(rule).filtered("is_now")
        return {row.commercial_partner_id: row.outcome for row in now}

    def _many(self):
        """Debtors of every fate."""
        nobody = self._partner("Nobody", persons=0)
        excluded = self._partner("Excluded")
        self.rule.exclusion_ids.create(
            {
                "rule_id": self.rule.id,
                "partner_id": excluded.id,
                "reason": "A payment plan is agreed",
            }
        )
        partners = self.partner | nobody | excluded
        for number in range(5):
            partners |= self._partner(f"Debtor {number}")
        for number, partner in enumerate(partners):
            self._debt(partner, 1000 + number)
        return partners

    def test_it_foresees_what_the_rule_then_does(self):
        self._many()
        foreseen = self._foreseen()
        wave = self.rule._start()
        self._send(wave)
        self.assertEqual(foreseen, self._outcomes(wave))
        self.assertEqual(set(foreseen.values()), {"sent", "excluded", "no_portal_user"})

    def test_it_foresees_the_cap_the_muted_and_the_retired(self):
        topic = self._topic(cap=1)
        rule = self._debt_rule(topic_id=topic.id)
        muted = self._partner("Muted")
        self.env["partner.notification.preference"].create(
            {
                "user_id": self._persons(muted).id,
                "topic_id": topic.id,
                "enabled": False,
            }
        )
        capped = self._partner("Capped")
        partners = self.partner | muted | capped
        for partner in partners:
            self._debt(partner, 500)
        with freeze_time(fields.Datetime.now() - timedelta(days=1)):
            self._send(self._wave(capped, topic=topic))
        rule.every_days = 1
        self.assertEqual(
            self._foreseen(rule),
            {self.partner: "sent", muted: "muted", capped: "capped"},
        )
        topic.active = False
        self.assertEqual(set(self._foreseen(rule).values()), {"inactive_topic"})

    def test_nothing_is_stored_and_nothing_is_sent(self):
        self._many()
        models = ("", ".broadcast", ".candidate", ".receipt")
        counts = [
            self.env[f"partner.notification{name}"].search_count([]) for name in models
        ]
        next_run = self.rule.next_run
        self.assertTrue(self._dry())
        self.assertEqual(
            counts,
            [
                self.env[f"partner.notification{name}"].search_count([])
                for name in models
            ],
        )
        self.assertEqual(self.rule.next_run, next_run)

    def test_persons_and_copies_are_counted_by_channel(self):
        self._person(self.partner, "second")
        first, second = self._persons(self.partner)
        wishes = self.env["partner.notification.preference"]
        topic = self.rule.topic_id
        wishes.create({"user_id": first.id, "topic_id": topic.id, "email": True})
        wishes.create(
            {"user_id": second.id, "topic_id": topic.id, "email": True, "sms": True}
        )
        self._debt(self.partner, 1000)
        row = self._dry()
        self.assertEqual((row.persons, row.emails, row.sms), (2, 2, 1))
        self.assertEqual(row.amount, 1000)
        topic.allow_copy = False
        self.env.flush_all()
        row = self._dry()
        self.assertEqual((row.persons, row.emails, row.sms), (2, 0, 0))

    def test_who_is_dropped_gets_no_copies(self):
        nobody = self._partner("Nobody", persons=0)
        self._debt(nobody, 1000)
        row = self._dry()
        self.assertEqual((row.outcome, row.persons), ("no_portal_user", 0))

    def test_so_many_are_held_out_on_average(self):
        self._many()
        self.rule.hold_out_share = 20
        rows = self._dry()
        self.assertNotIn("hold_out", rows.mapped("outcome"))
        sent = rows.filtered(lambda row: row.outcome == "sent")
        self.assertAlmostEqual(sum(sent.mapped("hold_out")), len(sent) * 0.2)

    def test_days_of_the_ramp_stand_beside_now(self):
        """100 000, 10 000, 3 000 (K5); debts that fall due until then count."""
        self.rule.amount_from = 100_000
        today = fields.Date.today()
        self.rule.ramp_ids = [
            Command.create({"date": today - timedelta(days=1), "amount_from": 50_000}),
            Command.create({"date": today + timedelta(days=30), "amount_from": 10_000}),
            Command.create({"date": today + timedelta(days=60), "amount_from": 3_000}),
        ]
        small, middle = self._partner("Small"), self._partner("Middle")
        later = self._partner("Later")
        self._debt(self.partner, 60_000)
        self._debt(middle, 20_000)
        self._debt(small, 3_000)
        self._debt(later, 90_000, days_late=-20)
        found = {}
        for row in self._dry():
            found.setdefault((row.day, row.threshold), set()).add(
                row.commercial_partner_id
            )
        self.assertEqual(
            found,
            {
                (today, 50_000): {self.partner},
                (today + timedelta(days=30), 10_000): {self.partner, middle, later},
                (today + timedelta(days=60), 3_000): {
                    self.partner,
                    middle,
                    later,
                    small,
                },
            },
        )

    def test_the_rhythm_counts_on_days_to_come(self):
        self._debt(self.partner, 1000)
        self._send(self.rule._start())
        self.assertFalse(self._dry())
        today = fields.Date.today()
        self.rule.ramp_ids = [
            Command.create({"date": today + timedelta(days=5), "amount_from": 10}),
            Command.create({"date": today + timedelta(days=14), "amount_from": 20}),
        ]
        self.assertEqual(self._dry().mapped("day"), [today + timedelta(days=14)])

    def test_the_rules_button_opens_it_and_without_a_rule_it_is_empty(self):
        self._debt(self.partner, 1000)
        action = self.rule.action_dry_run()
        dry_run = self.env["partner.notification.dry.run"]
        groups = {
            name: place
            for name, place in action["context"].items()
            if name.startswith("search_default_by_")
        }
        self.assertEqual(
            sorted(groups, key=groups.get),
            ["search_default_by_day", "search_default_by_outcome"],
            "amounts of two days are no sum",
        )
        found = dry_run.with_context(**action["context"]).search([])
        self.assertEqual(found.commercial_partner_id, self.partner)
        self.env.invalidate_all()
        self.assertFalse(dry_run.search([]))

    def test_groups_add_up(self):
        self._many()
        self.env.invalidate_all()
        groups = dict(
            (outcome, (count, amount))
            for outcome, count, amount in self.env["partner.notification.dry.run"]
            .with_context(dry_run_rule_id=self.rule.id)
            ._read_group([], ["outcome"], ["__count", "amount:sum"])
        )
        self.assertEqual(groups["no_portal_user"], (1, 1001))
        self.assertEqual(groups["sent"][0], 6)

    def test_a_source_of_marks_keeps_its_marks(self):
        """Trying the delivery rule tells nobody and forgets nothing (K6)."""
        rule = self._debt_rule(
            source="delivery",
            topic_id=self.env.ref("partner_notifications.topic_delivery").id,
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "commitment_date": fields.Datetime.now() + timedelta(days=2),
            }
        )
        order.state = "sale"
        order.commitment_date = fields.Datetime.now() + timedelta(days=4)
        self.assertEqual(self._foreseen(rule), {self.partner: "sent"})
        wave = rule._start()
        self._send(wave)
        self.assertEqual(self._outcomes(wave), {self.partner: "sent"})


@tagged("post_install", "-at_install")
class TestDryRunRights(NotificationBuilders, TransactionCase):
    """Who may see whom a rule would tell, and what they owe."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.rule = cls._debt_rule()
        cls.partner = cls._partner()
        cls._debt(cls.partner, 1000)

    def _user(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            groups=group,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _dry_as(self, user):
        self.env.invalidate_all()
        env = self.env(user=user, context={"dry_run_rule_id": self.rule.id})
        return env["partner.notification.dry.run"].search_read(
            [], ["outcome", "amount"]
        )

    def test_clerk_and_manager_see_it_without_rights_in_the_ledger(self):
        for group in ("group_clerk", "group_manager"):
            user = self._user(group, f"partner_notifications.{group}")
            self.assertEqual([row["amount"] for row in self._dry_as(user)], [1000])

    def test_nobody_else_does(self):
        outsiders = [
            self._user("plain", "base.group_user"),
            self._user("accountant", "account.group_account_manager"),
            self._persons(self.partner),
        ]
        for user in outsiders:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._dry_as(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.rule.with_user(user).action_dry_run()

    def test_a_clerk_of_another_company_does_not(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        clerk = self._user("far", "partner_notifications.group_clerk", other)
        with self.assertRaises(AccessError):
            self._dry_as(clerk)
