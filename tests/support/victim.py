"""A process that is killed at a chosen moment of its work.

``python -m support.victim DATABASE WORK POINT ID [TEXT]``: does one of ``WORKS`` to the
record, as webhook, operator and jobs do, with real commits; SIGKILL ends it before or
after the step that ``POINTS`` names, as a power cut would.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import odoo
import odoo.api
from odoo.modules.registry import Registry

PATIENCE_SECONDS = 120
TESTS = Path(__file__).parents[1]


def take(env, gateway_id, body):
    """The webhook: an update of a customer is stored."""
    gateway = env["chat.gateway"].browse(gateway_id)
    env["chat.inbox"]._take(gateway, body.encode())


def work_off(env, lane, _text):
    """The job of a lane of the inbox."""
    env["chat.inbox.lane"]._drain(lane)


def post(env, channel_id, text):
    """The operator who holds a conversation writes to the customer."""
    channel = env["discuss.channel"].browse(channel_id)
    channel.with_user(channel.chat_operator_id.user_id).message_post(
        body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
    )


def send(env, lane, _text):
    """The job of a lane of the outbox."""
    env["chat.outbox.lane"]._drain(lane)


WORKS = {one.__name__: one for one in (take, work_off, post, send)}
# name -> (model, method, whether the step is done before the process ends)
POINTS = {
    "in_before_waking": ("chat.inbox.lane", "_wake", False),
    "in_before_commit": ("chat.inbox", "_apply", True),
    "in_after_commit": ("chat.inbox.lane", "_drain_batch", True),
    "out_before_waking": ("chat.outbox.lane", "_wake", False),
    "out_before_call": ("chat.outbox", "_call", False),
    "out_before_note": ("chat.outbox", "_note", False),
    "out_after_note": ("chat.outbox", "_note", True),
}


def run_until_killed(database, work, point, record_id, text=""):
    """Do a work in a process of its own that is killed at a point.

    :param str database: name
    :param str work, point: of WORKS and POINTS
    :raises AssertionError: it ended otherwise; with what it said
    """
    done = subprocess.run(
        [sys.executable, "-m", __name__, database, work, point, str(record_id), text],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        # where this package is found, wherever the tests were started
        cwd=TESTS,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-3000:]


def _dying(step, is_done):
    def dying(*args, **kwargs):
        if is_done:
            step(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return dying


def main(database, work, point, record_id, text):
    odoo.tools.config.parse_config(["-d", database], setup_logging=True)
    registry = Registry(database)
    model, method, is_done = POINTS[point]
    step = getattr(registry[model], method)
    with patch.object(registry[model], method, _dying(step, is_done)):
        with registry.cursor() as cr:
            env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
            WORKS[work](env, int(record_id), text)


if __name__ == "__main__":
    main(*sys.argv[1:])
