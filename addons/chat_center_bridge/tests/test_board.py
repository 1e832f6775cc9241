from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import ChatBuilders

SUPERVISOR = "chat_center_bridge.group_supervisor"
MANAGER = "chat_center_bridge.group_manager"


@tagged("post_install", "-at_install")
class TestBoard(ChatBuilders, TransactionCase):
    """What a supervisor sees and does by hand, and what nobody else may (X5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.couriers = cls._direction("Couriers")
        cls.operator = cls._operator("chat_olga")
        cls.supervisor = cls._supervisor("chat_svetlana", cls.direction)
        cls.stranger = cls._supervisor("chat_stepan", cls.couriers)

    @classmethod
    def _supervisor(cls, login, direction):
        user = new_test_user(cls.env, login, groups=SUPERVISOR)
        direction.supervisor_ids |= user
        return user

    def _board(self, user=None):
        return self.env["chat.board"].with_user(user or self.supervisor)

    def _shown(self, user=None, direction=None):
        """The direction on a user's board."""
        direction = direction or self.direction
        rows = self._board(user).get_board()["directions"]
        return next(row for row in rows if row["id"] == direction.id)

    def _wait(self, number, **values):
        """The conversation of a customer of its own, waiting."""
        channel = self._conversation(chat=number, number=number)
        channel.write(values)
        return channel

    def _fill(self, operator, first=50):
        """Take all base slots of an operator."""
        for number in range(first, first + operator.base_slots):
            self._wait(number)._chat_take(operator, "base")

    # -- what is shown -----------------------------------------------------------------

    def test_the_board_tells_how_many_wait_and_since_when(self):
        self.assertEqual(self._shown()["waiting"], 0)
        first = self._wait(1)
        self._wait(2)
        first.chat_queued_at -= timedelta(minutes=3)
        shown = self._shown()
        self.assertEqual(shown["waiting"], 2)
        self.assertEqual(
            shown["oldest_at"], fields.Datetime.to_string(first.chat_queued_at)
        )

    def test_an_old_wait_is_red_a_short_one_green_the_margin_amber(self):
        channel = self._wait(1)
        colours = []
        for seconds in (80, 100, 120):
            channel.chat_queued_at = fields.Datetime.now() - timedelta(seconds=seconds)
            colours.append(self._shown()["colour"])
        self.assertEqual(colours, ["green", "amber", "red"])

    def test_figures_of_today_stand_beside_their_targets(self):
        channel = self._wait(1)
        moment = channel.chat_segment_ids.opened_at
        with patch.object(fields.Datetime, "now", lambda: moment):
            channel._chat_take(self.operator, "base", moment)
            channel._chat_answered(moment + timedelta(seconds=70))
            self.env["chat.figure.due"]._count_next()
            shown = {row["name"]: row for row in self._shown()["figures"]}
        self.assertEqual(shown["asa"]["value"], 70)
        self.assertEqual(shown["asa"]["colour"], "green")
        self.assertEqual(shown["first_reply"]["colour"], "amber")
        self.assertEqual(shown["service_level"]["value"], 0)
        self.assertEqual(shown["service_level"]["colour"], "red")
        self.assertEqual(shown["service_level_answered"]["value"], 0)
        self.assertEqual(shown["handle"]["colour"], "unknown")

    def test_taken_back_ones_stand_first(self):
        first, second = self._wait(1), self._wait(2)
        second._chat_take(self.operator, "base")
        second._chat_take_back(fields.Datetime.now(), "silent")
        second.chat_queued_at = first.chat_queued_at + timedelta(minutes=1)
        ids = [row["id"] for row in self._board().get_board()["waiting"]]
        self.assertEqual(ids, [second.id, first.id])

    def test_operators_are_shown_with_slots_state_and_since_when(self):
        self._wait(1)._chat_take(self.operator, "base")
        rows = self._board().get_board()["operators"]
        [row] = [row for row in rows if row["id"] == self.operator.id]
        self.assertEqual(row["base"], {"slots": 3, "free": 2})
        self.assertEqual(row["extra"], {"slots": 2, "free": 2})
        self.assertEqual(row["state"], "available")
        self.assertEqual(
            row["since"], fields.Datetime.to_string(self.operator.state_ids[0].begun_at)
        )

    def test_a_change_is_told_once_a_transaction(self):
        self.env.cr.precommit.data.pop("chat_center_bridge/board", None)
        with patch.object(type(self.env["bus.bus"]), "_sendone") as sendone:
            self._wait(1)._chat_take(self.operator, "base")
        told = [
            call.args[-1]
            for call in sendone.call_args_list
            if call.args[-2] == "chat_center_bridge/board"
        ]
        self.assertEqual(told, [{"direction_id": self.direction.id}])

    # -- by hand -----------------------------------------------------------------------

    def test_by_hand_the_last_in_the_queue_may_go_first(self):
        self._wait(1)
        last = self._wait(2)
        self._board().give(last.id, self.operator.id)
        self.assertEqual(last.chat_operator_id, self.operator)
        self.assertEqual(last.chat_segment_ids[-1].create_uid, self.supervisor)

    def test_by_hand_nobody_gets_more_than_the_slots(self):
        self._fill(self.operator)
        channel = self._wait(1)
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._board().give(channel.id, self.operator.id)
        self.assertEqual(channel.chat_state, "queued")

    def test_an_extra_slot_is_for_those_who_come_back(self):
        self._fill(self.operator)
        channel = self._wait(1, chat_is_repeat=True)
        self._board().give(channel.id, self.operator.id)
        slot = self.operator.slot_ids.filtered(
            lambda slot: slot.conversation_id == channel
        )
        self.assertEqual(slot.kind, "extra")

    def test_who_is_not_available_or_serves_others_gets_nothing(self):
        channel = self._wait(1)
        other = self._operator("chat_other", self.couriers)
        refusals = {other: "does not serve"}
        for state in ("busy", "break", "training", "away"):
            operator = self._operator(f"chat_{state}", state=state)
            refusals[operator] = "is not available"
        for operator, sentence in refusals.items():
            with self.subTest(operator.state):
                with self.assertRaisesRegex(UserError, sentence):
                    self._board().give(channel.id, operator.id)
        self.assertEqual(channel.chat_state, "queued")

    def test_who_comes_second_is_told_that_somebody_was_quicker(self):
        channel = self._wait(1)
        self._board().give(channel.id, self.operator.id)
        with self.assertRaisesRegex(UserError, "just taken it"):
            self._board().give(channel.id, self._operator("chat_oleg").id)
        self.assertEqual(channel.chat_operator_id, self.operator)

    def _make_operator(self, user):
        operator = self.env["chat.operator"].create(
            {
                "user_id": user.id,
                "line_ids": [(0, 0, {"direction_id": self.direction.id})],
            }
        )
        operator._set_state("busy")
        return operator

    def test_a_supervisor_takes_a_conversation_over(self):
        me = self._make_operator(self.supervisor)
        channel = self._wait(1)
        channel._chat_take(self.operator, "base")
        self._board().take_over(channel.id)
        self.assertEqual(channel.chat_operator_id, me)
        self.assertFalse(self.operator.slot_ids.conversation_id)
        self.assertEqual(channel.chat_segment_ids[1].reason_out, "taken_over")
        self.assertTrue(channel._chat_segment().accepted_at)

    def test_a_supervisor_takes_over_whatever_his_operators_card_says(self):
        """He knows that he is there, and leads the direction already."""
        me = self._make_operator(self.supervisor)
        me.line_ids.unlink()
        for number, state in enumerate(("away", "break", "busy"), start=1):
            me._set_state(state)
            channel = self._wait(number)
            self._board().take_over(channel.id)
            with self.subTest(state):
                self.assertEqual(channel.chat_operator_id, me)
        with self.assertRaisesRegex(UserError, "is with chat_svetlana.* already"):
            self._board().take_over(channel.id)

    def test_what_cannot_be_taken_over_stays_with_its_operator(self):
        self._fill(self._make_operator(self.supervisor))
        channel = self._wait(1)
        channel._chat_take(self.operator, "base")
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._board().take_over(channel.id)
        self.assertEqual(channel.chat_operator_id, self.operator)

    def test_only_operators_take_over(self):
        with self.assertRaisesRegex(UserError, "add yourself"):
            self._board().take_over(self._wait(1).id)

    def test_many_are_closed_at_once_and_what_is_over_is_passed_over(self):
        waiting, over = self._wait(1), self._wait(2)
        held = self._wait(3)
        held._chat_take(self.operator, "base")
        over._chat_close(fields.Datetime.now(), "operator")
        told = self._board().close((waiting | held | over).ids)
        self.assertEqual(told, {"closed": 2, "skipped": 1})
        self.assertEqual(waiting.chat_segment_ids[-1].reason_out, "supervisor")
        self.assertFalse(self.operator.slot_ids.conversation_id)

    def test_a_direction_with_reasons_wants_one_of_its_own(self):
        channel = self._wait(1)
        make = self.env["chat.reason"].create
        own = make({"name": "Solved", "direction_id": self.direction.id})
        other = make({"name": "Delivered", "direction_id": self.couriers.id})
        with self.assertRaisesRegex(UserError, "wants a closing reason"):
            self._board().close(channel.ids)
        with self.assertRaisesRegex(UserError, "no closing reason of"):
            self._board().close(channel.ids, other.id)
        self._board().close(channel.ids, own.id)
        self.assertEqual(channel.chat_reason_id, own)

    # -- who may -----------------------------------------------------------------------

    def _refused(self, user):
        """Every method refuses the user, and nothing changes."""
        channel = self._wait(1)
        board = self._board(user)
        for act in (
            lambda: board.give(channel.id, self.operator.id),
            lambda: board.take_over(channel.id),
            lambda: board.close(channel.ids),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertEqual(channel.chat_state, "queued")

    def test_a_supervisor_of_another_direction_neither_sees_nor_acts(self):
        self._refused(self.stranger)
        board = self._board(self.stranger).get_board()
        self.assertEqual([row["id"] for row in board["directions"]], self.couriers.ids)
        self.assertFalse(board["waiting"] or board["operators"])

    def test_an_operator_has_no_board(self):
        self._refused(self.operator.user_id)
        with self.assertRaisesRegex(AccessError, "for supervisors"):
            self._board(self.operator.user_id).get_board()

    def test_portal_has_no_board(self):
        self._refused(
            new_test_user(self.env, "chat_portal", groups="base.group_portal")
        )

    def test_an_administrator_leads_every_direction(self):
        manager = new_test_user(self.env, "chat_manager", groups=MANAGER)
        channel = self._wait(1)
        self.assertEqual(self._shown(manager)["waiting"], 1)
        self._board(manager).give(channel.id, self.operator.id)
        self.assertEqual(channel.chat_operator_id, self.operator)

    def test_an_administrator_of_another_company_does_not(self):
        company = self.env["res.company"].create({"name": "Another"})
        manager = new_test_user(
            self.env,
            "chat_elsewhere",
            groups=MANAGER,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self._refused(manager)
        self.assertFalse(self._board(manager).get_board()["directions"])

    def test_what_is_no_conversation_is_refused(self):
        channel = self.env["discuss.channel"].create({"name": "Colleagues"})
        manager = new_test_user(self.env, "chat_manager", groups=MANAGER)
        with self.assertRaises(AccessError):
            self._board(manager).close(channel.ids)
