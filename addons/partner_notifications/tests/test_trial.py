from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import format_amount, format_date

from .common_upload import UploadBuilders


@tagged("post_install", "-at_install")
class TestTrial(UploadBuilders, TransactionCase):
    """The words of a topic and of a rule, read in one's own mailbox first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        cls.set_up_ledger()
        cls.clerk.email = "clerk@example.com"
        cls.plain = cls._staff("plain", "base.group_user")

    def _trial(self, record):
        """The e-mail that a trial of a clerk makes; nobody else gets anything."""
        mails = self.env["mail.mail"].search([])
        receipts = self.env["partner.notification.receipt"].search_count([])
        record.with_user(self.clerk).action_trial()
        mail = self.env["mail.mail"].search([]) - mails
        self.assertIn("clerk@example.com", mail.email_to)
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(
            self.env["partner.notification.receipt"].search_count([]), receipts
        )
        return mail

    def test_a_topics_trial_shows_amounts_and_days_as_they_are_written(self):
        topic = self._topic(
            subject="{order} for {amount}", body="{company}: {partner}, {date}"
        )
        mail = self._trial(topic)
        amount = format_amount(self.env, 12345.67, self.company.currency_id)
        self.assertEqual(
            mail.subject.replace("\xa0", " "),
            f"Trial: [order] for {amount}".replace("\xa0", " "),
        )
        day = fields.Date.add(fields.Date.context_today(topic), days=3)
        self.assertIn(format_date(self.env, day), mail.body_html)
        self.assertIn(self.company.name, mail.body_html)

    def test_a_trial_is_in_the_language_of_who_asks_for_it(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        topic = self._topic(subject="News")
        topic.with_context(lang="ru_RU").subject = "Новости"
        self.clerk.lang = "ru_RU"
        self.assertIn("Новости", self._trial(topic).subject)

    def test_html_and_line_breaks_of_a_text_are_text(self):
        topic = self._topic(subject="Less\n<b>{partner}</b>", body="<b>Much</b> less")
        self.clerk.partner_id.name = "Clerk & Co"
        mail = self._trial(topic)
        self.assertEqual(mail.subject, "Trial: Less <b>Clerk & Co</b>")
        self.assertIn("&lt;b&gt;Much", mail.body_html)

    def test_a_rules_trial_is_what_the_first_of_its_dry_run_would_read(self):
        small, large = self._partner("Small"), self._partner("Large")
        self._debt(small, 200)
        self._debt(large, 900)
        rule = self._debt_rule()
        first = (
            self.env["partner.notification.dry.run"]
            .with_user(self.clerk)
            .with_context(dry_run_rule_id=rule.id)
            .search([("is_now", "=", True)], limit=1)
        )
        self.assertEqual(first.commercial_partner_id, large)
        mail = self._trial(rule)
        self.assertIn("900.00", mail.subject)
        self.assertIn("Large", mail.body_html)
        self.assertFalse(rule.broadcast_ids)

    def test_a_rule_that_finds_nobody_says_so(self):
        rule = self._debt_rule().with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "finds no company now"):
            rule.action_trial()

    def test_a_trial_needs_an_address(self):
        self.clerk.email = False
        with self.assertRaisesRegex(UserError, "e-mail address"):
            self.topic.with_user(self.clerk).action_trial()

    def test_outsiders_try_nothing(self):
        portal = self._persons(self._partner("Own"))[0]
        for record in (self.topic, self._debt_rule()):
            for user in (self.plain, portal):
                with self.assertRaises(AccessError):
                    record.with_user(user).action_trial()

    def test_a_rule_of_another_company_is_not_tried(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        rule = self._debt_rule(company_id=other.id)
        with self.assertRaises(AccessError):
            rule.with_user(self.clerk).action_trial()
