"""Uploads of the service centre: a large CSV and XLSX, checked and queued."""

import base64
import io
from contextlib import contextmanager
from unittest.mock import patch

import requests
from openpyxl import Workbook, load_workbook
from world import percentile, seconds

from odoo import Command

from odoo.addons.base.models.ir_cron import IrCron

from support import running_server

ROWS = 100_000
COLUMNS = ("ref", "order", "sum", "place", "name", "note")
MOST_SECONDS = 60
MOST_TIMES_OPENPYXL = 3
MOST_TRANSACTION_SECONDS = 2
MOST_TIMES_IDLE = 1.5
WORKERS = 2
READINGS = 300
PAGE = "/my/notifications"
PASSWORD = "bench"


def measure(world, report):
    env = world.env
    topic = env["partner.notification.topic"].create(
        {
            "name": "Bench",
            "code": "bench_upload",
            "subject": "Order {order}",
            "body": "{partner}: {order} for {sum} in {place}",
        }
    )
    _make_partners(env)
    rows = [
        [f"bench-{n}", f"S{n}", f"{n},50", f"Place {n % 50}", f"Name {n}", "-"]
        for n in range(ROWS)
    ]
    env.cr.commit()
    for name, content in (("CSV", _csv(rows)), ("XLSX", _xlsx(rows))):
        with _longest_transaction() as longest:
            took = seconds(lambda content=content: _upload(env, topic, content))[0]
        _report(report, name, took, content, longest)
    _measure_page(env, report, topic, _csv(rows))


def _measure_page(env, report, topic, content):
    """A portal page of a server with workers, while its scheduled action works
    through the same file again."""
    person = env["res.users"].create(
        {
            "name": "Reader",
            "login": "bench_reader",
            "password": PASSWORD,
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )
    files = env.ref("partner_notifications.ir_cron_files")
    (env["ir.cron"].search([]) - files).active = False
    env.cr.commit()
    one_cron = ("--max-cron-threads=1",)
    with running_server(env.cr.dbname, WORKERS, one_cron) as server:
        read = _page_reader(server, person.login)
        idle = [read() for _reading in range(READINGS)]
        wave = _start_upload(env, topic, content)
        busy = []
        while wave.file_state != "ready":
            assert wave.file_state != "failed", wave.file_failure
            busy += [read() for _reading in range(10)]
            # another transaction sees what the scheduled action has committed
            env.cr.commit()
            env.invalidate_all()
    report.add(
        "upload: p95 of a portal page meanwhile, workers = 2",
        percentile(busy, 0.95) * 1000,
        "ms",
        "the same page, idle",
        percentile(idle, 0.95) * 1000,
        most_ratio=MOST_TIMES_IDLE,
        readings=len(busy),
    )


def _page_reader(server, login):
    """A function that reads the page once and gives its seconds; all is warm."""
    browser = requests.Session()
    parameters = {"db": server.database, "login": login, "password": PASSWORD}
    answer = browser.post(
        f"{server.url}/web/session/authenticate", json={"params": parameters}
    )
    assert answer.json()["result"]["uid"], answer.text

    def read():
        took, page = seconds(lambda: browser.get(server.url + PAGE))
        assert page.ok, page.status_code
        return took

    for _warm in range(20 * WORKERS):
        read()
    return read


def _report(report, name, took, content, longest):
    if name == "CSV":
        report.add(
            f"upload: {ROWS} rows CSV checked and queued",
            took,
            "s",
            most=MOST_SECONDS,
            rows_a_second=round(ROWS / took),
        )
    else:
        report.add(
            f"upload: {ROWS} rows XLSX checked and queued",
            took,
            "s",
            "openpyxl's read-only reading",
            seconds(lambda: _read(content))[0],
            most_ratio=MOST_TIMES_OPENPYXL,
        )
    report.add(
        f"upload: longest transaction, {name}",
        max(longest),
        "s",
        most=MOST_TRANSACTION_SECONDS,
        transactions=len(longest),
    )


def _make_partners(env):
    """One company a row, as fast as the database takes them."""
    env.cr.execute(
        """INSERT INTO res_partner
                  (name, complete_name, ref, active, is_company, type, autopost_bills)
           SELECT 'Bench ' || n, 'Bench ' || n, 'bench-' || n, TRUE, TRUE, 'contact',
                  'ask'
             FROM generate_series(0, %s) AS n""",
        [ROWS - 1],
    )
    env.cr.execute(
        """UPDATE res_partner SET commercial_partner_id = id
            WHERE ref LIKE 'bench-%' AND commercial_partner_id IS NULL"""
    )
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.invalidate_all()


def _csv(rows):
    lines = [COLUMNS, *rows]
    return "\n".join(";".join(line) for line in lines).encode("cp1251")


def _xlsx(rows):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [COLUMNS, *rows]:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _read(content):
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
    for _row in sheet.iter_rows(values_only=True):
        pass


def _start_upload(env, topic, content):
    """A broadcast whose file waits for the scheduled action."""
    wave = env["partner.notification.broadcast"].create(
        {"topic_id": topic.id, "file": base64.b64encode(content)}
    )
    wave.action_check()
    env.cr.commit()
    return wave


def _upload(env, topic, content):
    """From the file to a queued broadcast, by the scheduled action's own steps."""
    wave = _start_upload(env, topic, content)
    env["partner.notification.file"]._cron_read()
    assert (wave.file_state, wave.company_count) == ("ready", ROWS), wave.file_failure
    wave.action_send()
    assert wave.state in ("queued", "pending")
    env.cr.commit()
    wave.action_stop()
    env.cr.commit()


@contextmanager
def _longest_transaction():
    """Seconds of each of the scheduled action's transactions, by PostgreSQL's clock."""
    took = []
    commit = IrCron._commit_progress

    def timed(cron, *args, **named):
        cron.env.flush_all()
        cron.env.cr.execute("SELECT extract(epoch FROM clock_timestamp() - now())")
        took.append(float(cron.env.cr.fetchone()[0]))
        return commit(cron, *args, **named)

    with patch.object(IrCron, "_commit_progress", timed):
        yield took
