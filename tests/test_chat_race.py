"""Slots and lanes under real transactions: who takes at once, who dies, who is late."""

import json
import threading
from contextlib import ExitStack
from unittest.mock import patch

import psycopg2
import pytest

import odoo.api
from odoo.tools import mute_logger

from odoo.addons.chat_center_bridge.tests.common import ChatBuilders
from odoo.addons.chat_center_bridge.tests.takers import Takers

from support import own_database

TAKERS, TAKES = 16, 500
OPERATORS, CONVERSATIONS = 5, 16
ORDERED = 30
KILLED_AT = 7


class World(ChatBuilders):
    """A gateway, operators and conversations, committed in an own database."""

    stack = ExitStack()

    @classmethod
    def enterClassContext(cls, context):  # noqa: N802 - what a test case calls it
        return cls.stack.enter_context(context)

    def __init__(self, database):
        self.database = database
        with database.environment() as env:
            # one lane, so that nobody has to look for a chat's
            env["ir.config_parameter"].set_param("chat_center_bridge.lanes", "1")
            self.set_up_chats(env)
            self.gateway_id = self.gateway.id
            self.operators = [
                self._operator(f"chat_race_{number}").id for number in range(OPERATORS)
            ]
            self.conversations = [
                self._conversation(chat=number, number=number).id
                for number in range(1, CONVERSATIONS + 1)
            ]
            env.cr.postcommit.clear()

    def store(self, chat, count, first=1):
        """Messages ``1 .. count`` of a chat, as the webhook leaves them."""
        with self.database.environment() as env:
            gateway = env["chat.gateway"].browse(self.gateway_id)
            for number in range(first, first + count):
                update = self._update(f"word {number}", chat=chat, number=number)
                update["update_id"] = chat * 10_000 + number
                env["chat.inbox"]._take(gateway, json.dumps(update).encode())
            env.cr.postcommit.clear()

    def drain(self):
        with self.database.cursor() as cr:
            odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})["chat.inbox.lane"]._drain(0)
            cr.postcommit.clear()
            cr.commit()

    def said(self, chat):
        """What stands in the conversations of a chat, in order, as text."""
        with self.database.environment() as env:
            channels = env["discuss.channel"].search(
                [("chat_identity_id.external_id", "=", str(chat))]
            )
            messages = channels.message_ids.sorted("id")
            return [message.body.striptags() for message in messages]

    def unfinished(self):
        with self.database.environment() as env:
            return env["chat.inbox"].search_count([("state", "!=", "done")])


@pytest.fixture(scope="module")
def world():
    with own_database() as database, World.stack:
        yield World(database)


def words(count):
    return [f"word {number}" for number in range(1, count + 1)]


@mute_logger("odoo.sql_db")  # each 40001 is told with its stack
def test_sixteen_take_at_once_and_nobody_has_too_many(world):
    """X5: 500 takes here, 10 000 in the bench; looked at after each of them."""
    takers = Takers(
        world.database.registry, world.operators, world.conversations, TAKES
    ).run(TAKERS)
    assert takers.problems == []
    assert takers.taken >= TAKES


def test_two_who_drain_one_lane_keep_the_order(world):
    """Where the configuration misses the channel's capacity, or a job ran twice."""
    world.store(chat=901, count=ORDERED)
    threads = [threading.Thread(target=world.drain) for _number in range(2)]
    with mute_logger("odoo.sql_db"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    world.drain()
    assert world.said(901) == words(ORDERED)
    assert world.unfinished() == 0


def test_a_worker_that_dies_in_a_batch_loses_and_doubles_nothing(world):
    world.store(chat=902, count=ORDERED)
    registry = world.database.registry
    inbox = registry["chat.inbox"]
    apply, applied = inbox._apply, []

    def die(row):
        """End the connection as the kernel does with a killed process's."""
        applied.append(row.id)
        if len(applied) == KILLED_AT:
            row.env.cr.execute("SELECT pg_backend_pid()")
            (backend,) = row.env.cr.fetchone()
            with world.database.cursor() as other:
                other.execute("SELECT pg_terminate_backend(%s)", [backend])
        return apply(row)

    with patch.object(inbox, "_apply", die), mute_logger("odoo.sql_db"):
        with pytest.raises(psycopg2.Error):
            world.drain()
    assert len(applied) == KILLED_AT
    assert world.said(902) == []
    world.drain()
    assert world.said(902) == words(ORDERED)
    assert world.unfinished() == 0


def test_a_job_that_runs_twice_changes_nothing(world):
    world.store(chat=903, count=3)
    world.drain()
    world.drain()
    world.store(chat=903, count=3)
    world.drain()
    assert world.said(903) == words(3)
