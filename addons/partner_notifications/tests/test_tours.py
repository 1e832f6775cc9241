from datetime import timedelta
from threading import Timer
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.bus.websocket import _websocket_instances

from .common import NotificationBuilders

PHONE, DESK = "390x844", "1280x800"


class TourBuilders(NotificationBuilders):
    """A partner with a moved delivery and other news, unread."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner("Romashka", persons=1)
        cls.person = cls._persons(cls.partner)
        cls.person.write({"lang": "en_US", "tz": "Europe/Moscow"})
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.partner.id, "company_id": cls.company.id}
        )
        cls._send(cls._wave([cls.partner]))
        cls.moved = cls._send(
            cls._wave(
                [cls.partner],
                topic=cls.env.ref("partner_notifications.topic_delivery"),
                subject=f"Order {cls.order.name}: delivery on Friday",
                body="The delivery is moved to Friday.",
            )
        )
        cls.moved.write({"res_model": "sale.order", "res_id": cls.order.id})

    def tour(self, name, url="/my"):
        self.start_tour(url, f"partner_notifications_{name}", login=self.person.login)
        self.env.invalidate_all()

    def tour_live(self, url="/my"):
        """The tour whose badge rises: the browser's visit is what sends."""
        visits = type(self.env["partner.notification.visit"])
        with patch.object(visits, "_note", lambda model, _user: self.send_now(model)):
            self.tour("live", url)

    def send_now(self, model):
        """Send an event in the browser's request; a test has no commit to tell tabs."""
        wave = model.env["partner.notification.broadcast"].create(
            {
                "topic_id": self.topic.id,
                "company_id": self.company.id,
                "origin": "event",
                "state": "queued",
            }
        )
        query = SQL(
            """SELECT %s::integer, '{}'::jsonb, 'live', NULL::float8,
                      NULL::varchar, NULL::integer, NULL::varchar""",
            self.partner.id,
        )
        model.env["partner.notification.pipeline"]._send_now(wave, query)
        Timer(2, self.tell_tabs).start()

    def tell_tabs(self):
        for websocket in set(_websocket_instances):
            websocket.trigger_notification_dispatching()


class PartnerJourneys(TourBuilders):
    """A partner's way through the section, in a real browser."""

    allow_inherited_tests_method = True

    def test_bell_list_filter_and_answer(self):
        self.tour("partner")
        self.assertEqual(self.moved.action_state, "other_day")
        self.assertEqual(self.moved.acted_by_id, self.person.partner_id)
        receipts = self.env["partner.notification.receipt"].search(
            [("partner_id", "=", self.person.partner_id.id)]
        )
        self.assertEqual(len(receipts.filtered("archived_at")), 1)
        self.assertEqual(self.person._notification_badge(), "")

    def test_a_text_taller_than_the_screen_can_be_read(self):
        lines = "\n".join(f"Line {number}" for number in range(100))
        wave = self._wave([self.partner], subject="Long news", body=lines)
        receipt = self._send(wave).receipt_ids
        self.tour("tall", "/my/notifications")
        self.assertTrue(receipt.read_at)

    def test_the_badge_follows_what_comes_while_the_page_is_open(self):
        self.tour_live()

    def test_wishes_and_the_way_out_of_e_mails(self):
        preferences = self.env["partner.notification.preference"]
        self.tour("preferences", "/my/notifications/preferences")
        wish = preferences.search(
            [("user_id", "=", self.person.id), ("topic_id", "=", self.topic.id)]
        )
        self.assertEqual((wish.enabled, wish.email, wish.sms), (True, True, False))
        self.start_tour(
            preferences._unsubscribe_path(self.person, self.topic),
            "partner_notifications_unsubscribe",
        )
        self.env.invalidate_all()
        self.assertEqual((wish.enabled, wish.email), (True, False))

    def test_the_third_day_asks_for_a_rating(self):
        for days in (2, 1):
            self.env["partner.notification.visit"].create(
                {
                    "user_id": self.person.id,
                    "company_id": self.person.company_id.id,
                    "day": fields.Date.today() - timedelta(days=days),
                }
            )
        self.tour("rating", "/my/notifications")
        row = self.env["partner.notification.feedback"].search([])
        self.assertEqual((row.score, row.comment), (4, "More of it"))


@tagged("post_install", "-at_install")
class TestToursDesk(PartnerJourneys, HttpCase):
    """At 1280 px."""

    browser_size = DESK


@tagged("post_install", "-at_install")
class TestToursPhone(PartnerJourneys, HttpCase):
    """At 390 px."""

    browser_size = PHONE
    touch_enabled = True
