"""Orders that take places in slots, beside the bare batch create; reading slots."""

import submit
from world import median, percentile, seconds

RUNS = 7
ORDERS, LINES = 50, 5
READINGS = 50
DAYS = 14


def measure(world, report):
    patterns = _plan(world)
    slots = _coming(world)
    ours, bare = [], []
    for _run in range(RUNS + 1):
        sent = [_order(world, slots[index % len(slots)]) for index in range(ORDERS)]
        ours.append(submit._rolled_back(world, lambda sent=sent: _take(world, sent)))
        bare.append(
            submit._rolled_back(world, lambda sent=sent: submit._bare(world, sent))
        )
    ours, bare = ours[1:], bare[1:]  # the first run of each warms up
    report.add(
        f"slots: {ORDERS} orders of {LINES} lines take places",
        median(ours),
        "s",
        "bare batch create of the same",
        median(bare),
        most_ratio=1.50,
        runs=RUNS,
    )
    took = [_reading(world, slots) for _number in range(READINGS)]
    report.add(
        f"slots: service_slots of {DAYS} days, p95 of {READINGS}",
        percentile(took, 0.95) * 1000,
        "ms",
        slots=len(slots),
    )
    patterns.unlink()  # the other parts' orders name any time
    world.env.cr.commit()


def _plan(world):
    """Six slots a day with plenty of places, at the store of the orders."""
    patterns = world.env["order.service.slot.pattern"].create(
        [
            {
                "store_id": world.store.id,
                "kind": "pickup",
                "weekday": str(day),
                "start_hour": hour,
                "end_hour": hour + 2,
                "places": 40,
            }
            for day in range(7)
            for hour in range(8, 20, 2)
        ]
    )
    world.env.cr.commit()
    return patterns


def _coming(world):
    """The open slots, as the site reads them."""
    first = world.env["order.service.slot"].search([], limit=1, order="day")
    last = world.env["order.service.slot"].search([], limit=1, order="day desc")
    told = _read(world, first.day, last.day)
    return [slot for slot in told if slot["state"] == "open"]


def _read(world, first, last):
    return world.api().service_slots(
        world.store.service_code, str(first), str(last), "pickup"
    )


def _reading(world, slots):
    """Seconds of one call that finds nothing in the caches."""
    first, last = slots[0]["start"][:10], slots[-1]["start"][:10]
    world.env.invalidate_all()
    return seconds(lambda: _read(world, first, last))[0]


def _order(world, slot):
    sent = world.payload(world._next(), LINES)
    return {**sent, "slot": {"start": slot["start"], "end": slot["end"]}}


def _take(world, sent):
    before = _taken(world)
    submit._submit(world, sent)
    taken = _taken(world) - before
    assert taken == ORDERS, taken


def _taken(world):
    """Places of orders; those of other parts' orders are among them."""
    return world.env["order.service.slot.place"].search_count(
        [("order_id", "!=", False)]
    )
