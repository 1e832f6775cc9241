from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import ChatBuilders


def route_at_once(directions):
    """The routing's job: a test has no commit after which it would begin."""
    for direction in directions:
        direction._route()


@tagged("post_install", "-at_install")
class TestOperatorTour(ChatBuilders, HttpCase):
    """An operator works in Discuss, from being available to the closing reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.direction.write(
            {
                "accept_seconds": 600,
                "wrap_up_seconds": 0,
                "reason_ids": [Command.create({"name": "Question answered"})],
            }
        )
        cls.olga = cls._operator("chat_olga", state="away")

    def test_an_operator_accepts_replies_and_closes(self):
        channel = self._conversation(text="Where is my order?")
        with patch.object(type(self.direction), "_wake_after_commit", route_at_once):
            self.start_tour("/odoo/discuss", "chat_center_operator", login="chat_olga")
        self.env.invalidate_all()
        self.assertEqual(channel.chat_state, "closed")
        self.assertEqual(channel.chat_reason_id.name, "Question answered")
        segment = channel.chat_segment_ids.filtered("operator_id")
        self.assertEqual(segment.operator_id, self.olga)
        self.assertTrue(segment.accepted_at)
        self.assertTrue(segment.first_reply_at)
        self.assertGreater(segment.focus_seconds, 0)
        self.assertIn("On its way", channel.message_ids[0].body)
        states = self.olga.state_ids.mapped("state")
        self.assertIn("available", states)

    def test_a_chat_window_is_closed_and_the_conversation_is_not(self):
        self.olga._set_state("available")
        channel = self._taken(self.olga, text="Where is my order?")
        channel.with_user(self.olga.user_id).chat_accept()
        away_from_discuss = "/odoo/action-chat_center_bridge.action_chat_conversation"
        self.start_tour(away_from_discuss, "chat_center_window", login="chat_olga")
        self.env.invalidate_all()
        self.assertEqual(channel.chat_state, "active")
        self.assertEqual(channel.chat_operator_id, self.olga)
        self.assertIn("On its way", channel.message_ids[0].body)

    def test_a_voice_that_cannot_be_played_stops_nobody(self):
        self.olga._set_state("available")
        channel = self._taken(self.olga, text="Where is my order?")
        channel.with_user(self.olga.user_id).chat_accept()
        voice = self.env["ir.attachment"].create(
            {
                "name": "voice.ogg",
                "raw": b"OggS, and then nothing that is sound",
                "mimetype": "audio/ogg",
                "res_model": channel._name,
                "res_id": channel.id,
            }
        )
        voice._set_voice_metadata()
        channel.message_post(attachment_ids=voice.ids, message_type="comment")
        self.start_tour("/odoo/discuss", "chat_center_damaged_voice", login="chat_olga")


@tagged("post_install", "-at_install")
class TestOperatorOnAPhone(ChatBuilders, HttpCase):
    """A phone shows no sidebar and no header: the same work is done in lists."""

    browser_size = "390x844"
    touch_enabled = True

    def test_a_conversation_is_taken_marked_and_blocked(self):
        self.set_up_chats(self.env)
        self.direction.accept_seconds = 600
        olga = self._operator("chat_olga", state="away")
        channel = self._conversation(text="Cheap watches!")
        self.start_tour("/odoo/discuss", "chat_center_phone", login="chat_olga")
        self.env.invalidate_all()
        self.assertTrue(channel.chat_is_test)
        self.assertEqual(channel.chat_state, "closed")
        self.assertTrue(channel.chat_identity_id.is_spam)
        segment = channel.chat_segment_ids.filtered("operator_id")
        self.assertEqual(segment.operator_id, olga)
