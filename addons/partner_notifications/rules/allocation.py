"""Goods that came in, given to those who wait for them."""

from dataclasses import dataclass

from odoo.tools import float_compare

DIGITS = 6


@dataclass(frozen=True)
class Wish:
    """What somebody waits for.

    :param key: whatever tells the wish from others
    :param product: what is waited for
    :param places: where it may be, the preferred place first
    :param float quantity: above zero
    """

    key: object
    product: object
    places: tuple
    quantity: float


def give(wishes, free):
    """Give what there is in order of entry.

    Who waits for more than one place has is passed over, and keeps the turn for the
    next arrival: nobody is told of a part, and nobody behind waits for him.

    :param wishes: list of ``Wish``, the first to be served first
    :param dict free: (product, place) -> quantity that nobody holds
    :return: dict key of a wish -> place that serves it
    """
    left = dict(free)
    given = {}
    for wish in wishes:
        place = find(wish, left)
        if place is not None:
            given[wish.key] = place
            left[wish.product, place] -= wish.quantity
    return given


def find(wish, free):
    """The first place that has all a wish asks for.

    :return: a place, or None
    """
    for place in wish.places:
        has = free.get((wish.product, place), 0.0)
        if float_compare(has, wish.quantity, precision_digits=DIGITS) >= 0:
            return place
    return None
