import itertools

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from odoo.tests import BaseCase, tagged

from odoo.addons.chat_center_bridge.rules import delivery
from odoo.addons.chat_center_bridge.rules.delivery import RANKS, State
from odoo.addons.chat_center_bridge.rules.plain_text import plain_text

part_states = st.sampled_from(list(RANKS))


@tagged("post_install", "-at_install")
class TestDelivery(BaseCase):
    """How far a message has come, and when it is tried again."""

    @given(st.lists(part_states, min_size=1, max_size=5))
    def test_statuses_give_the_same_whatever_their_order(self, told):
        ends = set()
        for order in itertools.islice(itertools.permutations(told), 24):
            state = State.QUEUED
            for one in order:
                state = delivery.forward(state, one)
            ends.add(state)
        self.assertEqual(len(ends), 1)

    @given(part_states, part_states)
    def test_a_part_never_moves_backwards(self, current, told):
        self.assertGreaterEqual(RANKS[delivery.forward(current, told)], RANKS[current])

    def test_what_was_delivered_did_not_fail(self):
        self.assertEqual(delivery.forward("delivered", "failed"), "delivered")
        self.assertEqual(delivery.forward("failed", "delivered"), "delivered")

    @given(st.lists(part_states, min_size=1))
    def test_a_message_is_as_far_as_its_last_part(self, parts):
        state = delivery.overall(parts)
        if State.FAILED in parts:
            self.assertEqual(state, State.FAILED)
        else:
            self.assertIn(state, parts)
            self.assertTrue(all(RANKS[state] <= RANKS[part] for part in parts))

    @given(st.integers(1, 10_000))
    def test_pauses_grow_up_to_ten_minutes(self, attempt):
        pause, following = (delivery.pause_after(attempt + n) for n in (0, 1))
        self.assertTrue(15 <= pause <= following <= 600)

    @given(st.floats(0.1, 100), st.integers(1, 50), st.floats(0, 60))
    def test_all_lanes_together_keep_the_rate(self, per_second, lanes, elapsed):
        rest = delivery.rest_of_share(per_second, lanes, elapsed)
        self.assertGreaterEqual(rest, 0)
        self.assertGreaterEqual((elapsed + rest) * per_second * 1.000001, lanes)


@tagged("post_install", "-at_install")
class TestPlainText(BaseCase):
    """What the customer reads is what the operator wrote."""

    @given(st.text(st.characters(exclude_characters="\r\0", codec="utf-8")))
    def test_a_text_survives_its_markup(self, text):
        markup = Markup("<br/>").join(escape(line) for line in text.split("\n"))
        self.assertEqual(plain_text(markup), text.strip())

    def test_lines_stay_lines_and_marks_go(self):
        markup = "<p>One<br/><b>two</b></p><p>three &lt;4&gt;</p><ul><li>five</li></ul>"
        self.assertEqual(plain_text(markup), "One\ntwo\nthree <4>\nfive")

    def test_an_empty_line_stays_empty(self):
        self.assertEqual(plain_text("One<br/><br/>two"), "One\n\ntwo")

    def test_a_link_is_named_with_its_address(self):
        markup = '<a href="https://shop.example/1">Your order</a>'
        self.assertEqual(plain_text(markup), "Your order (https://shop.example/1)")

    def test_an_address_is_not_said_twice(self):
        markup = '<a href="https://shop.example/">https://shop.example</a>'
        self.assertEqual(plain_text(markup), "https://shop.example")

    def test_a_mention_is_a_name(self):
        markup = '<a href="#" data-oe-model="res.partner">@Olga</a>, please'
        self.assertEqual(plain_text(markup), "@Olga, please")

    def test_nothing_is_empty(self):
        self.assertEqual(plain_text(None), "")
        self.assertEqual(plain_text("<p><br/></p>"), "")
