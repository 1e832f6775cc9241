from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.adapters import ADAPTERS
from ..rules.adapters.telegram import SECRET_HEADER
from ..rules.adapters.whatsapp import SIGNATURE_HEADER
from . import payloads

BODY = payloads.raw(payloads.WHATSAPP["text"])


def flipped(value, bit):
    """The bytes with one bit changed."""
    at, place = divmod(bit % (len(value) * 8), 8)
    return value[:at] + bytes([value[at] ^ (1 << place)]) + value[at + 1 :]


@tagged("post_install", "-at_install")
class TestProof(BaseCase):
    """Only what the provider sent is let in."""

    def prove(self, gateway_type, body=BODY, headers=None, secrets=None):
        headers = (
            payloads.headers_of(gateway_type, BODY) if headers is None else headers
        )
        secrets = payloads.SECRETS[gateway_type] if secrets is None else secrets
        return ADAPTERS[gateway_type].prove(headers, body, secrets)

    def test_proven(self):
        for gateway_type in ADAPTERS:
            self.assertIs(self.prove(gateway_type), True)

    def test_the_case_of_a_header_does_not_matter(self):
        for gateway_type in ADAPTERS:
            for change in (str.lower, str.upper):
                headers = payloads.headers_of(gateway_type, BODY)
                headers = {change(name): value for name, value in headers.items()}
                self.assertTrue(self.prove(gateway_type, headers=headers))

    def test_no_proof_or_a_strange_one(self):
        right = payloads.signature(BODY)[SIGNATURE_HEADER]
        for value in ("", "sha256=", "é\udc80", right[:-1], right[7:], f"{right} "):
            for gateway_type, name in (
                ("telegram", SECRET_HEADER),
                ("whatsapp", SIGNATURE_HEADER),
            ):
                with self.subTest(gateway_type, value=value):
                    self.assertFalse(self.prove(gateway_type, headers={name: value}))
                    self.assertFalse(self.prove(gateway_type, headers={}))

    def test_what_is_not_set_up_proves_nothing(self):
        empty = payloads.signature(BODY, "")
        for value in (None, "", False):
            self.assertFalse(
                self.prove("whatsapp", headers=empty, secrets={"app_secret": value})
            )
            self.assertFalse(
                self.prove(
                    "telegram",
                    headers={SECRET_HEADER: value or ""},
                    secrets={"webhook_secret": value},
                )
            )
        for adapter in ADAPTERS.values():
            self.assertFalse(adapter.is_proof_set_up({}))
            self.assertFalse(adapter.prove({}, BODY, {}))

    @given(st.integers(min_value=0))
    def test_one_bit_of_the_body(self, bit):
        self.assertFalse(self.prove("whatsapp", flipped(BODY, bit)))

    @given(st.sampled_from(sorted(ADAPTERS)), st.integers(min_value=0))
    def test_one_bit_of_the_proof(self, gateway_type, bit):
        [(name, value)] = payloads.headers_of(gateway_type, BODY).items()
        wrong = flipped(value.encode(), bit).decode("latin-1")
        self.assertFalse(self.prove(gateway_type, headers={name: wrong}))

    def test_the_bytes_are_proven_not_what_they_mean(self):
        self.assertFalse(self.prove("whatsapp", BODY.replace(b": ", b":")))

    def test_what_is_missing(self):
        for gateway_type, adapter in ADAPTERS.items():
            self.assertEqual(adapter.missing(payloads.SECRETS[gateway_type]), [])
        self.assertEqual(
            ADAPTERS["telegram"].missing({"token": "1"}), ["webhook_secret"]
        )

    def test_the_fields_of_the_form(self):
        for gateway_type, adapter in ADAPTERS.items():
            names = [one.name for one in adapter.FIELDS]
            self.assertEqual(len(names), len(set(names)))
            self.assertTrue(any(one.is_proof for one in adapter.FIELDS))
            for one in adapter.FIELDS:
                with self.subTest(gateway_type, field=one.name):
                    value = payloads.SECRETS[gateway_type].get(one.name, "http://x")
                    self.assertRegex(value, rf"\A(?:{one.pattern or '.*'})\Z")
                    self.assertTrue(one.label)
