"""How a file or an outside system names a partner: which key, written how."""

import re

# the name of a column in a file -> the key it is
COLUMN_KEYS = {
    "ref": "ref",
    "reference": "ref",
    "код": "ref",
    "inn": "inn",
    "vat": "inn",
    "инн": "inn",
    "email": "email",
    "e-mail": "email",
    "почта": "email",
    "xmlid": "xmlid",
    "id": "xmlid",
}
KEYS = ("ref", "inn", "email", "xmlid", "partner_id")
# a spreadsheet takes an INN for a number and drops its leading zero
INN_LENGTHS = {9: 10, 11: 12}
INN_COUNTRY = "RU"


def normal(key, value):
    """A partner's key as it is compared.

    :param str key: one of ``KEYS``, or one an addon adds
    :param value: as written by a person
    :return: text, without white space around it
    """
    text = str(value).strip()
    if key == "inn":
        return normal_inn(text)
    return text.lower() if key == "email" else text


def normal_inn(text):
    """An INN without blanks and country, its leading zero restored.

    Ten digits for a company and twelve for a person (order of the Federal Tax Service
    of 29.06.2012 No. MMV-7-6/435).
    """
    text = re.sub(r"\s", "", text).upper().removeprefix(INN_COUNTRY)
    if text.isdigit():
        return text.zfill(INN_LENGTHS.get(len(text), 0))
    return text


def is_id(text):
    """Whether a text is the id of a row: PostgreSQL's integers end at 2^31 - 1."""
    return text.isascii() and text.isdecimal() and int(text[:11]) < 2**31
