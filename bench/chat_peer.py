"""OCA's mail_gateway_telegram in a database of its own: what others do a second.

It is installed for the bench only (requirements-bench.txt); none of our addons is in
its database, so that it pays for nothing of ours.
"""

import itertools
import os
import subprocess
import sys

from chat_world import CHATS, FIRST_CHAT, Customers
from world import seconds

from odoo.modules.module import Manifest

from odoo.addons.chat_center_bridge.tests.common import SECRET, TOKEN

from support import running_server
from support.databases import dropped_database

ADDON = "mail_gateway_telegram"
KEY = "bench"


def is_there():
    """Whether the addon is where Odoo finds addons."""
    return bool(Manifest.for_addon(ADDON, display_warning=False))


def messages_a_second(messages, customers, warm_up):
    """Messages that one process takes, posts and commits in a second.

    It posts while the provider waits, so it is done with the last answer.
    """
    with dropped_database(f"{os.environ['TEST_RUN']}_peer") as name:
        _install(name)
        with running_server(name) as server:
            _set_up(server)
            sending = _customers(server)
            sending.write_at_once(CHATS, 1)
            sending.write_at_once(warm_up, customers)
            took, _answers = seconds(lambda: sending.write_at_once(messages, customers))
            _check(server, CHATS + warm_up + messages)
    return messages / took


def _install(name):
    command = [sys.executable, "-m", "odoo", f"--database={name}", f"--init={ADDON}"]
    options = ["--stop-after-init", "--max-cron-threads=0", "--log-level=error"]
    subprocess.run([*command, *options, "--no-http"], check=True)


def _set_up(server):
    """A bot whose messages one user sees."""
    call = server.xmlrpc("admin", "admin")
    [user_id] = call("res.users", "search", [["login", "=", "admin"]])
    call(
        "mail.gateway",
        "create",
        {
            "name": "Bot",
            "token": TOKEN,
            "gateway_type": "telegram",
            "webhook_key": KEY,
            "webhook_secret": SECRET,
            "integrated_webhook_state": "integrated",
            "member_ids": [(4, user_id)],
        },
    )


def _customers(server):
    return Customers(
        server, f"/gateway/telegram/{KEY}/update", _update, itertools.count(1)
    )


def _update(number, text):
    chat = FIRST_CHAT + number % CHATS
    person = {"id": chat, "is_bot": False, "first_name": "Anna"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "from": person,
            "chat": {"id": chat, "type": "private", "first_name": "Anna"},
            "date": 1763800000 + number,
            "text": text,
        },
    }


def _check(server, sent):
    call = server.xmlrpc("admin", "admin")
    domain = [["gateway_type", "=", "telegram"], ["message_type", "=", "comment"]]
    posted = call("mail.message", "search_count", domain)
    assert posted == sent, (posted, sent)
