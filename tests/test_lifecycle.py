"""Upgrading and uninstalling our addons leaves a database that works."""

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from odoo.addons.chat_center_bridge.tests.common import ChatBuilders
from odoo.addons.order_service.tests.common import OrderServiceBuilders

from support import own_database

ADDON, CHATS = "order_service", "chat_center_bridge"


def odoo_module(command, database, addon=ADDON):
    """Run ``odoo module <command>`` on an addon; its log on failure."""
    done = subprocess.run(
        [sys.executable, "-m", "odoo", "module", command, "-d", database, addon],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert " ERROR " not in done.stderr, done.stderr[-3000:]


@pytest.fixture
def used_database():
    """A database whose orders went their ways; its registry is not kept."""
    with own_database() as database:
        with database.environment() as env:
            builders = OrderServiceBuilders()
            type(builders).set_up_world(env)
            for stage in ("check", "assembly", "delivery", "won"):
                builders._carry(builders._order(), stage)
        yield database


def rows(database, query):
    with database.cursor() as cr:
        cr.execute(query)
        return cr.fetchall()


def test_upgrade_keeps_orders_and_what_the_manager_changed(used_database):
    with used_database.environment() as env:
        env.ref("order_service.stage_delivery_check").name = "Our own name"
    query = """SELECT stage.name->>'en_US', count(*) FROM sale_order
                 JOIN order_service_stage stage ON stage.id = service_stage_id
                GROUP BY 1 ORDER BY 1"""
    before = rows(used_database, query)
    assert len(before) == 4
    odoo_module("upgrade", used_database.name)
    assert rows(used_database, query) == before


def test_uninstalled_addon_leaves_orders_that_work(used_database):
    odoo_module("uninstall", used_database.name)
    states = rows(used_database, "SELECT state, count(*) FROM sale_order GROUP BY 1")
    assert sum(count for _state, count in states) >= 4
    left = rows(
        used_database,
        "SELECT model FROM ir_model WHERE model LIKE 'order.service.%'",
    )
    assert left == []
    in_shell(
        used_database.name,
        "order = env['sale.order'].search([('state', '=', 'draft')], limit=1)\n"
        "order.action_confirm()\n"
        "assert order.state == 'sale', order.state\n"
        "order._action_cancel()\n"
        "assert order.state == 'cancel'\n"
        "env['sale.order'].get_views([(False, 'list'), (False, 'form')])\n",
    )


def in_shell(database, code):
    """Run Python in a fresh Odoo on the database, which has no more of the addon."""
    done = subprocess.run(
        [sys.executable, "-m", "odoo", "shell", "-d", database, "--no-http"],
        # a shell that reads from a pipe goes on after an error: the last word tells
        input=f"{code}print('still works')\n",
        text=True,
        timeout=300,
        capture_output=True,
    )
    assert "still works" in done.stdout, done.stdout + done.stderr[-3000:]


# -- chats -----------------------------------------------------------------------------


class Chats(ChatBuilders):
    """A chat center that was used: its operator answered, one still waits."""

    def __init__(self, env, stack):
        type(self).enterClassContext = stack.enter_context
        self.set_up_chats(env)
        self.site = self._site()
        operator = self._operator("lifecycle_olga")
        answered = self._taken(operator, chat=1, number=1, text="Where is it?")
        self._reply(answered, operator.user_id, "In an hour.")
        self._conversation(chat=2, number=2, text="Hello?")


@pytest.fixture
def chatting_database():
    with ExitStack() as stack:
        database = stack.enter_context(own_database())
        with database.environment() as env:
            Chats(env, stack)
        yield database


COUNTS = """
    SELECT (SELECT count(*) FROM discuss_channel WHERE chat_state IS NOT NULL),
           (SELECT count(*) FROM chat_segment),
           (SELECT count(*) FROM chat_slot),
           (SELECT count(*) FROM chat_inbox),
           (SELECT count(*) FROM chat_outbox),
           (SELECT count(sealed) FROM chat_gateway_setting)"""
WORDS = """
    SELECT regexp_replace(body, '<[^>]*>', '', 'g') FROM mail_message
     WHERE model = 'discuss.channel' AND message_type = 'comment' ORDER BY id"""
# rows in tables of others that name what is no longer there
ORPHANS = """
    SELECT 'job', id FROM queue_job
     WHERE model_name LIKE 'chat.%' AND state IN ('pending', 'enqueued', 'started')
     UNION ALL
    SELECT 'channel', id FROM queue_job_channel WHERE complete_name LIKE 'root.chat_%'
     UNION ALL
    SELECT 'livechat', id FROM discuss_channel
     WHERE channel_type = 'livechat' AND livechat_operator_id IS NULL"""
STILL_CHATTING = """
admin = env.ref('base.user_admin')
sessions = env['discuss.channel'].search([('channel_type', '=', 'livechat')])
assert len(sessions) == 2, sessions
assert all(sessions.mapped('message_ids.body'))
for session in sessions.with_user(admin):
    session.message_post(body='Noted', message_type='comment')
from odoo.addons.mail.tools.discuss import Store
Store().add(sessions).get_result()
env['discuss.channel'].get_views([(False, 'list'), (False, 'form'), (False, 'kanban')])
windows = env['im_livechat.channel'].search([])
assert windows
windows.get_views([(False, 'kanban'), (False, 'form')])
windows[0].user_ids = admin
vals = windows[0]._get_livechat_discuss_channel_vals(
    agent=admin,
    operator_partner=admin.partner_id,
    operator_model='res.users',
)
session = env['discuss.channel'].create(vals)
session.message_post(body='Hello', message_type='comment')
session._close_livechat_session()
assert session.livechat_end_dt
env['im_livechat.report.channel'].search([], limit=1).read()
"""


def test_upgraded_twice_the_chats_are_as_they_were(chatting_database):
    before = rows(chatting_database, COUNTS), rows(chatting_database, WORDS)
    for _time in range(2):
        odoo_module("upgrade", chatting_database.name, CHATS)
    after = rows(chatting_database, COUNTS), rows(chatting_database, WORDS)
    assert after == before


def test_uninstalled_the_chats_stay_readable_and_livechat_works(chatting_database):
    """And what is installed again begins anew, beside them."""
    words = rows(chatting_database, WORDS)
    assert ("In an hour.",) in words
    name = chatting_database.name
    odoo_module("uninstall", name, CHATS)
    assert rows(chatting_database, WORDS) == words
    left = "SELECT model FROM ir_model WHERE model LIKE 'chat.%'"
    assert rows(chatting_database, left) == []
    assert rows(chatting_database, ORPHANS) == []
    in_shell(name, STILL_CHATTING)
    odoo_module("install", name, CHATS)
    assert rows(chatting_database, WORDS)[: len(words)] == words
    assert rows(chatting_database, COUNTS) == [(0, 0, 0, 0, 0, 0)]
