"""The place in a list sorted by moment and id, newest first, as a word in an URL."""

from datetime import datetime

LAYOUT = "%Y%m%d%H%M%S"


def write(moment, row_id):
    """The place of a row.

    :param datetime moment: naive UTC, whole seconds
    """
    return f"{moment:{LAYOUT}}_{row_id}"


def read(word):
    """The place a word names.

    :return: (naive UTC datetime, id), or None for what is no place
    """
    moment, _line, row_id = (word or "").partition("_")
    try:
        return datetime.strptime(moment, LAYOUT), int(row_id)
    except ValueError:
        return None
