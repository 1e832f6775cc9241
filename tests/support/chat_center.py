"""A small chat center in a throw-away database, connected to the simulator."""

import time
from contextlib import ExitStack, contextmanager

from odoo.service.model import retrying
from odoo.tools import SQL

from odoo.addons.chat_center_bridge.tests.common import ChatBuilders
from odoo.addons.chat_center_bridge.tests.payloads import SECRETS

PATIENCE_SECONDS = 90
# what a job that was lost left behind is seen by a cron once it is so old
LOST_SECONDS = 120
LEFT_BEHIND = {
    "chat_inbox": ("create_date",),
    "chat_outbox": ("next_at", "write_date"),
}
# the jobs run in the server, as in production


class StandingBuilders(ChatBuilders):
    """The builders where there is no test class: ``stack`` ends what they begin."""

    stack = ExitStack()

    @classmethod
    def enterClassContext(cls, context):  # noqa: N802 - what a test case calls it
        return cls.stack.enter_context(context)


class ChatCenter(ChatBuilders):
    """A direction, and a gateway of each messenger.

    :param support.Database database: of the test's own
    :param support.provider.Provider provider: plays the messengers and the customers
    :param ExitStack stack: ends what the builders begin
    """

    def __init__(self, database, provider, stack):
        self.database = database
        self.provider = provider
        type(self).enterClassContext = stack.enter_context
        with database.environment() as env:
            self.set_up_chats(env)
            # nobody is looked for anew while a test waits for a busy machine
            self.direction.accept_seconds = 3600
            self.direction_id = self.direction.id
            whatsapp = self._gateway("whatsapp", name="Number")
            self.gateways = {"telegram": self.gateway.id, "whatsapp": whatsapp.id}
            for kind, gateway_id in self.gateways.items():
                account = {**SECRETS[kind], "api_url": provider.api_urls[kind]}
                self._fill_in(env["chat.gateway"].browse(gateway_id), account)
            env.cr.postcommit.clear()

    @contextmanager
    def environment(self):
        """An ``env`` as of the database's, with which the builders work too."""
        with self.database.environment() as env:
            center = type(self)
            center.env = env
            center.direction = env["chat.direction"].browse(self.direction_id)
            center.gateway = env["chat.gateway"].browse(self.gateways["telegram"])
            yield env

    def connect(self, url):
        """Tell the messengers where our server is.

        :param str url: of the server
        """
        with self.environment() as env:
            for kind, gateway_id in self.gateways.items():
                gateway = env["chat.gateway"].browse(gateway_id)
                address = f"{url}/chat_center/{kind}/{gateway.key}"
                request = gateway._adapter().webhook(address, gateway._account())
                assert not gateway._caller().ask(request).problem

    def wake_what_is_lost(self):
        """Let some minutes pass, and the crons that look for lost jobs come."""
        with self.environment() as env:
            # a server may be at work on what is made older
            retrying(lambda: _wake_what_is_lost(env), env)

    def said(self, person):
        """Texts of a customer that stand in his conversations, in order."""
        with self.environment() as env:
            messages = self._conversations_of(env, person).message_ids
            own = messages.sorted("id").filtered("author_guest_id")
            return [message.body.striptags() for message in own]

    def states(self, person):
        """text -> how far what was written to a customer has come."""
        with self.environment() as env:
            channels = self._conversations_of(env, person)
            rows = env["chat.outbox"].search([("conversation_id", "in", channels.ids)])
            return {row.message_id.body.striptags(): row.state for row in rows}

    def _conversations_of(self, env, person):
        addresses = [str(person.chat), person.phone, person.bsuid]
        domain = [("chat_identity_id.external_id", "in", addresses)]
        return env["discuss.channel"].search(domain)

    def is_at_rest(self):
        """Whether no event and no message waits for a job."""
        with self.environment() as env:
            return not (
                env["chat.inbox"].search_count([("state", "=", "new")])
                or env["chat.outbox"].search_count(
                    [("state", "in", ("queued", "sending"))]
                )
            )


def _wake_what_is_lost(env):
    for table, columns in LEFT_BEHIND.items():
        for column in columns:
            _make_older(env, table, column)
    env["chat.inbox.lane"]._cron_wake_overdue()
    env["chat.outbox.lane"]._cron_wake_overdue()
    env["chat.clock"]._cron_wind()


def _make_older(env, table, column):
    env.cr.execute(
        SQL(
            "UPDATE %s SET %s = %s - %s * interval '1 second'"
            " WHERE state IN ('new', 'queued', 'sending')",
            SQL.identifier(table),
            SQL.identifier(column),
            SQL.identifier(column),
            LOST_SECONDS,
        )
    )


def eventually(probe, patience_seconds=PATIENCE_SECONDS):
    """What a probe gives, as soon as it gives something.

    :raises AssertionError: it gives nothing for so long
    """
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing came within {patience_seconds} s")
