"""An order as a site sends it, read and checked; no database.

``parse`` answers a clean copy (plain JSON: texts trimmed, empty keys left out, moments
as ISO 8601 in UTC) and a list of problems. Two payloads that mean the same have equal
clean copies, whichever protocol they came by, so ``fingerprint`` tells a repetition.
"""

import hashlib
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime

MOST_ORDERS = 100
MOST_ANSWERS = 10_000
MOST_LINES = 2500
MOST_CHARACTERS = 5_000_000
MOST_VALUES = 250_000
MOST_PROBLEMS = 20
MOST_SUBSTITUTES = 20
MOST_DEPENDS = 50
SHORT_TEXT, LINE_TEXT, LONG_TEXT = 64, 250, 4000
LARGEST_QUANTITY = 100_000
LARGEST_AMOUNT = 1_000_000_000
SHORTEST_MOMENT = len("20261120T10:15")
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200

CUSTOMER_TYPES = ("person", "company")
FULFILMENTS = ("delivery", "pickup")
POLICIES = ("listed", "similar", "call", "none")
ON_KEY_MISSING = ("cancel_order", "drop_dependents", "call")
PAYMENT_METHODS = ("online", "card_on_delivery", "cash")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one place of a payload.

    :param code: a code of the public API
    :param field: path such as ``lines[1].sku``
    :param text: name of the sentence that explains it
    :param values: what the sentence names
    """

    code: str
    field: str
    text: str
    values: dict = field(default_factory=dict)


class Reader:
    """Reads the keys of one object and notes what is wrong with them."""

    def __init__(self, raw, path, problems):
        self.raw = raw
        self.path = path
        self.problems = problems
        self.clean = {}
        self.known = set()

    def place(self, key):
        """Path of ``key`` in the payload, such as ``lines[1].sku``."""
        return f"{self.path}.{key}" if self.path else key

    def note(self, code, key, text, **values):
        """Add a problem with ``key`` of this object."""
        self.problems.append(Problem(code, self.place(key), text, values))

    def value(self, key, required=False):
        """The raw value of ``key``; None counts as missing."""
        self.known.add(key)
        value = self.raw.get(key)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            if required:
                self.note("missing", key, "missing")
            return None
        return value

    def keep(self, key, value):
        """Put a checked value among the clean ones; answers it."""
        self.clean[key] = value
        return value

    def text(self, key, longest=LINE_TEXT, required=False):
        """Keep a text; answers it or None."""
        value = self.value(key, required)
        if value is None:
            return None
        if not isinstance(value, str):
            return self.note("bad_value", key, "not_text")
        if len(value) > longest:
            return self.note("bad_value", key, "too_long", longest=longest)
        if not is_storable(value):
            return self.note("bad_value", key, "not_storable")
        return self.keep(key, value)

    def name(self, key, required=False):
        """Keep a short text without white space: a key, a code."""
        value = self.text(key, SHORT_TEXT, required)
        if value and len(value.split()) > 1:
            return self.note("bad_value", key, "white_space")
        return value

    def choice(self, key, options, required=False):
        """Keep one of the words ``options``."""
        value = self.value(key, required)
        if value is None:
            return None
        if value not in options:
            return self.note("bad_value", key, "not_choice", options=", ".join(options))
        return self.keep(key, value)

    def flag(self, key):
        """Keep true; false counts as missing."""
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, bool):
            return self.note("bad_value", key, "not_flag")
        return self.keep(key, True) if value else False

    def moment(self, key):
        """Keep a moment as ISO 8601 in UTC; without an offset it is UTC already."""
        value = self.value(key)
        if value is None:
            return None
        moment = read_moment(value)
        if not moment:
            return self.note("bad_value", key, "not_moment")
        return self.keep(key, moment.isoformat())

    def number(self, key, code, most, above_zero=False, required=False):
        """Keep a number between zero and ``most``; wrong ones get ``code``."""
        value = self.value(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.note(code, key, "not_number")
        if isinstance(value, float) and not math.isfinite(value):
            return self.note(code, key, "not_number")
        if value < 0 or value > most or (above_zero and value == 0):
            return self.note(code, key, "out_of_range", most=most)
        return self.keep(key, float(value))

    def object(self, key, required=False):
        """A reader of the object under ``key``, or None."""
        value = self.value(key, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            return self.note("bad_value", key, "not_object")
        return Reader(value, self.place(key), self.problems)

    def array(self, key, most=None, required=False):
        """The list under ``key``; an empty one counts as missing."""
        value = self.value(key, required)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.note("bad_value", key, "not_list")
            return []
        if not value and required:
            self.note("missing", key, "missing")
        if most and len(value) > most:
            self.note("bad_value", key, "too_many_entries", most=most)
            return []
        return value

    def objects(self, key, most=None, required=False):
        """Readers of the objects in the list under ``key``."""
        readers = []
        for index, value in enumerate(self.array(key, most, required)):
            if isinstance(value, dict):
                place = f"{self.place(key)}[{index}]"
                readers.append(Reader(value, place, self.problems))
            else:
                self.note("bad_value", f"{key}[{index}]", "not_object")
        return readers

    def close(self):
        """Note the keys nobody asked for; answers the clean object."""
        for key in list(self.raw)[: len(self.known) + MOST_PROBLEMS]:
            if key not in self.known:
                self.note("unknown_field", str(key)[:SHORT_TEXT], "unknown_field")
        return self.clean


def is_storable(text):
    """Whether PostgreSQL takes the text: no zero bytes, no half characters."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def read_moment(value):
    """A moment in UTC from ISO 8601, ``datetime`` or an XML-RPC dateTime.

    :return: aware datetime in whole seconds, or None
    """
    try:
        if not isinstance(value, datetime):
            value = datetime.fromisoformat(_iso_text(value))
        if not value.tzinfo:
            value = value.replace(tzinfo=UTC)
        if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            return None
        return value.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, TypeError):
        return None


