"""Customers in conversation with an operator, and the server they write to."""

import http.client
import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from threading import Event, Thread
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from odoo.addons.chat_center_bridge.tests.common import SECRET, ChatBuilders

from support import running_server

CHATS, LANES = 20, 4
LOGIN = "chat_bench_operator"
FIRST_CHAT = 5_000_000
# as README tells whoever runs it
CHANNELS = ",".join(["root:6", *(f"root.chat_in_{lane}:1" for lane in range(LANES))])
PATIENCE_SECONDS = 120
POLL_SECONDS = 0.02


class ChatWorld(ChatBuilders):
    """One gateway; all of its customers are with one operator, who has accepted."""

    stack = ExitStack()

    @classmethod
    def enterClassContext(cls, context):  # noqa: N802 - what a test case calls it
        return cls.stack.enter_context(context)

    def __init__(self, env):
        self.env = env
        self.database = env.cr.dbname
        self.numbers = itertools.count(1)
        # messages a second, once they are measured
        self.rate = None
        env["ir.config_parameter"].set_param("chat_center_bridge.lanes", str(LANES))
        self.set_up_chats(env)
        self.key = self.gateway.key
        self.operator = self._operator(LOGIN, base_slots=CHATS)
        self.operator.user_id.password = LOGIN
        for number in range(CHATS):
            self._begin(number)
        env.cr.postcommit.clear()
        env.cr.commit()

    def _begin(self, number):
        """A conversation whose customer has had a reply."""
        channel = self._taken(
            self.operator, chat=FIRST_CHAT + number, number=next(self.numbers)
        )
        channel._chat_answered(fields.Datetime.now())

    @contextmanager
    def served(self, with_jobs=False):
        """A server in one process.

        :param bool with_jobs: it works jobs off by itself, in the same process
        :return: support.Server
        """
        options = ["--load=base,web,rpc,queue_job"] if with_jobs else []
        channels = {"ODOO_QUEUE_JOB_CHANNELS": CHANNELS}
        with patch.dict("os.environ", channels):
            with running_server(self.database, options=options) as server:
                yield server

    # -- customers ---------------------------------------------------------------------

    def customers(self, server):
        """What sends one more message each time it is called, over HTTP."""
        return Customers(
            server,
            f"/chat_center/telegram/{self.key}",
            lambda number, text: self._update(
                text=text, chat=FIRST_CHAT + number % CHATS, number=number
            ),
            self.numbers,
        )

    def count(self, *states):
        """How many events of the gateway are in these states, as others see it."""
        self.env.cr.rollback()
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM chat_inbox WHERE gateway_id = %s"
                " AND state = ANY(%s)",
                self.gateway.id,
                list(states),
            )
        )
        return count

    def wait_until_done(self):
        """Wait until every event is worked off.

        :raises TimeoutError: they are not
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while left := self.count("new"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{left} events are not worked off")
            time.sleep(POLL_SECONDS)
        assert not self.count("dead", "ignored")

    def forget(self):
        """Leave no event and no job to whoever measures next; no server runs."""
        self.env.cr.rollback()
        self.env.cr.execute(
            SQL("DELETE FROM chat_inbox WHERE gateway_id = %s", self.gateway.id)
        )
        self.env.cr.execute("DELETE FROM queue_job")
        self.env.cr.commit()

    @contextmanager
    def jobs_begin(self):
        """Take jobs as soon as they are there, and do nothing with them.

        So every webhook has to make one: what it costs at its dearest.
        """
        over = Event()

        def begin():
            with closing(self.env.registry.cursor()) as cr:
                while not over.wait(POLL_SECONDS):
                    cr.execute(
                        "UPDATE queue_job SET state = 'started' WHERE state = 'pending'"
                    )
                    cr.commit()

        thread = Thread(target=begin)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def count_jobs(self):
        """How many jobs there are, whatever became of them, as others see it."""
        self.env.cr.rollback()
        [[count]] = self.env.execute_query(SQL("SELECT count(*) FROM queue_job"))
        return count


class Customers:
    """Sends messages as the provider does, each in a request of its own.

    :param server: support.Server
    :param str path: of the webhook
    :param update: function of a number and a text that makes the provider's dict
    :param numbers: iterator, so that no two messages are the same one
    """

    def __init__(self, server, path, update, numbers):
        self.port = server.port
        self.path = path
        self.update = update
        self.numbers = numbers

    def write(self, text="Where is my order?"):
        """One message; seconds until it is answered."""
        body = json.dumps(self.update(next(self.numbers), text)).encode()
        return self.ask("POST", self.path, body)

    def ask(self, method, path, body=None):
        """Seconds until a request is answered.

        :raises AssertionError: it is not taken
        """
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": SECRET,
        }
        start = time.perf_counter()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
        assert answer.status == 200, answer.status
        return time.perf_counter() - start

    def write_at_once(self, count, customers):
        """So many messages, ``customers`` at a time, each after its answer."""
        with ThreadPoolExecutor(customers) as pool:
            return list(pool.map(lambda _number: self.write(), range(count)))

    def write_at_rate(self, count, rate, text="Where is my order?"):
        """So many messages a second, whether or not the ones before are answered.

        :param text: ``{at}`` in it becomes the moment it was due, of perf_counter
        :return: seconds from when each was due to its answer
        """
        return _at_rate(count, rate, lambda due: self.write(text.format(at=due)))

    def ask_at_rate(self, count, rate, path):
        """The same with an address that is only read."""
        return _at_rate(count, rate, lambda _due: self.ask("GET", path))


def _at_rate(count, rate, act):
    """Seconds from when each of some calls was due to its end, so many a second.

    :param act: function of the moment it is due, of perf_counter
    """

    def act_at(due):
        time.sleep(max(due - time.perf_counter(), 0))
        act(due)
        return time.perf_counter() - due

    start = time.perf_counter()
    with ThreadPoolExecutor(32) as pool:
        return list(
            pool.map(act_at, (start + number / rate for number in range(count)))
        )
