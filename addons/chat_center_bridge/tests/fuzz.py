"""Bodies that no provider should send, made from the ones they do send."""

import copy
import json

from . import payloads

# what stands where something else was expected
STRANGE = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    10**40,
    -0.0,
    1e308,
    "",
    " ",
    "\x00",
    "\ud800",
    "я" * 5000,
    "9" * 30,
    "1e999",
    [],
    {},
    [[]],
    [None],
    {"": {}},
    {"id": []},
)
# pieces of bytes that are no JSON, or none that one would expect
BITS = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 5000,
    b'"\\u0000\\ud800"',
    b'{"update_id": 1, "update_id": 2}',
    b"[" * 2000,
    b'{"a":' * 500,
    b"",
)


def body(random, gateway_type):
    """One body.

    :param random: random.Random; the same seed gives the same bodies
    :return: bytes
    """
    known = payloads.BODIES[gateway_type]
    value = copy.deepcopy(known[random.choice(sorted(known))])
    for _time in range(random.randint(0, 4)):
        value = changed(random, value)
    plain = json.dumps(value).encode()
    return damaged(random, plain) if random.random() < 0.3 else plain


def changed(random, value):
    """The value with one place replaced, removed, doubled or nested."""
    places = list(_places(value))
    if not places:
        return random.choice(STRANGE)
    holder, key = random.choice(places)
    action = random.choice(("replace", "replace", "remove", "double", "nest"))
    if action == "remove":
        del holder[key]
    elif action == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif action == "nest":
        holder[key] = _nested(random.randint(1, 120), holder[key])
    else:
        holder[key] = copy.deepcopy(random.choice(STRANGE))
    return value


def _places(value):
    """(holder, key) of everything inside a value."""
    if isinstance(value, dict | list):
        for key in list(value if isinstance(value, dict) else range(len(value))):
            yield value, key
            yield from _places(value[key])


def _nested(depth, value):
    for _level in range(depth):
        value = [value]
    return value


def damaged(random, plain):
    """The bytes cut, flipped, or with strange ones inside."""
    at = random.randint(0, len(plain))
    action = random.choice(("cut", "flip", "insert", "only"))
    if action == "cut":
        return plain[:at]
    if action == "insert":
        return plain[:at] + random.choice(BITS) + plain[at:]
    if action == "only" or not plain:
        return random.choice(BITS)
    at = min(at, len(plain) - 1)
    flipped = plain[at] ^ (1 << random.randint(0, 7))
    return plain[:at] + bytes([flipped]) + plain[at + 1 :]
