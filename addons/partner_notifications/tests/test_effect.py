from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestEffect(NotificationBuilders, TransactionCase):
    """What a wave brought, against those held out (K10, X1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.sent_at = fields.Datetime.now().replace(hour=9) - timedelta(days=30)
        cls.effects = cls.env["partner.notification.effect"]
        # drawn by hand: who is held out must be known to the test
        cls.told, cls.held_out = cls._companies("Told", 40), cls._companies("Held", 32)

    @classmethod
    def _companies(cls, name, count):
        return cls.env["res.partner"].create(
            [
                {"name": f"{name} {number}", "is_company": True}
                for number in range(count)
            ]
        )

    def _decided(self, topic=None, amount=1000, sent_at=None, **values):
        """A wave that is over, with a decision on each company."""
        topic = topic or self.env.ref("partner_notifications.topic_debt")
        wave = self._wave([], topic=topic, hold_out_share=40, state="done", **values)
        sent_at = sent_at or self.sent_at
        wave.started_at = wave.finished_at = sent_at
        rows = self.env["partner.notification"].create(
            [
                {
                    "company_id": self.company.id,
                    "commercial_partner_id": partner.id,
                    "topic_id": topic.id,
                    "broadcast_id": wave.id,
                    "dedup_key": f"wave:{wave.id}",
                    "amount": amount,
                    "outcome": outcome,
                }
                for outcome, partners in (
                    ("sent", self.told),
                    ("hold_out", self.held_out),
                )
                for partner in partners
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE partner_notification SET create_date = %s WHERE id IN %s",
            (sent_at, tuple(rows.ids)),
        )
        self.env.invalidate_all()
        return wave

    def _paid(self, partner, amount, day, owed=1000, days_late=40):
        """A debt of before the wave and a payment ``day`` days after it."""
        debt = self._debt(partner, owed, days_late=days_late)
        return self._pay(debt, amount, day)

    def _pay(self, debt, amount, day):
        partner = debt.line_ids.partner_id
        date = self.sent_at.date() + timedelta(days=day)
        payment = self._debt(
            partner, -amount, days_late=(fields.Date.today() - date).days
        )
        lines = (debt | payment).line_ids.filtered(
            lambda line: line.account_id == self.receivable
        )
        lines.reconcile()
        return payment

    def _work_out(self):
        self.env.flush_all()
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 1
        ):
            self.effects._cron_run()

    def _figure(self, wave, measure):
        return wave.effect_ids.filtered(lambda figure: figure.measure == measure)

    # -- debt --------------------------------------------------------------------------

    def test_told_companies_that_pay_are_compared_with_held_out_ones(self):
        for partner in self.told[:30]:
            self._paid(partner, 1000, day=5)
        for partner in self.held_out[:8]:
            self._paid(partner, 1000, day=5)
        wave = self._decided()
        self._work_out()
        settled = self._figure(wave, "settled")
        self.assertEqual(settled.told_count, 40)
        self.assertEqual(settled.held_out_count, 32)
        self.assertAlmostEqual(settled.told_mean, 0.75)
        self.assertAlmostEqual(settled.held_out_mean, 0.25)
        self.assertEqual(settled.verdict, "more")
        paid = self._figure(wave, "paid")
        self.assertAlmostEqual(paid.difference, 500)
        self.assertEqual(paid.verdict, "more")
        self.assertEqual((paid.told_owed, paid.held_out_owed), (40_000, 32_000))
        self.assertIn("500.00", paid.sentence)
        self.assertIn("75.0 %", settled.sentence)
        self.assertIn("chance hardly explains", settled.sentence)

    def test_only_what_is_paid_within_the_days_on_what_was_overdue_counts(self):
        inside, late, early, young, part, over = self.told[:6]
        self._paid(inside, 1000, day=14)
        self._paid(late, 1000, day=15)
        self._paid(early, 1000, day=-1, days_late=60)
        # due after the wave: no part of what was told
        self._paid(young, 1000, day=10, days_late=25)
        self._paid(part, 400, day=3)
        self._paid(over, 2500, day=3, owed=2500)
        wave = self._decided()
        rows = wave._measure_debt()
        self.assertEqual(sum(rows["paid"].told), 1000 + 400 + 1000)
        self.assertEqual(sum(rows["settled"].told), 2)
        self.assertEqual(sum(rows["paid"].held_out), 0)

    def test_a_branchs_payment_is_the_companys(self):
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.told[0].id}
        )
        self._paid(branch, 1000, day=2)
        self.assertEqual(sum(self._decided()._measure_debt()["settled"].told), 1)

    def test_a_rule_that_comes_round_sooner_is_watched_until_then(self):
        rule = self._debt_rule(every_days=7, hold_out_share=40)
        self._paid(self.told[0], 1000, day=7)
        self._paid(self.told[1], 1000, day=8)
        wave = self._decided(rule_id=rule.id)
        self.assertEqual(sum(wave._measure_debt()["settled"].told), 1)
        self.company.notification_effect_days = 5
        self.assertEqual(sum(wave._measure_debt()["settled"].told), 0)

    # -- orders ------------------------------------------------------------------------

    def _order(self, partner, amount, day, product=None, rate=1):
        product = product or self.env["product.product"].create({"name": "Paper"})
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.write({"state": "sale", "date_order": self.sent_at + timedelta(days=day)})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET currency_rate = %s WHERE id = %s", (rate, order.id)
        )
        return order

    def test_orders_and_turnover_of_other_topics(self):
        wave = self._decided(topic=self._topic(allow_hold_out=True), amount=0)
        self._order(self.told[0], 300, day=2)
        self._order(self.told[0], 200, day=3)
        self._order(self.told[1], 100, day=3, rate=0.5)
        self._order(self.told[2], 900, day=15)
        self._order(self.told[3], 900, day=-1)
        self._order(self.held_out[0], 50, day=1)
        rows = wave._measure()
        self.assertEqual(sum(rows["ordered"].told), 2)
        self.assertEqual(sum(rows["turnover"].told), 500 + 200)
        self.assertEqual(sum(rows["turnover"].held_out), 50)

    def test_of_a_product_told_only_that_product_counts(self):
        """K10, K11: the turnover of the waitlist."""
        topic = self.env.ref("partner_notifications.topic_waitlist")
        wave = self._decided(topic=topic, amount=0)
        awaited = self.env["product.product"].create({"name": "Awaited"})
        wave.notification_ids.write({"res_model": "product.product"})
        wave.notification_ids.write({"res_id": awaited.id})
        self.env.flush_all()
        self._order(self.told[0], 300, day=2, product=awaited)
        self._order(self.told[1], 700, day=2)
        self.assertEqual(sum(wave._measure()["turnover"].told), 300)

    def test_of_a_record_with_a_product_its_product_counts(self):
        """An entry of a waitlist names the product; one that is gone counts none."""
        wave = self._decided(topic=self._topic(allow_hold_out=True), amount=0)
        bought = self._order(self.told[0], 300, day=2)
        self._order(self.told[1], 700, day=2)
        wave.notification_ids.write({"res_model": "sale.order.line"})
        wave.notification_ids.write({"res_id": bought.order_line.id})
        self.env.flush_all()
        self.assertEqual(sum(wave._measure()["turnover"].told), 300)
        wave.notification_ids.write({"res_id": 2_000_000_000})
        self.env.flush_all()
        self.assertEqual(sum(wave._measure()["turnover"].told), 0)

    # -- the job -----------------------------------------------------------------------

    def test_worked_out_twice_there_is_one_figure(self):
        wave = self._decided()
        self._work_out()
        first = wave.effect_ids
        self.assertEqual(set(first.mapped("measure")), {"settled", "paid"})
        wave.effect_final = False
        self._work_out()
        self.assertEqual(wave.effect_ids, first)

    def test_figures_change_until_the_days_are_over(self):
        wave = self._decided()
        with freeze_time(self.sent_at + timedelta(days=3)):
            self._work_out()
            self.assertFalse(wave.effect_final)
            self.assertIn("still change", wave.effect_ids[0].sentence)
        for partner in self.told:
            self._paid(partner, 1000, day=5)
        with freeze_time(self.sent_at + timedelta(days=18)):
            self._work_out()
        self.assertTrue(wave.effect_final)
        self.assertEqual(self._figure(wave, "settled").told_mean, 1)
        self.assertNotIn("still change", wave.effect_ids[0].sentence)

    def test_waves_of_a_rules_month_are_told_together(self):
        rule = self._debt_rule(hold_out_share=40)
        day = self.sent_at.replace(day=2)
        for number in (0, 15):
            self._decided(rule_id=rule.id, sent_at=day + timedelta(days=number))
        self._decided(rule_id=rule.id, sent_at=day - timedelta(days=10))
        self._work_out()
        months = self.effects.search(
            [("rule_id", "=", rule.id), ("broadcast_id", "=", False)]
        )
        settled = months.filtered(lambda figure: figure.measure == "settled")
        self.assertEqual(
            settled.mapped(lambda figure: (figure.wave_count, figure.told_count)),
            [(2, 80), (1, 40)],
        )

    def test_waves_of_another_share_stand_apart(self):
        rule = self._debt_rule(hold_out_share=40)
        for share in (40, 10):
            wave = self._decided(rule_id=rule.id)
            wave.hold_out_share = share
        self._work_out()
        months = self.effects.search(
            [("broadcast_id", "=", False), ("measure", "=", "settled")]
        )
        self.assertEqual(sorted(months.mapped("hold_out_share")), [10, 40])
        self.assertEqual(months.mapped("wave_count"), [1, 1])

    def test_a_wave_without_hold_out_has_no_effect_to_tell(self):
        wave = self._decided()
        wave.hold_out_share = 0
        self._work_out()
        self.assertFalse(wave.effect_ids)
        self.assertFalse(wave.effect_warning)

    def test_a_small_wave_says_that_it_is_too_small(self):
        self.held_out = self.held_out[:5]
        wave = self._decided()
        self._work_out()
        self.assertIn("too small", wave.effect_warning)
        self.assertEqual(set(wave.effect_ids.mapped("verdict")), {"too_few"})
        self.assertIn("too few to tell", wave.effect_ids[0].sentence)

    def test_an_arm_of_nobody_breaks_nothing(self):
        self.held_out = self.held_out[:0]
        wave = self._decided()
        self._work_out()
        self.assertFalse(wave.effect_ids)
        self.assertTrue(wave.effect_final)

    def test_the_chart_is_drawn_in_the_readers_language(self):
        wave = self._decided()
        self._work_out()
        chart = self._figure(wave, "settled").chart
        self.assertIn("Held out", chart)
        self.assertIn("(32)", chart)

    # -- rights ------------------------------------------------------------------------

    def test_clerks_read_it_and_nobody_writes_it(self):
        wave = self._decided()
        self._work_out()
        manager = new_test_user(
            self.env,
            "boss",
            groups="partner_notifications.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        figure = wave.effect_ids[0].with_user(manager)
        self.assertTrue(figure.sentence)
        self.assertTrue(figure.chart)
        with self.assertRaises(AccessError):
            figure.verdict = "more"
        other = self.env["res.company"].create({"name": "Other supply"})
        manager.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(
            self.effects.with_user(manager)
            .with_context(allowed_company_ids=other.ids)
            .search([])
        )
