from odoo.tests import BaseCase, tagged

from ..rules import language


@tagged("post_install", "-at_install")
class TestLanguageRule(BaseCase):
    """Messengers and Odoo write one language in several ways (E3)."""

    def test_what_is_spoken_has_no_country(self):
        for code in ("ru", "ru_RU", "ru-RU", "RU"):
            self.assertEqual(language.spoken(code), "ru", code)

    def test_nothing_told_is_nothing_known(self):
        for code in (None, False, ""):
            self.assertIsNone(language.spoken(code), code)

    def test_the_very_language_is_closer_than_one_of_another_country(self):
        codes = ["en_US", "en_GB", "ru_RU"]
        self.assertEqual(language.closest("en-GB", codes), "en_GB")
        self.assertEqual(language.closest("en", codes), "en_US")
        self.assertEqual(language.closest("ru", codes), "ru_RU")

    def test_a_language_nobody_installed_is_close_to_none(self):
        for code in ("uz", "", None, "x!"):
            self.assertIsNone(language.closest(code, ["ru_RU"]), code)

    def test_a_language_is_named_in_the_readers(self):
        self.assertEqual(language.named("uz", "ru_RU"), "узбекский")
        self.assertEqual(language.named("ru_RU", "en_US"), "Russian")

    def test_what_nobody_knows_stands_for_itself(self):
        for code in ("xx", "not a code", False):
            self.assertEqual(language.named(code, "en_US"), code)
