"""The debt rule: 100 000 debtors out of 1 000 000 open lines, told in two languages.

Beside it, in the same run: Odoo's own ways to tell many, and the same rows stored by
one bare INSERT..SELECT.
"""

import time
from contextlib import contextmanager
from unittest.mock import patch

from notifications_world import COMPANIES, peak_memory
from world import counted, seconds

from odoo import Command
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import IrCron

SMALL = 10_000
NOTIFIED_ONE_BY_ONE = 300
NOTIFIED_AT_ONCE = 5_000
TABLES = ("partner_notification", "partner_notification_receipt")


def measure(world, report):
    world.fill_ledger()
    with peak_memory() as small:
        _run(world, "small", domain=[("id", "<", world.first_partner + SMALL)])
    with peak_memory() as large, counted(world.env.cr) as queries:
        took, (start, *batches) = _run(world, "large")
    rows_a_second = COMPANIES / took
    report.add(
        "notifications: debt run, transaction of a batch",
        max(batches),
        "s",
        most=2,
        batches=len(batches),
        queries=queries[0],
    )
    report.add("notifications: debt run, reading the ledger", start, "s")
    report.add(
        "notifications: memory at 100 000 debtors above that at 10 000",
        large[0] - small[0],
        "MB",
        most=50,
        peak=round(large[0]),
    )
    report.add(
        "notifications: debt run, whole pipeline",
        took,
        "s",
        "bare INSERT..SELECT",
        _bare_insert(world),
        most_ratio=8,
    )
    for name, baseline, times in (
        ("message_notify", _one_by_one, 60),
        ("batch mail.message", _at_once, 10),
    ):
        against = baseline(world)
        report.add(
            f"notifications: debtors told a second, beside {name}",
            rows_a_second,
            "1/s",
            name,
            against,
            least=times * against,
        )


def _run(world, name, domain=()):
    """One run of a debt rule as its scheduled actions carry it.

    :return: (seconds from the ledger to the last commit, seconds of each transaction)
    """
    env = world.env
    debt = env.ref("partner_notifications.topic_debt")
    rule = world._debt_rule(
        name=name,
        topic_id=debt.copy({"code": f"bench_{name}"}).id,
        domain=repr(list(domain)),
    )
    env.cr.commit()
    with _commits() as moments:
        took, _result = seconds(lambda: (rule._start(), world.pipeline._cron_run()))
    wave = rule.broadcast_ids
    wanted = SMALL if domain else COMPANIES
    told = wave.notification_ids.search_count([("broadcast_id", "=", wave.id)])
    assert (wave.state, told) == ("done", wanted), (wave.state, wave.failure, told)
    copies = env["partner.notification.receipt"].search_count(
        [("notification_id.broadcast_id", "=", wave.id)]
    )
    assert copies == wanted, f"{copies} receipts"
    world.settle()
    return took, moments


@contextmanager
def _commits():
    """Seconds of each transaction of the scheduled action."""
    commit, spent = IrCron._commit_progress, []
    last = time.perf_counter()

    def measured(cron, *args, **options):
        nonlocal last
        left = commit(cron, *args, **options)
        now = time.perf_counter()
        spent.append(now - last)
        last = now
        return left

    with patch.object(IrCron, "_commit_progress", measured):
        yield spent


def _bare_insert(world):
    """Seconds of storing the finished rows again, in tables with the same indexes."""
    cr = world.env.cr
    for table in TABLES:
        cr.execute(
            SQL(
                "CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING INDEXES)",
                SQL.identifier(f"bare_{table}"),
                SQL.identifier(table),
            )
        )
    cr.commit()
    [wave] = world.env["partner.notification.broadcast"].search([], limit=1)
    chosen = SQL("SELECT id FROM partner_notification WHERE broadcast_id = %s", wave.id)

    def store():
        for table, column in zip(TABLES, ("id", "notification_id"), strict=True):
            cr.execute(
                SQL(
                    "INSERT INTO %s SELECT * FROM %s WHERE %s IN (%s)",
                    SQL.identifier(f"bare_{table}"),
                    SQL.identifier(table),
                    SQL.identifier(column),
                    chosen,
                )
            )
            assert cr.rowcount == COMPANIES, cr.rowcount
        cr.commit()

    took, _result = seconds(store)
    for table in TABLES:
        cr.execute(SQL("DROP TABLE %s", SQL.identifier(f"bare_{table}")))
    cr.commit()
    return took


def _one_by_one(world):
    """Partners a second with ``message_notify``, its e-mails left to the queue."""
    partners = _partners(world, NOTIFIED_ONE_BY_ONE)

    def notify():
        for partner in partners:
            partner.message_notify(
                partner_ids=partner.child_ids.ids,
                subject=f"Debt of {partner.name}",
                body=f"{partner.name} owes 1,000.00.",
                force_send=False,
            )
        world.env.cr.commit()

    return NOTIFIED_ONE_BY_ONE / seconds(notify)[0]


def _at_once(world):
    """Partners a second with messages and their notifications made in one batch."""
    partners = _partners(world, NOTIFIED_AT_ONCE)
    root = world.env.ref("base.partner_root")

    def notify():
        world.env["mail.message"].create(
            [
                {
                    "model": "res.partner",
                    "res_id": partner.id,
                    "author_id": root.id,
                    "message_type": "notification",
                    "subject": f"Debt of {partner.name}",
                    "body": f"{partner.name} owes 1,000.00.",
                    "notification_ids": [
                        Command.create(
                            {
                                "res_partner_id": partner.child_ids.id,
                                "notification_type": "inbox",
                            }
                        )
                    ],
                }
                for partner in partners
            ]
        )
        world.env.cr.commit()

    return NOTIFIED_AT_ONCE / seconds(notify)[0]


def _partners(world, count):
    """Companies whose names and persons are read already."""
    partners = world.env["res.partner"].browse(
        range(world.first_partner, world.first_partner + count)
    )
    partners.mapped("child_ids.name")
    return partners
