from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models.batch_words import BatchWords
from ..models.words import Words
from .common import NotificationBuilders

PLAIN = st.text(
    st.characters(exclude_characters="{}\0", exclude_categories=["Cs"]), max_size=20
)
NAMES = st.sampled_from(["partner", "company", "order", "amount"])


@tagged("post_install", "-at_install")
class TestBatchWords(NotificationBuilders, TransactionCase):
    """A batch reads as its preview does, though the database writes it (K5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.wave = cls._wave([])

    def _written(self, partner, values):
        """(subject, body) by language, as a batch of one row stores them."""
        words = BatchWords(self.wave)
        row = {"id": 1, "outcome": "sent"} | words.texts_of(values)
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s CROSS JOIN (SELECT %s::varchar) partner (name)",
                words.subject_sql(),
                words.body_sql(),
                self.pipeline._words_sql([row], words.columns),
                partner,
            )
        )
        return found

    @settings(
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        pieces=st.lists(st.tuples(PLAIN, NAMES), max_size=5),
        partner=PLAIN,
        order=PLAIN,
        amount=st.integers(-(10**9), 10**9),
    )
    @example([("100 % of %s and %1$s: ", "order")], "{partner}", "'\"\\", 5)
    def test_it_is_what_the_preview_shows(self, pieces, partner, order, amount):
        text = "".join(f"{plain}{{{name}}}" for plain, name in pieces) + "{{end}}"
        self.wave.subject = self.wave.body = text
        money = {"money": [[amount / 100, self.company.currency_id.id]]}
        values = {"order": order, "amount": money}
        shown = Words(self.wave).render({"partner": partner, "values": values})
        self.assertEqual(self._written(partner, values), shown)
        self.assertEqual(set(shown[0]), {"en_US", "ru_RU"})

    def test_a_value_that_is_no_text_is_written_as_one(self):
        self.wave.subject = self.wave.body = "{order}"
        for value in (5, 2.0, True):
            subject, _body = self._written("Romashka", {"order": value})
            self.assertEqual(subject["en_US"], str(value))

    def test_a_value_that_is_missing_is_named(self):
        self.wave.subject = "{order}"
        with self.assertRaisesRegex(KeyError, "order"):
            BatchWords(self.wave).texts_of({})

    def test_who_is_deleted_meanwhile_is_not_told(self):
        stays, goes = self._partner("Stays"), self._partner("Goes", persons=0)
        wave = self._wave([stays, goes])
        goes.unlink()
        self._send(wave)
        self.assertEqual(self._outcomes(wave), {stays: "sent"})
        self.assertEqual((wave.state, wave.left_count), ("done", 0))

    def test_who_is_gone_past_the_orm_stops_no_wave(self):
        goes = self._partner("Goes", persons=0)
        wave = self._wave([goes])
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [goes.id])
        self.env.invalidate_all()
        self.assertFalse(self._send(wave))
        self.assertEqual((wave.state, wave.left_count), ("done", 0))
