import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import lanes
from ..rules.lanes import LONGEST_PATIENCE_SECONDS, lane_of, patience

CHATS = [str(77_000_000 + number) for number in range(10_000)]


@tagged("post_install", "-at_install")
class TestLanes(BaseCase):
    """One chat, one lane."""

    @given(st.integers(), st.text(), st.integers(min_value=1, max_value=100))
    def test_a_lane_is_one_of_them(self, gateway_id, chat_key, count):
        lane = lane_of(gateway_id, chat_key, count)
        self.assertIn(lane, range(count))
        self.assertEqual(lane, lane_of(gateway_id, chat_key, count))

    def test_it_stays_what_it_was(self):
        # rows that wait keep their lanes over releases
        self.assertEqual([lane_of(1, "77012345", 8), lane_of(2, "RU.1", 8)], [1, 7])

    def test_other_processes_say_the_same(self):
        """Python's own hash would not: each process has another seed."""
        code = Path(lanes.__file__).read_text()
        code += "\nprint([lane_of(1, str(chat), 16) for chat in range(50)])"
        here = str([lane_of(1, str(chat), 16) for chat in range(50)])
        for seed in ("1", "2"):
            there = subprocess.run(
                [sys.executable, "-c", code],
                capture_output=True,
                check=True,
                env={"PYTHONHASHSEED": seed},
                text=True,
            )
            self.assertEqual(there.stdout.strip(), here)

    def test_lanes_are_even(self):
        """10 000 chats on 8 lanes: 1 250 each, 5 standard deviations around."""
        counts = Counter(lane_of(1, chat, 8) for chat in CHATS)
        self.assertEqual(len(counts), 8)
        for count in counts.values():
            self.assertLess(abs(count - 1250), 5 * (10_000 / 8 * 7 / 8) ** 0.5)

    def test_gateways_do_not_share_their_crowd(self):
        same = sum(lane_of(1, chat, 8) == lane_of(2, chat, 8) for chat in CHATS)
        self.assertLess(abs(same - 1250), 5 * (10_000 / 8 * 7 / 8) ** 0.5)

    def test_no_lanes(self):
        with self.assertRaises(ValueError):
            lane_of(1, "1", 0)

    @given(st.floats(min_value=0, max_value=1e6))
    def test_a_job_waits_no_longer_than_it_has_worked(self, worked):
        self.assertLessEqual(patience(worked), worked)
        self.assertLessEqual(patience(worked), LONGEST_PATIENCE_SECONDS)

    def test_a_busy_job_waits_half_a_second(self):
        self.assertEqual([patience(0), patience(0.2), patience(20)], [0, 0.2, 0.5])
