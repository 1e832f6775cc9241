"""How soon a provider is answered, beside the emptiest answer of the same server."""

from world import median, percentile, seconds

PAIRS, WARM_UP = 300, 30
RATE, MESSAGES = 40, 1_200
SATURATING, CUSTOMERS = 1_000, 8
HEALTH = "/websocket/health"


def measure(world, report):
    with world.served() as server, world.jobs_begin():
        customers = world.customers(server)
        customers.write_at_once(WARM_UP, 2)
        _measure_answer(customers, report)
        _measure_rate(customers, report)
        _measure_saturation(customers, report)
    world.forget()


def _measure_answer(customers, report):
    """In turns, one at a time; each of ours makes a job, too."""
    pairs = [
        (customers.write(), customers.ask("GET", HEALTH)) for _pair in range(PAIRS)
    ]
    ours, floor = (median(found) * 1000 for found in zip(*pairs, strict=True))
    report.add("chat: webhook answered, p50", ours, "ms", HEALTH, floor, most_ratio=2.5)


def _measure_rate(customers, report):
    floor = customers.ask_at_rate(MESSAGES // 4, RATE, HEALTH)
    took = customers.write_at_rate(MESSAGES, RATE)
    report.add(
        f"chat: webhook answered at {RATE} a second, p95",
        percentile(took, 0.95) * 1000,
        "ms",
        f"{HEALTH} at {RATE} a second, p95",
        percentile(floor, 0.95) * 1000,
        most=20,
        p50=round(median(took) * 1000, 2),
        longest=round(max(took) * 1000, 1),
    )


def _measure_saturation(customers, report):
    took, answers = seconds(lambda: customers.write_at_once(SATURATING, CUSTOMERS))
    report.add(
        "chat: webhooks a second of one process, as many as it takes",
        SATURATING / took,
        "1/s",
        customers=CUSTOMERS,
        p95_ms=round(percentile(answers, 0.95) * 1000, 1),
    )
