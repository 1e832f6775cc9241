"""Processes killed in the middle (issue 5, E): with SIGKILL, real ones, real commits.

On the operator's screen a message stands exactly once. At the messenger ours stands at
most once, and one that perhaps did not arrive says so.
"""

import json
import random
import time
from contextlib import ExitStack
from threading import Thread

import pytest
import requests

from odoo.addons.chat_center_bridge.tests.payloads import SECRETS

from support import own_database, running_server
from support.chat_center import ChatCenter, eventually
from support.provider import Provider
from support.servers import free_port
from support.victim import run_until_killed

UPDATES, REPLIES, KILLS = 40, 12, 3
PROOF = {"X-Telegram-Bot-Api-Secret-Token": SECRETS["telegram"]["webhook_secret"]}
REACHED = ("sent", "delivered", "read")


@pytest.fixture(scope="module")
def provider():
    with Provider().served() as provider:
        yield provider


@pytest.fixture
def center(provider):
    with ExitStack() as stack:
        yield ChatCenter(stack.enter_context(own_database()), provider, stack)


@pytest.fixture(scope="module")
def center_at_work(provider):
    """One with a server that does what jobs ask for, beside the processes that die."""
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        center = ChatCenter(database, provider, stack)
        stack.enter_context(started_server(center))
        yield center


def update(person, number, text):
    """What Telegram brings when a customer writes.

    :param int number: of his messages, below 100
    :return: str
    """
    number += 100 * person.number
    return json.dumps(ChatCenter._update(text, chat=person.chat, number=number))


def lane_of(center, model):
    """The lane of the only row of the inbox or outbox that is to be done."""
    with center.environment() as env:
        states = ("new", "queued")
        return env[model].search([("state", "in", states)]).ensure_one().lane


def started_server(center, port=None):
    """A server that runs jobs; see ``running_server``."""
    return running_server(center.database.name, port=port, jobs=True)


def recover(center):
    """What the crons of a server do for jobs that died with another one."""
    center.wake_what_is_lost()
    eventually(center.is_at_rest)


def held_conversation(center, person):
    """Id of a conversation that an operator has; nothing is on its way."""
    with center.environment():
        operator = center._operator(f"killed_{person.number}")
        number = 100 * person.number
        return center._taken(operator, chat=person.chat, number=number).id


def test_what_is_stored_and_not_worked_off_stands_once(center_at_work, provider):
    """E1: between accept and process, at each of three moments."""
    center, anna = center_at_work, provider.people[1]
    name, gateway_id = center.database.name, center.gateways["telegram"]
    run_until_killed(
        name, "take", "in_before_waking", gateway_id, update(anna, 1, "First")
    )
    assert center.said(anna) == []
    lane = lane_of(center, "chat.inbox")
    # done, and not committed
    run_until_killed(name, "work_off", "in_before_commit", lane)
    assert center.said(anna) == []
    # committed, and its job not ended
    run_until_killed(name, "work_off", "in_after_commit", lane)
    assert center.said(anna) == ["First"]
    run_until_killed(
        name, "take", "in_before_waking", gateway_id, update(anna, 2, "Second")
    )
    # the messenger heard no answer to the first one, so it brings it again
    with center.environment() as env:
        gateway = env["chat.gateway"].browse(gateway_id)
        env["chat.inbox"]._take(gateway, update(anna, 1, "First").encode())
    recover(center)
    assert center.said(anna) == ["First", "Second"]


def test_what_is_posted_and_not_sent_is_sent_once(center_at_work, provider):
    """E10: between posting and sending."""
    center, anna = center_at_work, provider.people[2]
    channel_id = held_conversation(center, anna)
    name = center.database.name
    run_until_killed(name, "post", "out_before_waking", channel_id, "In an hour.")
    assert center.states(anna) == {"In an hour.": "queued"}
    recover(center)
    assert center.states(anna) == {"In an hour.": "sent"}
    assert provider.telegram.received(anna) == ["In an hour."]


@pytest.mark.parametrize(
    ("number", "point", "received"),
    [
        (3, "out_before_call", []),
        (4, "out_before_note", ["In an hour."]),
        (5, "out_after_note", ["In an hour."]),
    ],
)
def test_what_is_sent_and_not_marked_is_perhaps_not_delivered(
    center_at_work, provider, number, point, received
):
    """E10: between sending and marking, and shortly before and after.

    Nobody knows whether it was sent, so it is not sent again by itself.
    """
    center, anna = center_at_work, provider.people[number]
    channel_id = held_conversation(center, anna)
    name = center.database.name
    run_until_killed(name, "post", "out_before_waking", channel_id, "In an hour.")
    lane = lane_of(center, "chat.outbox")
    run_until_killed(name, "send", point, lane)
    assert center.states(anna) == {"In an hour.": "sending"}
    recover(center)
    assert center.states(anna) == {"In an hour.": "unknown"}
    assert provider.telegram.received(anna) == received


class Telegram(Thread):
    """Brings updates over HTTP, each again until it is taken, as Telegram does."""

    def __init__(self, url, bodies):
        super().__init__(daemon=True)
        self.url = url
        self.bodies = bodies
        self.repeated = 0

    def run(self):
        for body in self.bodies:
            while not self._bring(body):
                self.repeated += 1
                time.sleep(0.1)

    def _bring(self, body):
        headers = {"Content-Type": "application/json", **PROOF}
        try:
            return requests.post(self.url, body, headers=headers, timeout=30).ok
        except requests.RequestException:
            return False


def post_replies(center, channel_id, count):
    """An operator's words, committed one by one while nothing runs."""
    with center.environment() as env:
        channel = env["discuss.channel"].browse(channel_id)
        user = channel.chat_operator_id.user_id
        for number in range(count):
            center._reply(channel, user, f"reply {number}")


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(center, provider):
    """E1, E10: the whole server, in the middle of a flood from both sides."""
    anna, boris = provider.people[6], provider.people[7]
    channel_id = held_conversation(center, anna)
    post_replies(center, channel_id, REPLIES)
    port, chance = free_port(), random.Random(19)
    with center.environment() as env:
        key = env["chat.gateway"].browse(center.gateways["telegram"]).key
    words = [f"word {number}" for number in range(UPDATES)]
    url = f"http://127.0.0.1:{port}/chat_center/telegram/{key}"
    telegram = Telegram(url, [update(boris, at, word) for at, word in enumerate(words)])
    telegram.start()
    for _time in range(KILLS):
        with started_server(center, port) as server:
            center.wake_what_is_lost()
            time.sleep(chance.uniform(0.2, 1.2))
            server.kill()
    with started_server(center, port):
        telegram.join(60)
        assert not telegram.is_alive()
        center.wake_what_is_lost()
        eventually(center.is_at_rest)
    assert telegram.repeated, "no update met a dead server"
    assert center.said(boris) == words
    received, states = provider.telegram.received(anna), center.states(anna)
    assert len(set(received)) == len(received)
    assert set(states.values()) <= {*REACHED, "unknown"}, states
    reached = {text for text, state in states.items() if state in REACHED}
    assert reached <= set(received)
    assert len(states) == REPLIES
