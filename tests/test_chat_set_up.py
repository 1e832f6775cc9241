"""An administrator sets a gateway up over JSON-2: real server, a played messenger."""

import os
from contextlib import ExitStack
from unittest.mock import patch

import pytest
from cryptography.fernet import Fernet
from psycopg2.errors import SerializationFailure

from odoo.tests import new_test_user

from odoo.addons.chat_center_bridge.models import chat_gateway_setting
from odoo.addons.chat_center_bridge.models.chat_gateway_call import Caller
from odoo.addons.chat_center_bridge.rules.adapter import Answer, Result
from odoo.addons.chat_center_bridge.tests.payloads import SECRETS

from support import own_database, running_server
from support.provider import Provider

ADMINISTRATOR = "set_up_administrator"
TEST_MESSAGE = "chat.gateway.test.message"


class SetUp:
    """A company whose chat center has a direction, and no gateway yet."""

    def __init__(self, database, provider):
        self.database = database
        self.provider = provider
        self.anna, *_others = provider.people
        with database.environment() as env:
            group = "chat_center_bridge.group_manager"
            new_test_user(env, ADMINISTRATOR, groups=group)
            direction = env["chat.direction"].create({"name": "Customers"})
            self.direction_id = direction.id

    def begin(self, server):
        """Sign the administrator in."""
        self.server = server
        self.key = self.database.api_key(ADMINISTRATOR)
        with self.database.environment() as env:
            parameters = env["ir.config_parameter"]
            parameters.set_param("web.base.url", server.url)
        # the server has read another one already
        self.database.registry.signal_changes()

    def call(self, model, method, **arguments):
        """What a method returns to the administrator."""
        answer = self.server.json2(self.key, model, method, **arguments)
        assert answer.ok, answer.text
        return answer.json()

    def make(self, kind):
        """A gateway with its account entered, not live yet."""
        values = {"gateway_type": kind, "direction_id": self.direction_id}
        [gateway_id] = self.call(
            "chat.gateway", "create", vals_list=[{"name": kind, **values}]
        )
        account = {**SECRETS[kind], "api_url": self.provider.api_urls[kind]}
        for row in self.rows(gateway_id, is_made=False):
            value = {"entered": account[row["name"]]}
            self.call("chat.gateway.setting", "write", ids=[row["id"]], vals=value)
        return gateway_id

    def rows(self, gateway_id, is_made):
        """The values of a gateway's account that the system makes up, or does not."""
        rows = self.call(
            "chat.gateway.setting",
            "search_read",
            domain=[["gateway_id", "=", gateway_id]],
            fields=["name", "is_made"],
        )
        return [row for row in rows if row["is_made"] == is_made]

    def step(self, gateway_id, name):
        """Press a button of the gateway."""
        return self.call("chat.gateway", name, ids=[gateway_id])

    def read(self, gateway_id, name):
        """What the gateway's screen shows."""
        fields = [name]
        [row] = self.call("chat.gateway", "read", ids=[gateway_id], fields=fields)
        return row[name]

    def events(self, gateway_id):
        """How many events of customers have come, once all posts have arrived."""
        self.provider.post.wait()
        domain = [["gateway_id", "=", gateway_id]]
        return self.call("chat.inbox", "search_count", domain=domain)


@pytest.fixture(scope="module")
def world():
    keys = {chat_gateway_setting.KEYS_VARIABLE: Fernet.generate_key().decode()}
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, keys))
        provider = stack.enter_context(Provider().served())
        database = stack.enter_context(own_database())
        world = SetUp(database, provider)
        world.begin(stack.enter_context(running_server(database.name)))
        yield world


@pytest.mark.parametrize("kind", ["telegram", "whatsapp"])
def test_a_gateway_is_set_up_tried_and_closed(world, kind):
    """E1: from an empty form to a customer's messages, and back to none."""
    messenger, anna = world.provider.messengers[kind], world.anna
    gateway = world.make(kind)
    assert world.read(gateway, "proof_state") == "set_up"
    assert world.step(gateway, "action_go_live") is True
    world.step(gateway, "action_check_account")
    assert world.read(gateway, "account_name")

    messenger.write(anna, "Nobody hears it yet")
    assert world.events(gateway) == 0
    world.step(gateway, "action_set_webhook")
    assert world.read(gateway, "webhook_set_at")
    messenger.write(anna, "Hello")
    assert world.events(gateway) == 1
    with world.database.environment() as env:
        env["chat.inbox"].search([("gateway_id", "=", gateway)])._work_off()

    [identity] = world.call(
        "chat.identity", "search", domain=[["gateway_id", "=", gateway]]
    )
    values = {"gateway_id": gateway, "identity_id": identity, "text": "It works"}
    [wizard] = world.call(TEST_MESSAGE, "create", vals_list=[values])
    world.call(TEST_MESSAGE, "action_send", ids=[wizard])
    assert messenger.received(anna) == ["It works"]

    before = world.events(gateway)
    world.step(gateway, "action_remove_webhook")
    messenger.write(anna, "Is anybody there?")
    assert world.events(gateway) == before
    assert not world.read(gateway, "webhook_set_at")


def test_a_new_secret_is_believed_once_the_messenger_has_it(world):
    """X6: events with the old one are refused and counted until then."""
    telegram, anna = world.provider.telegram, world.anna
    gateway = world.make("telegram")
    world.step(gateway, "action_go_live")
    world.step(gateway, "action_set_webhook")
    [secret] = world.rows(gateway, is_made=True)
    world.call("chat.gateway.setting", "action_make_new", ids=[secret["id"]])

    telegram.write(anna, "With the old secret")
    assert world.events(gateway) == 0
    assert world.read(gateway, "refused_count") > 0
    assert not world.read(gateway, "webhook_set_at")
    world.step(gateway, "action_set_webhook")
    telegram.write(anna, "With the new one")
    assert world.events(gateway) >= 1


def test_a_secret_that_is_made_while_the_webhook_is_set_is_not_forgotten(world):
    """Else the messenger has the old one, and the screen says that all is well."""
    gateway_id = world.make("telegram")
    world.step(gateway_id, "action_go_live")
    [secret] = world.rows(gateway_id, is_made=True)

    def ask(*_arguments):
        with world.database.environment() as env:
            env["chat.gateway.setting"].browse(secret["id"]).action_make_new()
        return Answer(Result.SENT), b""

    with patch.object(Caller, "ask_in_full", ask):
        with pytest.raises(SerializationFailure), world.database.environment() as env:
            env["chat.gateway"].browse(gateway_id).action_set_webhook()
    assert not world.read(gateway_id, "webhook_set_at")
