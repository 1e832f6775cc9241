from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged

from .common import ChatBuilders


class LifeCase(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.user = cls.olga.user_id
        cls.now = fields.Datetime.now()

    def _later(self, **time):
        return fields.Datetime.now() + timedelta(**time)

    def _mine(self, channel, operator=None):
        """The conversation as its operator calls it."""
        return channel.with_user((operator or self.olga).user_id)

    def assertReasons(self, channel, *reasons):
        segments = channel.chat_segment_ids.sorted("seq")
        self.assertEqual(segments.mapped("reason_in"), list(reasons))


@tagged("post_install", "-at_install")
class TestAcceptance(LifeCase):
    """An operator has seconds to accept and minutes to reply (P4, X5)."""

    def test_a_reply_accepts(self):
        channel = self._taken(self.olga)
        self._reply(channel, self.user)
        segment = channel._chat_segment()
        self.assertTrue(segment.accepted_at)
        self.assertTrue(segment.first_reply_at)
        self.assertFalse(channel._chat_open_turn())

    def test_accepting_is_no_reply(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_accept()
        segment = channel._chat_segment()
        self.assertTrue(segment.accepted_at)
        self.assertFalse(segment.first_reply_at)
        self.assertTrue(channel._chat_open_turn())

    def test_what_is_not_accepted_goes_ahead_of_the_queue_to_others(self):
        channel = self._taken(self.olga)
        self.assertEqual(channel._chat_look(self._later(seconds=31)), "not_accepted")
        self.assertEqual(channel.chat_state, "queued")
        waiting = channel._chat_as_waiting()
        self.assertTrue(waiting.head_of_queue)
        self.assertEqual(waiting.declined, {self.olga.id})
        self.assertFalse(self.olga.slot_ids.conversation_id)

    def _miss(self, channel, operator, seconds):
        """The operator is offered it, and lets it go; so many seconds from now."""
        moment = self._later(seconds=seconds)
        self.assertTrue(channel._chat_take(operator, "base", moment))
        channel._chat_look(moment + timedelta(seconds=31))

    def test_who_accepts_nothing_is_away_at_last(self):
        channel = self._conversation()
        for number in range(2):
            self._miss(channel, self.olga, seconds=40 * number)
        self.assertEqual(self.olga.state, "available")
        self._miss(channel, self.olga, seconds=80)
        self.assertEqual(self.olga.state, "away")
        last = self.env["chat.operator.state"].search(
            [("operator_id", "=", self.olga.id)], limit=1
        )
        self.assertIn("3", last.reason)

    def test_who_has_accepted_in_between_stays(self):
        channel = self._conversation()
        self._miss(channel, self.olga, seconds=0)
        other = self._taken(self.olga, chat=78, number=78)
        self._mine(other).chat_accept()
        for number in (1, 2):
            self._miss(channel, self.olga, seconds=40 * number)
        self.assertEqual(self.olga.state, "available")

    def test_nothing_happens_before_it_is_due(self):
        channel = self._taken(self.olga)
        self.assertIsNone(channel._chat_look(self._later(seconds=25)))
        self.assertEqual(channel.chat_state, "active")

    def test_a_second_clock_finds_nothing_to_do(self):
        channel = self._taken(self.olga)
        moment = self._later(seconds=31)
        channel._chat_look(moment)
        self.assertIsNone(channel._chat_look(moment))
        self.assertReasons(channel, "new", "assigned", "not_accepted")

    def test_what_is_accepted_stays(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_accept()
        self.assertIsNone(channel._chat_look(self._later(minutes=9)))

    def test_a_silent_operator_loses_it_while_the_customer_waits(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_accept()
        self.assertEqual(channel._chat_look(self._later(minutes=11)), "silent")
        self.assertTrue(channel.chat_is_head)

    def test_who_replied_does_not_lose_it(self):
        channel = self._taken(self.olga)
        self._reply(channel, self.user)
        self.assertIsNone(channel._chat_look(self._later(minutes=11)))

    def test_a_supervisor_who_writes_in_ends_the_waiting_only(self):
        channel = self._taken(self.olga)
        chief = self.env.ref("base.user_admin")
        channel._chat_let_in(chief)
        self._reply(channel, chief)
        segment = channel._chat_segment()
        self.assertFalse(channel._chat_open_turn())
        self.assertFalse(segment.accepted_at or segment.first_reply_at)
        self.assertEqual(channel.chat_operator_id, self.olga)

    def test_a_note_is_no_reply(self):
        channel = self._taken(self.olga)
        self._reply(channel, self.user, subtype_xmlid="mail.mt_note")
        self.assertTrue(channel._chat_open_turn())

    def test_the_customer_is_no_operator_to_himself(self):
        channel = self._conversation()
        self.assertTrue(channel._chat_open_turn())
        self.assertFalse(channel._chat_segment().first_reply_at)


@tagged("post_install", "-at_install")
class TestHold(LifeCase):
    """A hold with a deadline takes no slot (issue B)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls._taken(cls.olga)
        cls._reply(cls.channel, cls.user)
        cls.until = fields.Datetime.now() + timedelta(days=2)
        cls.channel.with_user(cls.user).chat_hold(cls.until)

    def test_it_frees_the_slot_and_stays_in_sight(self):
        self.assertEqual(self.channel.chat_state, "hold")
        self.assertFalse(self.olga.slot_ids.conversation_id)
        self.assertIn(self.user.partner_id, self.channel.channel_partner_ids)
        self.assertFalse(self.channel.livechat_end_dt)

    def test_it_comes_back_ahead_of_the_queue_to_the_same_operator(self):
        self._operator("chat_pavel")
        moment = self.until + timedelta(seconds=1)
        self.assertEqual(self.channel._chat_look(moment), "hold_over")
        waiting = self.channel._chat_as_waiting()
        self.assertTrue(waiting.head_of_queue)
        self.assertEqual(waiting.asked_for, self.olga.id)
        self.assertEqual(waiting.queued_at, moment)
        self.assertFalse(waiting.declined)

    def test_it_does_not_come_back_before(self):
        self.assertIsNone(self.channel._chat_look(self.until - timedelta(seconds=1)))

    def test_a_customer_who_writes_waits_again(self):
        self._conversation(number=2, text="And?")
        self.assertEqual(self.channel.chat_state, "queued")
        self.assertTrue(self.channel.chat_is_head)
        self.assertEqual(self.channel.chat_asked_for_id, self.olga)

    def test_it_can_be_taken_up_before(self):
        self._mine(self.channel).chat_resume()
        self.assertEqual(self.channel.chat_state, "active")
        self.assertEqual(self.olga.slot_ids.conversation_id, self.channel)

    def test_the_first_word_takes_it_up(self):
        self._reply(self.channel, self.user)
        self.assertEqual(self.channel.chat_state, "active")

    def test_without_a_free_slot_it_cannot_be_taken_up(self):
        for number in range(1, 4):
            self._taken(self.olga, chat=number, number=10 + number)
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._mine(self.channel).chat_resume()
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._reply(self.channel, self.user)

    def test_a_hold_is_until_a_moment_to_come(self):
        other = self._taken(self.olga, chat=5, number=15)
        with self.assertRaisesRegex(UserError, "moment to come"):
            self._mine(other).chat_hold("2020-01-01 10:00:00")
        self.assertEqual(other.chat_state, "active")


@tagged("post_install", "-at_install")
class TestEnd(LifeCase):
    """Closing with a reason, notes with a time-out, customers who say nothing."""

    def test_the_slot_is_free_after_the_notes(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_close()
        self.assertEqual(channel.chat_state, "wrap_up")
        self.assertEqual(self.olga.slot_ids.conversation_id, channel)
        moment = channel.livechat_end_dt + timedelta(seconds=61)
        self.assertEqual(channel._chat_look(moment), "wrapped_up")
        self.assertEqual(channel.chat_state, "closed")
        self.assertFalse(self.olga.slot_ids.conversation_id)
        self.assertEqual(channel._chat_last_segment().wrap_seconds, 61)

    def test_notes_can_be_over_before(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_close()
        self._mine(channel).chat_wrapped_up()
        self.assertEqual(channel.chat_state, "closed")
        self.assertFalse(self.olga.slot_ids.conversation_id)

    def test_a_direction_without_time_for_notes_frees_it_at_once(self):
        self.direction.wrap_up_seconds = 0
        channel = self._taken(self.olga)
        self._mine(channel).chat_close()
        self.assertEqual(channel.chat_state, "closed")
        self.assertFalse(self.olga.slot_ids.conversation_id)

    def test_who_writes_during_the_notes_begins_another_conversation(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_close()
        other = self._conversation(number=2)
        self.assertNotEqual(other, channel)
        self.assertEqual(other.chat_previous_id, channel)

    def test_the_reason_is_needed_where_there_are_any(self):
        self.direction.reason_ids = [(0, 0, {"name": "Answered"})]
        channel = self._taken(self.olga)
        with self.assertRaisesRegex(UserError, "choose one"):
            self._mine(channel).chat_close()
        self._mine(channel).chat_close(self.direction.reason_ids.id)
        self.assertEqual(channel.chat_reason_id, self.direction.reason_ids)

    def test_another_directions_reason_is_refused(self):
        other = self._direction("B2B", reason_ids=[(0, 0, {"name": "Invoice sent"})])
        channel = self._taken(self.olga)
        with self.assertRaisesRegex(UserError, "no closing reason of “Customers”"):
            self._mine(channel).chat_close(other.reason_ids.id)

    def test_nothing_is_written_into_a_closed_one(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_close()
        with self.assertRaisesRegex(UserError, "would reach nobody"):
            self._reply(channel, self.user)

    def test_a_silent_customer_is_asked_and_then_it_is_closed(self):
        self.direction.text_ids = [(0, 0, {"event": "silence", "text": "Still here?"})]
        channel = self._taken(self.olga)
        self._reply(channel, self.user)
        moment = self._later(minutes=31)
        self.assertEqual(channel._chat_look(moment), "warn")
        self.assertIn("Still here?", channel.message_ids[0].body)
        self.assertIsNone(channel._chat_look(moment))
        moment += timedelta(minutes=31)
        self.assertEqual(channel._chat_look(moment), "silence")
        self.assertEqual(channel.chat_state, "closed")
        self.assertEqual(channel._chat_last_segment().reason_out, "silence")

    def test_a_word_of_the_customer_ends_the_silence(self):
        self.direction.text_ids = [(0, 0, {"event": "silence", "text": "Still here?"})]
        channel = self._taken(self.olga)
        self._reply(channel, self.user)
        channel._chat_look(self._later(minutes=31))
        self._conversation(number=2)
        self.assertFalse(channel.chat_warned_at)
        # what he wrote is answered, and he is silent again: asked anew, not closed
        self._reply(channel, self.user)
        before = channel.message_ids
        self.assertEqual(channel._chat_look(self._later(minutes=62)), "warn")
        self.assertIn("Still here?", (channel.message_ids - before).body)

    def test_blocked_customers_reach_nobody_until_it_is_taken_back(self):
        channel = self._taken(self.olga)
        self._mine(channel).chat_block("Advertising")
        self.assertEqual(channel.chat_state, "closed")
        row = self._receive(self._update(number=2))
        self.assertEqual(row.state, "ignored")
        chief = self.env.ref("base.user_admin")
        channel.chat_identity_id.with_user(chief).chat_unblock()
        row = self._receive(self._update(number=3))
        self.assertEqual(row.state, "done")

    def test_ratings_are_of_who_spoke_last(self):
        pavel = self._operator("chat_pavel")
        channel = self._taken(self.olga)
        self._reply(channel, self.user)
        self._mine(channel).chat_transfer_to_operator(pavel.id)
        self._reply(channel, pavel.user_id)
        self._mine(channel, pavel).chat_close()
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": channel.id,
                "rating": 5,
            }
        )
        self.assertEqual(rating.rated_partner_id, pavel.user_id.partner_id)


@tagged("post_install", "-at_install")
class TestRepeat(LifeCase):
    """Who comes back within hours meets the same operator, ahead of others (P5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the routing commits each assignment; a test's transaction ends by itself
        cls.enterClassContext(patch.object(cls.env.cr, "commit", lambda: None))
        cls.direction.max_wait_seconds = 10**9
        cls.first = cls._taken(cls.olga)
        cls._reply(cls.first, cls.user)
        cls.first._chat_close(fields.Datetime.now(), "silence")
        cls.pavel = cls._operator("chat_pavel")

    def _again(self, **time):
        return self._conversation(number=2, date=int(self._later(**time).timestamp()))

    def _fill(self, operator):
        for number in range(1, 4):
            self._taken(operator, chat=number, number=10 + number)

    def test_next_day_it_is_the_same_operator(self):
        self._taken(self.olga, chat=1, number=11)
        again = self._again(hours=23)
        self.direction._route()
        self.assertEqual(again.chat_operator_id, self.olga)

    def test_when_his_slots_are_full_an_extra_one_is_taken(self):
        self._fill(self.olga)
        again = self._again(hours=23)
        self.direction._route()
        self.assertEqual(again.chat_operator_id, self.olga)
        self.assertEqual(again._chat_segment().slot_kind, "extra")

    def test_when_he_is_away_anybody_of_the_direction_has_it(self):
        self.olga._set_state("away")
        again = self._again(hours=23)
        self.direction._route()
        self.assertEqual(again.chat_operator_id, self.pavel)

    def test_who_comes_back_is_ahead_of_others(self):
        self.olga._set_state("away")
        self.pavel.base_slots = 1
        self._conversation(chat=5, number=1)
        again = self._again(hours=23)
        self.direction._route()
        self.assertEqual(self.pavel.slot_ids.conversation_id, again)

    def test_after_the_hours_it_is_like_any_other(self):
        self._fill(self.olga)
        self.pavel._set_state("away")
        again = self._again(hours=25)
        self.direction._route()
        self.assertFalse(again.chat_is_repeat)
        self.assertEqual(again.chat_state, "queued")

    def test_nobody_is_asked_again_at_once_who_let_it_go(self):
        again = self._again(hours=23)
        again._chat_take(self.olga, "base")
        again._chat_look(self._later(seconds=31))
        self.direction._route()
        self.assertEqual(again.chat_operator_id, self.pavel)


@tagged("post_install", "-at_install")
class TestTransfer(LifeCase):
    """To an operator, a direction or a skill, unseen by the customer (E13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pavel = cls._operator("chat_pavel")
        cls.channel = cls._taken(cls.olga)

    def test_to_an_operator_with_a_comment_the_customer_never_sees(self):
        messages = self.channel.message_ids
        self._mine(self.channel).chat_transfer_to_operator(
            self.pavel.id, comment="He is furious"
        )
        self.assertEqual(self.channel.chat_operator_id, self.pavel)
        self.assertEqual(self.pavel.slot_ids.conversation_id, self.channel)
        self.assertFalse(self.olga.slot_ids.conversation_id)
        self.assertNotIn(self.user.partner_id, self.channel.channel_partner_ids)
        self.assertEqual(self.channel.message_ids, messages)
        before = self.channel.chat_segment_ids.sorted("seq")[-2]
        self.assertEqual(before.comment, "He is furious")

    def test_who_gets_it_has_to_accept(self):
        self._mine(self.channel).chat_transfer_to_operator(self.pavel.id)
        self.assertEqual(
            self.channel._chat_look(self._later(seconds=31)), "not_accepted"
        )

    def test_slots_are_not_exceeded_by_transfers(self):
        for number in range(1, 4):
            self._taken(self.pavel, chat=number, number=10 + number)
        with self.assertRaisesRegex(UserError, "no free slot"):
            self._mine(self.channel).chat_transfer_to_operator(self.pavel.id)
        self.assertEqual(self.channel.chat_operator_id, self.olga)

    def test_a_repeat_may_take_an_extra_slot(self):
        for number in range(1, 4):
            self._taken(self.pavel, chat=number, number=10 + number)
        self.channel.chat_is_repeat = True
        self._mine(self.channel).chat_transfer_to_operator(self.pavel.id)
        self.assertEqual(self.channel._chat_segment().slot_kind, "extra")

    def test_nobody_gets_it_who_is_not_there_or_serves_other_directions(self):
        self.pavel._set_state("break")
        with self.assertRaisesRegex(UserError, "not available"):
            self._mine(self.channel).chat_transfer_to_operator(self.pavel.id)
        other = self._operator("chat_boris", directions=self._direction("B2B"))
        with self.assertRaisesRegex(UserError, "does not serve “Customers”"):
            self._mine(self.channel).chat_transfer_to_operator(other.id)
        with self.assertRaisesRegex(UserError, "no longer there"):
            self._mine(self.channel).chat_transfer_to_operator(999_999_999)

    def test_to_a_direction_and_a_skill_ahead_of_its_queue(self):
        other = self._direction("B2B")
        skill = self.env["chat.skill"].create({"name": "Invoices"})
        self._mine(self.channel).chat_transfer_to_direction(other.id, skill.ids)
        self.assertEqual(self.channel.chat_state, "queued")
        self.assertEqual(self.channel.chat_direction_id, other)
        self.assertEqual(self.channel.chat_skill_ids, skill)
        self.assertTrue(self.channel.chat_is_head)
        self.assertEqual(self.channel._chat_segment().direction_id, other)

    def test_a_transfer_ends_no_session(self):
        self._mine(self.channel).chat_transfer_to_direction(self.direction.id)
        self.assertFalse(self.channel.livechat_end_dt)

    def test_a_skill_that_nobody_has_is_waited_for_only_so_long(self):
        self.direction.skill_wait_seconds = 60
        skill = self.env["chat.skill"].create({"name": "Invoices"})
        self._mine(self.channel).chat_transfer_to_direction(
            self.direction.id, skill.ids
        )
        moment = self.channel.chat_queued_at + timedelta(seconds=61)
        self.assertEqual(self.channel._chat_look(moment), "ask_wider")
        self.assertFalse(self.channel.chat_deadline_at)

    def test_another_companys_direction_is_refused(self):
        company = self.env["res.company"].create({"name": "Another one"})
        other = self._direction("Theirs", company_id=company.id)
        with self.assertRaisesRegex(UserError, "no such direction"):
            self._mine(self.channel).chat_transfer_to_direction(other.id)

    def test_given_back_it_goes_to_others_first(self):
        self._mine(self.channel).chat_return("Not for me")
        self.assertEqual(self.channel.chat_state, "queued")
        self.assertEqual(self.channel._chat_as_waiting().declined, {self.olga.id})

    def test_leaving_in_discuss_is_giving_back(self):
        messages = self.channel.message_ids
        self._mine(self.channel).action_unfollow()
        self.assertEqual(self.channel.chat_state, "queued")
        self.assertFalse(self.olga.slot_ids.conversation_id)
        self.assertEqual(self.channel.message_ids, messages)
        self.assertReasons(self.channel, "new", "assigned", "left")

    def test_a_direction_with_a_name_of_its_own_hides_transfers(self):
        self.direction.public_name = "Care team"
        self._mine(self.channel).chat_transfer_to_operator(self.pavel.id)
        self.assertEqual(self.channel.livechat_operator_id.name, "Care team")
        self.direction.public_name = "Your friends"
        self.assertEqual(self.channel.livechat_operator_id.name, "Your friends")

    def test_without_such_a_name_the_holder_is_shown(self):
        shown = self.channel.livechat_operator_id
        self.assertEqual(shown, self.user.partner_id)
        self._mine(self.channel).chat_return()
        queue = self.env.ref("chat_center_bridge.partner_queue")
        self.assertEqual(self.channel.livechat_operator_id, queue)


@tagged("post_install", "-at_install")
class TestTexts(LifeCase):
    """What customers are told by themselves: once, and in their language."""

    def _text(self, event, text, **values):
        return self.env["chat.direction.text"].create(
            {"direction_id": self.direction.id, "event": event, "text": text, **values}
        )

    def _told(self, channel):
        queue = self.env.ref("chat_center_bridge.partner_queue")
        own = channel.message_ids.filtered(lambda one: one.author_id == queue)
        return [str(message.body) for message in own.sorted("id")]

    def test_a_greeting_comes_once_and_after_the_customers_word(self):
        self._text("greeting", "Hello <b>you</b>")
        channel = self._conversation(number=1)
        self._conversation(number=2)
        told = self._told(channel)
        self.assertEqual(len(told), 1)
        self.assertIn("Hello &lt;b&gt;you&lt;/b&gt;", told[0])
        first = channel.message_ids.sorted("id")[0]
        self.assertIn("Where is my order?", first.body)

    def test_a_text_is_no_reply(self):
        self._text("greeting", "Hello")
        channel = self._conversation()
        self.assertTrue(channel._chat_open_turn())

    def test_customers_read_their_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        text = self._text("greeting", "Hello")
        text.with_context(lang="ru_RU").text = "Здравствуйте"
        update = self._update()
        update["message"]["from"]["language_code"] = "ru"
        row = self._receive(update)
        channel = self.env["discuss.channel"].browse(row.message_id.res_id)
        self.assertEqual(self._told(channel), ["<p>Здравствуйте</p>"])

    def test_outside_of_the_hours_the_next_opening_is_told(self):
        # the updates are of a Saturday, 22 November 2025
        self.direction.calendar_id = self.env["resource.calendar"].create(
            {"name": "Mondays to Fridays", "tz": "Europe/Moscow"}
        )
        self._text("outside_hours", "We are back on {opening}")
        channel = self._conversation()
        self.assertIn("Monday, 24 November, 08:00", self._told(channel)[0])
        self.assertEqual(channel.chat_state, "queued")

    def test_who_is_with_an_operator_is_told_of_no_hours(self):
        self._text("outside_hours", "We are back on {opening}")
        channel = self._taken(self.olga)
        self.direction.calendar_id = self.env["resource.calendar"].create(
            {"name": "Mondays to Fridays", "tz": "Europe/Moscow"}
        )
        self._conversation(number=2)
        self.assertFalse(self._told(channel))
        channel._chat_take_back(self.now, "silent")
        self._conversation(number=3)
        self.assertTrue(self._told(channel))

    def test_a_public_holiday_is_outside_of_the_hours(self):
        calendar = self.env["resource.calendar"].create({"name": "Usual", "tz": "UTC"})
        self.direction.calendar_id = calendar
        monday = fields.Datetime.to_datetime("2025-11-24 09:00:00")
        self.assertEqual(self.direction._next_opening(monday), monday)
        self.env.cr.cache.pop("order_service.intervals")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Day of the shop",
                "calendar_id": calendar.id,
                "date_from": "2025-11-24 00:00:00",
                "date_to": "2025-11-24 23:59:59",
            }
        )
        tuesday = fields.Datetime.to_datetime("2025-11-25 08:00:00")
        self.assertEqual(self.direction._next_opening(monday), tuesday)

    def test_a_long_queue_is_told_of(self):
        self.direction.peak_waiting = 1
        self._text("peak", "It takes longer today")
        first = self._conversation(chat=1, number=1)
        second = self._conversation(chat=2, number=2)
        self.assertFalse(self._told(first))
        self.assertTrue(self._told(second))

    def test_an_incident_is_told_of_while_its_text_is_active(self):
        text = self._text("incident", "Payments fail", active=False)
        self.assertFalse(self._told(self._conversation(chat=1, number=1)))
        text.active = True
        self.assertTrue(self._told(self._conversation(chat=2, number=2)))

    def test_a_replay_tells_nothing(self):
        self._text("greeting", "Hello")
        self.env["chat.inbox"]._take(self.gateway, b"{}")
        channel = self._conversation()
        channel.message_ids.unlink()
        channel.chat_told_ids = False
        channel.with_context(chat_dry=True)._chat_asked(self.now)
        self.assertFalse(channel.message_ids)

    def test_a_farewell_is_told_on_closing(self):
        self._text("closing", "Goodbye")
        channel = self._taken(self.olga)
        self._mine(channel).chat_close()
        self.assertEqual(self._told(channel), ["<p>Goodbye</p>"])

    def test_who_is_blocked_hears_no_farewell(self):
        self._text("closing", "Goodbye")
        channel = self._taken(self.olga)
        self._mine(channel).chat_block("Advertising")
        self.assertFalse(self._told(channel))


@tagged("post_install", "-at_install")
class TestWeekend(LifeCase):
    """Core's own clean-up leaves alone what waits (issue E: a weekend)."""

    FRIDAY, MONDAY = "2027-03-05 20:00:00", "2027-03-08 06:00:00"

    def _vacuum(self):
        self.env["discuss.channel"]._gc_bot_only_ongoing_sessions()
        self.env["discuss.channel"]._gc_empty_livechat_sessions()
        self.env["discuss.channel.member"]._gc_unpin_livechat_sessions()

    def _read_by_all(self, channel):
        for member in channel.channel_member_ids:
            member.write(
                {
                    "last_seen_dt": self.FRIDAY,
                    "new_message_separator": channel.message_ids[:1].id + 1,
                    "is_pinned": True,
                }
            )

    def test_queue_and_holds_are_as_they_were(self):
        with freeze_time(self.FRIDAY):
            waiting = self._conversation(chat=1, number=1)
            held = self._taken(self.olga, chat=2, number=2)
            self._reply(held, self.user)
            self._mine(held).chat_hold(self.MONDAY)
            self._read_by_all(waiting + held)
            self.env.flush_all()
        with freeze_time(self.MONDAY):
            before = (waiting + held).read(["chat_state", "chat_queued_at"])
            self._vacuum()
            self.env.invalidate_all()
            after = (waiting + held).read(["chat_state", "chat_queued_at"])
            self.assertEqual(after, before)
            self.assertFalse((waiting + held).filtered("livechat_end_dt"))
            self.assertFalse((waiting + held).channel_member_ids.filtered("unpin_dt"))

    def test_closed_ones_are_still_cleaned_up(self):
        with freeze_time(self.FRIDAY):
            closed = self._taken(self.olga)
            self._reply(closed, self.user)
            closed.channel_member_ids.write({"is_pinned": True})
            self._read_by_all(closed)
            closed._chat_close(fields.Datetime.now(), "silence")
            self.env.flush_all()
        with freeze_time(self.MONDAY):
            self._vacuum()
        self.assertTrue(closed.channel_member_ids.filtered("unpin_dt"))

    def test_sessions_of_others_are_still_cleaned_up(self):
        partner = self.env.ref("base.partner_admin")
        with freeze_time(self.FRIDAY):
            other = self.env["discuss.channel"].create(
                {
                    "name": "Site",
                    "channel_type": "livechat",
                    "livechat_operator_id": partner.id,
                    "last_interest_dt": self.FRIDAY,
                }
            )
            other.livechat_channel_member_history_ids.livechat_member_type = "bot"
            self.env.flush_all()
        with freeze_time(self.MONDAY):
            self._vacuum()
        self.assertTrue(other.livechat_end_dt)

    def test_no_conversation_calls_everybody_for_help(self):
        channel = self._conversation()
        with self.assertRaisesRegex(ValidationError, "transfer it instead"):
            channel.livechat_status = "need_help"

    def test_a_visitor_who_leaves_ends_it(self):
        channel = self._taken(self.olga)
        visitor = channel.with_user(self.env.ref("base.public_user"))
        guest = channel.chat_identity_id.guest_id
        visitor.with_context(guest=guest)._close_livechat_session()
        self.assertEqual(channel.chat_state, "closed")
        self.assertEqual(channel._chat_last_segment().reason_out, "customer_closed")
        self.assertFalse(self.olga.slot_ids.conversation_id)
