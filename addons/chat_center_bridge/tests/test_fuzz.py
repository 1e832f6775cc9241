import json
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules.adapter import Event, Kind
from ..rules.adapters import ADAPTERS, adapter_of
from ..rules.reading import LONGEST_WORD, NOT_STORABLE, Malformed
from ..rules.sentences import REASONS
from . import fuzz, payloads

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
gateway_types = st.sampled_from(sorted(ADAPTERS))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read(adapter, body):
    """What becomes of a body: events and Malformed, which are checked."""
    try:
        parts = adapter.split(body)
    except Malformed as error:
        return [sentence(error.reason, error.values)]
    return [understood(adapter, part) for part in parts]


def understood(adapter, part):
    """The event of a part as the lane reads it: from jsonb."""
    assert part.event_id and len(part.event_id) <= LONGEST_WORD, part.event_id
    assert isinstance(part.chat_key, str) and len(part.chat_key) <= LONGEST_WORD
    stored = json.dumps(part.payload, allow_nan=False, ensure_ascii=False)
    assert not NOT_STORABLE.search(stored), stored
    stored.encode()
    try:
        event = adapter.parse(json.loads(stored))
    except Malformed as error:
        return sentence(error.reason, error.values)
    assert isinstance(event, Event) and event.kind in Kind
    if event.kind in (Kind.UNKNOWN, Kind.IGNORED):
        sentence(event.reason, event.values)
    return event


def sentence(reason, values):
    return REASONS[reason] % values


@tagged("post_install", "-at_install")
class TestFuzz(BaseCase):
    """Whatever is signed, nothing but Malformed is raised (issue 5, E)."""

    @settings(PATIENT, max_examples=300)
    @given(gateway_types, st.integers(min_value=0))
    def test_damaged_bodies(self, gateway_type, seed):
        body = fuzz.body(random.Random(seed), gateway_type)
        adapter = adapter_of(gateway_type)
        self.assertTrue(read(adapter, body))
        self.assertEqual(ids(adapter, body), ids(adapter, body))

    @PATIENT
    @given(gateway_types, st.binary(max_size=300))
    def test_any_bytes(self, gateway_type, body):
        self.assertTrue(read(adapter_of(gateway_type), body))

    @PATIENT
    @given(gateway_types, json_values)
    def test_any_json(self, gateway_type, value):
        adapter = adapter_of(gateway_type)
        self.assertTrue(read(adapter, payloads.raw(value)))
        self.assertTrue(read(adapter, payloads.raw({"entry": value, "message": value})))

    @PATIENT
    @given(gateway_types, json_values)
    def test_any_answer(self, gateway_type, value):
        for status in (None, 200, 302, 400, 429, 500):
            answer = adapter_of(gateway_type).read_answer(
                status, {"Retry-After": "x"}, payloads.raw(value)
            )
            self.assertTrue(answer.result)

    def test_what_can_be_wrong_with_a_body(self):
        wrong = {
            b"": "empty",
            b" \n": "empty",
            b"\xff": "encoding",
            b'{"a": \xed\xa0\x80}': "encoding",
            b"{": "not_json",
            b'{"a": "\x00"}': "not_json",
            b'{"a": NaN}': "number",
            b'{"a": 1e999}': "number",
            b'{"a": ' + b"9" * 5000 + b"}": "number",
            b"[" * 100_000: "too_deep",
            b'{"a":' * 100 + b"1" + b"}" * 100: "too_deep",
            b"[]": "not_an_object",
            b"1": "not_an_object",
        }
        for adapter in ADAPTERS.values():
            for body, reason in wrong.items():
                with self.subTest(adapter.NAME, body=body[:20]):
                    with self.assertRaises(Malformed) as caught:
                        adapter.split(body)
                    self.assertEqual(caught.exception.reason, reason)

    def test_signs_that_no_database_keeps_are_replaced(self):
        update = payloads.telegram_text("a\x00b\ud83dc")
        [part] = adapter_of("telegram").split(payloads.raw(update))
        event = adapter_of("telegram").parse(part)
        self.assertEqual(event.text, "a\ufffdb\ufffdc")

    def test_of_a_doubled_key_the_last_counts(self):
        [part] = adapter_of("telegram").split(b'{"update_id": 1, "update_id": 2}')
        self.assertEqual(part.event_id, "2")


def ids(adapter, body):
    try:
        return [part.event_id for part in adapter.split(body)]
    except Malformed as error:
        return error.reason
