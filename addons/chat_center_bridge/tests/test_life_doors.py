from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import ChatBuilders

# what each door needs beside the conversation
DOORS = {
    "chat_hold": lambda self: ("2099-01-01 10:00:00",),
    "chat_close": lambda self: (),
    "chat_return": lambda self: (),
    "chat_transfer_to_operator": lambda self: (self.pavel.id,),
    "chat_transfer_to_direction": lambda self: (self.direction.id,),
    "chat_block": lambda self: ("Advertising",),
    "chat_mark_test": lambda self: (),
}


class DoorCase(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.pavel = cls._operator("chat_pavel")

    @classmethod
    def _supervisor(cls, login, directions=()):
        user = new_test_user(
            cls.env, login, groups="chat_center_bridge.group_supervisor"
        )
        for direction in directions:
            direction.supervisor_ids += user
        return user


@tagged("post_install", "-at_install")
class TestConversationDoors(DoorCase):
    """Who may do what with a conversation, by RPC or by a button (issue E)."""

    def _others(self):
        """Everybody who neither holds it nor supervises its direction."""
        elsewhere = self._direction("B2B")
        return [
            self.pavel.user_id,
            self._operator("chat_boris", directions=elsewhere).user_id,
            self._supervisor("chat_nina", directions=elsewhere),
            new_test_user(
                self.env, "chat_livechat", groups="im_livechat.im_livechat_group_user"
            ),
            new_test_user(self.env, "chat_clerk", groups="base.group_user"),
            new_test_user(self.env, "chat_portal", groups="base.group_portal"),
            self.env.ref("base.public_user"),
        ]

    def test_outsiders_can_do_nothing(self):
        channel = self._taken(self.olga)
        before = channel.read(["chat_state", "chat_operator_id", "chat_is_test"])
        for user in self._others():
            for door, arguments in DOORS.items():
                with self.subTest(user=user.login, door=door):
                    method = getattr(channel.with_user(user), door)
                    with self.assertRaises(AccessError):
                        method(*arguments(self))
        after = channel.read(["chat_state", "chat_operator_id", "chat_is_test"])
        self.assertEqual(after, before)

    def test_another_companys_administrator_can_do_nothing(self):
        company = self.env["res.company"].create({"name": "Another one"})
        user = new_test_user(
            self.env,
            "chat_theirs",
            groups="chat_center_bridge.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        channel = self._taken(self.olga).with_user(user)
        with self.assertRaises(AccessError):
            channel.chat_close()

    def test_who_no_longer_is_an_operator_can_do_nothing(self):
        channel = self._taken(self.olga)
        self.olga.user_id.group_ids = self.env.ref("base.group_user")
        with self.assertRaises(AccessError):
            channel.with_user(self.olga.user_id).chat_close()

    def test_the_holder_can_do_all_of_it(self):
        for number, (door, arguments) in enumerate(DOORS.items(), start=1):
            with self.subTest(door=door):
                channel = self._taken(self.olga, chat=number, number=number)
                method = getattr(channel.with_user(self.olga.user_id), door)
                method(*arguments(self))
                channel._chat_close(fields.Datetime.now(), "spam")
                channel._chat_wrapped_up(fields.Datetime.now())

    def test_supervisors_lead_the_conversations_of_their_directions(self):
        chief = self._supervisor("chat_nina", self.direction)
        channel = self._conversation().with_user(chief)
        channel.chat_transfer_to_operator(self.olga.id)
        self.assertEqual(channel.sudo().chat_operator_id, self.olga)
        channel.chat_hold("2099-01-01 10:00:00")
        channel.chat_resume()
        channel.chat_return()
        channel.chat_close()
        self.assertEqual(channel.sudo().chat_state, "closed")

    def test_supervisors_do_not_accept_for_others(self):
        chief = self._supervisor("chat_nina", self.direction)
        channel = self._taken(self.olga).with_user(chief)
        with self.assertRaisesRegex(UserError, "with somebody else"):
            channel.chat_accept()

    def test_a_supervisor_who_is_an_operator_takes_over(self):
        chief = self._supervisor("chat_nina", self.direction)
        own = self.env["chat.operator"].create(
            {
                "user_id": chief.id,
                "line_ids": [(0, 0, {"direction_id": self.direction.id})],
            }
        )
        own._set_state("available")
        channel = self._taken(self.olga)
        channel.with_user(chief).chat_transfer_to_operator(own.id)
        self.assertEqual(channel.chat_operator_id, own)
        self.assertTrue(channel._chat_segment().accepted_at)

    def test_a_state_that_does_not_fit_is_said(self):
        channel = self._taken(self.olga).with_user(self.olga.user_id)
        with self.assertRaisesRegex(UserError, "With an operator"):
            channel.chat_resume()

    def test_a_test_mark_comes_and_goes(self):
        channel = self._taken(self.olga).with_user(self.olga.user_id)
        channel.chat_mark_test()
        self.assertTrue(channel.sudo().chat_is_test)
        channel.chat_mark_test(False)
        self.assertFalse(channel.sudo().chat_is_test)

    def test_sessions_of_others_have_no_doors(self):
        other = self.env["discuss.channel"].create(
            {"name": "General", "channel_type": "channel"}
        )
        with self.assertRaises(AccessError):
            other.with_user(self.olga.user_id).chat_close()

    def test_operators_take_no_block_back(self):
        channel = self._taken(self.olga)
        channel.with_user(self.olga.user_id).chat_block("Advertising")
        identity = channel.chat_identity_id
        with self.assertRaises(AccessError):
            identity.with_user(self.olga.user_id).chat_unblock()
        self.assertTrue(identity.is_spam)


@tagged("post_install", "-at_install")
class TestOperatorDoors(DoorCase):
    """States with a reason and a log; taking by hand (P4)."""

    def _as(self, operator):
        return self.env["chat.operator"].with_user(operator.user_id)

    def test_a_state_is_logged_with_its_reason(self):
        self._as(self.olga).chat_set_my_state("break", "Lunch")
        self.assertEqual(self.olga.state, "break")
        last = self.olga.state_ids.sorted("id")[-1]
        self.assertEqual((last.state, last.reason), ("break", "Lunch"))

    def test_the_same_state_again_is_no_change(self):
        before = self.olga.state_ids
        self._as(self.olga).chat_set_my_state("available")
        self.assertEqual(self.olga.state_ids, before)

    def test_a_state_is_logged_whatever_way_it_changes(self):
        before = self.olga.state_ids
        self.olga.write({"state": "busy"})
        self.assertEqual((self.olga.state_ids - before).state, "busy")

    def test_an_unknown_state_is_refused(self):
        with self.assertRaisesRegex(UserError, "no state “asleep”"):
            self._as(self.olga).chat_set_my_state("asleep")

    def test_who_is_no_operator_has_no_state(self):
        clerk = new_test_user(self.env, "chat_clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["chat.operator"].with_user(clerk).chat_set_my_state("available")

    def test_supervisors_set_it_for_their_operators_only(self):
        chief = self._supervisor("chat_nina", self.direction)
        self.olga.with_user(chief).chat_set_state("training", "New prices")
        self.assertEqual(self.olga.state, "training")
        other = self._operator("chat_boris", directions=self._direction("B2B"))
        with self.assertRaises(AccessError):
            (self.pavel + other).with_user(chief).chat_set_state("break")
        self.assertEqual(self.pavel.state, "available")
        with self.assertRaises(AccessError):
            self.pavel.with_user(self.olga.user_id).chat_set_state("break")

    def test_take_next_gives_the_most_urgent_and_accepts_it(self):
        self._conversation(chat=1, number=5)
        oldest = self._conversation(chat=2, number=1)
        taken = self._as(self.olga).chat_take_next()
        self.assertEqual(taken, oldest.id)
        self.assertEqual(oldest.chat_operator_id, self.olga)
        self.assertTrue(oldest._chat_segment().accepted_at)

    def test_what_is_ahead_of_the_queue_comes_first(self):
        # otherwise both have waited too long, and the oldest is the first
        self.direction.max_wait_seconds = 10**9
        self._conversation(chat=2, number=1)
        back = self._taken(self.pavel, chat=1, number=5)
        back.with_user(self.pavel.user_id).chat_return()
        self.assertEqual(self._as(self.olga).chat_take_next(), back.id)

    def test_nothing_waits(self):
        self.assertFalse(self._as(self.olga).chat_take_next())

    def test_other_directions_are_not_taken(self):
        self._conversation()
        other = self._operator("chat_boris", directions=self._direction("B2B"))
        self.assertFalse(self._as(other).chat_take_next())

    def test_only_who_is_available_takes(self):
        self._conversation()
        self.olga._set_state("break")
        with self.assertRaisesRegex(UserError, "available"):
            self._as(self.olga).chat_take_next()

    def test_the_fourth_waits_and_a_repeat_takes_an_extra_slot(self):
        for number in range(1, 5):
            self._conversation(chat=number, number=number)
        taken = [self._as(self.olga).chat_take_next() for _time in range(4)]
        self.assertEqual([bool(one) for one in taken], [True, True, True, False])
        waiting = self.env["discuss.channel"].search([("chat_state", "=", "queued")])
        waiting.chat_is_repeat = True
        self.assertEqual(self._as(self.olga).chat_take_next(), waiting.id)
        self.assertEqual(waiting._chat_segment().slot_kind, "extra")

    def test_full_slots_are_said(self):
        self.olga.write({"base_slots": 0, "extra_slots": 0})
        with self.assertRaisesRegex(UserError, "slots are taken"):
            self._as(self.olga).chat_take_next()


@tagged("post_install", "-at_install")
class TestPresence(DoorCase):
    """Operators whose screen is gone lose what they have not touched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.screen = cls.env["mail.presence"].create(
            {"user_id": cls.olga.user_id.id, "status": "online"}
        )
        cls.pavel._set_state("away")

    def _watch(self, **time):
        self.env["chat.operator"]._watch_presence(self.now + timedelta(**time))

    def test_who_is_there_stays(self):
        self._watch()
        self._watch(minutes=60)
        self.assertEqual(self.olga.state, "available")

    def test_who_is_gone_for_minutes_is_away(self):
        self.screen.status = "offline"
        self._watch()
        self._watch(minutes=2)
        self.assertEqual(self.olga.state, "available")
        self._watch(minutes=3)
        self.assertEqual(self.olga.state, "away")

    def test_a_screen_that_comes_back_is_as_if_never_gone(self):
        self.screen.status = "offline"
        self._watch()
        self.screen.status = "online"
        self._watch(minutes=2)
        self.screen.status = "offline"
        self._watch(minutes=4)
        self._watch(minutes=6)
        self.assertEqual(self.olga.state, "available")

    def test_only_untouched_conversations_go_to_others(self):
        untouched = self._taken(self.olga, chat=1, number=1)
        answered = self._taken(self.olga, chat=2, number=2)
        self._reply(answered, self.olga.user_id)
        self.screen.status = "offline"
        self._watch()
        self._watch(minutes=3)
        self.assertEqual(untouched.chat_state, "queued")
        self.assertTrue(untouched.chat_is_head)
        self.assertEqual(answered.chat_operator_id, self.olga)

    def test_a_company_may_do_without(self):
        self.env.company.chat_gone_minutes = 0
        self.screen.status = "offline"
        self._watch()
        self._watch(minutes=600)
        self.assertEqual(self.olga.state, "available")
