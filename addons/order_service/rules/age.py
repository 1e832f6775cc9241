"""Who may have goods that are sold from a certain age on: no database."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Confirmation:
    """That a person was found to be of age.

    ``age`` in years; the moments are naive UTC, ``None`` where they never come.
    """

    age: int
    confirmed_at: datetime
    valid_until: datetime | None = None
    withdrawn_at: datetime | None = None

    def holds(self, moment):
        """Whether it counts at ``moment``: the end itself no longer does."""
        ends = [end for end in (self.valid_until, self.withdrawn_at) if end]
        return self.confirmed_at <= moment and all(moment < end for end in ends)


def confirmed_age(confirmations, moment):
    """The highest age confirmed at ``moment``, in years; 0 if there is none."""
    ages = (entry.age for entry in confirmations if entry.holds(moment))
    return max(ages, default=0)


def is_allowed(minimum, confirmed):
    """Whether goods sold from ``minimum`` years on go to somebody confirmed so old."""
    return minimum <= 0 or minimum <= confirmed
