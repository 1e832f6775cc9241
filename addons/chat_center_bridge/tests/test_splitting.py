from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.splitting import split_text, units

FAMILY = "👨\u200d👩\u200d👧"
texts = st.text(
    st.sampled_from(["a", "я", " ", "\n", ".", "👍", "\u0301", "\u200d", "\U0001f3fb"])
    | st.characters(exclude_categories=["Cs"]),
    max_size=300,
)


@tagged("post_install", "-at_install")
class TestSplitting(BaseCase):
    """Long texts become messages that a provider takes."""

    @given(texts, st.integers(min_value=2, max_value=60))
    def test_all_is_kept_and_nothing_is_too_long(self, text, limit):
        pieces = split_text(text, limit)
        self.assertEqual("".join(pieces), text)
        self.assertTrue(all(0 < units(piece) <= limit for piece in pieces))

    @given(st.lists(st.text("абвгд", min_size=1, max_size=8), max_size=80))
    def test_words_stay_whole(self, words):
        pieces = split_text(" ".join(words), 20)
        self.assertEqual([word for piece in pieces for word in piece.split()], words)

    def test_where_it_is_cut(self):
        for text, expected in (
            ("", []),
            ("short", ["short"]),
            ("one two three", ["one two ", "three"]),
            ("one.\n\ntwo three", ["one.\n\n", "two three"]),
            ("a line\nand two", ["a line\n", "and two"]),
            ("It is. And so", ["It is. ", "And so"]),
            ("a bbbbbbbbbbbb", ["a ", "bbbbbbbbbb", "bb"]),
            ("abcdefghijklm", ["abcdefghij", "klm"]),
        ):
            with self.subTest(text):
                self.assertEqual(split_text(text, 10), expected)

    def test_a_sign_of_several_parts_is_not_torn(self):
        self.assertEqual(split_text("аб" + FAMILY, 9), ["аб", FAMILY])
        self.assertEqual(split_text("abcde\u0301", 5), ["abcd", "e\u0301"])

    def test_an_emoji_counts_twice(self):
        self.assertEqual(units("a👍"), 3)
        self.assertEqual(split_text("👍👍👍", 4), ["👍👍", "👍"])

    def test_an_impossible_limit(self):
        with self.assertRaises(ValueError):
            split_text("a", 1)
