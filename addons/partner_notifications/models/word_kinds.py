"""How values of a notification are written beside amounts and dates.

A source gives ``{kind: value}``; the text is written once for each distinct value and
language of a wave.
"""

from odoo.tools import format_datetime, formatLang

NOTHING = "—"
MOMENT = "d MMM, HH:mm"


def knows(value):
    """Whether a value is of one of the kinds of this file.

    :param dict value: ``{kind: value}``
    """
    return not KINDS.keys().isdisjoint(value)


def written(env, value, zone):
    """The text of a value.

    :param env: with the language in its context
    :param dict value: ``{kind: value}``
    :param str zone: time zone of the company that tells
    """
    [(kind, content)] = value.items()
    return KINDS[kind](env, content, zone)


def _moment(env, moment, zone):
    """:param str moment: UTC, as Odoo writes it; read as the portal writes moments"""
    return format_datetime(env, moment, tz=zone, dt_format=MOMENT, lang_code=env.lang)


def _record(env, reference, _zone):
    """:param list reference: [model, id]; its name in the reader's language"""
    model, row_id = reference
    # goods are called by their name: their number means nothing in a sentence
    named = env[model].with_context(display_default_code=False)
    return named.browse(row_id).exists().display_name or NOTHING


def _quantity(env, quantity, _zone):
    """:param list quantity: [number, id of the unit]; zeros behind the point go"""
    number, unit_id = quantity
    digits = env["decimal.precision"].precision_get("Product Unit")
    while digits and round(number, digits - 1) == round(number, digits):
        digits -= 1
    unit = env["uom.uom"].browse(unit_id).name
    return f"{formatLang(env, number, digits=digits)} {unit}"


def _changes(env, changes, _zone):
    """:param list changes: [[field of res.partner, new value or id] ...]"""
    partner_fields = env["res.partner"]._fields
    return "; ".join(
        f"{partner_fields[name]._description_string(env)}: "
        f"{_field_text(env, partner_fields[name], value)}"
        for name, value in changes
    )


def _field_text(env, field, value):
    if value and field.comodel_name:
        return _record(env, [field.comodel_name, value], None)
    return value or NOTHING


KINDS = {
    "moment": _moment,
    "record": _record,
    "quantity": _quantity,
    "changes": _changes,
}
