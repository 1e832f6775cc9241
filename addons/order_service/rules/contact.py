"""Texts of customers and addresses as sites send them."""

import re
from functools import lru_cache

import phonenumbers

NUMBER_LENGTH = 11
SHORTEST_WORD = 3
RUSSIAN_PLAN = ("RU", "KZ", None)


def digits(text):
    """The digits of a text."""
    return re.sub(r"\D", "", text or "")


def phone_spellings(number):
    """How the digits of a phone may stand in an index: 8.. also as 7.., as typed.

    :param str number: digits only
    """
    spellings = [number]
    if number.startswith("8"):
        spellings.append("7" + number[1:])
    return spellings


def street_line(address):
    """The part of an address below the city, for an address label.

    :param dict address: address of a clean payload
    :return: text, empty without an address
    """
    text = address.get("text")
    if not text:
        keys = ("street", "house", "flat")
        return ", ".join(address[key] for key in keys if address.get(key))
    parts = [part.strip() for part in text.split(",")]
    left = [part for part in parts if part and not _names_city(part, address)]
    return ", ".join(left) or text


def _names_city(part, address):
    """Whether a part of the address says no more than city or postal code."""
    city = (address.get("city") or "").lower()
    words = part.lower().replace(".", ". ").split()
    if part == address.get("postal_code"):
        return True
    return bool(city) and " ".join(words) in (city, f"г {city}", f"г. {city}")


def search_words(query):
    """Words to look for, all of them wanted; each with its spellings.

    A word has three signs at least. A query of digits and phone punctuation only is
    one number.

    :return: list of lists of texts, lower case
    """
    query = query.replace("\x00", " ").strip().lower()
    if re.fullmatch(r"[\d\s()+.-]+", query):
        number = digits(query)
        return [phone_spellings(number)] if len(number) >= SHORTEST_WORD else []
    words = [word for word in query.split() if len(word) >= SHORTEST_WORD]
    return [
        phone_spellings(digits(word))
        if len(digits(word)) >= NUMBER_LENGTH - 1 and not re.search(r"[^\W\d_]", word)
        else [word]
        for word in words
    ]


@lru_cache(maxsize=8192)
def read_phone(text, region):
    """A phone as its owner dials it at home, for matching and for the screen.

    Russian numbers come as 8.. and +7.. alike.

    :param str text: as typed
    :param region: two letters of the country for numbers without +, or None
    :return: (E.164 or "" if it is no valid number, text to show)
    """
    number = digits(text)
    as_russian = "+7" + number[1:] if is_russian_number(text) else None
    spellings = [text, as_russian] if region not in RUSSIAN_PLAN else [as_russian, text]
    for spelling in filter(None, spellings):
        if phone := _parse_phone(spelling, region):
            e164 = phonenumbers.PhoneNumberFormat.E164
            shown = phonenumbers.PhoneNumberFormat.INTERNATIONAL
            return (
                phonenumbers.format_number(phone, e164),
                phonenumbers.format_number(phone, shown),
            )
    return "", text


def is_phone(text, region):
    """Whether a phone can be called.

    :param region: two letters of the country; None: any number may be right there
    """
    if read_phone(text, region)[0]:
        return True
    return region is None and bool(digits(text))


def is_russian_number(text):
    """Whether a phone is written 8 or 7 and ten digits, without a plus."""
    number = digits(text)
    return len(number) == NUMBER_LENGTH and number[0] in "78" and "+" not in text


def _parse_phone(text, region):
    try:
        phone = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return phone if phonenumbers.is_valid_number(phone) else None


def escape_like(text):
    """Text in which the signs of a LIKE pattern stand for themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)