def _iso_text(value):
    """The text of a moment; a date alone says no moment."""
    text = str(getattr(value, "value", value)).strip()
    if len(text) < SHORTEST_MOMENT:
        raise ValueError(text)
    return text.upper()


def parse(raw):
    """Read one order.

    :param raw: what the caller sent for it
    :return: (clean dict, list of Problem)
    """
    problems = []
    if not isinstance(raw, dict):
        return {}, [Problem("bad_value", "", "not_object")]
    order = Reader(raw, "", problems)
    order.name("source", required=True)
    order.name("external_ref", required=True)
    order.moment("placed_at")
    order.choice("fulfilment", FULFILMENTS, required=True)
    order.name("store", required=True)
    order.choice("on_key_missing", ON_KEY_MISSING)
    order.text("comment", LONG_TEXT)
    for key, read in PARTS.items():
        if part := order.object(key, required=key == "customer"):
            read(part)
            order.clean[key] = part.close()
    _check_address(order)
    _read_lines(order)
    order.close()
    return order.clean, problems[:MOST_PROBLEMS]


def _read_customer(customer):
    customer.choice("type", CUSTOMER_TYPES)
    customer.text("name", required=True)
    contacts = [
        customer.name("external_id"),
        customer.text("phone", SHORT_TEXT),
        customer.text("email"),
    ]
    keys = ("external_id", "phone", "email")
    if not any(contacts) and not any(customer.raw.get(key) for key in keys):
        customer.note("missing", "phone", "no_contact")
    if "email" in customer.clean and not _is_email(customer.clean["email"]):
        customer.note("bad_value", "email", "not_email")
    customer.name("inn")
    customer.moment("adult_confirmed_at")
    customer.choice("adult_confirmed_how", ("document", "account", "site"))


def _is_email(text):
    name, sign, domain = text.rpartition("@")
    return bool(sign and name and domain) and len(text.split()) == 1


def _read_recipient(recipient):
    recipient.text("name")
    recipient.text("phone", SHORT_TEXT)


def _read_address(address):
    address.text("text", 2 * LINE_TEXT)
    for key in ("city", "street", "house", "flat", "postal_code", "fias_id"):
        address.text(key)


def _check_address(order):
    """A delivery needs a place to go to."""
    address = order.clean.get("address") or {}
    known = any(address.get(key) for key in ("text", "street"))
    noted = any(problem.field.startswith("address") for problem in order.problems)
    if order.clean.get("fulfilment") == "delivery" and not known and not noted:
        order.note("missing", "address", "no_address")


def _read_slot(slot):
    start, end = slot.moment("start"), slot.moment("end")
    for key in ("start", "end"):
        if slot.raw.get(key) is None:
            slot.note("missing", key, "missing")
    if start and end and start >= end:
        slot.note("bad_value", "end", "slot_order")


def _read_payment(payment):
    payment.choice("method", PAYMENT_METHODS)
    payment.number("paid", "bad_value", LARGEST_AMOUNT)
    payment.text("currency", SHORT_TEXT)


