from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import placeholders

NAMES = st.from_regex(r"\A[a-z][a-z0-9_]{0,9}\Z")
PLAIN = st.text(st.characters(exclude_characters="{}"), max_size=30)


@tagged("post_install", "-at_install")
class TestPlaceholders(BaseCase):
    """Texts of managers: plain names in braces and nothing else (K5)."""

    @given(st.lists(st.tuples(PLAIN, NAMES), max_size=5), PLAIN, PLAIN)
    def test_every_name_is_found_and_filled_once(self, pieces, end, value):
        text = "".join(f"{plain}{{{name}}}" for plain, name in pieces) + end
        names = {name for _plain, name in pieces}
        self.assertEqual(placeholders.names(text), names)
        filled = placeholders.fill(text, dict.fromkeys(names, value))
        self.assertEqual(
            filled, "".join(f"{plain}{value}" for plain, _name in pieces) + end
        )

    @given(NAMES)
    def test_a_value_with_braces_stays_text(self, name):
        filled = placeholders.fill("{%s}" % name, {name: "{other} {0.__class__}"})
        self.assertEqual(filled, "{other} {0.__class__}")

    def test_nothing_but_names_is_accepted(self):
        for text in (
            "{partner.name}",
            "{partner[0]}",
            "{partner!r}",
            "{amount:>10}",
            "{}",
            "{0}",
            "{Partner}",
            "{имя}",
            "{ partner }",
            "{partner",
            "partner}",
        ):
            with self.subTest(text), self.assertRaises(placeholders.PlaceholderError):
                placeholders.names(text)

    def test_doubled_braces_are_braces(self):
        self.assertEqual(placeholders.names("{{partner}}"), set())
        self.assertEqual(placeholders.fill("{{partner}}", {}), "{partner}")
