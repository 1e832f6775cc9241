"""Working time between two moments; ``order_service`` has only the way from one."""

from bisect import bisect_right
from itertools import accumulate


class WorkingClock:
    """Counts only the time inside plain intervals, many times in a row.

    :param intervals: list of (start, end) datetimes, in order, not overlapping
    """

    def __init__(self, intervals):
        self._starts = [start for start, _end in intervals]
        self._ends = [end for _start, end in intervals]
        lengths = ((end - start).total_seconds() for start, end in intervals)
        self._before = [0.0, *accumulate(lengths)]

    def seconds(self, start, end):
        """Working seconds from ``start`` to ``end``; below zero if it is earlier."""
        return self._until(end) - self._until(start)

    def _until(self, moment):
        """Working seconds from the first interval to a moment."""
        number = bisect_right(self._starts, moment)
        if not number:
            return 0.0
        # what of the last interval begun is still to come does not count
        rest = (self._ends[number - 1] - moment).total_seconds()
        return self._before[number] - max(0.0, rest)


def wall_seconds(start, end):
    """Seconds from ``start`` to ``end``, day and night."""
    return (end - start).total_seconds()


def next_opening(intervals, moment):
    """When people work from ``moment`` on.

    :param intervals: list of (start, end) datetimes, in order, not overlapping
    :return: ``moment`` itself inside of one; None where none follows
    """
    for start, end in intervals:
        if moment < end:
            return max(start, moment)
    return None
