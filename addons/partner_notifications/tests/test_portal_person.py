from datetime import timedelta

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestPortalPerson(NotificationBuilders, HttpCase):
    """Preferences, unsubscribing and rating over HTTP; staff on partners' pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner("Romashka", persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        cls.person.tz = "Europe/Moscow"
        cls.preferences = cls.env["partner.notification.preference"]

    def setUp(self):
        super().setUp()
        self.log_in(self.person)

    def log_in(self, user):
        self.authenticate(user and user.login, user and user.login)

    def call(self, route, **params):
        return self.make_jsonrpc_request(f"/my/notifications/{route}", params)

    def save(self, **form):
        answer = self.url_open(
            "/my/notifications/preferences",
            data={"csrf_token": Request.csrf_token(self)} | form,
        )
        self.env.invalidate_all()
        return answer

    def wish(self, user=None):
        """(enabled, email, sms) of a person on the class's topic."""
        row = self.preferences.search(
            [("user_id", "=", (user or self.person).id)]
        ).filtered(lambda row: row.topic_id == self.topic)
        return row and (row.enabled, row.email, row.sms)

    # -- preferences -------------------------------------------------------------------

    def test_wishes_are_saved_for_who_is_logged_in(self):
        answer = self.save(
            topics=str(self.topic.id),
            quiet_from="22:30",
            quiet_to="08:00",
            **{f"enabled_{self.topic.id}": "on", f"email_{self.topic.id}": "on"},
        )
        self.assertIn("Saved.", answer.text)
        self.assertIn('value="22:30"', answer.text)
        self.assertEqual(self.wish(), (True, True, False))
        self.assertFalse(self.wish(self.colleague))
        self.assertEqual(self.person.notification_quiet_from, 22.5)
        self.assertEqual(self.person.notification_quiet_to, 8)
        self.assertFalse(self.colleague.notification_quiet_from)

    def test_a_topic_that_was_not_on_the_page_stays_as_it_is(self):
        self.save(topics="", **{f"enabled_{self.topic.id}": ""})
        self.assertFalse(self.wish())

    def test_a_time_that_is_none_is_named(self):
        answer = self.save(topics="", quiet_from="25:00", quiet_to="08:00")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("25:00", answer.text)

    def test_quiet_hours_need_both_ends(self):
        for hours in ({"quiet_from": "22:30"}, {"quiet_to": "08:00", "quiet_from": ""}):
            answer = self.save(topics="", **hours)
            self.assertEqual(answer.status_code, 422)
            self.assertIn("both a beginning and an end", answer.text)
        self.assertFalse(self.person.notification_quiet_from)
        self.assertFalse(self.person.notification_quiet_to)

    def test_a_save_without_the_form_s_token_is_refused(self):
        answer = self.url_open(
            "/my/notifications/preferences", data={"topics": str(self.topic.id)}
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.wish())

    def test_who_is_not_logged_in_is_sent_to_the_log_in(self):
        self.log_in(None)
        for page in ("", "/preferences"):
            answer = self.url_open(f"/my/notifications{page}")
            self.assertIn("/web/login", answer.url)

    # -- unsubscribing -----------------------------------------------------------------

    def unsubscribe_path(self):
        self.preferences._save(self.person, {self.topic: {"enabled", "email", "sms"}})
        return self.preferences._unsubscribe_path(self.person, self.topic)

    def test_a_scanner_that_opens_the_link_ends_nothing(self):
        path = self.unsubscribe_path()
        self.log_in(None)
        self.assertIn("Stop the e-mails", self.url_open(path).text)
        self.assertEqual(self.wish(), (True, True, True))

    def test_one_click_of_a_mail_provider_ends_the_e_mails_of_the_topic(self):
        """RFC 8058: a POST without cookies, session or csrf token."""
        path = self.unsubscribe_path()
        self.log_in(None)
        answer = self.url_open(path, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status_code, 200)
        self.assertIn("No more e-mails on this", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.wish(), (True, False, True))

    def test_the_page_speaks_the_person_s_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.topic.with_context(lang="ru_RU").name = "Тема"
        self.person.lang = "ru_RU"
        path = self.unsubscribe_path()
        self.log_in(None)
        self.assertIn("Тема", self.url_open(path).text)
        self.person.lang = "en_US"
        text = self.url_open(self.unsubscribe_path()).text
        self.assertIn(f"Stop e-mails on “{self.topic.name}”?", text)

    def test_a_wrong_token_or_another_one_s_ends_nothing(self):
        path = self.unsubscribe_path()
        self.log_in(None)
        start, _slash, token = path.rpartition("/")
        others = start.replace(f"/{self.person.id}/", f"/{self.colleague.id}/")
        for wrong in (f"{start}/{token[:-1]}", f"{others}/{token}", f"{start}/-"):
            for data in (None, {"List-Unsubscribe": "One-Click"}):
                self.assertEqual(self.url_open(wrong, data=data).status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(self.wish(), (True, True, True))

    # -- rating ------------------------------------------------------------------------

    def test_the_third_day_asks_and_an_answer_ends_the_asking(self):
        today = fields.Date.today()
        for days in (3, 2):
            self.env["partner.notification.visit"].create(
                {
                    "user_id": self.person.id,
                    "company_id": self.person.company_id.id,
                    "day": today - timedelta(days=days),
                }
            )
        self.assertTrue(self.call("visit"))
        self.call("feedback", score=4, comment="<b>Good</b>")
        self.assertFalse(self.call("visit"))
        row = self.env["partner.notification.feedback"].search([])
        self.assertEqual((row.user_id, row.score), (self.person, 4))
        self.assertEqual(row.comment, "<b>Good</b>")

    def test_a_score_that_is_none_is_named(self):
        with self.assertRaises(JsonRpcException), self.assertLogs("odoo.http") as logs:
            self.call("feedback", score=9)
        self.assertIn("“9” is not a score", logs.output[0])

    # -- archive -----------------------------------------------------------------------

    def test_what_is_archived_is_found_there_and_comes_back(self):
        receipt = self._send(self._wave([self.partner])).receipt_ids.filtered(
            lambda row: row.partner_id == self.person.partner_id
        )
        archive = "/my/notifications?state=archived"
        self.assertNotIn("News for Romashka", self.url_open(archive).text)
        self.call("mark", ids=receipt.ids, mark="archive")
        self.assertIn("News for Romashka", self.url_open(archive).text)
        self.call("mark", ids=receipt.ids, mark="restore")
        self.assertNotIn("News for Romashka", self.url_open(archive).text)
        self.assertIn("News for Romashka", self.url_open("/my/notifications").text)

    # -- staff and persons without a company -------------------------------------------

    def test_staff_on_a_partner_s_pages_read_and_mark_nothing(self):
        receipts = self._send(self._wave([self.partner])).receipt_ids
        for login, group in (
            ("plain-h", "base.group_user"),
            ("clerk-h", "partner_notifications.group_clerk"),
        ):
            user = new_test_user(
                self.env,
                login,
                groups=group,
                password=login,
                company_id=self.company.id,
                company_ids=[fields.Command.set(self.company.ids)],
            )
            self.log_in(user)
            self.assertNotIn("o_notification_bell", self.url_open("/my").text)
            for page in ("", "/preferences"):
                answer = self.url_open(f"/my/notifications{page}")
                self.assertTrue(answer.url.endswith("/my"), page)
            self.assertEqual(self.call("count"), "")
            counters = self.make_jsonrpc_request(
                "/my/counters", {"counters": ["notification_count"]}
            )
            self.assertEqual(counters, {"notification_count": 0})
        for mark in ("seen", "read", "archive"):
            self.call("mark", ids=receipts.ids, mark=mark)
        self.env.invalidate_all()
        self.assertFalse(any(receipts.mapped("read_at") + receipts.mapped("seen_at")))
        self.assertFalse(self.call("visit"))

    def test_a_person_without_a_company_has_pages_of_the_own(self):
        loner = new_test_user(self.env, "loner-h", groups="base.group_portal")
        loner.password = "loner-h"
        self._send(self._wave([loner.partner_id, self.partner]))
        self.log_in(loner)
        text = self.url_open("/my/notifications").text
        self.assertIn("News for loner-h", text)
        self.assertNotIn("News for Romashka", text)
        self.assertEqual(self.call("count"), "1")
        self.assertEqual(
            self.url_open("/my/notifications/preferences").status_code, 200
        )
