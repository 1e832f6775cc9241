from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import formatLang

from ..models.words import Words
from ..rules.money import MoneyStyle
from .common import NotificationBuilders

amounts = st.one_of(
    st.floats(-1e12, 1e12, allow_nan=False),
    st.decimals(-9_999_999, 9_999_999, places=3).map(float),
    st.integers(-(10**9), 10**9),
)


@tagged("post_install", "-at_install")
class TestMoneyStyle(BaseCase):
    """How an amount is written, as a language and a currency settle it."""

    def test_digits_stand_in_groups_of_three(self):
        style = MoneyStyle(2, thousands="\N{NO-BREAK SPACE}", point=",", after=" ₽")
        self.assertEqual(
            style.written(1234567.5), "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,50 ₽"
        )

    def test_digits_stand_in_indian_groups(self):
        style = MoneyStyle(2, grouping=(3, 2, 0), before="₹ ")
        self.assertEqual(style.written(123456789), "₹ 12,34,56,789.00")

    def test_a_currency_without_cents_has_no_point(self):
        self.assertEqual(MoneyStyle(0).written(-1234.4), "-1,234")

    def test_half_a_cent_goes_to_the_even_one(self):
        self.assertEqual(MoneyStyle(2).written(2.675), "2.68")
        self.assertEqual(MoneyStyle(2).written(2.665), "2.66")


@tagged("post_install", "-at_install")
class TestWords(NotificationBuilders, TransactionCase):
    """Words are written as Odoo writes them, in each language (K5, X7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        languages = cls.env["res.lang"]
        languages._activate_lang("ru_RU")
        languages._activate_lang("hi_IN").grouping = "[3,2,0]"
        languages._activate_lang("de_CH").write(
            {"thousands_sep": "’", "decimal_point": "."}
        )
        languages._activate_lang("da_DK").thousands_sep = False
        cls.languages = ("en_US", "ru_RU", "hi_IN", "de_CH", "da_DK")
        cls.currencies = cls.env["res.currency"].create(
            [
                {"name": f"T{number}", "symbol": symbol, "rounding": rounding}
                | {"position": position}
                for number, (symbol, rounding, position) in enumerate(
                    (
                        ("$", 0.01, "before"),
                        ("₽", 0.01, "after"),
                        ("¥", 1.0, "after"),
                        ("KD", 0.001, "before"),
                        ("Fr.", 0.05, "after"),
                        (" ", 0.01, "after"),
                    )
                )
            ]
        )
        cls.words = Words(cls._wave([]))

    @settings(
        max_examples=400,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(amount=amounts, language=st.integers(0, 4), currency=st.integers(0, 5))
    @example(amount=0.0, language=1, currency=1)
    @example(amount=-0.0, language=0, currency=0)
    @example(amount=-0.004, language=0, currency=0)
    @example(amount=999_999.995, language=2, currency=0)
    @example(amount=100_000, language=2, currency=2)
    def test_money_is_written_as_formatlang_writes_it(self, amount, language, currency):
        code, unit = self.languages[language], self.currencies[currency]
        self.assertEqual(
            self.words._formatted({"money": [[amount, unit.id]]}, code),
            formatLang(self.env(context={"lang": code}), amount, currency_obj=unit),
        )

    def test_amounts_of_several_currencies_stand_in_a_row(self):
        ruble, yen = self.currencies[1], self.currencies[2]
        value = {"money": [[1500.5, ruble.id], [20, yen.id]]}
        self.assertEqual(
            self.words._formatted(value, "en_US"),
            "1,500.50\N{NO-BREAK SPACE}₽, 20\N{NO-BREAK SPACE}¥",
        )

    def test_what_a_language_settles_is_looked_up_once(self):
        ruble = self.currencies[1]
        self.words._formatted({"money": [[1, ruble.id]]}, "ru_RU")
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            for amount in range(100):
                self.words._formatted({"money": [[amount, ruble.id]]}, "ru_RU")

    def test_a_date_is_written_in_the_readers_language(self):
        value = {"date": "2026-11-05"}
        self.assertEqual(self.words._formatted(value, "en_US"), "11/05/2026")
        self.assertEqual(self.words._formatted(value, "ru_RU"), "05.11.2026")
