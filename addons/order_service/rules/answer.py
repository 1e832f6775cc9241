"""Answers that every protocol can carry: no null, no large integer."""

LARGEST_INTEGER = 2**31 - 1
SHOWN_SIGNS = 64


def shape(value):
    """A copy of ``value`` without keys that have no value.

    :param value: dicts, lists, texts, booleans and numbers
    :raises ValueError: an integer that XML-RPC cannot carry
    """
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [shape(entry) for entry in value if entry is not None]
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"{value} is too large an integer for an answer")
    return value
