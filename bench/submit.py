"""Taking orders in, beside a bare batch create of the same partners and orders."""

import ctypes
import gc

import psutil
from world import median, seconds

from odoo import Command

RUNS = 7
BATCH = 50
# MB a call: 200 bytes a line would be 0.5; pages come and go by some 1.3 MB a reading
NO_GROWTH = 0.5


def measure(world, report):
    known = _known_customers(world)
    for lines in (5, 25):
        ours, bare = [], []
        for _run in range(RUNS + 1):
            sent = _batch(world, lines, known)
            ours.append(_rolled_back(world, lambda sent=sent: _submit(world, sent)))
            bare.append(_rolled_back(world, lambda sent=sent: _bare(world, sent)))
        ours, bare = ours[1:], bare[1:]  # the first run of each warms up
        report.add(
            f"submit: {BATCH} orders of {lines} lines",
            median(ours),
            "s",
            "bare batch create of the same",
            median(bare),
            most_ratio=1.30,
            runs=RUNS,
            orders_a_second=round(BATCH / median(ours), 1),
        )
    _memory(world, report, known)


def _known_customers(world):
    """Half of the customers of each batch, met before."""
    sent = [world.payload(world._next(), 1) for _index in range(BATCH // 2)]
    world.api().service_submit(sent)
    world.env.cr.commit()
    return [order["customer"] for order in sent]


def _batch(world, lines, known):
    return [
        world.payload(world._next(), lines, known[index // 2] if index % 2 else None)
        for index in range(BATCH)
    ]


def _rolled_back(world, act):
    gc.collect()
    world.env.invalidate_all()

    def whole():
        act()
        world.env.flush_all()

    took, _result = seconds(whole)
    world.env.cr.rollback()
    return took


def _submit(world, sent):
    answers = world.api().service_submit(sent)
    assert all(answer["result"] == "created" for answer in answers), answers[:2]


def _bare(world, sent):
    """What any importer does: create the unknown partners, then the orders."""
    env = world.env(context={})
    skus = {product.default_code: product for product in world.products}
    data = env["ir.model.data"].search_fetch(
        [("module", "=", world.source.code), ("model", "=", "res.partner")],
        ["name", "res_id"],
    )
    ids = {row.name: row.res_id for row in data}
    new = [
        order["customer"]
        for order in sent
        if order["customer"]["external_id"] not in ids
    ]
    partners = env["res.partner"].create(
        [{key: one[key] for key in ("name", "phone", "email")} for one in new]
    )
    for one, partner in zip(new, partners, strict=True):
        ids[one["external_id"]] = partner.id
    env["sale.order"].create(
        [
            {
                "partner_id": ids[order["customer"]["external_id"]],
                "warehouse_id": world.store.id,
                "commitment_date": order["slot"]["end"][:19].replace("T", " "),
                "order_line": [
                    Command.create(
                        {
                            "product_id": skus[line["sku"]].id,
                            "product_uom_qty": line["quantity"],
                            "price_unit": skus[line["sku"]].list_price,
                        }
                    )
                    for line in order["lines"]
                ],
            }
            for order in sent
        ]
    )


def _memory(world, report, known):
    """What the process holds after each of eight calls of 2 500 lines.

    glibc keeps some megabytes of freed memory back or gives them up as it likes, so
    it is told to give up all before each reading: what is left is held by somebody.
    """
    process, libc = psutil.Process(), ctypes.CDLL("libc.so.6")
    sizes, peaks, objects = [], [], []
    for _call in range(8):
        libc.malloc_trim(0)
        before = process.memory_info().rss
        sent = [
            world.payload(world._next(), 25, known[index % len(known)])
            for index in range(100)
        ]
        _rolled_back(world, lambda sent=sent: _submit(world, sent))
        world.env.invalidate_all()
        gc.collect()
        peaks.append((process.memory_info().rss - before) / 2**20)
        libc.malloc_trim(0)
        sizes.append(process.memory_info().rss / 2**20)
        objects.append(len(gc.get_objects()))
    report.add(
        "submit: RSS growth of a call of 2 500 lines",
        max(peaks),
        "MB",
        most=150,
        calls=[round(size, 1) for size in peaks],
    )
    report.add(
        "submit: RSS growth a call after the third, mean of five",
        (sizes[-1] - sizes[2]) / len(sizes[3:]),
        "MB",
        most=NO_GROWTH,
        after_each_call=[round(size, 1) for size in sizes],
        objects_after_each_call=objects,
    )
