"""No secret is told by anything that a running server leaves behind (chat-design 6).

A journey with failures of every kind, in a server that logs as much as it can; then its
log and the whole database are read, as whoever gets a copy of them would.
"""

import os
import subprocess
from contextlib import ExitStack

import pytest
import requests

from odoo.addons.chat_center_bridge.models.chat_gateway_setting import KEYS_VARIABLE
from odoo.addons.chat_center_bridge.rules.adapters import ADAPTERS
from odoo.addons.chat_center_bridge.tests.payloads import SECRETS

from support import own_database, running_server
from support.chat_center import ChatCenter, eventually
from support.provider import Provider

# Odoo's own "debug_rpc" and "debug_sql" write down whatever passes
LOGGING = ("--log-level=debug", "--log-handler=urllib3:DEBUG", "--log-handler=:DEBUG")
NOWHERE = "http://127.0.0.1:1"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture(scope="module")
def left_behind():
    """(text of the log, text of the database, secrets) after the journey."""
    with ExitStack() as stack:
        provider = stack.enter_context(Provider().served())
        database = stack.enter_context(own_database())
        center = ChatCenter(database, provider, stack)
        with center.environment():
            center._operator("secrets_olga")
        with running_server(database.name, options=LOGGING, jobs=True) as server:
            center.connect(server.url)
            Journey(center, provider, server).run()
            log = server.log.read_text(errors="replace")
        yield log, dump(database.name), secrets()


def secrets():
    """name -> what nobody may find anywhere."""
    found = {"keys": os.environ[KEYS_VARIABLE]}
    for kind, account in SECRETS.items():
        for field in ADAPTERS[kind].FIELDS:
            if field.is_secret:
                found[f"{kind} {field.name}"] = account[field.name]
    return found


def dump(database):
    """The whole database as text."""
    done = subprocess.run(
        ["pg_dump", "--data-only", database],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.decode(errors="replace")


class Journey:
    """Customers write and are answered while much goes wrong."""

    def __init__(self, center, provider, server):
        self.center = center
        self.provider = provider
        self.server = server
        self.anna, self.boris, *_others = provider.people

    def run(self):
        self.refuse_strangers()
        channels = [self.begin(self.provider.telegram, self.anna)]
        channels.append(self.begin(self.provider.whatsapp, self.boris))
        for channel in channels:
            for fault in ("rate", "broken", "cut"):
                self.provider.faults.order(fault)
                self.reply(channel, f"after {fault}")
        self.files()
        self.unreachable(channels)
        self.wrong_values(channels)

    def begin(self, messenger, person):
        """Id of the conversation of a customer, with an operator."""
        messenger.write(person, "Hello?")
        return eventually(lambda: self.held_conversation(person))

    def held_conversation(self, person):
        with self.center.environment() as env:
            channel = self.center._conversations_of(env, person)
            return channel.chat_operator_id and channel.id

    def reply(self, channel_id, text):
        """Write, and wait till the job has tried to send it."""
        with self.center.environment() as env:
            channel = env["discuss.channel"].browse(channel_id)
            user = channel.chat_operator_id.user_id
            message = self.center._reply(channel, user, text)
            message_id = message.id
        eventually(lambda: self.is_tried(message_id))

    def is_tried(self, message_id):
        with self.center.environment() as env:
            row = env["chat.outbox"].search([("message_id", "=", message_id)])
            return row.state not in ("queued", "sending") or row.problem

    def refuse_strangers(self):
        """Forged proofs, and questions with a wrong word."""
        with self.center.environment() as env:
            gateways = env["chat.gateway"].browse(self.center.gateways.values())
            paths = [f"/chat_center/{one.gateway_type}/{one.key}" for one in gateways]
        for path in paths:
            headers = {
                "X-Telegram-Bot-Api-Secret-Token": "forged",
                "X-Hub-Signature-256": "sha256=forged",
            }
            answer = requests.post(self.server.url + path, b"{}", headers=headers)
            assert answer.status_code == 401
            requests.get(f"{self.server.url}{path}?hub.verify_token=forged")

    def files(self):
        """Files of customers: one is fetched, others are gone."""
        telegram, whatsapp = self.provider.telegram, self.provider.whatsapp
        telegram.send(self.anna, "dot.gif", "image/gif", GIF)
        whatsapp.send(self.boris, "dot.gif", "image/gif", GIF)
        eventually(lambda: self.file_states() == {"done"})
        self.provider.post.wait()
        for messenger, person in ((telegram, self.anna), (whatsapp, self.boris)):
            file = messenger.send(person, "gone.gif", "image/gif", GIF).file
            del messenger.files[file.id]
        eventually(lambda: self.file_states() == {"done", "failed"})

    def file_states(self):
        with self.center.environment() as env:
            return set(env["chat.inbox.file"].search([]).mapped("state"))

    def unreachable(self, channels):
        """The messengers are down, or at an address that is none."""
        for address in (NOWHERE, "http://a..b"):
            self.point_to(address)
            for channel in channels:
                self.reply(channel, f"to {address}")
            self.expire()

    def point_to(self, address):
        with self.center.environment() as env:
            for gateway in env["chat.gateway"].browse(self.center.gateways.values()):
                rows = gateway.setting_ids
                rows.filtered(lambda row: row.name == "api_url").entered = address

    def expire(self):
        """Give up what waits, so that it holds back nothing."""
        with self.center.environment() as env:
            rows = env["chat.outbox"].search([("state", "=", "queued")])
            rows.write({"expires_at": "2020-01-01"})
        self.center.wake_what_is_lost()
        eventually(self.center.is_at_rest)

    def wrong_values(self, channels):
        """Something else answers in the provider's place."""
        for kind, address in self.provider.api_urls.items():
            # a page in the place of the API
            self.point_to(address.rsplit("/", 1)[0] + f"/page/{kind}")
            for channel in channels:
                self.reply(channel, f"to the page of {kind}")
            self.expire()


def test_the_journey_had_its_failures(left_behind):
    """Else the tests below prove nothing."""
    log, database, _secrets = left_behind
    for sign in ("not reached", "no answer", "DEBUG"):
        assert sign in log
    for sign in ("not_reached", "no_answer", "Too Many Requests", "forged"):
        assert (sign in database) == (sign != "forged"), sign


def test_the_log_tells_no_secret(left_behind):
    log, _database, secrets = left_behind
    assert told(secrets, log) == {}


def test_the_database_holds_no_secret_that_is_not_sealed(left_behind):
    """Jobs and their errors, messages, changes, logs, whatever there is."""
    _log, database, secrets = left_behind
    assert told(secrets, database) == {}


def told(secrets, text):
    """name of a secret -> the first line that tells it."""
    lines = text.splitlines()
    found = {
        name: next((line for line in lines if secret in line), None)
        for name, secret in secrets.items()
    }
    return {name: line[:300] for name, line in found.items() if line}
