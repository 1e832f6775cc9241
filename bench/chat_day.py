"""A thousand conversations through all of the real code, nothing lost and doubled.

A server of its own takes the webhooks and runs the jobs; the simulator of messengers
plays the customers, and brings some events twice and refuses some messages for a while.
Operators write in transactions of their own, as their browsers have them do.
"""

import atexit
import os
import threading
import time
from collections import Counter
from contextlib import ExitStack
from queue import Empty, Queue

import odoo.api
from odoo import fields
from odoo.service.model import retrying

from support.chat_center import ChatCenter, eventually
from support.databases import Database
from support.provider import Provider
from support.servers import running_server

CONVERSATIONS, WORDS = 1_000, 3
OPERATORS, DESKS = 24, 3
ARRIVALS_PER_SECOND = 2
TWICE, REFUSED = 300, 30
MOST_SECONDS = 20 * 60
LOOK_SECONDS = 0.2
LAST_WAIT_SECONDS = 120
THRESHOLD_SECONDS = 60
REACHED = {"sent", "delivered", "read"}
ASKING = """
    SELECT channel.id, operator.user_id
      FROM discuss_channel channel
      JOIN chat_operator operator ON operator.id = channel.chat_operator_id
      JOIN chat_turn turn ON turn.conversation_id = channel.id
     WHERE channel.chat_direction_id = %s AND channel.chat_state = 'active'
       AND turn.answered_at IS NULL"""


class DayWorld:
    """A direction with operators and both messengers, committed."""

    def __init__(self, env):
        env.cr.commit()
        self.database = Database(os.environ["BENCH_DATABASE"], env.registry)
        stack = ExitStack()
        atexit.register(stack.close)
        self.provider = stack.enter_context(Provider().served())
        self.center = ChatCenter(self.database, self.provider, stack)
        with self.center.environment() as env:
            self.center.direction.wrap_up_seconds = 0
            for number in range(OPERATORS):
                operator = self.center._operator(f"chat_day_{number}")
                online = {"user_id": operator.user_id.id, "status": "online"}
                env["mail.presence"].create(online)


class Customer:
    """Writes, waits for the reply, and writes again.

    :param messenger: of the simulator
    """

    def __init__(self, messenger, person):
        self.messenger = messenger
        self.person = person
        self.written = 0

    @property
    def words(self):
        """All he has written, in order."""
        return [f"{self.person.name}, word {at}" for at in range(self.written)]

    def look(self):
        """Write the next word, if the last one was replied to."""
        replies = len(self.messenger.received(self.person))
        if self.written < WORDS and replies == self.written:
            self.written += 1
            self.messenger.write(self.person, self.words[-1])

    @property
    def is_content(self):
        """Whether all he wrote was replied to."""
        received = self.messenger.received(self.person)
        return self.written == WORDS and len(received) >= WORDS


class Desks:
    """Threads that do what operators do with the conversations they are given."""

    def __init__(self, world):
        self.registry = world.database.registry
        self.direction_id = world.center.direction_id
        self.asking = Queue()
        self.busy = set()
        self.replies = Counter()
        self.problems = []
        self.is_over = False
        for _number in range(DESKS):
            threading.Thread(target=self._work, daemon=True).start()

    def look(self):
        """See who waits for a word of his operator."""
        with self.registry.cursor() as cr:
            cr.execute(ASKING, [self.direction_id])
            for found in cr.fetchall():
                if found[0] not in self.busy:
                    self.busy.add(found[0])
                    self.asking.put(found)

    def _work(self):
        while not self.is_over:
            try:
                channel_id, user_id = self.asking.get(timeout=1)
            except Empty:
                continue
            try:
                self._reply(channel_id, user_id)
            except Exception as error:  # noqa: BLE001 - told by whoever runs this
                self.problems.append(repr(error))
            self.busy.discard(channel_id)

    def _reply(self, channel_id, user_id):
        number = self.replies[channel_id]
        self._do(user_id, channel_id, "message_post", **_message(number))
        self.replies[channel_id] += 1
        if number == WORDS - 1:
            self._do(user_id, channel_id, "chat_close")

    def _do(self, user_id, channel_id, method, **arguments):
        """Call a method as a request of the operator's browser does."""
        with self.registry.cursor() as cr:
            env = odoo.api.Environment(cr, user_id, {})
            channel = env["discuss.channel"].browse(channel_id)
            retrying(lambda: getattr(channel, method)(**arguments), env)


def _message(number):
    return {
        "body": f"reply {number}",
        "message_type": "comment",
        "subtype_xmlid": "mail.mt_comment",
    }


