from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.partner_notifications.tests.common import NotificationBuilders

DESK, PHONE = "desk", "phone"
PAGES = ("/", "/contactus", "/my", "/my/orders", "/my/notifications")
# an address with parameters is never served from the website's cache of pages
UNCACHED = "/contactus?from=test"


@tagged("post_install", "-at_install")
class TestWebsite(NotificationBuilders, HttpCase):
    """The bell in the headers of website pages (K1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner("Romashka", persons=1)
        cls.person = cls._persons(cls.partner)
        cls._send(cls._wave([cls.partner]))
        cls._send(cls._wave([cls.partner]))
        cls.layout = cls.env.ref("website.layout")

    def log_in(self, user):
        self.authenticate(user and user.login, user and user.login)

    def page(self, path):
        return html.fromstring(self.url_open(path).content)

    def bells(self, path):
        """What the badges of a page show: {DESK or PHONE: [texts]}."""
        found = {}
        for bell in self.page(path).xpath(
            "//li[contains(@class, 'o_notification_bell')]"
        ):
            on_phone = bell.xpath("ancestor::*[contains(@class, 'o_header_mobile')]")
            [badge] = bell.xpath(".//*[contains(@class, 'o_notification_badge')]")
            found.setdefault(PHONE if on_phone else DESK, []).append(badge.text or "")
        return found

    def queries(self, path):
        """The SQL about notifications that a page asks when it is warm."""
        self.url_open(path)
        with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
            self.url_open(path)
        return [line for line in logs.output if "partner_notification" in line]

    # -- where the bell stands ---------------------------------------------------------

    def test_every_page_has_one_bell_a_header(self):
        self.log_in(self.person)
        for path in PAGES:
            self.assertEqual(self.bells(path), {DESK: ["2"], PHONE: ["2"]}, path)

    def test_every_header_of_the_website_has_its_bell(self):
        """All headers an editor can choose from, with the ones of versions to come."""
        headers = self.env["ir.ui.view"].search(
            [
                ("inherit_id", "=", self.layout.id),
                ("key", "=like", "website.template_header_%"),
                ("arch_db", "like", "website.template_header_mobile"),
                ("active", "in", (True, False)),
            ]
        )
        self.assertGreaterEqual(len(headers), 11)
        self.log_in(self.person)
        shown = set()
        for header in headers:
            with self.subTest(header=header.key):
                headers.active = False
                header.active = True
                self.assertEqual(self.bells("/"), {DESK: ["2"], PHONE: ["2"]})
                shown.add(html.tostring(self.page("/").find(".//header//nav")))
        self.assertEqual(len(shown), len(headers), "each was shown")

    def test_the_phone_s_bell_is_not_behind_the_toggler(self):
        self.log_in(self.person)
        behind = self.page("/").xpath(
            "//*[contains(@class, 'offcanvas')]"
            "//li[contains(@class, 'o_notification_bell')]"
        )
        self.assertEqual(behind, [])

    def test_the_bell_speaks_the_page_s_language(self):
        russian = self.env["res.lang"]._activate_lang("ru_RU")
        website = self.env["website"].search([], limit=1)
        website.language_ids = [Command.link(russian.id)]
        self.topic.update_field_translations("subject", {"ru_RU": "Вести: {partner}"})
        self._send(self._wave([self.partner]))
        self.log_in(self.person)
        for address, title, subject in (
            ("/", "Notifications", "News for Romashka"),
            ("/ru", "Уведомления", "Вести: Romashka"),
        ):
            bell = self.page(address).xpath(
                "//li[contains(@class, 'o_notification_bell')]/a"
            )[0]
            self.assertEqual(bell.get("title"), title)
            newest = self.make_jsonrpc_request("/my/notifications/newest")["html"]
            self.assertIn(subject, newest)

    # -- whose it is -------------------------------------------------------------------

    def test_visitors_and_staff_have_no_bell_and_ask_nothing(self):
        for user in (self.env["res.users"], self.env.ref("base.user_admin")):
            self.log_in(user)
            for path in ("/", UNCACHED):
                self.assertEqual(self.bells(path), {}, path)
            self.assertEqual(self.queries(UNCACHED), [])

    def test_a_stranger_s_bell_counts_nothing_of_others(self):
        nobody = self._person(self.env["res.partner"], "nobody")
        for user in (self._persons(self._partner("Stranger")), nobody):
            self.log_in(user)
            self.assertEqual(self.bells("/"), {DESK: [""], PHONE: [""]}, user.login)

    def test_the_website_s_cache_of_pages_keeps_nobody_s_bell(self):
        visitor = self.env["res.users"]
        both = {DESK: ["2"], PHONE: ["2"]}
        for user, bells in ((self.person, both), (visitor, {})) * 2:
            self.log_in(user)
            self.assertEqual(self.bells("/"), bells)
        self._send(self._wave([self.partner]))
        self.log_in(self.person)
        self.assertEqual(self.bells("/"), {DESK: ["3"], PHONE: ["3"]})

    def test_two_bells_cost_one_count(self):
        self.log_in(self.person)
        [query] = self.queries("/")
        self.assertIn("COUNT(", query.upper())
