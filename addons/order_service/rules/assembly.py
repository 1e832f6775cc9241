"""What the assembly makes of an order's lines; no database.

Quantities are in the line's unit, prices per that unit with tax included, tolerances in
percent of what was ordered. Whatever is found, nobody pays more than was agreed.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

FOUND, SHORT, MISSING, REPLACED = "found", "short", "missing", "replaced"
PRICE_DIGITS = 2
# a thousandth of a gram: floats that differ by less are the same quantity
SAME_QUANTITY = 1e-6


@dataclass(frozen=True)
class Line:
    """One line as the picker left it.

    :param store_price: what the store asks today; None: the price cannot fall
    :param paid: quantity the customer pays at this price now, if not the ordered one
    :param replaced: a substitute was found for what is missing
    """

    id: int
    ordered: float
    found: float
    price: float
    store_price: float | None = None
    tolerance_percent: float = 0.0
    key: bool = False
    depends_on: frozenset = frozenset()
    replaced: bool = False
    paid: float = 0.0


@dataclass(frozen=True)
class Settled:
    """What a line is after the assembly."""

    outcome: str
    quantity: float
    price: float


@dataclass(frozen=True)
class Plan:
    """What finishing the assembly does.

    :param lines: dict line id -> Settled
    :param dropped: ids of lines left out because they hang on a lost one
    :param lost_keys: ids of key items that cannot be had
    :param cancels: the order is not carried out
    :param causes: dict id of a dropped line -> ids of the missing lines it hangs on
    """

    lines: dict
    dropped: frozenset
    lost_keys: tuple
    cancels: bool
    causes: dict


def plan(lines, on_key_missing):
    """What becomes of each line and of the order.

    :param lines: list of Line of one order
    :param on_key_missing: ``cancel_order``, ``drop_dependents`` or ``call``; once the
        customer was called the dependent lines are dropped
    :return: Plan
    """
    outcomes = {line.id: _line_outcome(line) for line in lines}
    gone = {line_id for line_id, known in outcomes.items() if known == MISSING}
    depends = {line.id: line.depends_on for line in lines}
    dropped = dependents(depends, gone) - gone
    lost = tuple(line.id for line in lines if line.key and line.id in gone | dropped)
    nothing_left = bool(lines) and len(gone | dropped) == len(lines)
    return Plan(
        lines={
            line.id: _dropped(line)
            if line.id in dropped
            else _settled(line, outcomes[line.id])
            for line in lines
        },
        dropped=frozenset(dropped),
        lost_keys=lost,
        cancels=nothing_left or bool(lost and on_key_missing == "cancel_order"),
        causes=causes(depends, gone, dropped),
    )


def _line_outcome(line):
    return outcome(line.ordered, line.found, line.tolerance_percent, line.replaced)


def _dropped(line):
    return Settled(MISSING, 0.0, line.price)


def _settled(line, known):
    quantity = max(line.found, 0.0)
    agreed = max(line.ordered, line.paid)
    price = lowered_price(line.price, line.store_price, agreed, quantity)
    return Settled(known, quantity, price)


def outcome(ordered, found, tolerance_percent=0.0, replaced=False):
    """What a line is called after looking for it.

    Weighed goods that miss no more than the tolerance are found.
    """
    if replaced:
        return REPLACED
    if found <= SAME_QUANTITY:
        return MISSING
    least = ordered * (1 - tolerance_percent / 100)
    return SHORT if found < least - SAME_QUANTITY else FOUND


def is_too_much(ordered, found, tolerance_percent=0.0):
    """Whether more was put in than the tolerance of weighed goods allows."""
    return found > ordered * (1 + tolerance_percent / 100) + SAME_QUANTITY


def lowered_price(price, store_price, ordered, found):
    """The price of a line that never costs more than what was agreed.

    The store's price can only lower it; weight above the ordered one is not paid:
    the price falls so that price x found <= price x ordered.
    """
    if store_price:
        price = min(price, store_price)
    if found > ordered + SAME_QUANTITY:
        price = min(price, _floor(_exact(price) * _exact(ordered) / _exact(found)))
    return price


def substitute_price(line_price, store_price, missing, quantity, max_price=0.0):
    """The price per unit of what is sent instead.

    The lower of the line's price and the store's price of the substitute, not above
    the customer's limit, and in all not above what the missing goods would have cost.

    :param line_price: of the wanted product, per unit of the substitute; None: they are
        sold in units that cannot be compared, then only the sum counts
    :param missing: value of the missing goods
    :param quantity: of the substitute
    :param max_price: 0: no limit
    """
    bounds = [_exact(store_price), _exact(missing) / _exact(quantity)]
    bounds += [_exact(bound) for bound in (line_price, max_price) if bound]
    return _floor(min(bounds))


def _exact(number):
    return Decimal(repr(float(number)))


def _floor(exact):
    step = Decimal(1).scaleb(-PRICE_DIGITS)
    return float(exact.quantize(step, rounding=ROUND_FLOOR))


def dependents(depends, gone):
    """All lines that directly or indirectly hang on one of ``gone``, with these.

    :param dict depends: line id -> ids of the lines it hangs on
    :param gone: ids
    :return: set of ids
    """
    lost, before = set(gone), None
    while lost != before:
        before = set(lost)
        lost |= {line for line, wanted in depends.items() if lost & set(wanted)}
    return lost


def causes(depends, gone, dropped):
    """What the dropped lines hang on, directly or by others, that is missing.

    :param dict depends: line id -> ids of the lines it hangs on
    :return: dict id of ``dropped`` -> ids of ``gone``
    """
    taken = {one: dependents(depends, {one}) for one in gone} if dropped else {}
    return {
        line: tuple(sorted(one for one in gone if line in taken[one]))
        for line in dropped
    }


def has_cycle(depends):
    """Whether lines hang on each other in a circle.

    :param dict depends: line -> lines it hangs on
    """
    left = {line: set(wanted) for line, wanted in depends.items()}
    while free := [line for line, wanted in left.items() if not wanted & set(left)]:
        for line in free:
            del left[line]
    return bool(left)
