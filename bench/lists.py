"""The operator's list at 200 000 orders: each filter, each sort order."""

from lxml import etree
from world import percentile, seconds

from odoo.tools.safe_eval import safe_eval

ROWS = 80
RUNS = 50


def measure(world, report):
    world.fill_orders(200_000)
    orders = world.env(user=world.operator.id, context={"lang": "ru_RU"})["sale.order"]
    specification, columns = _shown(orders)
    worst = []
    for name, domain in _filters(orders).items():
        took = _times(world, orders, specification, domain, None)
        worst.append((percentile(took, 0.95), name))
        report.add(
            f"list: filter {name}, p95 of {RUNS}",
            worst[-1][0] * 1000,
            "ms",
            most=150,
        )
    for title, domain in (
        ("in work", [("service_closed_at", "=", False)]),
        ("all 200 k", []),
    ):
        for column in columns:
            on_route = [("service_route_id", "!=", False), *domain]
            order = f"{column} desc"
            took = _times(world, orders, specification, on_route, order, runs=12)
            report.add(
                f"list: {title} sorted by {column}, p95 of 12",
                percentile(took, 0.95) * 1000,
                "ms",
                most=300,
            )
    report.add(
        "list: slowest filter",
        max(worst)[0] * 1000,
        "ms",
        most=150,
        filter=max(worst)[1],
    )


def _times(world, orders, specification, domain, order, runs=RUNS):
    """Seconds of the list's page with its four counters, warm."""
    took = []
    for _run in range(runs + 3):
        world.env.invalidate_all()

        def act():
            orders.web_search_read(
                domain,
                specification,
                limit=ROWS,
                count_limit=10_001,
                order=order or "service_deadline, id desc",
            )
            orders.get_service_counters()

        took.append(seconds(act)[0])
    return took[3:]


def _shown(orders):
    """(specification of the list's fields, names of the stored columns shown)."""
    view = orders.env.ref("order_service.sale_order_view_list_service").id
    arch = etree.fromstring(orders.get_view(view, "list")["arch"])
    specification, columns = {}, []
    for node in arch.xpath("./field"):
        field = orders._fields[node.get("name")]
        specification[field.name] = (
            {"fields": {"display_name": {}}} if field.type == "many2one" else {}
        )
        shown = (
            node.get("optional") != "hide" and node.get("column_invisible") != "True"
        )
        if shown and field.store:
            columns.append(field.name)
    return specification, columns


def _filters(orders):
    """Name -> domain of each filter the search view ships, and the open list."""
    view = orders.env.ref("order_service.sale_order_view_search_service").id
    arch = etree.fromstring(orders.get_view(view, "search")["arch"])
    return {
        node.get("name"): safe_eval(node.get("domain"), {"uid": orders.env.uid})
        for node in arch.xpath("//filter[@domain]")
    }
