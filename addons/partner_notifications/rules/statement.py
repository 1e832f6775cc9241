"""A reconciliation statement: what stood, what came, what stands (no database)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NOTHING = Decimal(0)


class PeriodError(ValueError):
    """A period that ends before it begins; ``args`` are its two days."""


@dataclass(frozen=True)
class Entry:
    """One document of the ledger.

    :param amount: what it adds to the partner's debt; below zero: what it takes off
    """

    day: date
    number: str
    kind: str
    amount: Decimal

    @property
    def debit(self):
        """What the partner owes more by it, else 0."""
        return max(self.amount, NOTHING)

    @property
    def credit(self):
        """What the partner owes less by it, else 0."""
        return max(-self.amount, NOTHING)


@dataclass(frozen=True)
class Section:
    """The part of a statement in one currency; currencies are never added up."""

    currency_id: int
    opening: Decimal
    entries: tuple

    @property
    def debit(self):
        """Turnover of the period on the debit side."""
        return sum((entry.debit for entry in self.entries), NOTHING)

    @property
    def credit(self):
        """Turnover of the period on the credit side."""
        return sum((entry.credit for entry in self.entries), NOTHING)

    @property
    def closing(self):
        """Opening balance and turnovers; below zero the partner has paid ahead."""
        return self.opening + self.debit - self.credit


def sections(openings, entries, own_currency_id):
    """The sections of a statement, the own currency first.

    :param dict openings: currency id -> balance before the period
    :param entries: (currency id, Entry), in the order they are to stand
    :param int own_currency_id: has a section even where nothing ever happened
    :return: list of Section; another currency without balance and entries has none
    """
    by_currency = {}
    for currency_id, entry in entries:
        by_currency.setdefault(currency_id, []).append(entry)
    standing = {currency_id for currency_id, opening in openings.items() if opening}
    others = sorted((standing | set(by_currency)) - {own_currency_id})
    return [
        Section(
            currency_id,
            openings.get(currency_id, NOTHING),
            tuple(by_currency.get(currency_id, ())),
        )
        for currency_id in (own_currency_id, *others)
        if currency_id in by_currency or currency_id in standing or not others
    ]


def period(begin, end, today):
    """The days a statement is for: this year up to today unless said otherwise.

    :param begin, end: dates or None; both days are in it
    :raises PeriodError: it ends before it begins
    """
    end = end or today
    begin = begin or end.replace(month=1, day=1)
    if begin > end:
        raise PeriodError(begin, end)
    return begin, end
