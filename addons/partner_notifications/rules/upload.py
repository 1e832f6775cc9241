"""A file of recipients: what its columns are for and what its rows say; no database."""

import hashlib
import json
import re
from dataclasses import dataclass, field

from .recipient import COLUMN_KEYS, normal
from .table import TableError

# columns with a meaning of their own
URL, DEDUP_KEY, CURRENCY, AMOUNT = "url", "dedup_key", "currency", "amount"
KNOWN = {"partner", "company"}
# what a spreadsheet shows where a formula failed
FAILED_FORMULA = re.compile(r"#[A-ZА-Я0-9/_]+[!?]?")
LONGEST_KEY = 200
LARGEST_AMOUNT = 1e15


@dataclass(frozen=True)
class Columns:
    """Where in a row stands what.

    :param str key: which key names the recipient
    :param int key_at: index of its column
    :param dict at: name -> index of the columns that are used
    :param list ignored: names of the columns that are not
    """

    key: str
    key_at: int
    at: dict
    ignored: list = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """What a row asks for.

    :param str recipient: the key as it is compared
    :param dict values: placeholder -> text or {"date": ISO}
    :param float amount: with a currency only
    """

    recipient: str
    values: dict
    url: str | None = None
    dedup_key: str | None = None
    amount: float | None = None
    currency: str | None = None


class RowProblem(ValueError):
    """A row nobody can be told from; ``code`` names the sentence, ``what`` fills it."""

    def __init__(self, code, what=""):
        super().__init__(code)
        self.code = code
        self.what = what


def read_columns(header, wanted):
    """What the columns of a file are for.

    :param list header: names as they stand in the file
    :param wanted: names of the placeholders of the text
    :raises TableError: no_key, two_keys, double_column, missing_columns
    """
    names = [name.strip().lower() for name in header]
    keys = [(COLUMN_KEYS[name], at) for at, name in enumerate(names) if _is_key(name)]
    if not keys:
        raise TableError("no_key")
    if len(keys) > 1:
        raise TableError("two_keys", columns=", ".join(header[at] for _key, at in keys))
    used = set(wanted) - KNOWN | {URL, DEDUP_KEY, CURRENCY}
    at = {}
    for index, name in enumerate(names):
        if name in at:
            raise TableError("double_column", column=header[index])
        if name in used:
            at[name] = index
    if missing := set(wanted) - KNOWN - at.keys():
        raise TableError("missing_columns", columns=", ".join(sorted(missing)))
    taken = {keys[0][1], *at.values()}
    ignored = [name for index, name in enumerate(header) if index not in taken]
    return Columns(*keys[0], at, ignored)


def _is_key(name):
    return name in COLUMN_KEYS


def read_line(cells, columns):
    """What a row asks for.

    :param list cells: as wide as the header; None for a row that could not be read
    :param Columns columns: of the file
    :raises RowProblem: unreadable, no_recipient, missing_value, failed_formula,
        bad_amount, bad_url, long_key
    """
    if cells is None:
        raise RowProblem("unreadable")
    recipient = normal(columns.key, _text(cells[columns.key_at]))
    if not recipient:
        raise RowProblem("no_recipient")
    values = {name: _value(name, cells[at]) for name, at in columns.at.items()}
    url, dedup_key, currency = (
        values.pop(name, None) for name in (URL, DEDUP_KEY, CURRENCY)
    )
    for name, value in values.items():
        if value is None:
            raise RowProblem("missing_value", name)
    amount = None
    if currency and AMOUNT in values:
        amount = read_amount(values.pop(AMOUNT))
    return Line(
        recipient, values, _url(url), _dedup_key(dedup_key), amount, _text(currency)
    )


def _value(name, cell):
    """A cell as a placeholder's value; None for an empty one."""
    if isinstance(cell, dict) or not cell:
        return cell or None
    if FAILED_FORMULA.fullmatch(cell):
        raise RowProblem("failed_formula", f"{name}: {cell}")
    return cell


def _text(value):
    """A day that stands where a text is asked for, as a text."""
    return value["date"] if isinstance(value, dict) else value


def read_amount(text):
    """A number as people write it: blanks between thousands, comma or point.

    :raises RowProblem: bad_amount
    """
    shown = _text(text)
    plain = re.sub(r"[\s'’]", "", shown)
    if "," in plain and "." in plain:
        # the last of the two is the decimal one
        thousands = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(thousands, "")
    try:
        amount = float(plain.replace(",", "."))
    except ValueError as error:
        raise RowProblem("bad_amount", shown) from error
    if not abs(amount) < LARGEST_AMOUNT:
        raise RowProblem("bad_amount", shown)
    return amount


def is_own_page(url):
    """Whether a link leads to a page of this site; others are not taken.

    Browsers take ``//host`` and ``/\\host`` for another site.
    """
    return bool(re.fullmatch(r"/(?![/\\])[^\s\\]*", url))


def _url(value):
    url = _text(value)
    if url and not is_own_page(url):
        raise RowProblem("bad_url", url)
    return url


def _dedup_key(value):
    key = _text(value)
    if key and len(key) > LONGEST_KEY:
        raise RowProblem("long_key", key[:LONGEST_KEY])
    return key


def content_key(prefix, *content):
    """A key that is the same for the same content.

    :param str prefix: keeps keys of different kinds apart
    :param content: what JSON can hold
    """
    told = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return f"{prefix}:{hashlib.sha256(told.encode()).hexdigest()[:32]}"
