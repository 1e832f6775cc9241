"""From what the companies of two arms did to one figure of effect."""

from dataclasses import dataclass

from . import statistics

SHARES = ("settled", "ordered")


@dataclass(frozen=True)
class Arms:
    """What companies did, told and held out: a number a company.

    For a share the numbers are 1 and 0, for money amounts.
    """

    told: list
    held_out: list


def can_compare(arms):
    """Whether both arms have enough companies for a variance."""
    return min(len(arms.told), len(arms.held_out)) >= 2


def work_out(measure, arms, seed):
    """The figures of one measure, as the fields of ``partner.notification.effect``.

    Shares by Newcombe's interval; money by Welch's and by a seeded bootstrap.

    :param str measure: one of ``SHARES``, or money
    :param Arms arms: as of ``can_compare``
    :param str seed: of the bootstrap
    :return: dict
    """
    compare = _compare_shares if measure in SHARES else _compare_money
    found, other, least = compare(arms.told, arms.held_out, seed)
    told_count, held_out_count = len(arms.told), len(arms.held_out)
    few = statistics.too_few(told_count, held_out_count)
    return {
        "told_count": told_count,
        "held_out_count": held_out_count,
        "told_mean": sum(arms.told) / told_count,
        "held_out_mean": sum(arms.held_out) / held_out_count,
        "difference": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "resampled_lower": other.lower,
        "resampled_upper": other.upper,
        "least_difference": least,
        "verdict": verdict(found, other, few),
    }


def _compare_shares(told, held_out, _seed):
    """(Difference, the same, smallest share that would show)."""
    hits, other_hits = round(sum(told)), round(sum(held_out))
    found = statistics.newcombe(hits, len(told), other_hits, len(held_out))
    least = statistics.least_difference(
        other_hits / len(held_out), len(told), len(held_out)
    )
    return found, found, least


def _compare_money(told, held_out, seed):
    """(Difference by Welch, Difference by bootstrap, 0)."""
    return (
        statistics.welch(told, held_out),
        statistics.bootstrap(told, held_out, seed),
        0,
    )


def verdict(found, other, too_few):
    """What may be said of a difference: only what both intervals say.

    :param found, other: Difference by two methods
    :param bool too_few: an arm is too short, whatever the intervals say
    :return: ``too_few``, ``more``, ``less`` or ``unclear``
    """
    if too_few:
        return "too_few"
    if found.sign != other.sign:
        return "unclear"
    return {1: "more", -1: "less", 0: "unclear"}[found.sign]


def bars(told, held_out):
    """Widths of the two bars of a chart, in percent of the longer one.

    :param float told, held_out: means of the arms
    :return: (width, width)
    """
    longest = max(abs(told), abs(held_out)) or 1
    return tuple(round(100 * abs(mean) / longest, 1) for mean in (told, held_out))


def band(lower, upper):
    """Where an interval and zero stand on a line of 100 that shows them both.

    :return: dict with ``zero``, ``start`` and ``width``
    """
    left, right = min(lower, 0), max(upper, 0)
    span = (right - left) or 1
    return {
        "zero": round(100 * -left / span, 1),
        "start": round(100 * (lower - left) / span, 1),
        "width": round(100 * (upper - lower) / span, 1),
    }
