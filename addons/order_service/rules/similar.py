"""Which goods stand in best for others of their category; no database.

A name tells more than a price: flour stands in for flour, not the beans that cost as
much. Whatever is sent instead, nobody pays more than the wanted goods would have cost.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# letters that make a word: shorter ones are measures and prepositions
SHORTEST_WORD = 3
# letters an ending may have: мука, муки; пшеничная, пшеничный
ENDING = 2
SAME_KIND, SOMETHING_IN_COMMON, NOTHING_IN_COMMON = 2, 1, 0


@dataclass(frozen=True)
class Candidate:
    """A product that may be sent instead of another one.

    :param free: what the store has of it and nobody reserved
    :param attributes: how many attribute values it shares with the wanted one
    :param accepted: how often other customers took it for the wanted one
    """

    id: int
    price: float
    free: float
    attributes: int = 0
    accepted: int = 0
    name: str = ""


@lru_cache(maxsize=4096)
def stems(name):
    """What the words of a name begin with, without their endings, in their order.

    Numbers and measures say nothing about the kind of goods.
    """
    words = re.findall(rf"[^\W\d_]{{{SHORTEST_WORD},}}", name.casefold())
    return tuple(
        dict.fromkeys(word[: max(SHORTEST_WORD, len(word) - ENDING)] for word in words)
    )


def likeness(wanted, other):
    """How much of a name stands in another one, from 0 to 1.

    A name begins with the kind of the goods, so the first word counts most: the n-th
    weighs 1/n.

    :param str wanted: the name whose words are looked for
    """
    looked_for, there = stems(wanted), set(stems(other))
    weights = {stem: 1 / place for place, stem in enumerate(looked_for, start=1)}
    shared = sum(weight for stem, weight in weights.items() if stem in there)
    return shared / sum(weights.values()) if weights else 0.0


def is_same_kind(wanted, other):
    """Whether the word that names the kind of the wanted goods is in another name."""
    return bool(set(stems(wanted)[:1]) & set(stems(other)))


def rank(wanted_name, wanted_price, candidates, limit):
    """The best substitutes nobody listed, and why.

    Goods of the same kind by their name first, then those that share another word or
    an attribute, or that others took; among equals not dearer ones, then what others
    took, shared attributes, the likest name and at last the nearest price.

    :param candidates: list of Candidate of the same category, priced
    :return: list of (Candidate, list of reasons: ``category``, ``name``,
        ``attributes``, ``not_dearer``, ``available``, ``accepted``), best first
    """
    offered = [one for one in candidates if one.free > 0 and one.price > 0]
    offered.sort(
        key=lambda one: (
            -kinship(one, wanted_name),
            one.price > wanted_price,
            -one.accepted,
            -one.attributes,
            -likeness(wanted_name, one.name),
            abs(one.price - wanted_price),
            one.id,
        )
    )
    return [(one, reasons(one, wanted_name, wanted_price)) for one in offered[:limit]]


def kinship(candidate, wanted_name):
    """How near a candidate is to the wanted goods, whatever it costs."""
    if is_same_kind(wanted_name, candidate.name):
        return SAME_KIND
    near = candidate.attributes or candidate.accepted
    if near or likeness(wanted_name, candidate.name):
        return SOMETHING_IN_COMMON
    return NOTHING_IN_COMMON


def reasons(candidate, wanted_name, wanted_price):
    """Why a candidate stands where it stands."""
    known = {
        "category": True,
        "name": likeness(wanted_name, candidate.name) > 0,
        "attributes": candidate.attributes > 0,
        "not_dearer": candidate.price <= wanted_price,
        "available": True,
        "accepted": candidate.accepted > 0,
    }
    return [reason for reason, holds in known.items() if holds]
