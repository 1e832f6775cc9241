"""Weighed goods: what was put on the scales against what was ordered; no database."""


def is_within(ordered, weighed, tolerance_percent):
    """Whether a weight is as good as the one ordered.

    :param float ordered, weighed: in the unit of the line, above zero
    :param float tolerance_percent: how far the weight may be off, up or down
    """
    return abs(weighed - ordered) <= ordered * tolerance_percent / 100 + 1e-9
