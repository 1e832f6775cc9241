import random
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.chat_center_bridge.models.chat_clock import JOB_KEY

from .common import ChatBuilders

MODULE = "odoo.addons.chat_center_bridge.models"


@tagged("post_install", "-at_install")
class TestClock(ChatBuilders, TransactionCase):
    """One job after another does what is due; a cron mends the chain (P4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.env["mail.presence"].create(
            {"user_id": cls.olga.user_id.id, "status": "online"}
        )
        # a transaction of a test is one that nobody ends
        for end in ("commit", "rollback"):
            cls.enterClassContext(patch.object(cls.env.cr, end, lambda: None))
        cls.clock = cls.env["chat.clock"]
        cls.env["queue.job"].search([("identity_key", "=", JOB_KEY)]).unlink()

    def _overdue(self, **update):
        channel = self._taken(self.olga, **update)
        moment = fields.Datetime.now() - timedelta(minutes=1)
        channel._chat_segment().offered_at = moment
        channel._chat_set_deadline()
        return channel

    def _jobs(self):
        return self.env["queue.job"].search([("identity_key", "=", JOB_KEY)])

    def test_a_tick_does_what_is_due_and_leaves_the_next_one_behind(self):
        due = self._overdue(chat=1, number=1)
        other = self._taken(self.olga, chat=2, number=2)
        self.clock._run()
        self.assertEqual(due.chat_state, "queued")
        self.assertEqual(other.chat_state, "active")
        job = self._jobs()
        self.assertEqual(len(job), 1)
        self.assertEqual(job.channel, "root.chat_clock")
        self.assertGreater(job.eta, fields.Datetime.now())

    def test_the_chain_has_one_job_however_often_it_is_wound(self):
        self.clock._cron_wind()
        self.clock._cron_wind()
        self.clock._run()
        self.assertEqual(len(self._jobs()), 1)

    def test_a_broken_chain_begins_again(self):
        # failed, or begun by a worker that was killed
        for broken in ("failed", "started"):
            with self.subTest(broken=broken):
                self.clock._cron_wind()
                self._jobs().write({"state": broken})
                self.clock._cron_wind()
                states = self._jobs().mapped("state")
                self.assertEqual(states.count("pending"), 1)

    def test_the_cron_wakes_queues_whose_job_was_lost(self):
        self._conversation()
        self.env["queue.job"].search([]).unlink()
        self.clock._cron_wind()
        key = self.direction._job_key()
        woken = self.env["queue.job"].search([("identity_key", "=", key)])
        self.assertEqual(len(woken), 1)

    @mute_logger(f"{MODULE}.chat_clock")
    def test_what_fails_does_not_stop_the_others(self):
        broken = self._overdue(chat=1, number=1)
        due = self._overdue(chat=2, number=2)
        look = type(due)._chat_look

        def failing(channel, moment):
            if channel == broken:
                raise ValueError("Out of order")
            return look(channel, moment)

        with patch.object(type(due), "_chat_look", failing):
            self.clock._run()
        self.assertEqual(due.chat_state, "queued")
        # it is looked at again, but not at every tick
        self.assertGreater(broken.chat_deadline_at, fields.Datetime.now())
        self.assertTrue(self._jobs())


@tagged("post_install", "-at_install")
class TestAgreement(ChatBuilders, TransactionCase):
    """Whatever happens in whatever order: slots, members and stretches agree (X5)."""

    STEPS = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.direction.wrap_up_seconds = 60
        cls.other = cls._direction("B2B")
        cls.operators = cls._operator(
            "chat_olga", cls.direction + cls.other, base_slots=1, extra_slots=1
        ) + cls._operator("chat_pavel", cls.direction + cls.other, base_slots=2)
        cls.number = 0

    def _channels(self):
        directions = self.direction + self.other
        return self.env["discuss.channel"].search(
            [("chat_direction_id", "in", directions.ids)]
        )

    def _write(self, chance):
        self.__class__.number += 1
        self._conversation(chat=chance.randint(1, 5), number=self.number)

    def _take(self, chance):
        operator = chance.choice(self.operators)
        self.env["chat.operator"].with_user(operator.user_id).chat_take_next()

    def _assign(self, chance):
        waiting = self._channels().filtered(lambda one: one.chat_state == "queued")
        if waiting:
            kind = chance.choice(["base", "extra"])
            chance.choice(waiting)._chat_take(chance.choice(self.operators), kind)

    def _door(self, chance):
        """Something a holder does with what he holds."""
        held = self._channels().filtered("chat_operator_id")
        if not held:
            return
        channel = chance.choice(held)
        mine = channel.with_user(channel.chat_operator_id.user_id)
        until = fields.Datetime.now() + timedelta(hours=1)
        chance.choice(
            [
                mine.chat_accept,
                lambda: mine.chat_hold(until),
                mine.chat_resume,
                mine.chat_close,
                mine.chat_wrapped_up,
                mine.chat_return,
                mine.action_unfollow,
                lambda: self._reply(mine, mine.env.user),
                lambda: mine.chat_transfer_to_operator(
                    chance.choice(self.operators).id
                ),
                lambda: mine.chat_transfer_to_direction(
                    chance.choice(self.direction + self.other).id
                ),
            ]
        )()

    def _tick(self, chance):
        moment = fields.Datetime.now() + timedelta(minutes=chance.choice([1, 20, 90]))
        for channel in self._channels():
            channel._chat_look(moment)

    def _leave(self, chance):
        operator = chance.choice(self.operators)
        operator.unseen_since = fields.Datetime.now()
        operator._leave(fields.Datetime.now())
        operator._set_state("available")

    def assertAgreement(self, channel):
        state, operator = channel.chat_state, channel.chat_operator_id
        slot = self.env["chat.slot"].search([("conversation_id", "=", channel.id)])
        segment = channel._chat_segment()
        seen = channel.channel_partner_ids & self.operators.user_id.partner_id
        self.assertEqual(bool(slot), state in ("active", "wrap_up"))
        self.assertEqual(bool(operator), state in ("active", "hold", "wrap_up"))
        if slot:
            self.assertEqual(slot.operator_id, operator)
        self.assertEqual(seen, operator.user_id.partner_id)
        self.assertEqual(bool(segment), state in ("queued", "active", "hold"))
        if segment:
            self.assertEqual(segment.operator_id, operator)
        self.assertEqual(segment.slot_kind, slot.kind if state == "active" else False)
        self.assertEqual(bool(channel.livechat_end_dt), state in ("wrap_up", "closed"))
        seqs = channel.chat_segment_ids.mapped("seq")
        self.assertEqual(sorted(seqs), list(range(1, len(seqs) + 1)))
        if state in ("active", "hold", "wrap_up"):
            self.assertTrue(channel.chat_deadline_at)

    def _walk(self, seed):
        chance = random.Random(seed)
        moves = [self._write, self._take, self._assign, self._tick, self._leave]
        refused = 0
        for _step in range(self.STEPS):
            move = chance.choice([*moves, *[self._door] * 5])
            try:
                with self.env.cr.savepoint():
                    move(chance)
            except UserError:
                refused += 1
            for channel in self._channels():
                self.assertAgreement(channel)
        # a walk in which everything is refused proves nothing
        self.assertLess(refused, self.STEPS * 0.7)

    def test_a_walk(self):
        self._walk(1)

    def test_another_walk(self):
        self._walk(2)
