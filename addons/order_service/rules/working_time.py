"""Arithmetic of working time over plain intervals."""

from datetime import timedelta


def shift(intervals, moment, minutes):
    """Move ``moment`` by ``minutes`` that count only inside ``intervals``.

    :param intervals: list of (start, end) datetimes, in order, not overlapping
    :param moment: datetime to start from, inside or outside the intervals
    :param minutes: minutes of working time; negative moves to the past
    :return: datetime; where the intervals end too early the rest counts as it is
    """
    if minutes < 0:
        return _backward(intervals, moment, timedelta(minutes=-minutes))
    return _forward(intervals, moment, timedelta(minutes=minutes))


def next_full_hour(intervals, moment):
    """The first full hour from ``moment`` on at which people work, or their opening.

    :param intervals: list of (start, end) datetimes, in order, not overlapping, on the
        same clock as ``moment``
    :return: datetime; the full hour itself where no interval follows
    """
    full = moment.replace(minute=0, second=0, microsecond=0)
    if full < moment:
        full += timedelta(hours=1)
    for start, end in intervals:
        if full < end:
            return max(full, start)
    return full


def _forward(intervals, moment, left):
    for start, end in intervals:
        if end <= moment:
            continue
        begin = max(start, moment)
        if end - begin >= left:
            return begin + left
        left -= end - begin
        moment = end
    return moment + left


def _backward(intervals, moment, left):
    for start, end in reversed(intervals):
        if start >= moment:
            continue
        finish = min(end, moment)
        if finish - start >= left:
            return finish - left
        left -= finish - start
        moment = start
    return moment - left
