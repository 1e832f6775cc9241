from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models import partner_notification_pipeline as pipeline
from .common import NotificationBuilders


class PipelineCase(NotificationBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)


@tagged("post_install", "-at_install")
class TestPipeline(PipelineCase):
    """From candidates to receipts: the first reason that fits wins (K9, K12)."""

    def test_each_person_of_a_company_gets_a_copy_of_one_notification(self):
        partner = self._partner(persons=2)
        notification = self._send(self._wave([partner]))
        self.assertEqual(notification.outcome, "sent")
        self.assertEqual(notification.subject, "News for Romashka")
        self.assertEqual(notification.body, "Bureau supply has news for Romashka.")
        persons = self._persons(partner)
        self.assertEqual(notification.receipt_ids.partner_id, persons.partner_id)
        for person in persons:
            self.assertEqual(self._receipts(person).subject, "News for Romashka")

    def test_what_is_dropped_says_why_and_leaves_no_copy(self):
        retired = self._topic(active=False)
        reached, silent = self._partner("Reached"), self._partner("Silent", persons=0)
        muted = self._partner("Muted")
        self.env["partner.notification.preference"].create(
            {
                "user_id": self._persons(muted).id,
                "topic_id": self.topic.id,
                "enabled": False,
            }
        )
        wave = self._wave([reached, silent, muted])
        self._send(wave)
        self.assertEqual(
            self._outcomes(wave),
            {reached: "sent", silent: "no_portal_user", muted: "muted"},
        )
        self.assertEqual(len(wave.notification_ids.receipt_ids), 1)
        old = self._wave([reached], topic=retired)
        self._send(old)
        self.assertEqual(self._outcomes(old), {reached: "inactive_topic"})

    def test_one_person_may_switch_off_what_a_colleague_reads(self):
        partner = self._partner(persons=2)
        off, on = self._persons(partner)
        self.env["partner.notification.preference"].create(
            {"user_id": off.id, "topic_id": self.topic.id, "enabled": False}
        )
        self._send(self._wave([partner]))
        self.assertFalse(self._receipts(off))
        self.assertTrue(self._receipts(on))

    def test_a_mandatory_topic_cannot_be_switched_off(self):
        topic = self._topic(mandatory=True)
        partner = self._partner()
        self.env["partner.notification.preference"].create(
            {
                "user_id": self._persons(partner).id,
                "topic_id": topic.id,
                "enabled": False,
            }
        )
        self._send(self._wave([partner], topic=topic))
        self.assertTrue(self._receipts(self._persons(partner)))

    def test_a_cap_counts_within_a_wave_and_over_waves(self):
        self.topic.write({"cap": 2, "cap_days": 7})
        partner, other = self._partner("First"), self._partner("Second")
        wave = self._wave([partner])
        self.env["partner.notification.candidate"].create(
            [
                {
                    "broadcast_id": wave.id,
                    "commercial_partner_id": partner.id,
                    "dedup_key": f"more:{number}",
                }
                for number in range(2)
            ]
        )
        self._send(wave)
        self.assertEqual(wave.sent_count, 2)
        later = self._wave([partner, other])
        self._send(later)
        self.assertEqual(self._outcomes(later), {partner: "capped", other: "sent"})

    def test_the_company_cap_counts_all_topics_and_spares_mandatory_ones(self):
        self.company.write({"notification_cap": 1, "notification_cap_days": 7})
        partner = self._partner()
        self._send(self._wave([partner]))
        for mandatory, outcome in ((False, "capped"), (True, "sent")):
            wave = self._wave([partner], topic=self._topic(mandatory=mandatory))
            self._send(wave)
            self.assertEqual(self._outcomes(wave), {partner: outcome})

    def test_the_same_message_is_sent_once(self):
        partner = self._partner()
        first = self._wave([partner], dedup_key="july")
        self._send(first)
        again = self._wave([partner, partner], dedup_key="july")
        self._send(again)
        self.assertFalse(again.notification_ids)
        self.assertEqual(again.duplicate_count, 2)
        self.assertEqual(len(self._receipts(self._persons(partner))), 1)

    def test_words_are_kept_in_each_language_and_fall_back_to_the_companys(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.topic.with_context(lang="ru_RU").body = "Новости для {partner}."
        partner = self._partner()
        notification = self._send(self._wave([partner]))
        russian = notification.with_context(lang="ru_RU")
        self.assertEqual(russian.body, "Новости для Romashka.")
        self.assertEqual(notification.body, "Bureau supply has news for Romashka.")
        self.assertEqual(russian.subject, "News for Romashka")

    def test_a_topic_edited_while_a_wave_runs_changes_nothing_in_it(self):
        wave = self._wave([self._partner()])
        self.topic.body = "Other words"
        self.assertEqual(self._send(wave).body, "Bureau supply has news for Romashka.")

    def test_html_in_a_name_is_text(self):
        partner = self._partner("<b>Bold</b>")
        self.assertEqual(
            self._send(self._wave([partner])).subject, "News for <b>Bold</b>"
        )

    def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(self):
        small = self._wave([self._partner(f"Small {n}") for n in range(2)])
        large = self._wave([self._partner(f"Large {n}") for n in range(40)])
        for wave in (small, large):
            self.pipeline._start(wave)
            self.env.flush_all()
            with self.assertQueryCount(14):
                self.pipeline._run_batch(wave)
            self.assertFalse(wave.left_count)

    def test_a_killed_run_goes_on_where_it_was(self):
        """Whatever batch it was killed at: nothing lost, nothing doubled."""
        partners = [self._partner(f"P{number}") for number in range(7)]
        for killed_at in range(4):
            topic = self._topic()
            wave = self._wave(partners, topic=topic)
            self.pipeline._start(wave)
            with patch.object(pipeline, "BATCH_SIZE", 2):
                for _batch in range(killed_at):
                    self.pipeline._run_batch(wave)
                with self.assertRaises(KeyboardInterrupt), self.cr.savepoint():
                    with patch.object(
                        type(self.pipeline), "_forget", side_effect=KeyboardInterrupt
                    ):
                        self.pipeline._run_batch(wave)
                self.env.invalidate_all()
                self._send(wave)
            self.assertEqual(
                self._outcomes(wave), dict.fromkeys(partners, "sent"), killed_at
            )
            self.assertEqual(len(wave.notification_ids), len(partners))
            self.assertEqual(len(wave.notification_ids.receipt_ids), len(partners))


@tagged("post_install", "-at_install")
class TestHoldOut(PipelineCase):
    """A random control group (X1): by lot, the same on a rerun, new each wave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topic.allow_hold_out = True
        cls.partners = [cls._partner(f"C{number}") for number in range(60)]

    def _held(self, wave):
        return {
            partner
            for partner, outcome in self._outcomes(wave).items()
            if outcome == "hold_out"
        }

    def test_a_share_is_held_out_by_another_lot_each_wave(self):
        waves = [
            self._wave(self.partners, hold_out_share=50, dedup_key=f"w{number}")
            for number in range(3)
        ]
        for wave in waves:
            self._send(wave)
            self.assertTrue(10 < wave.hold_out_count < 50, wave.hold_out_count)
            self.assertEqual(wave.hold_out_count + wave.sent_count, 60)
            held = wave.notification_ids.filtered(lambda row: row.outcome == "hold_out")
            self.assertFalse(held.receipt_ids)
        self.assertEqual(len({frozenset(self._held(wave)) for wave in waves}), 3)

    def test_the_lot_of_a_wave_does_not_depend_on_its_batches(self):
        wave = self._wave(self.partners, hold_out_share=50)
        self.pipeline._start(wave)
        self.env.flush_all()
        ids = (
            self.env["partner.notification.candidate"]
            .search([("broadcast_id", "=", wave.id)])
            .ids
        )
        whole = self.pipeline._decide(wave, ids)
        pieces = {}
        for start in range(0, len(ids), 7):
            pieces |= self.pipeline._decide(wave, ids[start : start + 7])
        self.assertEqual(whole, pieces)

    def test_a_topic_for_everybody_holds_nobody_out(self):
        topic = self._topic(allow_hold_out=True)
        wave = self._wave(self.partners, topic=topic, hold_out_share=50)
        topic.allow_hold_out = False
        self._send(wave)
        self.assertEqual(wave.sent_count, 60)


@tagged("post_install", "-at_install")
class TestPipelineProperties(PipelineCase):
    """Whatever is sent when: caps hold and nothing is sent twice (K12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = [cls._partner(f"P{number}") for number in range(3)]

    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        st.integers(0, 3),
        st.lists(
            st.tuples(
                st.lists(st.integers(0, 2), min_size=1, max_size=5), st.integers(0, 3)
            ),
            min_size=1,
            max_size=5,
        ),
    )
    def test_no_cap_is_passed_and_no_key_sent_twice(self, cap, waves):
        with self.cr.savepoint() as savepoint:
            topic = self._topic(cap=cap)
            for places, key in waves:
                self._send(
                    self._wave(
                        [self.partners[place] for place in places],
                        topic=topic,
                        dedup_key=f"k{key}",
                    )
                )
            rows = self.env["partner.notification"].search(
                [("topic_id", "=", topic.id)]
            )
            sent = rows.filtered(lambda row: row.outcome == "sent")
            pairs = [(row.commercial_partner_id, row.dedup_key) for row in sent]
            self.assertEqual(len(pairs), len(set(pairs)))
            asked = {
                (self.partners[place], f"k{key}")
                for places, key in waves
                for place in places
            }
            for partner in self.partners:
                count = len([pair for pair in pairs if pair[0] == partner])
                wanted = len([pair for pair in asked if pair[0] == partner])
                self.assertEqual(count, min(wanted, cap) if cap else wanted)
            savepoint.rollback()


@tagged("post_install", "-at_install")
class TestSwitch(PipelineCase):
    """One switch stops all sending; a wave can rest and go on."""

    def test_nothing_runs_while_the_switch_is_off(self):
        wave = self._wave([self._partner()])
        self.company.notifications_on = False
        self.assertNotEqual(self.pipeline._next_wave(), wave)
        self.company.notifications_on = True
        self.assertEqual(self.pipeline._next_wave(), wave)

    def test_an_event_is_told_at_once_or_waits_for_the_switch(self):
        partner = self._partner()
        wave = self._event([partner])
        self.assertEqual(
            (wave.state, self._outcomes(wave)), ("done", {partner: "sent"})
        )
        self.company.notifications_on = False
        later = self._event([partner])
        self.assertEqual((later.state, later.left_count), ("queued", 1))
        self.company.notifications_on = True
        self._send(later)
        self.assertEqual(later.sent_count, 1)

    def test_a_wave_that_fails_rests_and_stops_no_other(self):
        partner = self._partner()
        broken = self._wave([partner])
        # a value that nobody gives, past the check of the topic's words
        broken.body = "{nobody_knows}"
        sound = self._wave([partner])
        self.pipeline._carry_on(broken)
        with mute_logger(pipeline.__name__):
            self.pipeline._carry_on(broken)
        self.assertEqual(broken.state, "paused")
        self.assertIn("nobody_knows", broken.failure)
        self.assertEqual(self.pipeline._next_wave(), sound)
        broken.body = "News"
        broken.action_resume()
        self._send(broken)
        self.assertEqual(self._outcomes(broken), {partner: "sent"})

    def test_news_that_are_over_are_not_sent_late(self):
        wave = self._wave(
            [self._partner()],
            valid_until=fields.Datetime.subtract(fields.Datetime.now(), minutes=1),
        )
        self.assertEqual(self.pipeline._carry_on(wave), 0)
        self.assertEqual((wave.state, wave.sent_count), ("stopped", 0))
        self.assertIn("valid until", wave.failure)

    def test_the_scheduled_action_carries_every_wave_to_its_end(self):
        partners = [self._partner(f"P{number}") for number in range(5)]
        waves = [self._wave(partners), self._wave(partners)]
        cron = self.env.ref("partner_notifications.ir_cron_pipeline")
        with self.enter_registry_test_mode(), patch.object(pipeline, "BATCH_SIZE", 2):
            cron.method_direct_trigger()
        for wave in waves:
            self.assertEqual((wave.state, wave.sent_count), ("done", 5))

    def test_a_rested_wave_does_not_ask_its_source_again(self):
        wave = self._wave([self._partner()])
        wave.action_pause()
        wave.action_resume()
        self.assertEqual(wave.state, "queued")
        self.pipeline._start(wave)
        wave.action_pause()
        wave.action_resume()
        self.assertEqual(wave.state, "running")

    def test_a_wave_waits_for_its_time(self):
        wave = self._wave(
            [self._partner()],
            scheduled_at=fields.Datetime.add(fields.Datetime.now(), hours=1),
        )
        self.assertFalse(self.pipeline._next_wave())
        wave.scheduled_at = fields.Datetime.now()
        self.assertEqual(self.pipeline._next_wave(), wave)

    def test_a_paused_wave_rests_and_a_stopped_one_ends(self):
        partners = [self._partner("One"), self._partner("Two")]
        wave = self._wave(partners)
        wave.action_pause()
        self.assertFalse(self.pipeline._next_wave())
        wave.action_resume()
        with patch.object(pipeline, "BATCH_SIZE", 1):
            self.pipeline._start(wave)
            self.pipeline._run_batch(wave)
        wave.action_stop()
        self.assertEqual((wave.sent_count, wave.left_count), (1, 0))
        self.assertEqual(wave.duplicate_count, 0)
