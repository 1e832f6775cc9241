from dataclasses import replace

from odoo.tests import TransactionCase, tagged

from ..rules import choice
from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestQueue(ChatBuilders, TransactionCase):
    """From the queue to an operator's slot and back (P4, X5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.operator = cls._operator("chat_olga")

    def test_an_operator_has_as_many_slots_as_the_company_says(self):
        kinds = self.operator.slot_ids.mapped("kind")
        self.assertEqual(kinds.count("base"), 3)
        self.assertEqual(kinds.count("extra"), 2)

    def test_taking_gives_slot_membership_and_segment(self):
        channel = self._conversation()
        self.assertTrue(channel._chat_take(self.operator, "base"))
        self.assertEqual(channel.chat_state, "active")
        self.assertEqual(self.operator.slot_ids.conversation_id, channel)
        self.assertIn(self.operator.user_id.partner_id, channel.channel_partner_ids)
        kinds = channel.chat_segment_ids.mapped("holder_kind")
        self.assertEqual(kinds, ["queue", "operator"])
        self.assertTrue(channel.chat_segment_ids[0].closed_at)

    def test_customers_see_no_joining(self):
        channel = self._conversation()
        channel._chat_take(self.operator, "base")
        self.assertEqual(len(channel.message_ids), 1)

    def test_nobody_gets_more_than_the_slots(self):
        taken = [
            self._conversation(chat=number, number=number)._chat_take(
                self.operator, "base"
            )
            for number in range(1, 5)
        ]
        self.assertEqual(taken, [True, True, True, False])

    def test_what_is_taken_back_waits_ahead_since_it_first_waited(self):
        channel = self._conversation()
        since = channel.chat_queued_at
        channel._chat_take(self.operator, "base")
        channel._chat_take_back(self.env.cr.now(), "silent")
        self.assertEqual(channel.chat_state, "queued")
        self.assertTrue(channel.chat_is_head)
        self.assertEqual(channel.chat_queued_at, since)
        self.assertFalse(self.operator.slot_ids.conversation_id)
        self.assertNotIn(self.operator.user_id.partner_id, channel.channel_partner_ids)

    def test_core_does_not_end_it_when_the_operator_is_gone(self):
        channel = self._conversation()
        channel._chat_take(self.operator, "base")
        channel._chat_take_back(self.env.cr.now(), "silent")
        self.assertFalse(channel.livechat_end_dt)

    def test_the_choice_gives_each_waiting_conversation_to_somebody_free(self):
        channel = self._conversation()
        waiting = self.direction._waiting()
        operators = self.direction._free_operators()
        self.assertEqual([one.id for one in waiting], channel.ids)
        self.assertEqual(operators[0].base_free, 3)

    def test_a_channel_of_higher_priority_goes_first(self):
        """Priorities per channel, set at the gateway (P9)."""
        urgent = self._gateway(name="Telephone shop", priority=5)
        first = self._conversation(chat=1, number=1)
        row = self._receive(self._update(chat=2, number=2), gateway=urgent)
        second = self.env["discuss.channel"].browse(row.message_id.res_id)
        moment = max((first | second).mapped("chat_queued_at"))
        order = choice.order(
            self.direction._waiting(), {self.direction.id: self._policy()}, moment
        )
        self.assertEqual([one.id for one in order], [second.id, first.id])

    def _only_waiting(self):
        [waiting] = self.direction._waiting()
        return waiting

    def test_a_company_goes_to_the_operator_who_looks_after_it(self):
        """P4"""
        company = self.env["res.partner"].create(
            {"name": "Daisy", "user_id": self.operator.user_id.id}
        )
        channel = self._conversation()
        channel.chat_identity_id.partner_id = company.create(
            {"name": "Anna of Daisy", "parent_id": company.id}
        )
        self.assertEqual(self._only_waiting().personal_manager, self.operator.id)

    def test_a_manager_who_is_no_operator_is_not_looked_for(self):
        channel = self._conversation()
        channel.chat_identity_id.partner_id = self.env["res.partner"].create(
            {"name": "Daisy", "user_id": self.env.ref("base.user_admin").id}
        )
        self.assertIsNone(self._only_waiting().personal_manager)

    def test_the_messengers_language_is_that_of_an_operator(self):
        """Telegram says ``ru`` and Odoo ``ru_RU`` (P4)."""
        self.env["res.lang"]._activate_lang("ru_RU")
        self.operator.user_id.lang = "ru_RU"
        update = self._update()
        update["message"]["from"]["language_code"] = "ru"
        self._receive(update)
        [operator] = self.direction._free_operators()
        self.assertIn(self._only_waiting().language, operator.languages)

    def _policy(self):
        # nobody has waited so long that age alone counts
        return replace(self.direction._policy(), max_wait_seconds=10**9)

    def test_who_writes_after_closing_begins_another_conversation(self):
        first = self._conversation(number=1)
        first._chat_close(self.env.cr.now(), "operator")
        second = self._conversation(number=2)
        self.assertNotEqual(first, second)
        self.assertEqual(second.chat_previous_id, first)
        self.assertTrue(second.chat_is_repeat)
