"""Finishing an assembly: 25 lines, 10 of them changed, beside 25 as ordered."""

from world import counted, median, seconds

LINES = 25
CHANGED = 10
RUNS = 8
WARM_UP = 2


def measure(world, report):
    changed, queries = _finish(world, CHANGED)
    plain, _queries = _finish(world, 0)
    report.add(
        f"assembly: finish {LINES} lines, {CHANGED} changed",
        median(changed),
        "s",
        "all found as ordered",
        median(plain),
        most=2,
        queries=median(queries),
    )


def _finish(world, changed):
    """(seconds, queries) of finishing the assembly of each of some orders."""
    took, queries = [], []
    for order in world.orders_at("assembly", RUNS, lines=LINES):
        task = _marked(world, order, changed)

        def act(task=task):
            task.action_done()
            world.env.cr.commit()

        with counted(world.env.cr) as numbers:
            took.append(seconds(act)[0])
        queries += numbers
        assert order.service_stage_id.code != "assembly", order.name
    return took[WARM_UP:], queries[WARM_UP:]


def _marked(world, order, changed):
    """The assembly with a third of the changed lines missing, replaced and short."""
    spare = world.products - order.order_line.product_id
    for index, line in enumerate(order.order_line[:changed]):
        line.service_policy = "similar"
        if index % 3 == 1:
            line._service_mark(0.0)
            order._service_choose(line, spare[index], line.service_ordered_qty)
        else:
            line._service_mark(line.service_ordered_qty - 1)
    order._service_mark_all_found()
    task_id = world._task(order).id
    world.env.cr.commit()
    world.env.invalidate_all()
    env = world.env(user=world.storeadmin.id, context={})
    return env["order.service.task"].browse(task_id)
