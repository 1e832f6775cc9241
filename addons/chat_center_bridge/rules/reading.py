"""A provider's body read without trust: JSON, and values of the type one expects.

What a provider signed may still be anything. All that can go wrong ends in
``Malformed``; a value of another type than the expected one counts as absent.
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from math import isfinite

# levels of lists and objects; Telegram's and WhatsApp's deepest need a dozen
MOST_DEPTH = 60
# characters; identifiers are kept in indexes, which refuse long ones
LONGEST_WORD = 200
LARGEST_WHOLE = 2**63 - 1
# what PostgreSQL keeps neither in a text nor in jsonb
NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
DIGITS = re.compile(r"-?[0-9]{1,19}")
# seconds since 1970: from 2000 to 2100, what a chat's event can bear
FIRST_SECOND, LAST_SECOND = 946_684_800, 4_102_444_800


class Malformed(ValueError):
    """What was received is not what its provider describes.

    :param str reason: names the sentence of ``rules.sentences``
    :param values: fill the sentence
    """

    def __init__(self, reason, **values):
        super().__init__(reason)
        self.reason = reason
        self.values = values


def read_object(body):
    """The JSON object of a body, such as jsonb can keep it.

    Of a key that stands twice the last value counts, as in jsonb. Signs that
    PostgreSQL cannot keep are replaced by U+FFFD.

    :param bytes body: as received
    :return: dict
    :raises Malformed: empty, encoding, not_json, number, too_deep, not_an_object
    """
    if not body.strip():
        raise Malformed("empty")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("encoding") from error
    value = clean(_load(text))
    if not isinstance(value, dict):
        raise Malformed("not_an_object")
    return value


def _load(text):
    """:raises Malformed: not_json, number, too_deep"""
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_no_number)
    except Malformed:
        raise
    except json.JSONDecodeError as error:
        raise Malformed("not_json") from error
    except RecursionError as error:
        raise Malformed("too_deep") from error
    except ValueError as error:
        # an integer of more digits than Python reads
        raise Malformed("number") from error


def _finite(digits):
    number = float(digits)
    return number if isfinite(number) else _no_number(digits)


def _no_number(_word):
    raise Malformed("number")


def clean(value, depth=0):
    """The value with every text storable.

    :raises Malformed: too_deep
    """
    if isinstance(value, str):
        return NOT_STORABLE.sub("\ufffd", value)
    if depth > MOST_DEPTH:
        raise Malformed("too_deep")
    if isinstance(value, dict):
        return {clean(key): clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    return value


def fingerprint(value):
    """SHA-256 of a JSON value, in hex; the order of keys does not matter."""
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def at(value, *path):
    """What stands at the end of a path of keys, None where the path breaks off."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value, *path):
    """The text there, else empty."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def word(value, *path):
    """An identifier there as text, a whole number too; empty for what is none."""
    found = at(value, *path)
    if is_whole(found):
        found = str(found)
    if not isinstance(found, str) or len(found) > LONGEST_WORD:
        return ""
    return found.strip()


def mapping(value, *path):
    """The object there, else an empty one."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def listed(value, *path):
    """The list there, else an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def mappings(value, *path):
    """The objects of the list there; what is no object is left out."""
    return [item for item in listed(value, *path) if isinstance(item, dict)]


def is_whole(value):
    """Whether it is a whole number of 64 bits; true and false are none."""
    plain = isinstance(value, int) and not isinstance(value, bool)
    return plain and abs(value) <= LARGEST_WHOLE


def whole(value, *path):
    """The whole number there, also one written as text; None for what is none."""
    found = at(value, *path)
    if isinstance(found, str) and DIGITS.fullmatch(found):
        found = int(found)
    return found if is_whole(found) else None


def size(value, *path):
    """A number of bytes there; 0 where it is not told."""
    return max(whole(value, *path) or 0, 0)


def real(value, *path):
    """The number there as float; None for what is none."""
    found = at(value, *path)
    if isinstance(found, float):
        return found
    return float(found) if is_whole(found) else None


def moment(value, *path):
    """The moment of a Unix time in seconds.

    :return: naive UTC datetime; None for what is no time of our century
    """
    seconds = whole(value, *path)
    if seconds is None or not FIRST_SECOND <= seconds < LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
