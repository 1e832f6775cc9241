"""Moving an order by finishing its task, one order a call."""

from world import counted, median, seconds

from odoo import fields

MOVES = 110
MOVES_WITH_EFFECT = 50
WARM_UP = 10  # the first ones fill Odoo's caches


def measure(world, report):
    # bringing goods to stock is no part of a plain move: see the part "assembly"
    world.env.ref("order_service.task_pickup_assemble").assembles = False
    for size in (10_000, 200_000):
        world.fill_orders(size)
        took, queries = _moves(world, "assembly", world.storeadmin, MOVES)
        name = f"move without effect at {size // 1000} k orders"
        if size == 10_000:
            small = median(took)
            report.add(
                f"{name}: queries",
                max(queries),
                "queries",
                most=40,
                median_queries=median(queries),
            )
            report.add(f"{name}: a second", 1 / median(took), "1/s", least=25)
        else:
            report.add(
                name,
                median(took) * 1000,
                "ms",
                "at 10 k orders",
                small * 1000,
                most_ratio=1.10,
            )
    _with_effect(world, report)
    world.env.ref("order_service.task_pickup_assemble").assembles = True
    world.env.cr.commit()


def _moves(world, stage, user, count):
    """Finish the one task of ``count`` orders at ``stage``, a transaction each."""
    orders = world.orders_at(stage, count)
    took, queries = [], []
    for order in orders:
        task_id = world._task(order).id
        world.env.cr.commit()
        world.env.invalidate_all()
        task = world.env(user=user.id, context={})["order.service.task"].browse(task_id)

        def act(task=task):
            task.action_done()
            world.env.cr.commit()

        with counted(world.env.cr) as numbers:
            took.append(seconds(act)[0])
        queries += numbers
    return took[WARM_UP:], queries[WARM_UP:]


def _with_effect(world, report):
    """Entering the assembly confirms the order; beside it ``action_confirm`` alone."""
    ours, _queries = _moves(world, "check", world.operator, MOVES_WITH_EFFECT)
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
