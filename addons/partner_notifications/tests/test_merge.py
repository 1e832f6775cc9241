from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import NotificationBuilders


@tagged("post_install", "-at_install")
class TestMerge(NotificationBuilders, TransactionCase):
    """Partners that are merged, archived, or lose a person to another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.kept = cls._partner("Kept")
        cls.gone = cls._partner("Gone")
        cls.kept_person = cls._persons(cls.kept)
        cls.gone_person = cls._persons(cls.gone)

    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    def test_two_companies_that_had_the_same_wave_become_one(self):
        wave = self._wave([self.kept, self.gone], dedup_key="news")
        self._send(wave)
        self.assertEqual(len(wave.notification_ids), 2)
        self._merge(self.gone, self.kept)
        self.assertFalse(self.gone.exists())
        (message,) = wave.notification_ids
        self.assertEqual(message.commercial_partner_id, self.kept)
        self.assertEqual(
            message.receipt_ids.partner_id,
            self.kept_person.partner_id | self.gone_person.partner_id,
        )
        for user in (self.kept_person, self.gone_person):
            self.assertEqual(len(self._receipts(user)), 1, "nobody lost a copy")
        again = self._send(self._wave([self.kept], dedup_key="news"))
        self.assertFalse(again, "told once, for ever")

    def test_other_notifications_of_both_are_kept(self):
        self._send(self._wave([self.kept]))
        self._send(self._wave([self.gone]))
        self._merge(self.gone, self.kept)
        self.assertEqual(len(self.kept.portal_notification_ids), 2)
        (receipt,) = self._receipts(self.gone_person)
        self.assertEqual(receipt.commercial_partner_id, self.kept)

    def test_a_wave_that_is_under_way_tells_the_one_that_stays(self):
        wave = self._wave([self.gone])
        self._merge(self.gone, self.kept)
        self._send(wave)
        self.assertEqual(self._outcomes(wave), {self.kept: "sent"})

    def test_what_was_sent_stays_rather_than_what_was_held_out(self):
        wave = self._wave([self.kept, self.gone], dedup_key="news")
        self._send(wave)
        held = wave.notification_ids.filtered(
            lambda row: row.commercial_partner_id == self.kept
        )
        held.receipt_ids.unlink()
        held.outcome = "hold_out"
        self._merge(self.gone, self.kept)
        self.assertEqual(wave.notification_ids.outcome, "sent")
        self.assertEqual(len(self._receipts(self.gone_person)), 1)

    def test_what_one_of_them_asked_for_stays_asked_for(self):
        topic = self._topic(action="delivery")
        wave = self._wave([self.kept, self.gone], topic=topic, dedup_key="moved")
        self._send(wave)
        gone = wave.notification_ids.filtered(
            lambda row: row.commercial_partner_id == self.gone
        )
        gone._ask("agreed", self.gone_person.partner_id)
        self._merge(self.gone, self.kept)
        self.assertEqual(wave.notification_ids.action_state, "agreed")
        self.assertEqual(wave.notification_ids.acted_by_id, self.gone_person.partner_id)

    def test_two_persons_who_are_one_keep_the_earliest_moments(self):
        twin = self.env["res.partner"].create(
            {"name": "Twin", "parent_id": self.kept.id}
        )
        (message,) = self._send(self._wave([self.kept]))
        (mine,) = message.receipt_ids
        now = fields.Datetime.now()
        mine.seen_at = now
        message.receipt_ids.create(
            {
                "notification_id": message.id,
                "partner_id": twin.id,
                "commercial_partner_id": self.kept.id,
                "topic_id": message.topic_id.id,
                "appear_at": now,
                "read_at": now,
                "seen_at": fields.Datetime.subtract(now, days=1),
            }
        )
        self._merge(twin, self.kept_person.partner_id)
        (left,) = message.receipt_ids
        self.assertEqual(left.partner_id, self.kept_person.partner_id)
        self.assertEqual(left.read_at, now)
        self.assertEqual(left.seen_at, fields.Datetime.subtract(now, days=1))

    def test_signed_statements_both_ask_for_become_one(self):
        statements = self.env["partner.statement"]
        first, _new = statements._ask(
            "signed", self.gone, self.company, self.gone_person.partner_id
        )
        second, _new = statements._ask(
            "signed", self.kept, self.company, self.kept_person.partner_id
        )
        self._merge(self.gone, self.kept)
        self.assertEqual((first | second).exists(), first)
        self.assertEqual(first.commercial_partner_id, self.kept)
        self.assertEqual(len(first.activity_ids), 1)

    def test_an_archived_person_gets_nothing_and_loses_nothing(self):
        self._send(self._wave([self.kept]))
        self.kept_person.active = False
        self.kept_person.partner_id.active = False
        wave = self._wave([self.kept])
        self._send(wave)
        self.assertEqual(self._outcomes(wave), {self.kept: "no_portal_user"})
        self.assertEqual(len(self.kept.portal_notification_ids.receipt_ids), 1)

    def test_who_changes_company_reads_the_new_ones_only(self):
        self._send(self._wave([self.kept, self.gone]))
        self.gone_person.partner_id.parent_id = self.kept
        self.assertFalse(self._receipts(self.gone_person))
        self._send(self._wave([self.kept, self.gone]))
        (receipt,) = self._receipts(self.gone_person)
        self.assertEqual(receipt.commercial_partner_id, self.kept)
