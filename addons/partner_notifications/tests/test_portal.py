from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestPortal(NotificationBuilders, HttpCase):
    """The Notifications section over HTTP (K1, K2, K3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner("Romashka", persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)
        cls.notification = cls._send(cls._wave([cls.partner]))
        cls.receipt = cls.notification.receipt_ids.filtered(
            lambda receipt: receipt.partner_id == cls.person.partner_id
        )

    def setUp(self):
        super().setUp()
        self.log_in(self.person)

    def log_in(self, user):
        self.authenticate(user.login, user.login)

    def call(self, route, **params):
        return self.make_jsonrpc_request(f"/my/notifications/{route}", params)

    def test_the_scripts_of_the_portal_are_translated(self):
        answer = self.url_open("/website/translations?lang=ru_RU").json()
        terms = answer["modules"]["partner_notifications"]["messages"]
        self.assertIn("Archived.", [term["id"] for term in terms])

    def test_a_page_says_its_language(self):
        for lang, code in (("en_US", "en-US"), ("ru_RU", "ru-RU")):
            self.person.lang = lang
            self.log_in(self.person)
            page = self.url_open("/my/notifications").text
            self.assertRegex(page, rf'<html[^>]* lang="{code}"')

    def test_the_bell_is_on_every_portal_page_with_its_badge(self):
        for page in ("/my", "/my/orders", "/my/notifications"):
            text = self.url_open(page).text
            self.assertIn("o_notification_bell", text, page)
            self.assertRegex(text, r"o_notification_badge[^>]*>1<", page)

    def test_the_list_shows_the_text_without_a_click(self):
        text = self.url_open("/my/notifications").text
        self.assertIn("Bureau supply has news for Romashka.", text)
        self.assertIn("o_notification_new", text)

    def test_opening_the_bell_is_seeing_not_reading(self):
        answer = self.call("newest")
        self.assertIn("News for Romashka", answer["html"])
        self.assertEqual(answer["count"], "1")
        self.assertTrue(self.receipt.seen_at)
        self.assertFalse(self.receipt.read_at)

    def test_marks_are_of_the_own_copies_only(self):
        others = self.notification.receipt_ids - self.receipt
        self.assertEqual(
            self.call("mark", ids=(self.receipt | others).ids, mark="read"), ""
        )
        self.assertTrue(self.receipt.read_at)
        self.assertFalse(others.read_at)
        self.assertEqual(self.call("mark", ids=self.receipt.ids, mark="unread"), "1")

    def test_an_unknown_mark_is_named(self):
        with self.assertRaises(JsonRpcException), self.assertLogs("odoo.http") as logs:
            self.call("mark", ids=self.receipt.ids, mark="burn")
        self.assertIn("“burn” is not a mark.", logs.output[0])

    def test_all_are_read_within_the_filter_only(self):
        answer = self.call("mark_all", filters={"search": "nothing like this"})
        self.assertEqual(answer, {"marked": 0, "count": "1"})
        answer = self.call("mark_all", filters={"topic": self.topic.code})
        self.assertEqual(answer, {"marked": 1, "count": ""})

    def test_later_means_away_until_then(self):
        self.person.tz = "Europe/Moscow"
        self.assertEqual(self.call("later", ids=self.receipt.ids, until="tomorrow"), "")
        self.assertEqual(self.receipt.appear_at.hour, 6, "9:00 in Moscow")
        text = self.url_open("/my/notifications").text
        self.assertNotIn("News for Romashka", text)

    def test_what_is_put_off_comes_back_to_its_place(self):
        before = self.receipt.appear_at
        self.call("later", ids=self.receipt.ids, until="tomorrow")
        self.assertEqual(self.call("mark", ids=self.receipt.ids, mark="back"), "1")
        self.receipt.invalidate_recordset()
        self.assertEqual(self.receipt.appear_at, before)

    def test_later_is_a_day_after_today(self):
        today = self.person._notification_today()
        for until in (str(today), str(today - timedelta(days=1)), "x", "", 7, None):
            with (
                self.subTest(until=until),
                self.assertRaises(JsonRpcException),
                self.assertLogs("odoo.http") as logs,
            ):
                self.call("later", ids=self.receipt.ids, until=until)
            self.assertIn("Choose a day after today.", logs.output[0])
        self.assertLessEqual(self.receipt.appear_at, fields.Datetime.now())
        self.call("later", ids=self.receipt.ids, until=str(today + timedelta(days=2)))
        self.assertGreater(self.receipt.appear_at, fields.Datetime.now())

    def test_archived_is_gone_for_me_and_stays_for_a_colleague(self):
        self.call("mark", ids=self.receipt.ids, mark="archive")
        self.assertNotIn("News for Romashka", self.url_open("/my/notifications").text)
        self.log_in(self.colleague)
        self.assertIn("News for Romashka", self.url_open("/my/notifications").text)

    def test_a_stranger_reaches_nothing_by_any_route(self):
        stranger = self._persons(self._partner("Stranger"))
        self.log_in(stranger)
        ids = self.receipt.ids
        self.assertNotIn("News for Romashka", self.url_open("/my/notifications").text)
        self.assertEqual(self.call("count"), "")
        self.assertNotIn("News for Romashka", self.call("newest")["html"])
        for mark in ("seen", "read", "archive", "unread", "back"):
            self.call("mark", ids=ids, mark=mark)
        self.call("later", ids=ids, until="hour")
        self.url_open(f"/my/notifications/{self.receipt.id}/open")
        self.call("mark_all")
        self.receipt.invalidate_recordset()
        for name in ("seen_at", "read_at", "archived_at"):
            self.assertFalse(self.receipt[name], name)
        self.assertLessEqual(self.receipt.appear_at, fields.Datetime.now())

    def test_open_reads_and_leads_on(self):
        self.notification.url = "/my/orders"
        answer = self.url_open(
            f"/my/notifications/{self.receipt.id}/open", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith("/my/orders"))
        self.assertTrue(self.receipt.read_at)

    def test_html_in_a_text_is_shown_as_text(self):
        self.notification.body = "<script>alert(1)</script>"
        text = self.url_open("/my/notifications").text
        self.assertIn("&lt;script&gt;alert(1)", text)
        self.assertNotIn("<script>alert(1)", text)

    def test_an_odd_address_shows_the_first_page(self):
        for query in (
            "before=x",
            "date_begin=nonsense",
            "date_begin=0001-01-01&date_end=9999-12-31",
            "topic=none&state=x",
            "search=%00",
            "search=a%00b&topic=%00&state=%00&before=%00&date_end=%00",
        ):
            answer = self.url_open(f"/my/notifications?{query}")
            self.assertEqual(answer.status_code, 200, query)

    def test_a_sign_no_database_keeps_does_not_hide_what_is_found(self):
        text = self.url_open("/my/notifications?search=News%00+for").text
        self.assertIn("Bureau supply has news for Romashka.", text)
        crafted = {"search": ["x"], "topic": "\x00", "date_end": 7}
        self.assertEqual(self.call("mark_all", filters=crafted)["marked"], 1)

    # -- acting (K4: one colleague acts, the others see it) ----------------------------

    def ask(self, receipt, state, query=""):
        return self.url_open(
            f"/my/notifications/{receipt.id}/ask{query}",
            data={"state": state, "csrf_token": Request.csrf_token(self)},
        )

    def moved_order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "user_id": self.env.ref("base.user_admin").id,
                "state": "sale",
            }
        )
        self.notification.write(
            {
                "topic_id": self.env.ref("partner_notifications.topic_delivery").id,
                "res_model": "sale.order",
                "res_id": order.id,
            }
        )
        self.notification.receipt_ids.topic_id = self.notification.topic_id
        return order

    def test_one_colleague_answers_and_the_other_reads_who_did(self):
        order = self.moved_order()
        self.assertIn("Another day", self.url_open("/my/notifications").text)
        self.ask(self.receipt, "other_day")
        self.assertEqual(self.notification.action_state, "other_day")
        self.assertTrue(self.receipt.read_at and self.receipt.acted_at)
        self.assertIn("Another day", order.message_ids[0].body)
        self.assertEqual(len(order.activity_ids), 1)
        self.log_in(self.colleague)
        text = self.url_open("/my/notifications").text
        self.assertIn("o_notification_asked", text)
        self.assertIn(self.person.name, text)
        other = self.notification.receipt_ids - self.receipt
        self.ask(other, "agreed")
        self.assertEqual(self.notification.action_state, "other_day")
        self.assertFalse(other.acted_at)
        self.assertEqual(len(order.activity_ids), 1)

    def test_who_answers_stays_in_the_filtered_list(self):
        self.moved_order()
        filters = "topic=delivery&search=News+for"
        page = self.url_open(f"/my/notifications?{filters}&state=unread").text
        self.assertRegex(page, rf"/{self.receipt.id}/ask\?[^\"]*search=News")
        answer = self.ask(self.receipt, "agreed", f"?{filters}&state=unread&evil=1")
        self.assertEqual(self.notification.action_state, "agreed")
        address = urlsplit(answer.url)
        self.assertEqual(address.path, "/my/notifications")
        self.assertEqual(
            parse_qs(address.query),
            {"topic": ["delivery"], "search": ["News for"], "state": ["unread"]},
        )

    def test_nobody_asks_for_another_company_or_for_what_is_not_offered(self):
        self.moved_order()
        self.ask(self.receipt, "asked")
        self.assertFalse(self.notification.action_state)
        self.log_in(self._persons(self._partner("Stranger")))
        self.ask(self.receipt, "agreed")
        self.assertFalse(self.notification.action_state)
