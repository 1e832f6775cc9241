"""Named placeholders of a notification's text: ``{partner}``, ``{amount}`` ...

A manager writes them, so they are names only: no attribute, index, conversion or
format, which would let a text look into objects.
"""

import re
from string import Formatter

NAME = re.compile(r"[a-z][a-z0-9_]*")


class PlaceholderError(ValueError):
    """A text with placeholders that nobody can fill; ``part`` is the faulty piece."""

    def __init__(self, part):
        super().__init__(part)
        self.part = part


def names(text):
    """The placeholders of a text.

    :param str text: plain text, braces doubled where they are meant as braces
    :return: set of names
    :raises PlaceholderError: a brace without its pair, or more than a name in it
    """
    found = set()
    try:
        pieces = list(Formatter().parse(text or ""))
    except ValueError as error:
        raise PlaceholderError(text) from error
    for _literal, name, layout, conversion in pieces:
        if name is None:
            continue
        if layout or conversion or not NAME.fullmatch(name):
            raise PlaceholderError("{%s}" % name)
        found.add(name)
    return found


def positional(text, order):
    """The text as a format string of PostgreSQL's ``format``.

    :param str text: as accepted by ``names``
    :param order: names, as their values are given to ``format``
    :raises KeyError: a placeholder is none of the names
    """
    places = {name: place for place, name in enumerate(order, 1)}
    return "".join(
        literal.replace("%", "%%") + (f"%{places[name]}$s" if name else "")
        for literal, name, _layout, _conversion in Formatter().parse(text or "")
    )


def fill(text, values):
    """The text with its placeholders filled in.

    :param str text: as accepted by ``names``
    :param dict values: name -> text
    :raises KeyError: a placeholder has no value
    """
    return text.format_map(values) if text else text
