from odoo.tests import HttpCase, tagged

from odoo.addons.partner_notifications.tests.test_tours import (
    DESK,
    PHONE,
    TourBuilders,
)


class WebsiteJourneys(TourBuilders):
    """A partner's way from the shop's home page, in a real browser (K1, K4)."""

    allow_inherited_tests_method = True

    def test_from_the_home_page_to_the_answer(self):
        self.tour("partner", "/")
        self.assertEqual(self.moved.action_state, "other_day")
        self.assertEqual(self.moved.acted_by_id, self.person.partner_id)

    def test_the_badge_follows_what_comes_while_the_home_page_is_open(self):
        self.tour_live("/")


@tagged("post_install", "-at_install")
class TestWebsiteToursDesk(WebsiteJourneys, HttpCase):
    """At 1280 px, by the bell beside the person's name."""

    browser_size = DESK


@tagged("post_install", "-at_install")
class TestWebsiteToursPhone(WebsiteJourneys, HttpCase):
    """At 390 px, by the bell of the phone's header."""

    browser_size = PHONE
    touch_enabled = True
