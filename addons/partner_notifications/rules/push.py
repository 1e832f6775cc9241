"""Items of ``partner.notification.push``, read and checked; no database."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from . import placeholders
from .recipient import normal
from .table import LONGEST_CELL, is_storable
from .upload import KNOWN, LARGEST_AMOUNT, LONGEST_KEY, is_own_page

MOST_ITEMS = 100
MOST_RECIPIENTS = 10_000
MOST_PROBLEMS = 20
ITEM_KEYS = {
    "topic",
    "recipients",
    "subject",
    "body",
    "values",
    "url",
    "dedup_key",
    "valid_until",
}
TEXTS = ("topic", "subject", "body", "url", "dedup_key")


@dataclass(frozen=True)
class Problem:
    """What is wrong with an item: a code of the API, the place, a sentence's name."""

    code: str
    field: str
    text: str
    values: dict = field(default_factory=dict)


@dataclass
class Item:
    """One item as it is understood.

    :param list recipients: (as given, key, the key's value as it is compared)
    :param dict values: placeholder -> text, {"date"} or {"amount", "currency"}
    :param datetime valid_until: naive UTC, or None
    :param list problems: the item is sent only if there are none
    """

    topic: str = ""
    recipients: list = field(default_factory=list)
    subject: str | None = None
    body: str | None = None
    values: dict = field(default_factory=dict)
    url: str | None = None
    dedup_key: str | None = None
    valid_until: datetime | None = None
    problems: list = field(default_factory=list)

    def note(self, code, place, text, **values):
        """Add a problem; the first ones tell enough."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, place, text, values))


def read_all(raws):
    """The items of a call; of one that is too big none is sent.

    :param list raws: what the caller sent
    :return: list of Item
    """
    items = [read(raw) for raw in raws[: MOST_ITEMS + 1]]
    recipients = sum(len(item.recipients) for item in items)
    if len(raws) <= MOST_ITEMS and recipients <= MOST_RECIPIENTS:
        return items
    too_many = Problem("too_many", "", "too_many")
    return [Item(problems=[too_many]) for _raw in raws]


def read(raw):
    """An item of a push.

    :param raw: what the caller sent
    :return: Item
    """
    item = Item()
    if not isinstance(raw, dict):
        item.note("bad_value", "", "not_object")
        return item
    raw = {name: value for name, value in raw.items() if value not in (None, "")}
    for name in raw.keys() - ITEM_KEYS:
        item.note("unknown_field", str(name), "unknown_field")
    for name in TEXTS:
        _read_text(item, name, raw.get(name))
    if "topic" not in raw:
        item.note("missing", "topic", "missing")
    _read_recipients(item, raw.get("recipients"))
    _read_values(item, raw.get("values") or {})
    item.valid_until = _read_moment(item, raw.get("valid_until"))
    if item.url and not is_own_page(item.url):
        item.note("bad_value", "url", "not_own_page")
    if item.dedup_key and len(item.dedup_key) > LONGEST_KEY:
        item.note("bad_value", "dedup_key", "too_long", most=LONGEST_KEY)
    return item


def check_words(item, texts):
    """Note what the words ask for and the values do not give.

    :param texts: subject and body in every language
    """
    asked = set()
    for text in texts:
        try:
            asked |= placeholders.names(text)
        except placeholders.PlaceholderError as error:
            item.note("bad_value", "body", "bad_placeholder", part=error.part)
    for name in sorted(asked - KNOWN - item.values.keys()):
        item.note("missing", f"values.{name}", "missing")
    for name in sorted(item.values.keys() - asked):
        item.note("unknown_field", f"values.{name}", "unknown_value")


def _read_text(item, name, value):
    if value is None:
        return
    if not isinstance(value, str):
        item.note("bad_value", name, "not_text")
    elif not is_storable(value):
        item.note("bad_value", name, "too_long", most=LONGEST_CELL)
    else:
        setattr(item, name, value)


def _read_recipients(item, value):
    if not isinstance(value, list | tuple) or not value:
        item.note("missing", "recipients", "no_recipients")
        return
    if len(value) > MOST_RECIPIENTS:
        item.note("too_many", "recipients", "too_many")
        return
    for number, given in enumerate(value):
        keys = {}
        if isinstance(given, dict):
            keys = {name: key for name, key in given.items() if key not in (None, "")}
        if len(keys) != 1:
            item.note("bad_value", f"recipients[{number}]", "one_key")
            continue
        [(key, key_value)] = keys.items()
        if _is_key(key_value):
            item.recipients.append((keys, key, normal(key, key_value)))
        else:
            item.note("bad_value", f"recipients[{number}].{key}", "not_text")


def _is_key(value):
    """Whether a partner can be named so: a text, or a whole number."""
    if isinstance(value, str):
        return is_storable(value)
    return isinstance(value, int) and _is_number(value)


def _read_values(item, values):
    if not isinstance(values, dict):
        item.note("bad_value", "values", "not_object")
        return
    for name, value in values.items():
        read_value = _value(value)
        if read_value is None:
            item.note("bad_value", f"values.{name}", "bad_value")
        else:
            item.values[str(name)] = read_value


def _value(value):
    """A placeholder's value: a text, a day or an amount; None for what is none."""
    if isinstance(value, str):
        return value if value and is_storable(value) else None
    if _is_number(value):
        return str(value)
    if isinstance(value, dict):
        return _day(value) if "date" in value else _amount(value)
    return None


def _is_number(value):
    """Whether it is one that can be counted with: finite and not absurdly large."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST_AMOUNT


def _day(value):
    try:
        return {"date": date.fromisoformat(value["date"]).isoformat()}
    except (TypeError, ValueError):
        return None


def _amount(value):
    amount, currency = value.get("amount"), value.get("currency")
    if not _is_number(amount) or not isinstance(currency, str):
        return None
    if not is_storable(currency):
        return None
    return {"amount": float(amount), "currency": currency.upper()}


def _read_moment(item, value):
    """A moment as naive UTC; without an offset it is UTC already."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        item.note("bad_value", "valid_until", "not_moment")
        return None
    return moment.replace(microsecond=0)
