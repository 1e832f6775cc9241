from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models import partner_notification as messages
from ..rules import keyset
from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestReceipt(NotificationBuilders, TransactionCase):
    """Each person's own copy: list, badge, marks (K2, K3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.partner = cls._partner(persons=2)
        cls.person, cls.colleague = cls._persons(cls.partner)

    def _sent(self, count=1, topic=None):
        """``count`` notifications a minute apart, the last one the newest."""
        now = fields.Datetime.now()
        for number in range(count):
            wave = self._wave([self.partner], topic=topic)
            receipts = self._send(wave).receipt_ids
            receipts.appear_at = now - timedelta(minutes=count - number)
        return self._receipts(self.person)

    def test_reading_is_each_persons_own(self):
        self._sent()
        self._receipts(self.person).sudo()._mark("read_at")
        self.assertEqual(self.person._notification_badge(), "")
        self.assertEqual(self.colleague._notification_badge(), "1")

    def test_the_badge_stops_at_99(self):
        [notification] = self._send(self._wave([self.partner]))
        for number in range(100):
            copy = notification.copy({"dedup_key": f"n{number}"})
            self.env["partner.notification.receipt"].create(
                {
                    "notification_id": copy.id,
                    "partner_id": self.person.partner_id.id,
                    "commercial_partner_id": self.partner.id,
                    "topic_id": self.topic.id,
                    "appear_at": fields.Datetime.now(),
                }
            )
        self.assertEqual(self.person._notification_badge(), "99+")
        with self.assertQueryCount(1):
            self.person._notification_badge()

    def test_what_is_put_off_does_not_count_and_comes_back(self):
        receipt = self._sent().sudo()
        receipt.appear_at = fields.Datetime.now() + timedelta(hours=1)
        self.assertEqual(self.person._notification_badge(), "")
        receipt.appear_at = fields.Datetime.now()
        self.assertEqual(self.person._notification_badge(), "1")

    def test_what_is_over_is_gone_from_the_portal(self):
        until = fields.Datetime.now() + timedelta(hours=1)
        self._send(self._wave([self.partner], valid_until=until))
        self.assertEqual(self.person._notification_badge(), "1")
        with freeze_time(until):
            self.assertEqual(self.person._notification_badge(), "")
            self.assertFalse(self._receipts(self.person))

    def test_what_is_older_than_the_topic_keeps_is_deleted_in_chunks(self):
        kept = self._topic(keep_days=40)
        receipts = self._sent(3)
        self._sent(1, topic=kept)
        later = fields.Datetime.now() + timedelta(days=31)
        self.topic.keep_days = 30
        notifications = self.env["partner.notification"]
        # each has two copies: two notifications are six rows
        with freeze_time(later), patch.object(messages, "DELETED_AT_ONCE", 8):
            self.assertEqual(notifications._gc_old(), (2, 1))
            self.assertEqual(notifications._gc_old(), (1, 1))
            self.assertEqual(notifications._gc_old(), (0, 0))
        self.assertFalse(receipts.exists())
        self.assertEqual(self._receipts(self.person).sudo().topic_id, kept)

    def test_one_notification_with_more_copies_than_a_chunk_goes_at_once(self):
        receipts = self._sent(2)
        later = fields.Datetime.now() + timedelta(days=400)
        notifications = self.env["partner.notification"]
        with freeze_time(later), patch.object(messages, "DELETED_AT_ONCE", 1):
            self.assertEqual(notifications._gc_old(), (1, 1))
        self.assertEqual(len(receipts.exists()), 1)

    def test_pages_follow_each_other_without_gap_or_double(self):
        expected = self._sent(9)
        receipts = self.env["partner.notification.receipt"].with_user(self.person)
        seen, place = receipts.browse(), None
        while True:
            page, newer, older = receipts._page(
                receipts._current(), before=place, limit=4
            )
            self.assertEqual(newer, bool(seen))
            seen += page
            place = (page[-1].appear_at, page[-1].id)
            if not older:
                break
        self.assertEqual(seen, expected)
        back, newer, older = receipts._page(
            receipts._current(), after=(seen[8].appear_at, seen[8].id), limit=4
        )
        self.assertEqual((back, newer, older), (seen[4:8], True, True))

    def test_a_bad_place_is_no_place(self):
        for word in ("", "x", "20260101_1", "20260101000000_x", None):
            self.assertIsNone(keyset.read(word))
        moment = fields.Datetime.now()
        self.assertEqual(keyset.read(keyset.write(moment, 7)), (moment, 7))

    def test_the_filter_knows_topic_words_days_and_what_is_unread(self):
        other = self._topic(subject="Delivery moved", body="To Friday")
        self._sent(2)
        self._sent(1, topic=other)
        receipts = self.env["partner.notification.receipt"].with_user(self.person)

        def found(**filters):
            return len(receipts.search(receipts._filtered(**filters)))

        self.assertEqual(found(), 3)
        self.assertEqual(found(topic=other.code), 1)
        self.assertEqual(found(words="FRIDAY"), 1)
        self.assertEqual(found(begin=fields.Datetime.now()), 0)
        self.assertEqual(found(end=fields.Datetime.now()), 3)
        receipts.search(receipts._filtered(topic=other.code)).sudo()._mark("read_at")
        self.assertEqual(found(state="unread"), 2)

    def test_all_within_the_filter_are_marked_in_one_statement(self):
        other = self._topic()
        self._sent(3)
        self._sent(1, topic=other)
        receipts = self.env["partner.notification.receipt"].with_user(self.person)
        marked = receipts._mark_all_read(receipts._filtered(topic=self.topic.code))
        self.assertEqual(marked, 3)
        self.assertEqual(self.person._notification_badge(), "1")
        self.assertEqual(self.colleague._notification_badge(), "4")

    def test_nobody_reads_or_writes_copies_of_others(self):
        receipt = self._sent()
        stranger = self._persons(self._partner("Stranger"))
        internal = new_test_user(self.env, "plain", groups="base.group_user")
        for user in (stranger, self.colleague):
            self.assertFalse(
                self.env["partner.notification.receipt"]
                .with_user(user)
                .search([("id", "=", receipt.id)])
            )
        for user in (self.person, self.colleague, stranger, internal):
            with self.assertRaises(AccessError):
                receipt.with_user(user).write({"read_at": fields.Datetime.now()})
        with self.assertRaises(AccessError):
            receipt.with_user(internal).read(["read_at"])
        with self.assertRaises(AccessError):
            receipt.notification_id.with_user(self.person).read(["amount"])
        with self.assertRaises(AccessError):
            self.topic.with_user(self.person).read(["cap"])

    def test_who_changes_company_sees_nothing_of_the_old_one(self):
        self._sent()
        self.assertTrue(self._receipts(self.person))
        self.person.partner_id.parent_id = self._partner("New employer", persons=0)
        self.env.flush_all()
        self.assertFalse(self._receipts(self.person))
        self.assertEqual(self.person._notification_badge(), "")
