"""The demo data of the chats: loadable as a whole, and believable."""

import csv
import os
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography.fernet import Fernet
from passlib.hash import pbkdf2_sha512

from odoo import fields
from odoo.modules import Manifest
from odoo.tools import convert_file

from odoo.addons.chat_center_bridge.demo import load
from odoo.addons.chat_center_bridge.models.chat_gateway_setting import KEYS_VARIABLE

from support import own_database
from support.provider.beside import payloads

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "addons" / "chat_center_bridge" / "demo"
BEFORE = (
    "res_company.xml",
    "stock_warehouse.xml",
    "res.partner.csv",
    "res.users-staff.csv",
    "res.users-portal.csv",
)


def load_files(env, module, names=None):
    """The demo files of an addon, or those with some names."""
    for file in Manifest.for_addon(module)["demo"]:
        if names is None or Path(file).name in names:
            convert_file(env, module, file, {}, "init", noupdate=True)


@pytest.fixture(scope="module")
def demo_env():
    """An environment in which the demo data has just been loaded."""
    with ExitStack() as stack:
        keys = {KEYS_VARIABLE: Fernet.generate_key().decode()}
        stack.enter_context(patch.dict(os.environ, keys))
        database = stack.enter_context(own_database())
        env = stack.enter_context(database.environment(no_reset_password=True))
        load_files(env, "order_service", BEFORE)
        load_files(env, "chat_center_bridge")
        load(env)
        # jobs of a database that is about to be dropped are nobody's
        env.cr.postcommit.clear()
        yield env


def conversations(env, **values):
    domain = [(f"chat_{name}", "=", value) for name, value in values.items()]
    return env["discuss.channel"].search([("chat_identity_id", "!=", False), *domain])


def test_everybody_signs_in_with_the_login_as_password(demo_env):
    with (DEMO / "password_hashes.csv").open(encoding="utf-8", newline="") as file:
        hashes = {row["login"]: row["password"] for row in csv.DictReader(file)}
    assert len(hashes) == 5
    for login, password in hashes.items():
        assert pbkdf2_sha512.verify(login, password)
        assert demo_env["res.users"].search([("login", "=", login)])
    printed = (ROOT / "bin" / "run").read_text("utf-8")
    assert all(f" {login} " in printed for login in hashes)


def test_supervisor_leads_three_directions_of_four_operators(demo_env):
    supervisor = demo_env.ref("chat_center_bridge.demo_user_supervisor")
    directions = demo_env["chat.direction"].search(
        [("supervisor_ids", "=", supervisor.id)]
    )
    assert len(directions) == 3
    operators = directions.operator_line_ids.operator_id
    assert len(operators.user_id - supervisor) == 4
    assert directions.operator_line_ids.skill_ids


def test_supervisor_takes_over(demo_env):
    """On the board that needs slots, and somebody who is not away."""
    supervisor = demo_env.ref("chat_center_bridge.demo_user_supervisor")
    [operator] = demo_env["chat.operator"].search([("user_id", "=", supervisor.id)])
    assert operator.state == "busy"
    channel = conversations(demo_env, state="active")[:1]
    with demo_env.cr.savepoint() as savepoint:
        demo_env["chat.board"].with_user(supervisor).take_over(channel.id)
        assert channel.chat_operator_id == operator
        savepoint.rollback()
        demo_env.invalidate_all()


def test_gateways_are_live_and_reach_nobody_outside(demo_env):
    gateways = demo_env["chat.gateway"].search([])
    assert set(gateways.mapped("gateway_type")) == {"telegram", "whatsapp", "site"}
    assert set(gateways.mapped("state")) == {"live"}
    for gateway in gateways:
        assert not gateway._adapter().missing(gateway._secrets())
    for gateway in gateways.filtered(lambda one: one.gateway_type != "site"):
        assert gateway._secrets()["api_url"].startswith("http://127.0.0.1")


def test_customers_of_the_portal_see_the_chat(demo_env):
    customer = demo_env.ref("order_service.demo_user_partner3")
    gateways = demo_env["chat.gateway"].with_user(customer)
    shown = gateways.with_company(customer.company_id)._of_portal()
    assert shown == demo_env.ref("chat_center_bridge.demo_gateway_site")
    assert shown._takes_messages()


def test_couriers_have_a_bot_of_their_own(demo_env):
    gateway = demo_env.ref("chat_center_bridge.demo_gateway_couriers")
    couriers = demo_env["chat.identity"].search([("gateway_id", "=", gateway.id)])
    assert couriers
    for courier in couriers:
        group = courier.partner_id.user_ids.all_group_ids
        assert demo_env.ref("order_service.group_courier") in group
        talk = courier.conversation_ids.chat_direction_id
        assert talk == demo_env.ref("chat_center_bridge.demo_direction_couriers")


def test_simulator_signs_as_the_demo_expects(demo_env):
    gateway = demo_env.ref("chat_center_bridge.demo_gateway_whatsapp")
    body = payloads.raw(payloads.whatsapp(payloads.whatsapp_text()))
    assert gateway._is_proven(payloads.signature(body), body)


