"""Prices of 40 stores: 2 million fixed ones, one changed rule, formulas."""

from contextlib import contextmanager

from world import median, seconds

from odoo.tools import SQL

STORES = 40
PRODUCTS = 50_000
FORMULA_PRODUCTS = 20_000
RUNS = 3
CHANGES = 9


def measure(world, report):
    env = world.env
    lists = _make_stores(world)
    products = _make_products(world)
    took, _rows = seconds(lambda: _make_rules(env, lists))
    prices = env["order.service.price"]
    total = len(lists) * len(products)
    # what the world has else is computed, not fixed: it is not of this figure
    prices._cron_refresh()
    took, _rows = seconds(lambda: prices._mark(products=products))
    env.cr.commit()
    report.add("prices: rows of new goods and lists made", took, "s", rows=total)
    runs = [_refresh_all(env, lists, products) for _run in range(RUNS)]
    marked, refreshed = zip(*runs, strict=True)
    report.add(
        f"prices: {total:,} fixed prices refreshed".replace(",", " "),
        median(refreshed),
        "s",
        most=60,
        runs=[round(run, 1) for run in refreshed],
        marked_before=[round(run, 1) for run in marked],
    )
    _change_one(world, report, lists, products)
    _formulas(world, report, lists, products)


def _make_stores(world):
    """40 stores of one city, each with its own list; the same every run."""
    env = world.env
    lists = env["product.pricelist"].create(
        [{"name": f"Bench {number}"} for number in range(STORES)]
    )
    stores = env["stock.warehouse"].search([], limit=1)
    for number, pricelist in enumerate(lists):
        stores |= env["stock.warehouse"].create(
            {
                "name": f"Bench {number}",
                "code": f"Q{number:02}",
                "service_code": f"Q{number:02}",
                "service_city": "Bench",
                "service_pricelist_id": pricelist.id,
            }
        )
    env.cr.commit()
    return lists


def _make_products(world):
    """Clones of one product by SQL."""
    env = world.env
    sample = world.products[0]
    for table, sample_id, own in (
        ("product_template", sample.product_tmpl_id.id, {}),
        (
            "product_product",
            sample.id,
            {
                "product_tmpl_id": SQL(
                    "(SELECT max(id) FROM product_template) - %s + series.n", PRODUCTS
                ),
                "default_code": SQL("'Q-' || series.n"),
                "barcode": SQL("NULL"),
            },
        ),
    ):
        columns = world._columns(table)
        values = [own.get(name, SQL.identifier("sample", name)) for name in columns]
        env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(columns)s)
                   SELECT %(values)s FROM generate_series(1, %(count)s) AS series (n)
                     JOIN %(table)s AS sample ON sample.id = %(sample)s""",
                table=SQL.identifier(table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(values),
                count=PRODUCTS,
                sample=sample_id,
            )
        )
    env.invalidate_all()
    _analyze(env, "product_template", "product_product")
    return env["product.product"].search([("default_code", "=like", "Q-%")])


def _make_rules(env, lists):
    env.cr.execute(
        SQL(
            """INSERT INTO product_pricelist_item (pricelist_id, product_tmpl_id,
                   product_id, applied_on, display_applied_on, base, compute_price,
                   fixed_price, min_quantity, currency_id)
               SELECT list.id, product.product_tmpl_id, product.id,
                      '0_product_variant', '1_product', 'list_price', 'fixed',
                      round((10 + random() * 1000)::numeric, 2), 0, list.currency_id
                 FROM product_pricelist list CROSS JOIN product_product product
                WHERE list.id = ANY(%s) AND product.default_code LIKE 'Q-%%'""",
            lists.ids,
        )
    )
    _analyze(env, "product_pricelist_item")


def _analyze(env, *tables):
    env.cr.commit()
    with _autocommit(env):
        for table in tables:
            env.cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))


@contextmanager
def _autocommit(env):
    env.cr.connection.autocommit = True
    try:
        yield
    finally:
        env.cr.connection.autocommit = False


def _refresh_all(env, lists, products):
    """Every price changes; seconds to mark them, and until all are known anew.

    As in real life nobody gathers statistics between the mark and the job.
    """
    env.cr.execute(
        SQL(
            """UPDATE product_pricelist_item SET fixed_price = fixed_price + 1
                WHERE pricelist_id = ANY(%s)""",
            lists.ids,
        )
    )
    _analyze(env, "product_pricelist_item", "order_service_price")
    prices = env["order.service.price"]
    marking, _none = seconds(lambda: prices._mark(lists, products))
    env.cr.commit()
    refreshing, _none = seconds(prices._cron_refresh)
    [[left]] = env.execute_query(
        SQL("SELECT count(*) FROM order_service_price WHERE state <> 'known'")
    )
    assert not left, left
    return marking, refreshing


def _change_one(world, report, lists, products):
    """One rule of one product is changed, committed, and read as a reference price."""
    env = world.env
    rules = env["product.pricelist.item"]
    store = env["stock.warehouse"].search([("service_code", "=", "Q00")])
    took = []
    for number in range(CHANGES):
        product = products[number * 7]
        rule = rules.search(
            [("pricelist_id", "=", lists[1].id), ("product_id", "=", product.id)]
        )
        env.invalidate_all()
        wanted = 5_000.0 + number

        def change(rule=rule, product=product, wanted=wanted):
            rule.fixed_price = wanted
            env.cr.commit()
            _own, highest = world.source._find_prices(store, product)[store]
            assert highest[product.id] == wanted, highest

        took.append(seconds(change)[0])
    report.add("prices: one changed price visible", max(took), "s", most=1, of=CHANGES)


def _formulas(world, report, lists, products):
    """20 000 computed prices in each of 40 lists, by the job."""
    env = world.env
    some = products[:FORMULA_PRODUCTS]
    env["product.pricelist.item"].create(
        [
            {
                "pricelist_id": pricelist.id,
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": 10,
            }
            for pricelist in lists
        ]
    )
    env.cr.execute(
        SQL(
            "DELETE FROM product_pricelist_item"
            " WHERE pricelist_id = ANY(%s) AND product_id = ANY(%s)",
            lists.ids,
            some.ids,
        )
    )
    prices = env["order.service.price"]
    prices._mark(lists, some)
    _analyze(env, "product_pricelist_item", "order_service_price")
    took, _none = seconds(prices._cron_refresh)
    report.add(
        f"prices: formula rules, {FORMULA_PRODUCTS:,} x {STORES}".replace(",", " "),
        took,
        "s",
        most=600,
    )
