"""Jobs of the inbox's lanes as other machines would run them, beside what is measured.

``python chat_lanes.py DATABASE``: a process of its own, so that its work does not keep
the clients waiting that measure. It says ``ready``, and works until its input ends.
Jobs begin as soon as they are there, one at a time in each lane, and are the real ones;
only what an event asks for is replaced by the time that it takes.
"""

import subprocess
import sys
import time
from contextlib import closing, contextmanager
from threading import Event, Thread
from unittest.mock import patch

import odoo.api
import odoo.tools
from odoo.modules.registry import Registry

POLL_SECONDS = 0.02
# 21 messages a second is what one process works off, see ``chat_messages``
WORK_SECONDS = 0.05
BEGIN = """UPDATE queue_job SET state = 'started'
            WHERE state = 'pending' AND channel = %s"""
DONE = "UPDATE chat_inbox SET state = 'done' WHERE id = ANY(%s)"
READY = "ready"


@contextmanager
def lanes_at_work(database):
    """Work the events of a database off meanwhile."""
    process = subprocess.Popen(
        [sys.executable, __file__, database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        if process.stdout.readline().strip() != READY:
            raise RuntimeError("the lanes do not work")
        yield
        process.stdin.close()


def _rest(rows):
    time.sleep(WORK_SECONDS * len(rows))
    rows.env.cr.execute(DONE, [rows.ids])


def _run(registry, lane, over):
    with closing(registry.cursor()) as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        lanes = env["chat.inbox.lane"]
        while not over.wait(POLL_SECONDS):
            cr.execute(BEGIN, [lanes._channel(lane)])
            is_woken = cr.rowcount
            cr.commit()
            if is_woken:
                lanes._drain(lane)
                cr.commit()


def main(database):
    odoo.tools.config.parse_config(["-d", database], setup_logging=True)
    registry = Registry(database)
    with closing(registry.cursor()) as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        count = env["chat.inbox.lane"]._count()
    over = Event()
    threads = [
        Thread(target=_run, args=[registry, lane, over]) for lane in range(count)
    ]
    with patch.object(registry["chat.inbox"], "_work_off", _rest):
        for thread in threads:
            thread.start()
        print(READY, flush=True)
        sys.stdin.read()
        over.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
