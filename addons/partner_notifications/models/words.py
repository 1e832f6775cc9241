"""A wave's words in every language, filled in for one company after the other."""

import json

from odoo.tools import format_date, formatLang

from ..rules import placeholders
from . import word_kinds

UNREAD_OUTCOMES = {"capped", "muted", "no_portal_user", "excluded", "inactive_topic"}


class Words:
    """Renders subject and body; what is formatted once is not formatted again.

    ``formatLang`` takes some 70 microseconds: amounts and dates repeat from company
    to company, and a wave has a hundred thousand of them in each language.

    :param wave: one partner.notification.broadcast
    """

    def __init__(self, wave):
        self.env = wave.env
        self.company = wave.company_id.name
        self.zone = wave._zone().zone
        self.known = {}
        fallback = wave.company_id.partner_id.lang or "en_US"
        stored = [
            wave._fields[name]._get_stored_translations(wave) or {}
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

    def render(self, row, outcome):
        """Subject and body of one company as the database keeps translated texts.

        :param dict row: ``partner`` and ``values`` of a candidate
        :param str outcome: what is dropped is kept without words
        :return: (JSON text, JSON text), or (None, None)
        """
        if outcome in UNREAD_OUTCOMES:
            return None, None
        subject, body = {}, {}
        for code, (subject_text, body_text) in self.texts.items():
            values = self._values(row, code)
            subject[code] = placeholders.fill(subject_text, values)
            body[code] = placeholders.fill(body_text, values)
        return json.dumps(subject), json.dumps(body)

    def _values(self, row, code):
        values = {"partner": row["partner"], "company": self.company}
        for name, value in (row["values"] or {}).items():
            values[name] = (
                self._formatted(value, code) if isinstance(value, dict) else value
            )
        return values

    def _formatted(self, value, code):
        key = (json.dumps(value), code)
        if key not in self.known:
            self.known[key] = self._format(value, code)
        return self.known[key]

    def _format(self, value, code):
        env = self.env(context={**self.env.context, "lang": code})
        if word_kinds.knows(value):
            return word_kinds.written(env, value, self.zone)
        if "money" in value:
            return ", ".join(
                formatLang(
                    env, amount, currency_obj=env["res.currency"].browse(currency_id)
                )
                for amount, currency_id in value["money"]
            )
        return format_date(env, value["date"], lang_code=code)
