from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.chat_center_bridge.models import chat_keeping_mixin

from .test_outbox import OutboxCase

DAY_MINUTES = 24 * 60


@tagged("post_install", "-at_install")
class TestKeeping(OutboxCase):
    """Events and states of messages go in time, and never too early (X6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event = cls.env["chat.inbox"].search(
            [("gateway_id", "=", cls.gateway.id)], limit=1
        )
        cls.manager = new_test_user(
            cls.env, "chat_keeper", groups="chat_center_bridge.group_manager"
        )

    def _age(self, rows, days):
        self._pass_time(rows, days * DAY_MINUTES)

    def _vacuum(self, model):
        return self.env[model]._gc_old()

    def test_an_event_stays_as_long_as_the_company_keeps_it(self):
        self._age(self.event, 89)
        self._vacuum("chat.inbox")
        self.assertTrue(self.event.exists())
        self._age(self.event, 2)
        self.assertEqual(self._vacuum("chat.inbox"), (1, False))
        self.assertFalse(self.event.exists())
        self.assertTrue(self.channel.message_ids)

    def test_each_company_keeps_its_own(self):
        company = self.env["res.company"].create({"name": "Other"})
        company.chat_inbox_days = 365
        there = self._direction("Others", company_id=company.id)
        gateway = self._gateway(direction=there, company_id=company.id)
        row = self._receive(self._update(number=9), gateway=gateway)
        self._age(self.event | row, 100)
        self._vacuum("chat.inbox")
        self.assertFalse(self.event.exists())
        self.assertTrue(row.exists())

    def test_an_event_is_known_for_thirty_days_at_least(self):
        """What a messenger repeats is told by its row (design 2)."""
        for field in ("chat_inbox_days", "chat_outbox_days"):
            with self.subTest(field), mute_logger("odoo.sql_db"):
                with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                    self.env.company[field] = 29
                    self.env.flush_all()
                self.env.invalidate_all()

    def test_what_waits_or_failed_stays_until_it_was_looked_at(self):
        self._age(self.event, 1000)
        for state in ("new", "waiting", "dead"):
            self.event.state = state
            self._vacuum("chat.inbox")
            with self.subTest(state):
                self.assertTrue(self.event.exists())
        self.event.with_user(self.manager).action_put_aside()
        self._vacuum("chat.inbox")
        self.assertFalse(self.event.exists())

    def test_only_failed_events_are_put_aside_and_by_administrators(self):
        with self.assertRaisesRegex(UserError, "that failed"):
            self.event.with_user(self.manager).action_put_aside()
        self.event.state = "dead"
        with self.assertRaises(AccessError):
            self.event.with_user(self.user).action_put_aside()
        self.assertEqual(self.event.state, "dead")

    def test_old_rows_go_in_batches(self):
        rows = self._receive(*(self._update(number=number) for number in range(2, 6)))
        self._age(rows | self.event, 100)
        self.patch(chat_keeping_mixin, "DELETED_AT_ONCE", 2)
        told = [self._vacuum("chat.inbox") for _time in range(3)]
        self.assertEqual(told, [(2, True), (2, True), (1, False)])

    # -- messages of ours --------------------------------------------------------------

    def test_the_state_of_a_sent_message_goes_and_its_words_stay(self):
        row = self._reply(self.channel, user=self.user)
        message = row.message_id
        self._drain()
        self._age(row, 91)
        self.assertEqual(self._vacuum("chat.outbox"), (1, False))
        self.assertFalse(row.exists() or row.part_ids.exists())
        self.assertIn("In an hour.", message.body)
        with self.assertRaisesRegex(UserError, "cannot be changed there"):
            self.channel._check_can_update_message_content(message)

    def test_messages_on_their_way_or_not_delivered_stay(self):
        row = self._reply(self.channel, user=self.user)
        self._age(row, 1000)
        for state in ("queued", "sending", "failed", "expired", "unknown"):
            row.state = state
            self._vacuum("chat.outbox")
            with self.subTest(state):
                self.assertTrue(row.exists())

    def test_an_undelivered_message_goes_once_a_supervisor_put_it_aside(self):
        row = self._reply(self.channel, user=self.user)
        row.state = "failed"
        self._age(row, 91)
        with self.assertRaises(AccessError):
            row.with_user(self.user).action_put_aside()
        row.with_user(self.manager).action_put_aside()
        self._vacuum("chat.outbox")
        self.assertFalse(row.exists())

    def test_what_fails_again_is_to_be_looked_at_again(self):
        row = self._reply(self.channel, user=self.user)
        self.provider.answers = [(500, {}), (500, {})]
        self._drain()
        row.with_user(self.manager).action_put_aside()
        self.assertTrue(row.is_put_aside)
        row.action_send_again()
        self._drain()
        self.assertFalse(row.is_put_aside)

    def test_what_the_customer_has_is_not_put_aside(self):
        row = self._reply(self.channel, user=self.user)
        self._drain()
        with self.assertRaisesRegex(UserError, "not delivered"):
            row.with_user(self.manager).action_put_aside()

    def test_old_questions_to_partners_go_with_their_mails(self):
        partner = self.env["res.partner"].create(
            {"name": "Anna", "email": "anna.keeping@example.com"}
        )
        identity = self.channel.chat_identity_id
        identity.with_user(self.user).chat_send_proof_link(partner.id)
        question = self.env["chat.proof.link"].search([])
        mails = self.env["mail.message"].search(
            [("model", "=", "chat.proof.link"), ("res_id", "in", question.ids)]
        )
        self.assertTrue(mails)
        question.expires_at = fields.Datetime.now() - timedelta(days=2)
        self.env["chat.proof.link"]._gc_expired()
        self.assertFalse(question.exists() or mails.exists())
