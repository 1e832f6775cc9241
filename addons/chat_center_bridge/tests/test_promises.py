"""What the queue promises (issue B), where it was found broken once."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_life import LifeCase
from .test_life_doors import DoorCase


@tagged("post_install", "-at_install")
class TestWhereRepeatsWait(LifeCase):
    """Who was transferred comes back to where he was (P4, P5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the routing commits each assignment; a test's transaction ends by itself
        cls.enterClassContext(patch.object(cls.env.cr, "commit", lambda: None))
        cls.b2b = cls._direction("B2B", sticky_hours=24)
        cls.boris = cls._operator("chat_boris", cls.b2b)
        cls.first = cls._taken(cls.olga)
        cls.first.with_user(cls.user).chat_transfer_to_direction(cls.b2b.id)
        cls.first._chat_take(cls.boris, "base")
        cls._reply(cls.first, cls.boris.user_id)

    def _close(self):
        self._mine(self.first, self.boris).chat_close()

    def _again(self, number=2, **values):
        return self._conversation(number=number, **values)

    def test_the_next_conversation_is_in_the_direction_of_the_last(self):
        self._close()
        again = self._again(date=int(self.now.timestamp()))
        self.assertEqual(again.chat_direction_id, self.b2b)
        self.assertTrue(again.chat_is_repeat)
        self.b2b._route()
        self.assertEqual(again.chat_operator_id, self.boris)

    def test_after_the_hours_it_is_the_gateways(self):
        self._close()
        later = self._later(hours=25)
        again = self._again(date=int(later.timestamp()))
        self.assertEqual(again.chat_direction_id, self.direction)

    def test_an_archived_direction_takes_nobody(self):
        self._close()
        self.b2b.active = False
        again = self._again(date=int(self.now.timestamp()))
        self.assertEqual(again.chat_direction_id, self.direction)

    def test_a_gateway_of_another_direction_counts_more(self):
        self._close()
        again = self._at_couriers()
        self.assertEqual(again.chat_previous_id, self.first)
        self.assertEqual(again.chat_direction_id.name, "Couriers")

    def test_who_is_with_an_operator_is_led_to_him_by_another_channel(self):
        again = self._at_couriers()
        self.b2b._route()
        self.assertEqual(again.chat_operator_id, self.boris)

    def _at_couriers(self):
        """The same customer writes to a gateway of another direction."""
        partner = self.env["res.partner"].create({"name": "Anna"})
        self.first.chat_identity_id._link(partner, "operator")
        couriers = self._gateway(direction=self._direction("Couriers"), name="Bot 2")
        identity = self.env["chat.identity"].create(
            {"gateway_id": couriers.id, "external_id": "5", "partner_id": partner.id}
        )
        identity.guest_id = self.env["mail.guest"].create({"name": "Anna"})
        return self.env["discuss.channel"]._chat_begin(identity, couriers.direction_id)

    def test_a_window_closed_before_a_word_makes_no_repeat(self):
        site = self._site()
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        nobody = self.env["res.partner"]
        window = site._receive_visitor(nobody, guest)
        visitor = window.with_user(self.env.ref("base.public_user"))
        visitor.with_context(guest=guest)._close_livechat_session()
        self.assertEqual(window.chat_state, "closed")
        self.assertFalse(site._receive_visitor(nobody, guest).chat_is_repeat)


@tagged("post_install", "-at_install")
class TestSlotsFollowNumbers(LifeCase):
    """Slots are never more than the numbers say, once they are free (X5)."""

    def test_taken_slots_that_are_too_many_go_when_they_are_free(self):
        held = [self._taken(self.olga, chat=n, number=n) for n in (1, 2, 3)]
        self.olga.base_slots = 1
        self.direction.wrap_up_seconds = 0
        for channel, left in zip(held, (2, 1, 1), strict=True):
            self._mine(channel).chat_close()
            slots = self.olga.slot_ids.filtered(lambda slot: slot.kind == "base")
            self.assertEqual(len(slots), left)

    def test_operators_with_the_companys_numbers_follow_it(self):
        own = self._operator("chat_own", base_slots=7)
        self.env.company.chat_base_slots = 4
        self.assertEqual(self.olga.base_slots, 4)
        self.assertEqual(len(self.olga.slot_ids), 6)
        self.assertEqual(own.base_slots, 7)

    def test_the_settings_are_on_screen(self):
        settings = self.env["res.config.settings"].create({"chat_extra_slots": 0})
        settings.execute()
        kinds = self.olga.slot_ids.mapped("kind")
        self.assertEqual(kinds, ["base"] * 3)


@tagged("post_install", "-at_install")
class TestLateWords(LifeCase):
    """What comes late is shown with its time, and punishes nobody (X6)."""

    def _ago(self, **time):
        return self.now - timedelta(**time)

    def _late(self, number=2, **time):
        return self._conversation(
            number=number, date=int(self._ago(**time).timestamp())
        )

    def test_it_is_shown_last_with_its_own_time(self):
        channel = self._late(number=1, minutes=1)
        self._late(number=2, minutes=9)
        late, first = channel.message_ids.sorted("id", reverse=True)
        self.assertLess(late.date, first.date)
        self.assertEqual(late.date, self._ago(minutes=9).replace(microsecond=0))

    def test_an_operator_who_replied_is_not_silent_by_it(self):
        channel = self._late(number=1, minutes=30)
        channel._chat_take(self.olga, "base", self._ago(minutes=29))
        self._reply(channel, self.user)
        self._late(number=2, minutes=25)
        self.assertTrue(channel._chat_open_turn())
        self.assertIsNone(channel._chat_look(self._later(minutes=9)))
        self.assertEqual(channel._chat_look(self._later(minutes=11)), "silent")

    def test_a_hold_does_not_end_before_it_began(self):
        channel = self._late(number=1, minutes=30)
        channel._chat_take(self.olga, "base")
        self._reply(channel, self.user)
        self._mine(channel).chat_hold(self._later(days=1))
        self._late(number=2, minutes=25)
        self.assertEqual(channel.chat_state, "queued")
        for segment in channel.chat_segment_ids.filtered("closed_at"):
            self.assertGreaterEqual(segment.closed_at, segment.opened_at)


@tagged("post_install", "-at_install")
class TestOperatorsEnd(DoorCase):
    """Who is no operator any more has nothing, and is given nothing (issue B, E)."""

    def _held(self):
        """A conversation in each state in which an operator has it."""
        now = fields.Datetime.now()
        active, held, notes = [
            self._taken(self.olga, chat=number, number=number) for number in (1, 2, 3)
        ]
        held._chat_hold(now + timedelta(days=1), now)
        notes._chat_close(now, "operator")
        return active, held, notes

    def assertGone(self, active, held, notes):
        self.assertEqual(active.chat_state, "queued")
        self.assertEqual(held.chat_state, "queued")
        self.assertEqual(notes.chat_state, "closed")
        for channel in active + held + notes:
            self.assertNotIn(self.olga.user_id.partner_id, channel.channel_partner_ids)
        self.assertEqual(self.olga.state, "away")

    def test_who_is_archived_leaves_nothing_behind(self):
        held = self._held()
        self.olga.active = False
        self.assertGone(*held)

    def test_who_is_archived_is_not_given_anything_by_anybody(self):
        self.olga.active = False
        # a state that somebody writes past the doors
        self.olga.state = "available"
        ids = [one.id for one in self.direction._free_operators()]
        self.assertEqual(ids, self.pavel.ids)
        waiting = self._conversation()
        with self.assertRaises(AccessError):
            waiting.with_user(self.olga.user_id).read(["name"])

    def test_who_lost_the_right_is_sent_away_by_the_clock(self):
        held = self._held()
        self.olga.user_id.group_ids = self.env.ref("base.group_user")
        self.env["chat.operator"]._stop_who_may_not(fields.Datetime.now())
        self.assertGone(*held)
        self.assertTrue(self.olga.state_ids[:1].reason)
        self.assertEqual(self.pavel.state, "available")

    def test_who_cannot_sign_in_is_sent_away_by_the_clock(self):
        held = self._held()
        self.olga.user_id.active = False
        self.env["chat.operator"]._stop_who_may_not(fields.Datetime.now())
        self.assertGone(*held)

    def test_nobody_is_available_without_the_right(self):
        chief = self._supervisor("chat_nina", self.direction)
        clerk = new_test_user(self.env, "chat_clerk", groups="base.group_user")
        line = (0, 0, {"direction_id": self.direction.id})
        made = self.env["chat.operator"].create(
            {"user_id": clerk.id, "line_ids": [line]}
        )
        with self.assertRaisesRegex(UserError, "needs the right"):
            made.with_user(chief).chat_set_state("available")

    def test_supervisors_set_states_with_a_reason_on_screen(self):
        chief = self._supervisor("chat_nina", self.direction)
        stranger = self._supervisor("chat_other")
        screen = self.env["chat.operator.set.state"].with_context(
            active_ids=(self.olga + self.pavel).ids
        )
        values = {"state": "training", "reason": "New goods"}
        self.assertIs(screen.with_user(chief).create(values).action_set(), True)
        for operator in self.olga + self.pavel:
            log = operator.state_ids[:1]
            self.assertEqual((log.state, log.reason), ("training", "New goods"))
        with self.assertRaises(AccessError):
            screen.with_user(stranger).create({"state": "away"}).action_set()

    def test_an_operator_does_not_become_somebody_else(self):
        chief = self._supervisor("chat_nina", self.direction)
        with self.assertRaisesRegex(UserError, "make another"):
            self.olga.with_user(chief).user_id = chief
        self.olga.user_id = self.olga.user_id

    def test_people_of_another_company_are_no_operators_of_a_direction(self):
        company = self.env["res.company"].create({"name": "Another one"})
        theirs = self._direction("Theirs", company_id=company.id)
        refusal = self.assertRaisesRegex(
            ValidationError, "does not work in Another one"
        )
        with refusal, self.env.cr.savepoint():
            self.olga.line_ids = [(0, 0, {"direction_id": theirs.id})]
        self.olga.user_id.company_ids += company
        self.olga.line_ids = [(0, 0, {"direction_id": theirs.id})]


@tagged("post_install", "-at_install")
class TestDirectionsEnd(DoorCase):
    """Nobody waits where nobody looks."""

    def test_a_direction_with_customers_is_not_archived(self):
        self._conversation()
        with self.assertRaisesRegex(UserError, "not closed"):
            self.direction.active = False

    def test_a_direction_with_a_gateway_is_not_archived(self):
        with self.assertRaisesRegex(UserError, "Shop's bot"):
            self.direction.active = False
        self.gateway.active = False
        self.direction.active = False

    def test_a_direction_in_use_stays_with_its_company(self):
        company = self.env["res.company"].create({"name": "Another one"})
        refusal = self.assertRaisesRegex(UserError, "another direction")
        with refusal, self.env.cr.savepoint():
            self.direction.company_id = company
        self.gateway.active = False
        refusal = self.assertRaisesRegex(UserError, "stays with its company")
        with refusal, self.env.cr.savepoint():
            self.direction.company_id = company
        self._direction("Empty").company_id = company

    def test_lines_are_not_carried_into_directions_of_others(self):
        chief = self._supervisor("chat_nina", self.direction)
        other = self._direction("B2B")
        self.direction.write(
            {
                "text_ids": [(0, 0, {"event": "greeting", "text": "Hello"})],
                "reason_ids": [(0, 0, {"name": "Answered"})],
            }
        )
        lines = [
            self.direction.text_ids,
            self.direction.reason_ids,
            self.olga.line_ids,
        ]
        for line in lines:
            with self.subTest(line._name):
                line.with_user(chief).write({"direction_id": self.direction.id})
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    line.with_user(chief).write({"direction_id": other.id})
        self.assertFalse(other.text_ids or other.reason_ids)


@tagged("post_install", "-at_install")
class TestWordsStay(DoorCase):
    """What was said in a conversation nobody rewrites, deletes or makes up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls._taken(cls.olga)
        cls.theirs = cls.channel.message_ids
        cls.own = cls._reply(cls.channel, cls.olga.user_id)
        cls.user = cls.olga.user_id

    def test_messages_stay(self):
        for message in (self.theirs, self.own):
            mine = message.with_user(self.user)
            with self.assertRaises(AccessError):
                mine.write({"body": "Something else"})
            with self.assertRaises(AccessError):
                mine.unlink()
        with self.assertRaises(AccessError):
            self.channel.with_user(self.user).message_ids = [(5, 0, 0)]

    def test_files_stay_once_they_are_sent(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"a",
                "res_model": "discuss.channel",
                "res_id": self.channel.id,
            }
        )
        mine = file.with_user(self.user)
        mine.name = "b.txt"
        self.theirs.attachment_ids = file
        with self.assertRaises(AccessError):
            mine.raw = b"b"
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_nobody_speaks_for_others_or_in_the_past(self):
        mine = self.channel.with_user(self.user)
        guest = self.channel.chat_identity_id.guest_id
        for values in [
            {"author_id": self.pavel.user_id.partner_id.id},
            {"author_id": False, "author_guest_id": guest.id},
            {"date": "2025-01-01 10:00:00"},
        ]:
            with self.subTest(values), self.assertRaises(AccessError):
                with self.env.cr.savepoint():
                    mine.message_post(body="I agree", message_type="comment", **values)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["mail.message"].with_user(self.user).create(
                {
                    "model": "discuss.channel",
                    "res_id": self.channel.id,
                    "body": "I agree",
                    "author_guest_id": guest.id,
                    "author_id": False,
                }
            )

    def test_other_channels_are_as_core_has_them(self):
        other = (
            self.env["discuss.channel"]
            .with_user(self.user)
            ._create_group(partners_to=self.pavel.user_id.partner_id.ids)
        )
        message = other.message_post(body="Lunch?", message_type="comment")
        message.with_user(self.user).body = "Dinner?"

    def test_ratings_are_made_and_changed_by_customers_alone(self):
        ratings = self.env["rating.rating"]
        values = {
            "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
            "res_id": self.channel.id,
            "rating": 5,
        }
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            ratings.with_user(self.user).create(values)
        rating = ratings.create({**values, "rating": 1})
        with self.assertRaises(AccessError):
            rating.with_user(self.user).rating = 5
