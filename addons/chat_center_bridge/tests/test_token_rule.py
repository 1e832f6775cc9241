import math

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import token
from . import tokens

NOW = 1_763_800_000
ISSUER = "gateway-key"
SIGNS = st.characters(max_codepoint=0x4FF)
PARTS = st.text("AZaz09-_", max_size=40)


def claims(**changes):
    usual = {"iss": ISSUER, "sub": "c-1", "exp": NOW + 300, "jti": "1"}
    return {**usual, **changes}


@tagged("post_install", "-at_install")
class TestToken(BaseCase):
    """Only what the app's server signed for us, a short while ago, is believed."""

    def read_token(self, made, key=tokens.KEY, now=NOW):
        return token.read(made, key, ISSUER, now)

    def refused(self, made, code, **values):
        with self.assertRaises(token.BadToken) as caught:
            self.read_token(made, **values)
        self.assertEqual(caught.exception.code, code)

    def test_what_is_signed_is_believed(self):
        read = self.read_token(tokens.make(claims(name="Анна")))
        self.assertEqual((read.subject, read.token_id, read.name), ("c-1", "1", "Анна"))
        self.assertEqual(read.expires_at, NOW + 300)

    def test_the_algorithm_is_ours(self):
        for algorithm in (
            "none",
            "None",
            "hs256",
            "HS512",
            "RS256",
            "",
            None,
            ["HS256"],
        ):
            made = tokens.make(claims(), header={"alg": algorithm})
            self.refused(made, "algorithm")
        unsigned = tokens.make(claims(), header={"alg": "none"}).rpartition(".")[0]
        self.refused(f"{unsigned}.", "algorithm")

    def test_an_unknown_extension_that_must_be_understood_is_refused(self):
        header = {"alg": "HS256", "crit": ["b64"], "b64": False}
        self.refused(tokens.make(claims(), header=header), "algorithm")

    def test_another_key_signs_nothing(self):
        self.refused(tokens.make(claims(), key="x" * 32), "signature")

    def test_an_app_without_a_key_or_with_a_short_one_proves_nothing(self):
        for key in ("", None, "short"):
            self.refused(tokens.make(claims(), key=key or "x"), "no_key", key=key)

    def test_a_changed_body_is_not_signed(self):
        header, _body, signature = tokens.make(claims()).split(".")
        other = tokens.encoded(claims(sub="c-2"))
        self.refused(f"{header}.{other}.{signature}", "signature")

    def test_a_token_for_another_gateway_is_not_ours(self):
        for issuer in ("another", "", None, [ISSUER]):
            self.refused(tokens.make(claims(iss=issuer)), "issuer")

    def test_a_token_lives_five_minutes_at_most(self):
        self.refused(tokens.make(claims(exp=NOW + 331)), "too_long_a_life")
        self.read_token(tokens.make(claims(exp=NOW + 330)))

    def test_clocks_may_differ_by_half_a_minute(self):
        self.read_token(tokens.make(claims(exp=NOW - 29)))
        self.refused(tokens.make(claims(exp=NOW - 30)), "expired")
        for name in ("nbf", "iat"):
            self.read_token(tokens.make(claims(**{name: NOW + 30})))
            self.refused(tokens.make(claims(**{name: NOW + 31})), "not_yet")

    def test_what_is_required_is_there_and_of_its_kind(self):
        for name, values in {
            "exp": (None, "soon", True, [], 10**400, math.nan, math.inf),
            "sub": (None, "", " ", 7, "x" * 256, "a\0b"),
            "jti": (None, "", 7, "x" * 256, "a\nb"),
            "name": (7, "x" * 256),
        }.items():
            for value in values:
                self.refused(tokens.make(claims(**{name: value})), "malformed")

    def test_what_is_no_token_is_malformed(self):
        body = tokens.encoded(claims())
        for made in ("", "a.b", "a.b.c.d", "ы.b.c", f"{body}.{body}.*", "x" * 5000):
            with self.assertRaises(token.BadToken):
                self.read_token(made)
        deep = tokens.encoded(b"[" * 2000)
        self.refused(f"{deep}.{deep}.{deep}", "malformed")

    @given(st.text(SIGNS, max_size=200) | st.lists(PARTS, min_size=3).map(".".join))
    def test_no_text_is_believed_and_none_breaks_it(self, text):
        with self.assertRaises(token.BadToken):
            self.read_token(text)

    @given(
        st.dictionaries(st.sampled_from(["exp", "sub", "jti", "nbf"]), st.integers())
    )
    def test_signed_nonsense_is_refused_and_breaks_nothing(self, changes):
        try:
            self.read_token(tokens.make(claims(**changes)))
        except token.BadToken as error:
            self.assertTrue(error.code)

    @given(st.integers(min_value=0))
    def test_one_changed_sign_is_noticed(self, number):
        made = tokens.make(claims())
        place = number % (len(made) - 1)
        other = "A" if made[place] != "A" else "B"
        with self.assertRaises(token.BadToken):
            self.read_token(made[:place] + other + made[place + 1 :])

    def test_the_signature_is_that_of_the_standard(self):
        # RFC 4231, test case 2
        signature = token.sign("what do ya want for nothing?", "Jefe")
        self.assertEqual(
            signature.hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        )
