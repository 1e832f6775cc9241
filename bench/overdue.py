"""10 000 tasks due in one minute: how long until everybody is told."""

import itertools
from unittest.mock import patch

from world import counted, seconds

from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import IrCron

TASKS = 10_000
BATCH = 500


def measure(world, report):
    world.fill_orders(20_000)
    _make_due(world)
    messages, batches = [], []
    sent_one = type(world.env["bus.bus"])._sendone
    commit_one = IrCron._commit_progress

    def sendone(bus, target, kind, message):
        if kind == "order_service/overdue":
            messages.append(target.id)
        return sent_one(bus, target, kind, message)

    def commit(cron, *args, **options):
        left = commit_one(cron, *args, **options)
        batches.append(cron.env.cr.sql_log_count)
        return left

    tasks = world.env(context={})["order.service.task"]
    with (
        patch.object(type(world.env["bus.bus"]), "_sendone", sendone),
        patch.object(IrCron, "_commit_progress", commit),
        counted(world.env.cr) as numbers,
    ):
        took, _result = seconds(tasks._cron_tell_overdue)
        world.env.cr.commit()
    steps = [after - before for before, after in itertools.pairwise(batches)]
    told = tasks.search_count([("told_at", "!=", False), ("state", "=", "open")])
    assert told >= TASKS, f"{told} told"
    report.add(
        f"overdue: {TASKS} tasks told, start to last commit",
        took,
        "s",
        most=30,
        tasks=told,
    )
    full = steps[: TASKS // BATCH]
    report.add(
        f"overdue: queries a batch of {BATCH}",
        max(full),
        "queries",
        most=12,
        batches=len(full),
        all_queries=numbers[0],
    )
    report.add(
        "overdue: bus messages a person",
        len(messages) / len(set(messages)),
        "messages",
        most=1,
        people=len(set(messages)),
    )


def _make_due(world):
    """10 000 open tasks whose deadline passed a second to a minute ago."""
    env = world.env
    model = env["order.service.task"]
    sample = model.search(
        [("role", "=", "storeadmin"), ("state", "=", "open")], limit=1
    )
    env.cr.execute("UPDATE order_service_task SET deadline = NULL WHERE state = 'open'")
    columns = SQL(", ").join(
        SQL.identifier(name)
        for name in world._columns("order_service_task")
        if name not in ("deadline", "user_id")
    )
    users = (world.storeadmin | world.other_storeadmin | world.manager).ids
    env.cr.execute(
        SQL(
            """INSERT INTO order_service_task (deadline, user_id, %s)
               SELECT now() AT TIME ZONE 'UTC' - (1 + n %% 60) * interval '1 second',
                      (%s)[1 + n %% %s], %s
                 FROM order_service_task, generate_series(1, %s) AS series (n)
                WHERE order_service_task.id = %s""",
            columns,
            users,
            len(users),
            columns,
            TASKS,
            sample.id,
        )
    )
    env.cr.commit()
    env.invalidate_all()
