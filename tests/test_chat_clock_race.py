"""Two clocks at once, and an operator who answers at the last moment (P4, issue E)."""

import functools
import threading
from datetime import timedelta

import pytest

import odoo.api
import odoo.service.model
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

from odoo.addons.chat_center_bridge.tests.common import ChatBuilders

from support import own_database

CLOCKS, CONVERSATIONS, ROUNDS = 3, 24, 20
WAIT_SECONDS = 120
TICKS = 5


class World(ChatBuilders):
    """An operator with many slots, in a database with real commits."""

    def __init__(self, database):
        self.database = database
        self.number = 0

    def set_up(self):
        with self.database.environment() as env:
            World.env = env
            World.direction = self._direction("Customers")
            World.gateway = self._gateway()
            operator = self._operator("chat_olga", base_slots=CONVERSATIONS)
            env["mail.presence"].create(
                {"user_id": operator.user_id.id, "status": "online"}
            )
            self.operator_id, self.user_id = operator.id, operator.user_id.id

    def offer(self, count):
        """Give the operator conversations that are not accepted in time.

        :return: list of their ids
        """
        with self.database.environment() as env:
            World.env = env
            World.gateway = env["chat.gateway"].browse(self.gateway.id)
            operator = env["chat.operator"].browse(self.operator_id)
            return [self._offer_one(operator).id for _number in range(count)]

    def _offer_one(self, operator):
        self.number += 1
        channel = self._taken(operator, chat=self.number, number=self.number)
        moment = fields.Datetime.now() - timedelta(minutes=1)
        channel._chat_segment().offered_at = moment
        channel._chat_set_deadline()
        return channel


@pytest.fixture(scope="module")
def world():
    with own_database() as database:
        world = World(database)
        world.set_up()
        yield world


def in_threads(*acts):
    """Begin all at the same time, and tell what each gave or raised."""
    start, told = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        start.wait(WAIT_SECONDS)
        try:
            told[index] = act()
        except Exception as error:  # noqa: BLE001 - told by the assertion
            told[index] = error

    threads = [
        threading.Thread(target=run, args=numbered) for numbered in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def tick(world):
    with world.database.cursor() as cr:
        clock = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})["chat.clock"]
        for _tick in range(TICKS):
            clock._run()
            cr.commit()


@mute_logger("odoo.sql_db")  # each 40001 is told with its stack
def test_clocks_at_once_do_nothing_twice(world):
    """Each conversation is taken back once, and no clock stumbles over another."""
    numbers = world.offer(CONVERSATIONS)
    told = in_threads(*[functools.partial(tick, world)] * CLOCKS)
    assert told == [None] * CLOCKS
    with world.database.environment() as env:
        channels = env["discuss.channel"].browse(numbers)
        for channel in channels:
            reasons = channel.chat_segment_ids.sorted("seq").mapped("reason_in")
            assert reasons == ["new", "assigned", "not_accepted"]
        assert set(channels.mapped("chat_state")) == {"queued"}
        assert not env["chat.slot"].search([("conversation_id", "!=", False)])


def look(world, number):
    with world.database.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        channel = env["discuss.channel"].browse(number)
        env["chat.clock"]._look(channel, fields.Datetime.now())


def reply(world, number):
    """What Discuss does when the operator presses Enter."""
    with world.database.cursor() as cr:
        env = odoo.api.Environment(cr, world.user_id, {})
        channel = env["discuss.channel"].browse(number)
        act = functools.partial(
            channel.message_post,
            body="We look it up.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        retrying(act, env)


@mute_logger("odoo.sql_db")
def test_a_reply_at_the_last_moment_wins_or_is_refused(world, monkeypatch):
    """Never both: a reply from somebody from whom the conversation was taken."""
    monkeypatch.setattr(odoo.service.model.time, "sleep", lambda _seconds: None)
    for number in world.offer(ROUNDS):
        _looked, refused = in_threads(
            functools.partial(look, world, number),
            functools.partial(reply, world, number),
        )
        with world.database.environment() as env:
            channel = env["discuss.channel"].browse(number)
            replied = bool(channel.chat_segment_ids.filtered("first_reply_at"))
            held = channel.chat_operator_id.id == world.operator_id
            assert replied == held == (channel.chat_state == "active")
            slot = env["chat.slot"].search([("conversation_id", "=", number)])
            assert bool(slot) == held
            if not held:
                assert isinstance(refused, (AccessError, UserError)), refused
                assert len(channel.message_ids) == 1
