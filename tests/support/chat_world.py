"""Two directions with their operators, gateways and customers, on a real server.

Webhooks come over HTTP, jobs run in the server's own runner, operators use their doors
over JSON-2 with keys of their own, and the simulator keeps what the customer got.
"""

import base64
import time
from contextlib import ExitStack, contextmanager

from odoo.tools import SQL

from odoo.addons.chat_center_bridge.tests.common import ChatBuilders
from odoo.addons.chat_center_bridge.tests.payloads import SECRETS

from .databases import own_database
from .provider import Provider
from .servers import running_server

PATIENCE_SECONDS = 90
FIRST, SECOND = "journey_first", "journey_second"
# one dot
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
# moments that decide whether somebody comes back
MOMENTS = {
    "discuss_channel": ("livechat_end_dt", "chat_queued_at"),
    "chat_segment": ("opened_at", "closed_at", "first_reply_at"),
    "chat_identity": ("window_until",),
}


class World(ChatBuilders):
    """Two directions, two operators and two gateways; the second operator serves both.

    :param ExitStack stack: ends what the builders begin
    """

    def __init__(self, database, provider, stack):
        self.database = database
        self.provider = provider
        self.anna, self.boris, self.vera, *_others = provider.people
        type(self).enterClassContext = stack.enter_context
        with database.environment() as env:
            self.set_up_chats(env)
            self._set_up(env)

    def _set_up(self, env):
        # nobody is looked for anew while the test waits for a busy machine
        self.direction.accept_seconds = 3600
        b2b = self._direction("B2B", accept_seconds=3600)
        self.b2b_id = b2b.id
        self._operator(FIRST)
        self._operator(SECOND, self.direction | b2b, state="busy")
        whatsapp = self._gateway("whatsapp")
        self.gateways = {"telegram": self.gateway.id, "whatsapp": whatsapp.id}
        for kind, gateway_id in self.gateways.items():
            account = {**SECRETS[kind], "api_url": self.provider.api_urls[kind]}
            gateway = env["chat.gateway"].browse(gateway_id)
            for row in gateway.setting_ids:
                row.entered = account[row.name]

    def connect(self, server):
        """Set the webhooks, and let the operators sign in."""
        self.server = server
        self.keys = {login: self.database.api_key(login) for login in (FIRST, SECOND)}
        with self.database.environment() as env:
            for kind, gateway_id in self.gateways.items():
                gateway = env["chat.gateway"].browse(gateway_id)
                url = f"{server.url}/chat_center/{kind}/{gateway.key}"
                request = gateway._adapter().webhook(url, gateway._account())
                assert not gateway._caller().ask(request).problem

    def ask(self, login, model, method, **arguments):
        """Call a method as an operator; the answer, or whatever refuses it."""
        return self.server.json2(self.keys[login], model, method, **arguments)

    def call(self, login, model, method, **arguments):
        """Call a method as an operator, and get what it returns."""
        answer = self.ask(login, model, method, **arguments)
        assert answer.ok, answer.text
        return answer.json()

    def held_by(self, login, name):
        """Ids of the conversations with a customer that an operator has now."""
        domain = [["chat_operator_id.user_id.login", "=", login]]
        domain += [["chat_state", "=", "active"], ["name", "=", name]]
        return self.call(login, "discuss.channel", "search", domain=domain)

    def wait_for(self, login, person):
        """The conversation, once an operator has it."""
        return eventually(lambda: self.held_by(login, person.name))[0]

    def reply(self, login, channel_id, body):
        """Write to the customer as an operator does in Discuss."""
        return self.ask(
            login,
            "discuss.channel",
            "message_post",
            ids=[channel_id],
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def let_hours_pass(self, hours):
        """Make what happened so many hours older, as if the clock had gone on."""
        with self.database.environment() as env:
            for table, columns in MOMENTS.items():
                for column in columns:
                    env.cr.execute(
                        SQL(
                            "UPDATE %s SET %s = %s - %s * interval '1 hour'",
                            SQL.identifier(table),
                            SQL.identifier(column),
                            SQL.identifier(column),
                            hours,
                        )
                    )

    def states(self, channel_id):
        """How far what we wrote in a conversation has come, in order."""
        with self.database.environment() as env:
            rows = env["chat.outbox"].search(
                [("conversation_id", "=", channel_id)], order="id"
            )
            return rows.mapped("state")

    def rest(self):
        """Wait until no job is left that could still send something."""
        outbox = [("state", "in", ("queued", "sending"))]
        inbox = [("state", "=", "new")]

        def is_quiet():
            with self.database.environment() as env:
                return not (
                    env["chat.outbox"].search_count(outbox)
                    or env["chat.inbox"].search_count(inbox)
                )

        self.provider.post.wait()
        eventually(is_quiet)


def eventually(probe):
    """What a probe gives, as soon as it gives something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing came within {PATIENCE_SECONDS} s")


@contextmanager
def served_world(kind=World):
    """Yield a world whose server runs jobs and knows the played messengers.

    :param kind: World, or a class that sets up more
    """
    with ExitStack() as stack:
        provider = stack.enter_context(Provider().served())
        database = stack.enter_context(own_database())
        world = kind(database, provider, stack)
        server = stack.enter_context(running_server(database.name, jobs=True))
        world.connect(server)
        yield world
