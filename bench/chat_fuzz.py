"""Damaged bodies on the chat's adapters: nothing but Malformed may be raised.

    python bench/chat_fuzz.py [bodies] [seed]

Needs no database: Odoo's Python and the addons on the path.
"""

import random
import sys
import time
from collections import Counter
from pathlib import Path

BODIES = 100_000
SEED = 19


def fuzz(bodies=BODIES, seed=SEED):
    """Read bodies of all providers.

    :param int bodies: how many
    :param int seed: the same seed makes the same bodies
    :return: Counter of what became of them: kinds of events, reasons of Malformed
    :raises Exception: whatever an adapter raised that it must not
    """
    from odoo.addons.chat_center_bridge.rules.adapters import ADAPTERS
    from odoo.addons.chat_center_bridge.rules.reading import Malformed
    from odoo.addons.chat_center_bridge.tests.fuzz import body

    chance = random.Random(seed)
    became = Counter()
    for number in range(bodies):
        adapter = list(ADAPTERS.values())[number % len(ADAPTERS)]
        sent = body(chance, adapter.TYPE)
        try:
            parts = adapter.split(sent)
        except Malformed as error:
            became[f"{adapter.TYPE}: {error.reason}"] += 1
            continue
        for part in parts:
            became[f"{adapter.TYPE}: {outcome(adapter, part, Malformed)}"] += 1
    return became


def outcome(adapter, part, malformed):
    """The kind of a part's event, or why there is none."""
    try:
        return adapter.parse(part).kind
    except malformed as error:
        return f"part {error.reason}"


def main(arguments):
    import odoo.addons

    addons = Path(__file__).resolve().parent.parent / "addons"
    odoo.addons.__path__.append(str(addons))
    bodies, seed = [*map(int, arguments), *(BODIES, SEED)[len(arguments) :]]
    start = time.perf_counter()
    became = fuzz(bodies, seed)
    seconds = time.perf_counter() - start
    for name, count in sorted(became.items()):
        print(f"{count:8d}  {name}")
    print(f"{bodies} bodies in {seconds:.1f} s, {bodies / seconds:.0f} a second")


if __name__ == "__main__":
    main(sys.argv[1:])
