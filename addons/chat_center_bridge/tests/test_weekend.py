"""From Friday evening to Monday morning nothing happens to who waits (issue 5, E)."""

import inspect
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

from ..rules import choice
from .common import ChatBuilders

FRIDAY, MONDAY = datetime(2027, 3, 5, 20), datetime(2027, 3, 8, 6)
# how often the clock and the crons are seen to come; in truth they come each minute
STEP = timedelta(hours=4)
CRONS = (
    ("chat.inbox.lane", "_cron_wake_overdue"),
    ("chat.outbox.lane", "_cron_wake_overdue"),
    ("chat.gateway", "_cron_watch"),
    ("chat.figure.due", "_cron_count"),
    ("chat.clock", "_cron_wind"),
    ("chat.clock", "_run"),
)
CLEANED = ("bus.", "chat.", "discuss.", "im_livechat.", "mail.", "queue.", "rating.")
WATCHED = (
    "chat_state",
    "chat_queued_at",
    "chat_is_head",
    "chat_is_repeat",
    "chat_hold_until",
    "chat_operator_id",
    "livechat_end_dt",
    "channel_member_ids",
    "message_ids",
    "chat_segment_ids",
    "chat_turn_ids",
)


@tagged("post_install", "-at_install")
class TestWholeWeekend(ChatBuilders, TransactionCase):
    """The clock ticks, crons and clean-ups come, and nobody works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        # a transaction of a test is one that nobody ends
        for end in ("commit", "rollback"):
            cls.enterClassContext(patch.object(cls.env.cr, end, lambda: None))
        with freeze_time(FRIDAY):
            cls._begin()

    @classmethod
    def _begin(cls):
        """Three wait, one of whom an operator gave back; a fourth is on hold."""
        cls.direction.accept_seconds = 60
        olga = cls._operator("chat_olga")
        cls.env["mail.presence"].create(
            {"user_id": olga.user_id.id, "status": "online"}
        )
        channels = cls.env["discuss.channel"]
        for number in range(1, 4):
            channels |= cls._written(number)
        channels[1]._chat_take(olga, "base")
        channels[1]._chat_take_back(FRIDAY, "silent")
        held = cls._written(4)
        held._chat_take(olga, "base")
        cls._reply(held, olga.user_id)
        held.with_user(olga.user_id).chat_hold(str(MONDAY + timedelta(hours=3)))
        olga._set_state("away")
        cls.channels = channels | held
        cls._read_by_all()
        cls.env.flush_all()

    @classmethod
    def _written(cls, number):
        date = int(FRIDAY.timestamp()) + number
        return cls._conversation(chat=number, number=number, date=date)

    @classmethod
    def _read_by_all(cls):
        for member in cls.channels.channel_member_ids:
            last = member.channel_id.message_ids[:1].id
            member.write(
                {
                    "last_seen_dt": FRIDAY,
                    "new_message_separator": last + 1,
                    "is_pinned": True,
                }
            )

    def _vacuum(self):
        """Every clean-up of what chats consist of, as it comes at night."""
        for model in list(self.env.values()):
            if not model._name.startswith(CLEANED):
                continue
            for _name, clean in inspect.getmembers(type(model), is_autovacuum):
                clean(model)

    def _let_the_weekend_pass(self):
        moment = FRIDAY
        while moment < MONDAY:
            moment += STEP
            with freeze_time(moment):
                for model, method in CRONS:
                    getattr(self.env[model], method)()
                self._vacuum()
                self.direction._route()

    def _order(self, moment):
        """Who is first, second, third, as the routing sees it."""
        policies = {self.direction.id: self.direction._policy()}
        waiting = self.direction._waiting()
        return [one.id for one in choice.order(waiting, policies, moment)]

    def test_queue_and_holds_are_as_they_were(self):
        before, order = self.channels.read(WATCHED), self._order(FRIDAY)
        self.assertEqual(len(order), 3)
        self._let_the_weekend_pass()
        self.env.invalidate_all()
        self.assertEqual(self.channels.read(WATCHED), before)
        self.assertEqual(self._order(FRIDAY), order)
        self.assertFalse(self.channels.channel_member_ids.filtered("unpin_dt"))

    def test_on_monday_the_first_of_them_is_served_first(self):
        self._let_the_weekend_pass()
        with freeze_time(MONDAY):
            first = self._order(MONDAY)[0]
            self._operator("chat_pavel", base_slots=1, extra_slots=0)
            self.direction._route()
        served = self.channels.filtered(lambda one: one.chat_state == "active")
        self.assertEqual(served.ids, [first])
