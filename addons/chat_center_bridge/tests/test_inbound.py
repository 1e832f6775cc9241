from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import ChatBuilders


@tagged("post_install", "-at_install")
class TestInbound(ChatBuilders, TransactionCase):
    """From a provider's event to a message in a conversation (E1, X6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)

    def test_a_first_message_begins_a_conversation_that_waits(self):
        channel = self._conversation(text="Where is my order?")
        self.assertEqual(channel.chat_state, "queued")
        self.assertEqual(channel.chat_direction_id, self.direction)
        self.assertIn("Where is my order?", channel.message_ids.body)
        self.assertEqual(channel.message_ids.author_guest_id.name, "Anna")

    def test_nobody_is_in_it_but_the_customer_and_the_queue(self):
        members = self._conversation().channel_member_ids
        queue = self.env.ref("chat_center_bridge.partner_queue")
        self.assertEqual(members.partner_id, queue)
        self.assertEqual(members.guest_id.name, "Anna")

    def test_the_next_message_stays_in_the_conversation(self):
        first = self._conversation(number=1)
        second = self._conversation(number=2, text="Hello?")
        self.assertEqual(first, second)
        self.assertEqual(len(first.message_ids), 2)

    def test_a_user_name_that_another_has_now_leads_to_no_conversation_of_his(self):
        """P5: nor does a phone; Telegram's customers are known by their id alone."""
        contact = {"phone_number": "+79120000001", "first_name": "Anna"}
        channels = [
            self._conversation(
                chat=chat,
                number=chat,
                contact={**contact, "user_id": chat},
                **{"from": {"id": chat, "first_name": "Anna", "username": "anna"}},
            )
            for chat in (1, 2)
        ]
        self.assertNotEqual(*channels)
        customers = [channel.chat_identity_id for channel in channels]
        for customer in customers:
            self.assertIn("phone:79120000001", customer.alias_ids.mapped("name"))
        self.assertNotEqual(*customers)

    def test_the_same_event_twice_is_one_message(self):
        update = self._update()
        self._receive(update, update)
        self._receive(update)
        channel = self._conversation(number=2)
        self.assertEqual(len(channel.message_ids), 2)

    def test_replay_changes_nothing(self):
        rows = self._receive(self._update())
        rows.action_try_again()
        rows._work_off()
        channel = self.env["discuss.channel"].browse(rows.message_id.res_id)
        self.assertEqual(len(channel.message_ids), 1)

    def test_a_burst_is_one_turn(self):
        channel = self._conversation(number=1)
        self._conversation(number=2)
        self.assertEqual(len(channel.chat_turn_ids), 1)

    def test_a_body_nobody_can_read_is_kept_with_the_reason(self):
        self.env["chat.inbox"]._take(self.gateway, b"{not json")
        row = self.env["chat.inbox"].search([("state", "=", "dead")])
        self.assertEqual(row.error, "This is not JSON.")
        self.assertEqual(row.content, "{not json")

    def test_what_came_is_read_by_administrators_only(self):
        row = self._receive(self._update(text="Where is my order?"))
        self.assertIn('"text": "Where is my order?"', row.content)
        manager = new_test_user(
            self.env, "chat_reader", groups="chat_center_bridge.group_manager"
        )
        self.assertTrue(row.with_user(manager).content)
        supervisor = self._operator("chat_boss").user_id
        supervisor.group_ids += self.env.ref("chat_center_bridge.group_supervisor")
        self.direction.supervisor_ids = supervisor
        with self.assertRaises(AccessError):
            row.with_user(supervisor).read(["content"])

    def test_markup_of_a_customer_is_text(self):
        channel = self._conversation(text="<b>Hi</b><script>alert(1)</script>")
        self.assertIn("&lt;script&gt;", channel.message_ids.body)

    def _edit(self, text, second, number=1):
        """A Telegram update that edits message ``number`` at a second."""
        update = self._update(number=number, text=text, edit_date=1763800100 + second)
        update["edited_message"] = update.pop("message")
        update["update_id"] = 2000 + second
        return update

    def test_an_edit_changes_the_message_in_place(self):
        channel = self._conversation(number=1)
        self._receive(self._edit("Where is order 17?", second=1))
        self.assertEqual(len(channel.message_ids), 1)
        self.assertIn("order 17", channel.message_ids.body)

    def test_an_older_edit_that_comes_late_changes_nothing(self):
        channel = self._conversation(number=1)
        self._receive(self._edit("newer", second=5))
        rows = self._receive(self._edit("older", second=2))
        self.assertEqual(rows.state, "ignored")
        self.assertIn("newer", channel.message_ids.body)

    def test_an_edit_waits_for_its_message(self):
        rows = self._receive(self._edit("Where is order 17?", second=1))
        self.assertEqual(rows.state, "waiting")
        channel = self._conversation(number=1)
        self.assertEqual(rows.state, "done")
        self.assertEqual(len(channel.message_ids), 1)
        self.assertIn("order 17", channel.message_ids.body)

    def test_an_edit_stands_for_a_message_that_never_comes(self):
        rows = self._receive(self._edit("Where is order 17?", second=1))
        self._pass_time(rows, minutes=6)
        self.env["chat.inbox.lane"]._cron_wake_overdue()
        rows._work_off()
        self.assertIn("order 17", rows.message_id.body)

    def test_an_album_is_one_message_with_the_text_of_any_item(self):
        photo = [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]
        items = [
            self._update(
                number=number, text=None, photo=photo, media_group_id="7", caption=text
            )
            for number, text in ((1, None), (2, "The damaged box"), (3, None))
        ]
        for item in items:
            item["message"] = {
                key: value for key, value in item["message"].items() if value
            }
        rows = self._receive(*items)
        self.assertEqual(len(rows.message_id), 1)
        self.assertIn("The damaged box", rows.message_id.body)

    def test_what_cannot_be_shown_is_told_to_the_operator(self):
        update = self._update(text=None, poll={"id": "1", "question": "?"})
        update["message"].pop("text")
        rows = self._receive(update)
        self.assertEqual(rows.state, "dead")
        self.assertIn("poll", rows.message_id.body)

    def test_a_reaction_stands_below_the_message(self):
        channel = self._conversation(number=1)
        for number, emojis in enumerate((["👍"], ["👍", "❤"], ["❤"])):
            self._receive(self._reaction(emojis, number))
        self.assertEqual(channel.message_ids.reaction_ids.mapped("content"), ["❤"])

    def _reaction(self, emojis, number):
        return {
            "update_id": 3000 + number,
            "message_reaction": {
                "chat": {"id": 77, "type": "private"},
                "user": {"id": 77, "is_bot": False, "first_name": "Anna"},
                "message_id": 1,
                "date": 1763800200 + number,
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": one} for one in emojis],
            },
        }

    def test_a_customer_who_blocks_us_is_marked_until_he_writes_again(self):
        channel = self._conversation(number=1)
        identity = channel.chat_identity_id
        self._receive(self._membership("kicked"))
        self.assertTrue(identity.is_blocked)
        self._conversation(number=2)
        self.assertFalse(identity.is_blocked)

    def _membership(self, status):
        member = {"user": {"id": 1, "is_bot": True, "first_name": "Bot"}}
        return {
            "update_id": 4000,
            "my_chat_member": {
                "chat": {"id": 77, "type": "private"},
                "from": {"id": 77, "is_bot": False, "first_name": "Anna"},
                "date": 1763800300,
                "old_chat_member": {**member, "status": "member"},
                "new_chat_member": {**member, "status": status},
            },
        }
