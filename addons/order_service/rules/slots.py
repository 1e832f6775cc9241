"""Slots of a week by the store's clock, and who gets which places: no database."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """One slot the weekly plan has; moments are naive UTC datetimes."""

    pattern_id: int
    kind: str
    start: datetime
    end: datetime
    cutoff_at: datetime
    places: int
    lines_per_place: int
    day: object

    @property
    def key(self):
        """What tells the slots of one store apart."""
        return self.kind, self.start, self.end


@dataclass(eq=False)
class Want:
    """Places asked for: by an order, or by a source for an order still to come."""

    slot_id: int | None
    count: int
    order_id: int | None = None
    key: tuple | None = None
    places: list = field(default_factory=list)
    fresh: list = field(default_factory=list)

    @property
    def missing(self):
        """How many places are still to be found."""
        return max(self.count - len(self.places), 0)

    @property
    def is_met(self):
        """Every place was found; nothing wanted is met too."""
        return not self.missing


def places_needed(lines, lines_per_place):
    """Places an order takes: ``ceil(lines / lines_per_place)``, one at least.

    :param int lines: lines of goods
    :param int lines_per_place: lines one place is good for
    """
    return max(1, -(-lines // max(lines_per_place, 1)))


def on_clock(zone, moment):
    """What the clock of ``zone`` shows at a naive UTC moment, naive."""
    return zone.fromutc(moment).replace(tzinfo=None)


def first_moment(zone, local):
    """When the clock of ``zone`` first shows ``local`` or, if it skips it, more.

    So moments keep the order of the clock's hours: slots that follow each other on
    the clock neither overlap nor leave a gap, whatever the clock does that night.

    :param zone: a pytz time zone
    :param local: naive datetime on the clock
    :return: naive UTC datetime
    """
    offsets = {zone.fromutc(local + day).utcoffset() for day in (-DAY, DAY)}
    moments = sorted(local - offset for offset in offsets)
    for moment in moments:
        if on_clock(zone, moment) == local:
            return moment
    earliest, latest = moments[0], moments[-1]
    skipped = range((latest - earliest) // MINUTE + 1)
    passed = bisect_left(
        skipped, local, key=lambda minutes: on_clock(zone, earliest + minutes * MINUTE)
    )
    return earliest + passed * MINUTE


def clock_time(day, hours):
    """``hours`` after midnight of ``day`` on the clock; 24 is the next midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=round(hours * 60))


def plan(patterns, exceptions, zone, days, closed=()):
    """The slots of some days.

    :param patterns: rows of the week: ``kind``, ``weekday`` ("0" is Monday),
        ``start_hour``, ``end_hour``, ``places``, ``lines_per_place``,
        ``cutoff_minutes``, ``valid_from``, ``valid_until``
    :param exceptions: other places on some days: ``date_from``, ``date_to``,
        ``kind``, ``places``; zero places: no slots
    :param zone: pytz time zone of the store
    :param days: dates
    :param closed: list of (start, end), naive UTC, in which nobody works
    :return: list of Planned
    """
    planned = []
    for day in days:
        for pattern in patterns:
            if is_valid_on(pattern, day):
                planned += _slot(pattern, exceptions, zone, day, closed)
    return planned


def is_valid_on(pattern, day):
    """Whether a row of the week holds on a date."""
    return (
        int(pattern.weekday) == day.weekday()
        and (not pattern.valid_from or pattern.valid_from <= day)
        and (not pattern.valid_until or day <= pattern.valid_until)
    )


def _slot(pattern, exceptions, zone, day, closed):
    """The slot of one row on one day, in a list; empty if there is none."""
    start = first_moment(zone, clock_time(day, pattern.start_hour))
    end = first_moment(zone, clock_time(day, pattern.end_hour))
    places = places_on(pattern, exceptions, day)
    # a slot of an hour that the clock skips has no length
    if not places or start >= end or overlaps(closed, start, end):
        return []
    return [
        Planned(
            pattern_id=pattern.id,
            kind=pattern.kind,
            start=start,
            end=end,
            cutoff_at=start - pattern.cutoff_minutes * MINUTE,
            places=places,
            lines_per_place=pattern.lines_per_place,
            day=day,
        )
    ]


def places_on(pattern, exceptions, day):
    """Places of a row on a date: of several exceptions the smallest counts."""
    others = [
        exception.places
        for exception in exceptions
        if exception.date_from <= day <= exception.date_to
        and exception.kind in (False, pattern.kind)
    ]
    return min(others, default=pattern.places)


def overlaps(intervals, start, end):
    """Whether any of the intervals has a moment in common with start..end."""
    return any(begin < end and start < finish for begin, finish in intervals)


def collide(patterns):
    """Whether two rows of one store, kind and weekday share a moment.

    :param patterns: rows, in any order
    """
    rows = sorted(patterns, key=lambda row: (row.start_hour, row.end_hour))
    return any(
        first.end_hour > second.start_hour and _same_days(first, second)
        for index, first in enumerate(rows)
        for second in rows[index + 1 :]
    )


def _same_days(first, second):
    """Whether the validity of two rows has a day in common."""
    return not any(
        one.valid_until and other.valid_from and one.valid_until < other.valid_from
        for one, other in ((first, second), (second, first))
    )


def hand_out(wants, free):
    """Give free places to whom asked first; who cannot get all gets none of them.

    :param wants: list of Want, in the order they count
    :param dict free: slot id -> list of place ids, emptied on the way
    """
    for want in wants:
        places = free.get(want.slot_id, [])
        if want.missing and want.missing <= len(places):
            want.fresh = [places.pop() for _place in range(want.missing)]
            want.places += want.fresh


def after(slots, start, zone):
    """Slots for an order that cannot keep its own, the best first.

    The earliest day counts most, and on it the hours nearest to the old ones: people
    wait for their goods, and chose the hours when they are in.

    :param slots: objects with a ``start``, a naive UTC datetime
    :param start: naive UTC datetime at which the order's own slot starts
    :param zone: pytz time zone of the store
    :return: list of the slots that start later
    """
    old = _minute_of_day(on_clock(zone, start))

    def distance(slot):
        """How far a slot is from the old one: days first, then hours of the day."""
        local = on_clock(zone, slot.start)
        return local.date(), abs(_minute_of_day(local) - old), slot.start

    return sorted((slot for slot in slots if slot.start > start), key=distance)


def _minute_of_day(local):
    return local.hour * 60 + local.minute


def state(closed, left, places, few_percent):
    """What a site shows of a slot: ``open``, ``few``, ``full`` or ``closed``.

    :param bool closed: nobody may choose it any more
    :param int few_percent: from this share of free places down they are few
    """
    if closed:
        return "closed"
    if left <= 0:
        return "full"
    return "few" if left * 100 <= places * few_percent else "open"
