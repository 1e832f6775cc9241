"""Uploads of the service centre: a large CSV and XLSX, checked and queued."""

import base64
import io
from contextlib import contextmanager
from unittest.mock import patch

from openpyxl import Workbook, load_workbook
from world import seconds

from odoo.addons.base.models.ir_cron import IrCron

ROWS = 100_000
COLUMNS = ("ref", "order", "sum", "place", "name", "note")
MOST_SECONDS = 60
MOST_TIMES_OPENPYXL = 3
MOST_TRANSACTION_SECONDS = 2


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


def _upload(env, topic, content):
    """From the file to a queued broadcast, by the scheduled action's own steps."""
    wave = env["partner.notification.broadcast"].create(
        {"topic_id": topic.id, "file": base64.b64encode(content)}
    )
    wave.action_check()
    env.cr.commit()
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