PARTS = {
    "customer": _read_customer,
    "recipient": _read_recipient,
    "address": _read_address,
    "slot": _read_slot,
    "payment": _read_payment,
}


def _read_lines(order):
    lines = order.objects("lines", required=True)
    for line in lines:
        _read_line(line)
    order.clean["lines"] = [line.clean for line in lines]
    _name_lines(lines)
    refs = {line.clean.get("ref") for line in lines}
    for line in lines:
        _check_depends(line, refs)
        _check_substitutes(line)
        line.close()
    _check_circle(lines)


def _read_line(line):
    line.name("ref")
    line.text("sku", SHORT_TEXT, required=True)
    line.number(
        "quantity", "bad_quantity", LARGEST_QUANTITY, above_zero=True, required=True
    )
    line.number("price", "bad_price", LARGEST_AMOUNT, above_zero=True)
    line.flag("key")
    line.choice("policy", POLICIES)
    depends = line.array("depends_on", MOST_DEPENDS)
    if depends:
        line.clean["depends_on"] = list(depends)
    substitutes = line.objects("substitutes", MOST_SUBSTITUTES)
    for substitute in substitutes:
        substitute.text("sku", SHORT_TEXT, required=True)
        substitute.number("max_price", "bad_price", LARGEST_AMOUNT, above_zero=True)
        substitute.close()
    if substitutes:
        line.clean["substitutes"] = [substitute.clean for substitute in substitutes]


def _name_lines(lines):
    """Refuse a name given twice; lines without one get the next free number."""
    seen = set()
    for line in lines:
        ref = line.clean.get("ref")
        if ref is not None and ref in seen:
            line.note("duplicate_ref", "ref", "duplicate_line", ref=ref)
        seen.add(ref)
    number = 0
    for line in lines:
        if "ref" in line.clean:
            continue
        number += 1
        while str(number) in seen:
            number += 1
        line.clean["ref"] = str(number)


def _check_depends(line, refs):
    for index, ref in enumerate(line.clean.get("depends_on", ())):
        key = f"depends_on[{index}]"
        if not isinstance(ref, str):
            line.note("bad_value", key, "not_text")
        elif ref == line.clean.get("ref"):
            line.note("bad_value", key, "depends_on_itself")
        elif ref not in refs:
            line.note("bad_value", key, "depends_on_unknown", ref=ref[:SHORT_TEXT])


def _check_substitutes(line):
    """A product is no substitute of itself."""
    for index, substitute in enumerate(line.clean.get("substitutes", ())):
        if substitute.get("sku") and substitute["sku"] == line.clean.get("sku"):
            line.note("bad_value", f"substitutes[{index}].sku", "substitute_of_itself")


def _check_circle(lines):
    """Lines that hang on each other in a circle would all be lost with one."""
    depends = {}
    for line in lines:
        wanted = line.clean.get("depends_on", ())
        depends[line.clean["ref"]] = {ref for ref in wanted if isinstance(ref, str)}
    for line in lines:
        own = line.clean["ref"]
        if own not in depends[own] and own in _reached(depends, own):
            line.note("bad_value", "depends_on", "depends_in_circle")
            return


def _reached(depends, start):
    """The lines ``start`` hangs on, directly or not."""
    reached, waiting = set(), list(depends[start])
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting.extend(depends.get(ref, ()))
    return reached


def fingerprint(clean):
    """A short text that is equal for equal content only."""
    text = json.dumps(clean, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_too_large(value):
    """Whether a call holds more than this API takes, without reading all of it."""
    waiting, characters, values = [value], 0, 0
    while waiting:
        entry = waiting.pop()
        values += 1
        if isinstance(entry, str | bytes):
            characters += len(entry)
        elif isinstance(entry, dict):
            waiting.extend(entry.values())
            characters += sum(len(key) for key in entry if isinstance(key, str))
        elif isinstance(entry, list | tuple):
            waiting.extend(entry)
        elif isinstance(entry, int) and entry.bit_length() > LARGEST_INTEGER_BITS:
            return True
        if characters > MOST_CHARACTERS or values + len(waiting) > MOST_VALUES:
            return True
    return False


LARGEST_INTEGER_BITS = 1000


def has_too_many(orders):
    """Whether a call holds more orders or lines than one call may.

    :param orders: list of what the caller sent
    """
    lines = 0
    for raw in orders:
        entries = raw.get("lines") if isinstance(raw, dict) else None
        lines += len(entries) if isinstance(entries, list | tuple) else 0
    return len(orders) > MOST_ORDERS or lines > MOST_LINES
