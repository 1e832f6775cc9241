"""The words of a whole batch: only what differs travels to the database."""

from odoo.tools import SQL

from ..rules import placeholders
from .words import Words

ALWAYS_KNOWN = ("partner", "company")


class BatchWords(Words):
    """Writes values here, once for each company; the database puts them into the texts.

    Each text travels once a batch instead of once a company.

    :ivar list columns: names of the texts of ``texts_of``, one a language and value
    """

    def __init__(self, wave):
        super().__init__(wave)
        texts = (text for pair in self.texts.values() for text in pair)
        asked = set().union(*map(placeholders.names, texts))
        self.asked = sorted(asked.difference(ALWAYS_KNOWN))
        count = len(self.texts) * len(self.asked)
        self.columns = [f"text_{place}" for place in range(count)]

    def texts_of(self, values):
        """What differs from company to company, as each language writes it.

        :param dict values: of a candidate, or None
        :return: dict column -> text
        :raises KeyError: the words ask for a value the company has not
        """
        values = values or {}
        written = [
            str(self._formatted(values[name], code))
            for code in self.texts
            for name in self.asked
        ]
        return dict(zip(self.columns, written, strict=True))

    def subject_sql(self):
        """SQL of the subject by language; a row has ``partner`` and ``word``."""
        return self._by_language_sql(0)

    def body_sql(self):
        """SQL of the body by language, as ``subject_sql``."""
        return self._by_language_sql(1)

    def _by_language_sql(self, part):
        """:param int part: 0 for the subject, 1 for the body"""
        order = [*ALWAYS_KNOWN, *self.asked]
        pieces, width = [], len(self.asked)
        for place, (code, texts) in enumerate(self.texts.items()):
            values = [SQL("partner.name"), SQL("%s::text", self.company)] + [
                SQL.identifier("word", column)
                for column in self.columns[place * width : (place + 1) * width]
            ]
            layout = placeholders.positional(texts[part], order)
            pieces.append(
                SQL("%s::text, format(%s, %s)", code, layout, SQL(", ").join(values))
            )
        return SQL("jsonb_build_object(%s)", SQL(", ").join(pieces))