def measure(world, report):
    begun = fields.Datetime.now()
    customers = _customers(world.provider)
    world.provider.faults.order("twice", TWICE)
    world.provider.faults.order("rate", REFUSED)
    with running_server(world.database.name, jobs=True) as server:
        world.center.connect(server.url)
        world.center.wake_what_is_lost()
        took = _live(customers, Desks(world))
        eventually(world.center.is_at_rest, LAST_WAIT_SECONDS)
    _compare(world, customers)
    _report(world, report, begun, took)


def _customers(provider):
    messengers = list(provider.messengers.values())
    return [
        Customer(
            messengers[number % len(messengers)],
            provider.people.add(f"Customer {number}"),
        )
        for number in range(CONVERSATIONS)
    ]


def _live(customers, desks):
    """Let them come one after the other, until each has what he wanted.

    :return: seconds it took
    """
    start = time.monotonic()
    open_ones = customers
    while open_ones:
        passed = time.monotonic() - start
        assert passed < MOST_SECONDS, f"{len(open_ones)} still wait after {passed} s"
        here = customers[: int(passed * ARRIVALS_PER_SECOND) + 1]
        for customer in here:
            customer.look()
        desks.look()
        assert not desks.problems, desks.problems
        open_ones = [one for one in customers if not one.is_content]
        time.sleep(LOOK_SECONDS)
    took = time.monotonic() - start
    _rest(desks)
    return took


def _rest(desks):
    """Let the operators close what they have replied to."""
    eventually(lambda: not desks.busy, LAST_WAIT_SECONDS)
    desks.is_over = True
    assert not desks.problems, desks.problems


def _compare(world, customers):
    """What was sent and what stands, both ways.

    :raises AssertionError: something is lost or doubled
    """
    said = _said(world)
    for customer in customers:
        assert said[customer.person.name] == customer.words, customer.person
        replies = customer.messenger.received(customer.person)
        assert replies == [f"reply {at}" for at in range(WORDS)], customer.person
    assert not world.provider.post.lost, world.provider.post.lost
    with world.center.environment() as env:
        states = env["chat.outbox"]._read_group(
            [("conversation_id.chat_direction_id", "=", world.center.direction_id)],
            ["state"],
            ["__count"],
        )
    assert {state for state, _count in states} <= REACHED, states
    assert sum(count for _state, count in states) == CONVERSATIONS * WORDS, states


def _said(world):
    """Name of a customer -> what stands of him, in order; over all conversations."""
    with world.center.environment() as env:
        env.cr.execute(
            """SELECT identity.name, message.body
                 FROM mail_message message
                 JOIN discuss_channel channel ON channel.id = message.res_id
                 JOIN chat_identity identity ON identity.id = channel.chat_identity_id
                WHERE message.model = 'discuss.channel'
                  AND message.author_guest_id IS NOT NULL
                  AND channel.chat_direction_id = %s
                ORDER BY message.id""",
            [world.center.direction_id],
        )
        said = {}
        for name, body in env.cr.fetchall():
            words = body.removeprefix("<p>").removesuffix("</p>")
            said.setdefault(name, []).append(words)
        return said


def _report(world, report, begun, took):
    told = _figures(world, begun)
    # one conversation each: nobody was split in two
    assert told["offered"] == told["answered"] == CONVERSATIONS, told
    report.add(
        f"chat: {CONVERSATIONS} conversations, {WORDS} in and out, all code",
        took,
        "s",
        most=MOST_SECONDS,
        lost=0,
        doubled=0,
        events_twice=TWICE,
        refused_for_a_while=REFUSED,
        messages_a_second=round(2 * WORDS * CONVERSATIONS / took, 1),
    )
    print(_sentence(told), flush=True)


def _figures(world, begun):
    """The direction's figures, as its supervisor reads them."""
    with world.center.environment() as env:
        while env["chat.figure.due"]._count_next():
            pass
        end = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        rows = env["chat.figure"].get_figures(begun, end, "direction")
        [told] = [row for row in rows if row["key"] == world.center.direction_id]
        return told


def _sentence(told):
    spreads = ", ".join(
        f"{name} {told[key]['mean']:.1f} / {told[key]['p50']:.1f} /"
        f" {told[key]['p90']:.1f} s"
        for name, key in (("ASA", "asa"), ("A1RT", "first_reply"), ("ART", "reply"))
    )
    return (
        f"{told['offered']} offered, {told['answered']} answered,"
        f" SL {THRESHOLD_SECONDS} s {told['service_level']:.1f} %, {spreads}"
    )
