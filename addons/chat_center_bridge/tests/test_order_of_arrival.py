"""Providers repeat and reorder: the conversations are the same (E1, E3)."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, freeze_time, tagged

from . import arrival, payloads
from .common import ChatBuilders

CHATS, MESSAGES, COPIES = 10, 10, 3


@tagged("post_install", "-at_install")
class TestOrderOfArrival(ChatBuilders, TransactionCase):
    """10 000 in the bench."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.shuffled = cls._gateway(name="Shuffled")

    def _compare(self, updates):
        """What the customers said, the same both ways."""
        self._receive(*updates)
        self._receive(*arrival.mixed(updates, COPIES), gateway=self.shuffled)
        ordered = arrival.conversations(self.gateway)
        self.assertEqual(arrival.conversations(self.shuffled), ordered)
        return ordered

    def test_three_hundred_shuffled_and_doubled_texts_give_the_same(self):
        updates = [
            self._update(f"{chat}: word {number}", chat=chat, number=number)
            | {"update_id": chat * 1000 + number}
            for number in range(1, MESSAGES + 1)
            for chat in range(1, CHATS + 1)
        ]
        ordered = self._compare(updates)
        self.assertEqual(len(ordered), CHATS)
        self.assertEqual({len(said) for said, *_rest in ordered.values()}, {MESSAGES})

    def test_three_hundred_events_of_every_kind_give_the_same(self):
        updates = arrival.day(100, CHATS // 2)
        kinds = {next(key for key in one if key != "update_id") for one in updates}
        self.assertEqual(kinds, {"message", "edited_message", "message_reaction"})
        ordered = self._compare(updates)
        said = [one for said, *_rest in ordered.values() for one in said]
        self.assertTrue(any(len(files) > 1 for _lines, files, _signs in said))
        self.assertTrue(any(signs for _lines, _files, signs in said))

    def test_albums_of_one_name_of_two_customers_are_two_messages(self):
        """The messenger's name of an album is one within a chat only (P5)."""
        photos = [
            payloads.of_chat(payloads.telegram_photo(number, number, album="5"), chat)
            for number, chat in ((1, 10**7), (2, 10**7 + 1), (3, 10**7))
        ]
        rows = self._receive(*photos)
        first, other, again = rows.mapped(lambda row: row.message_id.id)
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    # -- what comes before its message -------------------------------------------------

    def _sign(self, emoji, second, number=1):
        return {
            "update_id": 3000 + second,
            "message_reaction": {
                "chat": {"id": 77, "type": "private", "first_name": "Anna"},
                "user": {"id": 77, "is_bot": False, "first_name": "Anna"},
                "message_id": number,
                "date": 1763800100 + second,
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}],
            },
        }

    def _edit(self, text, second):
        update = self._update(text, edit_date=1763800100 + second)
        update["edited_message"] = update.pop("message")
        return update | {"update_id": 4000 + second}

    def test_a_sign_waits_for_its_message(self):
        row = self._receive(self._sign("👍", 1))
        self.assertEqual(row.state, "waiting")
        channel = self._conversation()
        self.assertEqual(row.state, "done")
        self.assertEqual(channel.message_ids.reaction_ids.content, "👍")

    def test_signs_at_an_album_stand_whichever_of_its_pictures_they_are_at(self):
        photos = [
            payloads.of_chat(payloads.telegram_photo(number, number, album="5"), 77)
            for number in (1, 2)
        ]
        taken_back = self._sign("🔥", 6, number=2)
        taken_back["message_reaction"]["new_reaction"] = []
        signs = [self._sign("👍", 1), self._sign("🔥", 5, number=2), taken_back]
        for gateway, order in ((self.gateway, 1), (self.shuffled, -1)):
            rows = self._receive(*photos, gateway=gateway)
            self._receive(*signs[::order], gateway=gateway)
            self.assertEqual(rows.message_id.reaction_ids.content, "👍")

    def test_a_sign_of_a_message_nobody_knows_is_left_out_at_last(self):
        row = self._receive(self._sign("👍", 1))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.env["chat.inbox"]._end_waiting()
            row._work_off()
        self.assertEqual(row.state, "ignored")

    def test_an_older_sign_that_comes_late_changes_nothing(self):
        channel = self._conversation()
        self._receive(self._sign("🔥", 5))
        row = self._receive(self._sign("👍", 2))
        self.assertEqual(row.state, "ignored")
        self.assertEqual(channel.message_ids.reaction_ids.content, "🔥")

    def test_of_edits_of_one_second_the_last_one_stays(self):
        channel = self._conversation()
        newer = self._edit("newer", 1) | {"update_id": 4002}
        self._receive(newer, self._edit("older", 1))
        self.assertIn("newer", channel.message_ids.body)

    def test_an_original_that_comes_after_its_edit_was_shown_is_not_doubled(self):
        row = self._receive(self._edit("Where is order 17?", 1))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.env["chat.inbox"]._end_waiting()
            row._work_off()
        channel = self._conversation()
        self.assertEqual(len(channel.message_ids), 1)
        self.assertIn("order 17", channel.message_ids.body)
