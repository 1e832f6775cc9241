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
