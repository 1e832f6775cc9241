import json
from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestComposer(ChatBuilders, TransactionCase):
    """The operator's window knows whether the customer can be written to (P5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.channel = cls._taken(cls.olga)
        cls.identity = cls.channel.chat_identity_id

    def _told(self, **values):
        """What windows are told of the conversation when the customer changes."""
        return self._told_by(lambda: self.identity.write(values))

    def _told_by(self, change):
        """What windows are told of conversations by a change.

        :return: list of (where, dict of fields)
        """
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo()
        before = rows.search([], order="id desc", limit=1).id
        change()
        self.env.cr.precommit.run()
        return [
            (row.channel, told)
            for row in rows.search([("id", ">", before)])
            for told in json.loads(row.message)["payload"].get("discuss.channel", [])
        ]

    def test_a_new_window_is_told_to_people_of_the_company_only(self):
        until = fields.Datetime.now() + timedelta(hours=24)
        [(where, told)] = self._told(window_until=until)
        self.assertIn("internal_users", where)
        self.assertEqual(told["id"], self.channel.id)
        self.assertEqual(told["chat_window_until"], fields.Datetime.to_string(until))

    def test_a_customer_who_blocks_us_and_comes_back_is_told(self):
        for is_blocked in (True, False):
            [(_where, told)] = self._told(is_blocked=is_blocked)
            self.assertEqual(told["chat_has_blocked_us"], is_blocked)

    def test_what_no_composer_follows_tells_nothing(self):
        self.assertFalse(self._told(name="Anna Petrova"))

    def test_of_a_conversation_that_is_over_nothing_is_told(self):
        self.channel._chat_close(fields.Datetime.now(), "operator")
        self.assertFalse(self._told(is_blocked=True))

    def test_a_window_opened_later_knows_it_too(self):
        self.identity.is_blocked = True
        user = self.olga.user_id
        store = Store(bus_channel=user)
        store.add(self.channel.with_user(user))
        [told] = [
            one
            for one in store.get_result()["discuss.channel"]
            if one["id"] == self.channel.id and "chat_has_blocked_us" in one
        ]
        self.assertTrue(told["chat_has_blocked_us"])
        self.assertFalse(told["chat_window_until"])

    def test_the_last_word_on_the_bus_of_a_conversation_is_the_offer(self):
        channel = self._conversation(chat=78, number=2)
        told = self._told_by(lambda: channel._chat_take(self.olga, "base"))
        on_its_bus = [one for where, one in told if "internal_users" in where]
        until = fields.Datetime.to_string(channel.chat_accept_until)
        last = {key: value for one in on_its_bus for key, value in one.items()}
        self.assertEqual(last["chat_accept_until"], until)
        self.assertEqual(last["chat_state"], "active")

    def test_a_page_opened_after_it_is_gone_hears_that_too(self):
        """Pages hear the last seconds of the user's own channel once more."""
        channel = self._conversation(chat=78, number=2)
        user = self.olga.user_id

        def have_and_lose():
            channel._chat_take(self.olga, "base")
            self.env.cr.precommit.run()
            channel._chat_take_back(fields.Datetime.now(), "silent")

        told = self._told_by(have_and_lose)
        own = f'["{self.env.cr.dbname}","res.partner",{user.partner_id.id}]'
        heard = [one for where, one in told if where.replace(" ", "") == own]
        last = {key: value for one in heard for key, value in one.items()}
        [[command, members]] = last["channel_member_ids"]
        self.assertEqual(command, "DELETE")
        self.assertEqual(len(members), 1)
        self.assertFalse(last["chat_holder_partner_id"])
        self.assertFalse(last["chat_accept_until"])

    def test_who_is_offered_a_conversation_is_not_invited_as_well(self):
        channel = self._conversation(chat=78, number=2)
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo()
        before = rows.search([], order="id desc", limit=1).id
        channel._chat_take(self.olga, "base")
        self.env.cr.precommit.run()
        told = [json.loads(row.message) for row in rows.search([("id", ">", before)])]
        [joined] = [one for one in told if one["type"] == "discuss.channel/joined"]
        self.assertNotIn("invited_by_user_id", joined["payload"])
