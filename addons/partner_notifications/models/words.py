"""A wave's words in every language, filled in for one company after the other."""

import ast
import json

from odoo.tools import format_date
from odoo.tools.misc import NON_BREAKING_SPACE, get_lang

from ..rules import placeholders
from ..rules.money import MoneyStyle
from . import word_kinds


class Words:
    """Renders subject and body; what a language settles is looked up once.

    :param wave: one partner.notification.broadcast
    :param written: the record with the words, if the wave has none of its own yet
    """

    def __init__(self, wave, written=None):
        self.env = wave.env
        self.company = wave.company_id.name
        self.dates, self.styles, self.others = {}, {}, {}
        self.zone = wave._zone().zone
        fallback = wave.company_id.partner_id.lang or "en_US"
        record = written or wave
        stored = [
            record._fields[name]._get_stored_translations(record) or {}
            for name in ("subject", "body")
        ]
        codes = {code for code, _name in wave.env["res.lang"].get_installed()}
        # the ORM reads a language without a text of its own from en_US
        self.texts = {
            code: [
                text.get(code) or text.get(fallback) or text["en_US"] for text in stored
            ]
            for code in codes | {"en_US"}
        }

    def render(self, row):
        """Subject and body of one company in every language.

        :param dict row: ``partner`` and ``values`` of a candidate
        :return: (dict language -> subject, dict language -> body)
        """
        subject, body = {}, {}
        for code, (subject_text, body_text) in self.texts.items():
            values = self._values(row, code)
            subject[code] = placeholders.fill(subject_text, values)
            body[code] = placeholders.fill(body_text, values)
        return subject, body

    def _values(self, row, code):
        values = {"partner": row["partner"], "company": self.company}
        for name, value in (row["values"] or {}).items():
            values[name] = self._formatted(value, code)
        return values

    def _formatted(self, value, code):
        """A value of a candidate as a language writes it; a text is itself."""
        if not isinstance(value, dict):
            return value
        if word_kinds.knows(value):
            return self._other(value, code)
        if "money" in value:
            return ", ".join(
                self._style(code, currency_id).written(amount)
                for amount, currency_id in value["money"]
            )
        key = (value["date"], code)
        if key not in self.dates:
            self.dates[key] = format_date(self.env, value["date"], lang_code=code)
        return self.dates[key]

    def _other(self, value, code):
        """What another feature writes in its own way, once a value and language."""
        key = (json.dumps(value), code)
        if key not in self.others:
            env = self.env(context={**self.env.context, "lang": code})
            self.others[key] = word_kinds.written(env, value, self.zone)
        return self.others[key]

    def _style(self, code, currency_id):
        key = (code, currency_id)
        if key not in self.styles:
            self.styles[key] = self._find_style(code, currency_id)
        return self.styles[key]

    def _find_style(self, code, currency_id):
        """Separators of the language, rounding and symbol of the currency."""
        language = get_lang(self.env, code)
        currency = self.env["res.currency"].browse(currency_id)
        symbol, after = currency.symbol or "", currency.position == "after"
        return MoneyStyle(
            decimals=currency.decimal_places,
            grouping=tuple(ast.literal_eval(language.grouping)),
            thousands=language.thousands_sep or "",
            point=language.decimal_point,
            before="" if after or not symbol else symbol + NON_BREAKING_SPACE,
            after=NON_BREAKING_SPACE + symbol if after and symbol else "",
        )
