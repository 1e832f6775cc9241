"""Where a slot goes when its store is closed; no database."""

from datetime import timedelta

MOST_DAYS = 366


def overlaps(start, end, other_start, other_end):
    """Whether two times, each without its last moment, have a moment in common."""
    return start < other_end and other_start < end


def next_day(start, end, closures, zone):
    """The same hours of the first later day on which nothing is closed.

    The clock of the store counts: 12 o'clock stays 12 o'clock when summer time ends.

    :param start, end: aware datetimes
    :param closures: list of (start, end), aware datetimes
    :param zone: pytz time zone of the store
    :return: (start, end), aware; None if there is no such day within a year
    """
    local_start = start.astimezone(zone).replace(tzinfo=None)
    local_end = end.astimezone(zone).replace(tzinfo=None)
    for days in range(1, MOST_DAYS + 1):
        moved = [
            zone.normalize(zone.localize(moment + timedelta(days=days)))
            for moment in (local_start, local_end)
        ]
        if moved[0] < moved[1] and not any(
            overlaps(*moved, *closure) for closure in closures
        ):
            return tuple(moved)
    return None
