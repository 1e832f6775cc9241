"""How many queries the ways take that are gone hundreds of times a minute."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import SECRET, ChatBuilders

PROOF = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
CHATS = 10
SECONDS_AGO = fields.Datetime.now() - timedelta(seconds=30)


class QueryCase(ChatBuilders, TransactionCase):
    """Some conversations with an operator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.operator = cls._operator("chat_queries", base_slots=CHATS)
        cls.user = cls.operator.user_id
        cls.numbers = iter(range(1, 1000))
        cls.channels = cls.env["discuss.channel"].union(
            *(
                cls._taken(cls.operator, chat=chat, number=next(cls.numbers))
                for chat in range(CHATS)
            )
        )

    def _messages(self, chats):
        """Events of messages, one a chat, that are not worked off."""
        for chat in chats:
            update = self._update(chat=chat, number=next(self.numbers))
            self.env["chat.inbox"]._take(self.gateway, json.dumps(update).encode())
        return self.env["chat.inbox"].search([("state", "=", "new")], order="id")

    def _forget(self):
        """As at the beginning of a transaction, with what registries keep."""
        self.env.flush_all()
        self.env.invalidate_all()

    def _count(self, act):
        """Queries that ``act`` makes, all of it written."""
        self._forget()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestMessages(QueryCase):
    """From the webhook to the conversation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.gateway.key

    def _ask(self, number):
        gateway = self.env["chat.gateway"]._of_address("telegram", self.key)
        body = json.dumps(self._update(number=number)).encode()
        self.assertFalse(gateway._refusal_of(PROOF, body))
        gateway.env["chat.inbox"]._take(gateway, body)

    def test_a_webhook_inserts_the_event_and_reads_nothing(self):
        self._ask(2001)
        self._forget()
        with self.assertQueryCount(1):
            self._ask(2002)

    def test_a_changed_secret_is_asked_for_at_once(self):
        self._ask(2001)
        self._fill_in(self.gateway, {"webhook_secret": "another-secret-of-it"})
        gateway = self.env["chat.gateway"]._of_address("telegram", self.gateway.key)
        self.assertEqual(gateway._refusal_of(PROOF, b"{}"), "proof")

    def test_messages_of_a_batch_share_what_is_read(self):
        self._messages(range(CHATS))._work_off()
        one = self._count_later(self._messages([1]))
        all_of_them = self._count_later(self._messages(range(CHATS)))
        self.assertLessEqual(all_of_them, one + 20 * (CHATS - 1))
        self.assertLessEqual(one, 54)

    def _count_later(self, messages):
        """Queries of messages that come seconds after the ones before them.

        In the same second when the conversation was last of interest is not written.
        """
        self.channels.last_interest_dt = SECONDS_AGO
        return self._count(messages._work_off)

    def test_one_batch_begins_one_conversation_of_a_new_customer(self):
        rows = self._messages([901, 901, 902])
        rows._work_off()
        first, second, other = (row.message_id.res_id for row in rows)
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)


@tagged("post_install", "-at_install")
class TestTaking(QueryCase):
    """From the queue to the operator, and what he asks for all day."""

    def test_a_conversation_is_taken_with_few_queries(self):
        other = self._operator("chat_queries_other")
        channels = [self._conversation(chat=800 + n, number=800 + n) for n in (1, 2)]
        channels[0]._chat_take(other, "base")
        # in the same second it would not be written anew
        other.last_assigned_at = SECONDS_AGO
        count = self._count(lambda: channels[1]._chat_take(other, "base"))
        self.assertLessEqual(count, 67)

    def test_a_queue_is_not_read_when_nobody_is_free(self):
        self.operator.base_slots, self.operator.extra_slots = CHATS, 0
        with patch.object(type(self.direction), "_waiting") as waiting:
            self.direction._route()
        waiting.assert_not_called()

    def test_a_long_queue_is_read_like_a_short_one(self):
        self._waiting_of_a_company(810)
        short = self._count(self.direction._waiting)
        for number in range(811, 816):
            self._waiting_of_a_company(number)
        self.assertLessEqual(self._count(self.direction._waiting), short)

    def _waiting_of_a_company(self, number):
        """A waiting conversation whose customer has a personal manager of his own."""
        manager = self._operator(f"chat_queries_{number}").user_id
        channel = self._conversation(chat=number, number=number)
        channel.chat_identity_id.partner_id = self.env["res.partner"].create(
            {"name": f"Company {number}", "user_id": manager.id}
        )

    def test_rules_cost_operators_no_query(self):
        clerk = new_test_user(
            self.env,
            "chat_queries_clerk",
            groups="im_livechat.im_livechat_group_user",
            context={"no_reset_password": True},
        )
        counts = [self._count_search(user) for user in (clerk, self.user)]
        self.assertEqual(counts[0], counts[1])

    def _count_search(self, user):
        """Queries of a search of channels, not the first one of the day."""
        channels = self.env["discuss.channel"].with_user(user)
        channels.search([], limit=1)
        return self._count(lambda: channels.search([], limit=1))


@tagged("post_install", "-at_install")
class TestKept(QueryCase):
    """What rules know of a person is kept, and follows every change."""

    def _sees(self, user, channel):
        channels = self.env["discuss.channel"].with_user(user)
        return bool(channels.search([("id", "=", channel.id)]))

    def test_a_line_lets_in_and_its_end_shuts_out(self):
        waiting = self._conversation(chat=700, number=700)
        colleague = self._operator("chat_kept", self._direction("Couriers"))
        self.assertFalse(self._sees(colleague.user_id, waiting))
        lines = self.env["chat.operator.skill"]
        line = lines.create(
            {"operator_id": colleague.id, "direction_id": self.direction.id}
        )
        self.assertTrue(self._sees(colleague.user_id, waiting))
        line.direction_id = colleague.line_ids[0].direction_id.copy()
        self.assertFalse(self._sees(colleague.user_id, waiting))
        line.direction_id = self.direction
        self.assertTrue(self._sees(colleague.user_id, waiting))
        line.unlink()
        self.assertFalse(self._sees(colleague.user_id, waiting))

    def test_an_operator_who_is_deleted_sees_no_more(self):
        waiting = self._conversation(chat=700, number=700)
        colleague = self._operator("chat_kept")
        user = colleague.user_id
        self.assertTrue(self._sees(user, waiting))
        colleague.unlink()
        self.assertFalse(self._sees(user, waiting))

    def test_supervisors_follow_the_direction_and_their_group(self):
        channel = self.channels[0]
        supervisor = new_test_user(
            self.env,
            "chat_kept_supervisor",
            groups="chat_center_bridge.group_supervisor",
            context={"no_reset_password": True},
        )
        self.assertFalse(self._sees(supervisor, channel))
        self.direction.supervisor_ids = supervisor
        self.assertTrue(self._sees(supervisor, channel))
        supervisor.group_ids = self.env.ref("base.group_user")
        self.assertFalse(self._sees(supervisor, channel))
        supervisor.group_ids += self.env.ref("chat_center_bridge.group_supervisor")
        self.assertTrue(self._sees(supervisor, channel))
        self.direction.supervisor_ids -= supervisor
        self.assertFalse(self._sees(supervisor, channel))
