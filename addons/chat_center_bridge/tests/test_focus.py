from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestFocus(ChatBuilders, TransactionCase):
    """How long an operator had a conversation before him (P2: a part of ACPT)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.pavel = cls._operator("chat_pavel")
        cls.channel = cls._taken(cls.olga)
        cls.channel.with_user(cls.olga.user_id).chat_accept()
        cls.segment = cls.channel._chat_segment()

    def _spend(self, seconds, user=None, after=600):
        """Tell seconds, so many seconds after the stretch was opened."""
        moment = self.segment.opened_at + timedelta(seconds=after)
        with patch.object(fields.Datetime, "now", lambda: moment):
            channel = self.channel.with_user(user or self.olga.user_id)
            return channel.chat_spend(seconds)

    def test_what_is_told_adds_up(self):
        self.assertEqual(self._spend(60), 60)
        self.assertEqual(self._spend(12.5), 72.5)
        self.assertEqual(self.segment.focus_seconds, 72.5)

    def test_it_is_no_longer_than_the_stretch_lasts(self):
        self._spend(60, after=70)
        self.assertEqual(self._spend(60, after=80), 80)

    def test_nothing_is_taken_away(self):
        self._spend(60)
        self.assertIs(self._spend(-30), False)
        self.assertEqual(self.segment.focus_seconds, 60)

    def test_only_the_holders_window_counts(self):
        chief = new_test_user(
            self.env, "chat_nina", groups="chat_center_bridge.group_supervisor"
        )
        self.direction.supervisor_ids = chief
        for user in chief | self.pavel.user_id:
            with self.subTest(user.login):
                self.assertIs(self._spend(60, user), False)
        self.assertFalse(self.segment.focus_seconds)

    def test_what_is_over_stays_as_it_was(self):
        self._spend(60)
        self.channel.with_user(self.olga.user_id).chat_close()
        self.assertEqual(self.channel.chat_state, "wrap_up")
        self.assertIs(self._spend(60), False)
        self.assertEqual(self.segment.focus_seconds, 60)

    def test_each_operators_stretch_has_its_own(self):
        self._spend(60)
        own = self.channel.with_user(self.olga.user_id)
        own.chat_transfer_to_operator(self.pavel.id)
        self._spend(30, self.pavel.user_id, after=1200)
        spent = self.channel.chat_segment_ids.filtered("operator_id")
        self.assertEqual(spent.mapped("focus_seconds"), [60, 30])

    def test_it_is_in_the_handling_time(self):
        self._spend(60)
        self.channel.with_user(self.olga.user_id).chat_close()
        moment = self.channel.livechat_end_dt + timedelta(seconds=20)
        self.channel._chat_wrapped_up(moment)
        while self.env["chat.figure.due"]._count_next():
            pass
        rows = self.env["chat.figure"].search(
            [("conversation_id", "=", self.channel.id), ("operator_id", "!=", False)]
        )
        self.assertEqual(sum(rows.mapped("handle_seconds")), 80)
