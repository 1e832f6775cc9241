"""What could be sent instead of a line: listed and similar goods of a big category."""

from world import median, percentile, seconds

RUNS = 60
WARM_UP = 10


# as long as names of a grocery are; the words say which goods are of one kind
KINDS = ("Мука пшеничная высший сорт", "Рис длиннозёрный", "Фасоль белая", "Булгур")


def measure(world, report):
    for index, product in enumerate(world.products):
        product.name = f"{KINDS[index % len(KINDS)]} {index}, 450 г"
    world.products.categ_id = world.env["product.category"].create({"name": "Grocery"})
    _price(world)
    order = world.orders_at("assembly", 1, lines=5)
    took = []
    for line in list(order.order_line) * (RUNS // len(order.order_line)):
        line.service_policy = "similar"
        world.env.cr.commit()
        ref = {
            "source": world.source.code,
            "external_ref": order.service_external_ref,
        }

        line_ref = line.service_ref
        world.env.invalidate_all()

        def act(ref=ref, line_ref=line_ref):
            told = world.api().service_suggest(ref, line_ref, 5)
            assert told["suggestions"], told

        took.append(seconds(act)[0])
    took = took[WARM_UP:]
    report.add(
        f"suggest: 5 substitutes out of {len(world.products)} goods of one category",
        median(took) * 1000,
        "ms",
        most=20,
        p95=round(percentile(took, 0.95) * 1000, 1),
    )


def _price(world):
    """A fixed price for each product in the store's list, kept ready by the job."""
    pricelist = world.env["product.pricelist"].create({"name": "Suggest"})
    world.env["product.pricelist.item"].create(
        [
            {
                "pricelist_id": pricelist.id,
                "applied_on": "0_product_variant",
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "fixed_price": product.list_price,
            }
            for product in world.products
        ]
    )
    world.store.service_pricelist_id = pricelist
    world.env["order.service.price"]._cron_refresh()
