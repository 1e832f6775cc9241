import ast
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models import partner_notification_copy as copies
from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestCopy(NotificationBuilders, TransactionCase):
    """Copies by e-mail and SMS for who asked for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.company.write({"email": "news@bureau.example", "notification_cap": 0})
        cls.partner = cls._partner(persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        cls.person.partner_id.write(
            {"email": "anna@romashka.example", "phone": "+32 470 12 34 56"}
        )
        cls.copies = cls.env["partner.notification.copy"]

    def want(self, *channels, user=None, topic=None):
        self.env["partner.notification.preference"]._save(
            user or self.person, {topic or self.topic: {"enabled", *channels}}
        )

    def sent(self, **values):
        """Send one notification; the copies it made."""
        self._send(self._wave([self.partner], **values))
        return self.copies.search([])

    def run_queue(self):
        """The cron's work without its commits; the mails and SMS it made."""
        mails, messages = (
            self.env[name].search([]) for name in ("mail.mail", "sms.sms")
        )
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kw: 10
        ):
            self.copies._cron_run()
        return (
            self.env["mail.mail"].search([]) - mails,
            self.env["sms.sms"].search([]) - messages,
        )

    # -- who gets one ------------------------------------------------------------------

    def test_by_itself_nobody_gets_a_copy(self):
        self.assertFalse(self.sent())

    def test_who_asked_gets_one_a_channel_and_colleagues_none(self):
        self.want("email", "sms")
        rows = self.sent()
        self.assertEqual(rows.user_id, self.person)
        self.assertEqual(set(rows.mapped("channel")), {"email", "sms"})
        self.assertEqual(set(rows.mapped("state")), {"waiting"})

    def test_a_single_event_has_copies_too(self):
        self.want("email")
        self._event([self.partner])
        self.assertEqual(len(self.run_queue()[0]), 1)

    def test_a_topic_without_copies_makes_none(self):
        self.want("email")
        self.topic.allow_copy = False
        self.assertFalse(self.sent())

    def test_who_is_held_out_gets_no_copy_either(self):
        self.want("email")
        self.topic.allow_hold_out = True
        self.assertFalse(self.sent(hold_out_share=99.999))

    def test_what_is_mailed_has_the_words_and_the_way_out(self):
        self.want("email")
        copy = self.sent()
        [mail] = self.run_queue()[0]
        self.assertEqual(copy.state, "sent")
        self.assertEqual(mail.subject, "News for Romashka")
        self.assertEqual(mail.recipient_ids, self.person.partner_id)
        self.assertIn("news@bureau.example", mail.email_from)
        self.assertIn("Bureau supply has news for Romashka.", mail.body_html)
        headers = ast.literal_eval(mail.headers)
        path = self.env["partner.notification.preference"]._unsubscribe_path(
            self.person, self.topic
        )
        link = copy.get_base_url() + path
        self.assertEqual(headers["List-Unsubscribe"], f"<{link}>")
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertIn(link, mail.body_html)

    def test_html_in_a_text_is_mailed_as_text(self):
        self.want("email")
        self.sent()
        self.copies.search([]).receipt_id.notification_id.body = "<script>x</script>"
        [mail] = self.run_queue()[0]
        self.assertIn("&lt;script&gt;", mail.body_html)

    def test_each_person_reads_it_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.topic.with_context(lang="ru_RU").subject = "Новости для {partner}"
        self.person.lang = "ru_RU"
        self.want("email", "sms")
        self.want("email", user=self.colleague)
        self.colleague.partner_id.email = "boris@romashka.example"
        self.sent()
        mails, messages = self.run_queue()
        self.assertEqual(
            {mail.recipient_ids: mail.subject for mail in mails},
            {
                self.person.partner_id: "Новости для Romashka",
                self.colleague.partner_id: "News for Romashka",
            },
        )
        self.assertIn("Новости для Romashka", messages.body)

    def test_an_sms_goes_to_the_number_in_one_form(self):
        self.want("sms")
        self.sent()
        [message] = self.run_queue()[1]
        self.assertEqual(message.number, "+32470123456")
        self.assertIn("Bureau supply: News for Romashka http", message.body)

    def test_without_an_address_or_number_it_says_so(self):
        self.want("email", "sms")
        self.person.partner_id.write({"email": False, "phone": "call me"})
        rows = self.sent()
        self.assertFalse(any(self.run_queue()))
        self.assertEqual(set(rows.mapped("state")), {"no_address"})

    # -- when --------------------------------------------------------------------------

    def test_in_quiet_hours_it_waits_for_their_end(self):
        self.person.write(
            {
                "tz": "Europe/Moscow",
                "notification_quiet_from": 22,
                "notification_quiet_to": 8.5,
            }
        )
        self.want("email")
        with freeze_time("2026-03-10 20:00"):  # 23:00 in Moscow
            copy = self.sent()
            self.assertFalse(self.run_queue()[0])
            self.assertEqual(copy.due_at, datetime(2026, 3, 11, 5, 30))
        with freeze_time("2026-03-11 05:29:59"):
            self.assertFalse(self.run_queue()[0])
        with freeze_time("2026-03-11 05:30"):
            self.assertEqual(len(self.run_queue()[0]), 1)

    def test_the_company_s_switch_holds_copies_back(self):
        self.want("email")
        self.sent()
        self.company.notifications_on = False
        self.assertFalse(self.run_queue()[0])
        self.company.notifications_on = True
        self.assertEqual(len(self.run_queue()[0]), 1)

    def test_what_is_no_longer_wanted_is_dropped(self):
        new_employer = self._partner("New employer", persons=0)
        cases = {
            "read meanwhile": lambda row: row.receipt_id._mark("read_at"),
            "archived": lambda row: row.receipt_id._mark("archived_at"),
            "over": lambda row: row.receipt_id.write(
                {"valid_until": fields.Datetime.now() - timedelta(seconds=1)}
            ),
            "no e-mails any more": lambda _row: self.want(),
            "left": lambda row: row.user_id.write({"active": False}),
            "new employer": lambda row: row.user_id.partner_id.write(
                {"parent_id": new_employer.id}
            ),
        }
        for name, change in cases.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.want("email")
                row = self.sent()
                change(row)
                self.env.flush_all()
                self.assertFalse(self.run_queue()[0])
                self.assertEqual(row.state, "dropped")
                savepoint.rollback()
                self.env.invalidate_all()

    # -- once each ---------------------------------------------------------------------

    def test_a_second_run_sends_nothing_twice(self):
        self.want("email", "sms")
        self.sent()
        self.run_queue()
        self.assertFalse(any(self.run_queue()))

    def test_a_batch_killed_before_its_commit_is_sent_once_by_the_next(self):
        """All of a batch is one transaction: what is undone is undone as a whole."""
        self.want("email")
        copy = self.sent()
        with self.env.cr.savepoint() as savepoint:
            self.assertEqual(len(self.run_queue()[0]), 1)
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(copy.state, "waiting")
        self.assertEqual(len(self.run_queue()[0]), 1)

    def test_batches_follow_each_other_to_the_end(self):
        self.want("email")
        for _number in range(5):
            self._send(self._wave([self.partner]))
        with patch.object(copies, "BATCH_SIZE", 2):
            self.assertEqual(len(self.run_queue()[0]), 5)

    def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(self):
        def cost(number):
            for _number in range(number):
                self._send(self._wave([self.partner]))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.run_queue()[0]), number)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.want("email")
        cost(2)
        self.assertLessEqual(cost(40), cost(4))

    # -- rights ------------------------------------------------------------------------

    def test_copies_are_for_clerks_of_the_company_to_read(self):
        self.want("email")
        copy = self.sent()
        group = "partner_notifications.group_clerk"
        clerk = new_test_user(
            self.env,
            "clerk-own",
            groups=group,
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        own = copy.with_user(clerk).with_context(allowed_company_ids=self.company.ids)
        self.assertTrue(own.read(["state"]))
        with self.assertRaises(AccessError):
            own.write({"state": "sent"})
        foreign = new_test_user(
            self.env,
            "clerk-foreign",
            groups=group,
            company_id=self.env.ref("base.main_company").id,
            company_ids=[fields.Command.set(self.env.ref("base.main_company").ids)],
        )
        internal = new_test_user(self.env, "plain-c", groups="base.group_user")
        for user in (foreign, internal, self.person, self.colleague):
            with self.assertRaises(AccessError):
                copy.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                ).read(["state"])