def test_a_day_was_talked_through(demo_env):
    closed = conversations(demo_env, state="closed")
    assert len(closed) > 35
    now = fields.Datetime.now()
    for channel in closed:
        assert now - timedelta(days=2) < channel.create_date <= channel.chat_queued_at
        assert channel.chat_queued_at < channel.livechat_end_dt < now
    assert not closed.chat_turn_ids.filtered(lambda turn: not turn.answered_at) - (
        conversations(demo_env, state="closed", reason_id=False).chat_turn_ids
    )


def test_stretches_follow_each_other_without_a_gap(demo_env):
    for channel in conversations(demo_env, state="closed"):
        segments = channel.chat_segment_ids.sorted("seq")
        assert segments.mapped("seq") == list(range(1, len(segments) + 1))
        for before, after in zip(segments, segments[1:], strict=False):
            assert before.closed_at == after.opened_at


def test_messages_stand_in_the_order_of_their_moments(demo_env):
    for channel in conversations(demo_env):
        messages = channel.message_ids.filtered(
            lambda message: message.message_type == "comment"
        ).sorted("id")
        assert messages.mapped("date") == sorted(messages.mapped("date"))
        assert channel.create_date <= messages[0].date <= fields.Datetime.now()


def test_most_are_answered_in_time_and_not_all(demo_env):
    """E3: something to measure stands there."""
    taken = demo_env["chat.segment"].search(
        [("holder_kind", "=", "queue"), ("reason_out", "=", "assigned")]
    )
    waits = [
        (segment.closed_at - segment.opened_at).total_seconds() for segment in taken
    ]
    within = sum(wait <= 60 for wait in waits) / len(waits)
    assert 0.6 < within < 1


def test_one_was_handed_over_with_a_word_to_the_next(demo_env):
    [handed] = demo_env["chat.segment"].search([("comment", "!=", False)])
    segments = handed.conversation_id.chat_segment_ids
    assert len(segments.operator_id) == 2
    assert len(segments.direction_id) == 2


def test_one_gave_up_before_anybody_answered(demo_env):
    [left] = demo_env["chat.segment"].search([("reason_out", "=", "customer_closed")])
    assert left.holder_kind == "queue"
    assert not left.conversation_id.chat_segment_ids.operator_id


def test_one_came_back_to_the_same_operator(demo_env):
    [repeat] = conversations(demo_env, state="closed", is_repeat=True)
    operator = repeat.chat_segment_ids.operator_id
    assert operator == repeat.chat_previous_id.chat_segment_ids.operator_id


def test_some_wait_in_every_way_one_can_write(demo_env):
    waiting = conversations(demo_env, state="queued")
    assert len(waiting) == 4
    ways = waiting.chat_identity_id.gateway_id.mapped("gateway_type")
    assert set(ways) == {"telegram", "whatsapp", "site"}
    for channel in waiting:
        assert channel.chat_turn_ids and not channel.chat_operator_id


def test_slots_hold_what_is_talked_about_now(demo_env):
    active = conversations(demo_env, state="active")
    assert len(active.chat_operator_id) == 2
    assert all(active.mapped("chat_identity_id.partner_id"))
    slots = demo_env["chat.slot"].search([("conversation_id", "!=", False)])
    assert slots.conversation_id == active
    assert slots.mapped("operator_id") == active.chat_operator_id


def test_one_is_on_hold_without_a_slot(demo_env):
    [held] = conversations(demo_env, state="hold")
    assert held.chat_hold_until > fields.Datetime.now()
    assert not demo_env["chat.slot"].search([("conversation_id", "=", held.id)])


def test_yesterday_has_its_figures(demo_env):
    start = fields.Datetime.now() - timedelta(days=2)
    figures = demo_env["chat.figure"].get_figures(start, fields.Datetime.now())[0]
    assert figures["answered"] > 35
    assert figures["abandoned"] == 1
    assert 60 < figures["service_level"] < 100
    for name in ("asa", "first_reply", "reply", "handle"):
        assert figures[name]["mean"] > 0


def test_everybody_worked_a_shift(demo_env):
    operators = demo_env["chat.operator"].search([])
    for operator in operators:
        states = operator.state_ids.sorted("begun_at")
        assert states[:4].mapped("state") == ["available", "break", "available", "away"]
        assert states[-1:].state == operator.state


def test_nothing_is_on_its_way_to_a_messenger(demo_env):
    """What was said in the past was delivered then."""
    assert not demo_env["chat.outbox"].search([])


def test_without_a_key_there_are_people_and_no_conversations():
    with own_database() as database, database.environment() as env:
        load_files(env, "order_service", BEFORE)
        load_files(env, "chat_center_bridge")
        with patch.dict(os.environ):
            os.environ.pop(KEYS_VARIABLE, None)
            load(env)
        assert env.ref("chat_center_bridge.demo_operator1")
        assert not env["chat.gateway"].search([])
        env.cr.rollback()
