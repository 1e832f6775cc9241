"""How soon a provider is answered, beside the emptiest answer of the same server."""

from chat_lanes import lanes_at_work
from world import median, percentile, seconds

PAIRS, WARM_UP = 300, 30
RATE, MESSAGES, ROUNDS = 40, 320, 5
SATURATING, CUSTOMERS = 1_000, 8
HEALTH = "/websocket/health"
WOKEN = ", each waking a lane"


def measure(world, report):
    """With lanes that work events off, and as if each event had to wake one."""
    with world.served() as server:
        customers = world.customers(server)
        with lanes_at_work(world.database):
            _measure_answer(customers, report, "", most_ratio=2.5)
        with world.jobs_begin():
            _measure_answer(customers, report, WOKEN)
        _measure_rate(world, customers, report)
        with lanes_at_work(world.database):
            _measure_saturation(customers, report)
    world.forget()


def _measure_answer(customers, report, how, **limits):
    """In turns, one at a time."""
    customers.write_at_once(WARM_UP, 2)
    pairs = [
        (customers.write(), customers.ask("GET", HEALTH)) for _pair in range(PAIRS)
    ]
    ours, floor = (median(found) * 1000 for found in zip(*pairs, strict=True))
    name = f"chat: webhook answered, p50{how}"
    report.add(name, ours, "ms", HEALTH, floor, **limits)


def _measure_rate(world, customers, report):
    """Rounds of each in turns; of each the median of the rounds."""
    rounds = [_round(world, customers) for _number in range(ROUNDS)]
    floors, awake, woken = (
        zip(*states, strict=True) for states in zip(*rounds, strict=True)
    )
    floor, _p50, _longest, _jobs = (median(values) for values in floors)
    for how, states, limits in (
        ("", awake, {"most": 20}),
        (WOKEN, woken, {}),
    ):
        p95, p50, longest, jobs = (median(values) for values in states)
        report.add(
            f"chat: webhook answered at {RATE} a second, p95{how}",
            p95,
            "ms",
            f"{HEALTH} at {RATE} a second, p95",
            floor,
            p50=round(p50, 2),
            longest=round(longest, 1),
            jobs=jobs,
            messages=MESSAGES,
            rounds=ROUNDS,
            **limits,
        )


def _round(world, customers):
    """(p95, p50, longest: ms; jobs made) of each of the three."""
    floor = customers.ask_at_rate(MESSAGES, RATE, HEALTH)
    with lanes_at_work(world.database):
        awake = _write(world, customers)
    with world.jobs_begin():
        woken = _write(world, customers)
    return _told(floor, 0), awake, woken


def _write(world, customers):
    customers.write_at_once(WARM_UP, 2)
    jobs = world.count_jobs()
    took = customers.write_at_rate(MESSAGES, RATE)
    return _told(took, world.count_jobs() - jobs)


def _told(took, jobs):
    found = (percentile(took, 0.95), median(took), max(took))
    return *(1000 * value for value in found), jobs


def _measure_saturation(customers, report):
    took, answers = seconds(lambda: customers.write_at_once(SATURATING, CUSTOMERS))
    report.add(
        "chat: webhooks a second of one process, as many as it takes",
        SATURATING / took,
        "1/s",
        customers=CUSTOMERS,
        p95_ms=round(percentile(answers, 0.95) * 1000, 1),
    )
