"""Moving an order by finishing its task, one order a call."""

from world import World, counted, median, seconds

from odoo import fields

from support import own_database

SMALL, LARGE = 10_000, 200_000
MOVES = 110
MOVES_WITH_EFFECT = 50
WARM_UP = 10  # the first ones fill Odoo's caches


class SmallWorld(World):
    """Of another database: builders keep what they built on their class."""


def measure(world, report):
    with own_database() as database, database.environment() as env:
        small = SmallWorld(env)
        for each, size in ((small, SMALL), (world, LARGE)):
            # bringing goods to stock is no part of a plain move: see "assembly"
            each.env.ref("order_service.task_pickup_assemble").assembles = False
            each.fill_orders(size)
        _without_effect(small, world, report)
    _with_effect(world, report)
    world.env.ref("order_service.task_pickup_assemble").assembles = True
    world.env.cr.commit()


def _without_effect(small, large, report):
    """Plain moves of both databases in turns, so that what slows the machine for a
    while slows both."""
    (took, queries), (took_large, _queries) = _moves(
        [(each, "assembly", each.storeadmin) for each in (small, large)], MOVES
    )
    name = f"move without effect at {SMALL // 1000} k orders"
    report.add(
        f"{name}: queries",
        max(queries),
        "queries",
        most=40,
        median_queries=median(queries),
    )
    report.add(f"{name}: a second", 1 / median(took), "1/s", least=25)
    report.add(
        f"move without effect at {LARGE // 1000} k orders",
        median(took_large) * 1000,
        "ms",
        f"at {SMALL // 1000} k orders",
        median(took) * 1000,
        most_ratio=1.10,
    )


def _moves(sides, count):
    """Finish the one task of ``count`` orders of each side, one each by turns.

    :param list sides: ``(world, stage, user)``
    :return: for each side its seconds and its numbers of queries, warm-up left out
    """
    waiting = [world.orders_at(stage, count) for world, stage, _user in sides]
    found = [([], []) for _side in sides]
    for orders in zip(*waiting, strict=True):
        for order, (world, _stage, user), side in zip(
            orders, sides, found, strict=True
        ):
            for numbers, number in zip(side, _move(world, order, user), strict=True):
                numbers.append(number)
    return [(took[WARM_UP:], queries[WARM_UP:]) for took, queries in found]


def _move(world, order, user):
    """Seconds and queries of finishing the order's one task, the commit included."""
    task_id = world._task(order).id
    world.env.cr.commit()
    world.env.invalidate_all()
    task = world.env(user=user.id, context={})["order.service.task"].browse(task_id)

    def act():
        task.action_done()
        world.env.cr.commit()

    with counted(world.env.cr) as numbers:
        took = seconds(act)[0]
    return took, numbers[0]


def _with_effect(world, report):
    """Entering the assembly confirms the order; beside it ``action_confirm`` alone."""
    [(ours, _queries)] = _moves([(world, "check", world.operator)], MOVES_WITH_EFFECT)
    alone = []
    for order in world.orders_at("check", MOVES_WITH_EFFECT):
        world.env.invalidate_all()

        def act(order=order):
            order.with_context(**order._service_effect_context()).action_confirm()
            world.env.cr.commit()

        alone.append(seconds(act)[0])
    alone = alone[WARM_UP:]
    limit = 1.2 * median(alone) * 1000 + 40
    report.add(
        "move with effect (confirm, 5 lines)",
        median(ours) * 1000,
        "ms",
        "action_confirm alone",
        median(alone) * 1000,
        most=round(limit),
    )


def measure_project_task(world, report):
    """What a task costs in Odoo's own project: made for another assignee."""
    module = world.env["ir.module.module"].search([("name", "=", "project")])
    if module.state != "installed":
        module.button_immediate_install()
        world.env.transaction.reset()
    env = world.env(context={})
    project = env["project.project"].create({"name": "Orders"})
    took = []
    for number in range(30):

        def act(number=number):
            env["project.task"].create(
                {
                    "name": f"Assemble {number}",
                    "project_id": project.id,
                    "user_ids": world.storeadmin.ids,
                    "date_deadline": fields.Datetime.now(),
                }
            )
            env.cr.commit()

        with counted(env.cr) as numbers:
            spent = seconds(act)[0]
        took.append((spent, numbers[0]))
    took = took[5:]
    report.add(
        "one project.task for another assignee: queries",
        median([queries for _spent, queries in took]),
        "queries",
    )
    report.add(
        "one project.task for another assignee: a second",
        1 / median([spent for spent, _queries in took]),
        "1/s",
    )
