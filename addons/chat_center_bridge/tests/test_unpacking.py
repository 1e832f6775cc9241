import gzip
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.chat_center_bridge.rules.unpacking import TooBig, unpack

MOST = 1000


class TestUnpacking(BaseCase):
    """A packed body costs no more than one that is not (chat-design 2)."""

    @given(st.binary(max_size=MOST))
    def test_what_was_packed_comes_out(self, body):
        self.assertEqual(unpack(gzip.compress(body), "gzip", MOST), body)

    @given(st.binary(max_size=200), st.sampled_from(["", "identity", "br", "gzip "]))
    def test_no_body_is_an_error(self, body, encoding):
        self.assertIsInstance(unpack(body, encoding, MOST), bytes)

    def test_what_is_not_packed_stays_as_it_is(self):
        self.assertEqual(unpack(b"{}", "gzip", MOST), b"{}")
        self.assertEqual(unpack(gzip.compress(b"{}"), "", MOST), gzip.compress(b"{}"))

    def test_half_of_a_packed_body_stays_as_it_is(self):
        half = gzip.compress(b"a" * 500)[:-9]
        self.assertEqual(unpack(half, "gzip", MOST), half)

    def test_a_bomb_is_not_unpacked(self):
        bomb = gzip.compress(bytes(50 * 1024 * 1024))
        tracemalloc.start()
        with self.assertRaises(TooBig):
            unpack(bomb, "gzip", MOST)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.assertLess(peak, 1024 * 1024)
