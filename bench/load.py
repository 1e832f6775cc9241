"""The first load by CSV, in chunks as examples/first_load.py sends them."""

from world import seconds

CHUNK_ROWS = 1000
PRODUCTS, CUSTOMERS, RULES = 2_000, 5_000, 10_000
WANTED = {"products": 50_000, "customers": 200_000, "prices": 2_000_000}
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


def measure(world, report):
    env = world.env(context={**world.env.context, **QUIET})
    pricelist = env["product.pricelist"].create({"name": "First load"})
    world.store.service_pricelist_id = pricelist
    env["ir.model.data"]._update_xmlids(
        [{"xml_id": "first.list", "record": pricelist, "noupdate": True}]
    )
    env.cr.commit()
    for name, load in (
        ("products", (_products, "product.product")),
        ("customers", (_customers, "res.partner")),
        ("prices", (_prices, "product.pricelist.item")),
    ):
        fields, rows = load[0]()
        first = _load(env, load[1], fields, rows)
        again = _load(env, load[1], fields, rows)
        _add(report, name, first, len(rows), "")
        _add(report, name, again, len(rows), ", once more")


def _add(report, name, took, count, when):
    report.add(
        f"first load: {name} a second{when}",
        count / took,
        "rows",
        rows=count,
        hours_for_all=round(WANTED[name] * took / count / 3600, 2),
        all=WANTED[name],
    )


def _products():
    fields = ["id", "default_code", "name", "list_price", "type", "is_storable"]
    return fields, [
        [f"first.p{n}", f"F-{n}", f"Product {n}", str(10 + n % 500), "Goods", "True"]
        for n in range(PRODUCTS)
    ]


def _customers():
    return ["id", "name", "phone", "email"], [
        [f"first.c{n}", f"Customer {n}", f"+7914{n:07}", f"first{n}@example.com"]
        for n in range(CUSTOMERS)
    ]


def _prices():
    fields = [
        "id",
        "pricelist_id/id",
        "applied_on",
        "product_id/id",
        "compute_price",
        "fixed_price",
    ]
    return fields, [
        [
            f"first.r{n}",
            "first.list",
            "0_product_variant",
            f"first.p{n % PRODUCTS}",
            "fixed",
            str(10 + n % 900),
        ]
        for n in range(RULES)
    ]


def _load(env, model, fields, rows):
    """Seconds to load rows in chunks, each committed."""

    def whole():
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            result = env[model].load(fields, chunk)
            assert not result["messages"], result["messages"][:2]
            env.cr.commit()
            env.invalidate_all()

    return seconds(whole)[0]
