from lxml import html

from odoo.tests import HttpCase, tagged

from odoo.addons.partner_notifications.tests.test_tours import (
    DESK,
    PHONE,
    TourBuilders,
)


@tagged("post_install", "-at_install")
class TestWebsite(TourBuilders, HttpCase):
    """The bell on website pages, once for the desktop and once for the phone (K1)."""

    def bells(self, page):
        """[(whether it is the phone's, what its badge shows)] of a page."""
        tree = html.fromstring(self.url_open(page).content)
        return sorted(
            (
                bool(bell.xpath("ancestor::*[contains(@class, 'o_header_mobile')]")),
                bell.xpath(".//*[contains(@class, 'o_notification_badge')]")[0].text,
            )
            for bell in tree.xpath("//li[contains(@class, 'o_notification_bell')]")
        )

    def test_every_page_has_one_bell_a_header(self):
        self.authenticate(self.person.login, self.person.login)
        for page in ("/", "/contactus", "/my", "/my/notifications"):
            self.assertEqual(self.bells(page), [(False, "2"), (True, "2")], page)

    def test_the_phone_s_bell_is_not_behind_the_toggler(self):
        self.authenticate(self.person.login, self.person.login)
        tree = html.fromstring(self.url_open("/").content)
        self.assertFalse(
            tree.xpath(
                "//*[contains(@class, 'offcanvas')]"
                "//li[contains(@class, 'o_notification_bell')]"
            )
        )

    def test_who_is_no_partner_has_none(self):
        self.assertEqual(self.bells("/"), [])
        self.authenticate("admin", "admin")
        self.assertEqual(self.bells("/"), [])

    def test_two_bells_cost_one_count(self):
        self.authenticate(self.person.login, self.person.login)
        self.url_open("/")
        with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
            self.url_open("/")
        counts = [
            line
            for line in logs.output
            if "partner_notification_receipt" in line and "COUNT(" in line.upper()
        ]
        self.assertEqual(len(counts), 1)


@tagged("post_install", "-at_install")
class TestWebsiteToursDesk(TourBuilders, HttpCase):
    """The partner's way with the website's header, at 1280 px."""

    allow_inherited_tests_method = True
    browser_size = DESK

    def test_bell_list_filter_and_answer(self):
        self.tour("partner")
        self.assertEqual(self.moved.action_state, "other_day")


@tagged("post_install", "-at_install")
class TestWebsiteToursPhone(TestWebsiteToursDesk):
    """The same at 390 px."""

    browser_size = PHONE
    touch_enabled = True
