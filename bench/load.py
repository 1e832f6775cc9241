"""The first load by CSV, in chunks as examples/first_load.py sends them."""

from world import seconds

CHUNK_ROWS = 1000
# a tenth of the first load; the first and the last part of it show that it is linear
PRODUCTS, CUSTOMERS, LISTS = 5_000, 20_000, 40
PARTS = 4
AGAIN_ROWS = 5_000
WANTED = {"products": 50_000, "customers": 200_000, "prices": 2_000_000}
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


def measure(world, report):
    env = world.env(context={**world.env.context, **QUIET})
    lists = env["product.pricelist"].create(
        [{"name": f"First load {number}"} for number in range(LISTS)]
    )
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": f"first.list{number}", "record": pricelist, "noupdate": True}
            for number, pricelist in enumerate(lists)
        ]
    )
    env.cr.commit()
    for name, load in (
        ("products", (_products, "product.product")),
        ("customers", (_customers, "res.partner")),
        ("prices", (_prices, "product.pricelist.item")),
    ):
        fields, rows = load[0]()
        chunks = _load(env, load[1], fields, rows)
        part = len(chunks) // PARTS
        _add(
            report,
            name,
            chunks,
            "",
            first_part=round(CHUNK_ROWS * part / sum(chunks[:part])),
            last_part=round(CHUNK_ROWS * part / sum(chunks[-part:])),
        )
        before = env[load[1]].search_count([])
        again = _load(env, load[1], fields, rows[:AGAIN_ROWS])
        assert env[load[1]].search_count([]) == before, "a row was doubled"
        _add(report, name, again, ", once more")


def _add(report, name, chunks, when, **notes):
    count, took = len(chunks) * CHUNK_ROWS, sum(chunks)
    report.add(
        f"first load: {name} a second{when}",
        count / took,
        "rows",
        rows=count,
        hours_for_all=round(WANTED[name] * took / count / 3600, 2),
        all=WANTED[name],
        **notes,
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
            f"first.list{n // PRODUCTS}",
            "0_product_variant",
            f"first.p{n % PRODUCTS}",
            "fixed",
            str(10 + n % 900),
        ]
        for n in range(PRODUCTS * LISTS)
    ]


def _load(env, model, fields, rows):
    """Seconds of each chunk, committed as a call is."""
    return [
        seconds(
            lambda at=start: _load_chunk(env, model, fields, rows[at:][:CHUNK_ROWS])
        )[0]
        for start in range(0, len(rows), CHUNK_ROWS)
    ]


def _load_chunk(env, model, fields, chunk):
    result = env[model].load(fields, chunk)
    assert not result["messages"], result["messages"][:2]
    env.cr.commit()
    env.invalidate_all()
