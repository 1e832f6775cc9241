from random import Random
from statistics import fmean

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..rules import effect, statistics
from ..rules.effect import Arms


class TestNewcombe(BaseCase):
    """Against table II, method 10, of Newcombe (1998)."""

    def test_intervals_are_the_published_ones(self):
        published = {
            (56, 70, 48, 80): (0.0524, 0.3339),
            (9, 10, 3, 10): (0.1705, 0.8090),
            (6, 7, 2, 7): (0.0582, 0.8062),
            (5, 56, 0, 29): (-0.0381, 0.1926),
            (0, 10, 0, 20): (-0.1611, 0.2775),
            (0, 10, 0, 10): (-0.2775, 0.2775),
            (10, 10, 0, 20): (0.6791, 1.0),
            (10, 10, 0, 10): (0.6075, 1.0),
        }
        for counts, interval in published.items():
            found = statistics.newcombe(*counts)
            self.assertEqual(
                (round(found.lower, 4), round(found.upper, 4)), interval, counts
            )

    def test_an_empty_arm_is_refused(self):
        with self.assertRaises(ValueError):
            statistics.newcombe(0, 0, 1, 2)

    @given(st.integers(1, 500), st.integers(1, 500), st.floats(0, 1), st.floats(0, 1))
    def test_it_holds_the_difference_and_turns_with_the_arms(
        self, trials, others, share, other_share
    ):
        hits, other_hits = round(share * trials), round(other_share * others)
        found = statistics.newcombe(hits, trials, other_hits, others)
        turned = statistics.newcombe(other_hits, others, hits, trials)
        self.assertLessEqual(-1 - 1e-9, found.lower)
        self.assertLessEqual(found.lower, found.value + 1e-9)
        self.assertLessEqual(found.value, found.upper + 1e-9)
        self.assertLessEqual(found.upper, 1 + 1e-9)
        self.assertAlmostEqual(found.lower, -turned.upper)


class TestMoney(BaseCase):
    def test_students_quantiles_are_the_published_ones(self):
        """Two-sided 95 %, any table of the t distribution."""
        published = {5: 2.571, 6: 2.447, 10: 2.228, 30: 2.042, 60: 2.000, 120: 1.980}
        for freedom, quantile in published.items():
            self.assertAlmostEqual(
                statistics.student_quantile(freedom), quantile, delta=0.001
            )

    def test_welch_is_what_the_formula_gives_by_hand(self):
        """Means 20 and 15, variances 10 and 2.5, five values each.

        Error 10/5 + 2.5/5 = 2.5; degrees of freedom 2.5^2 / (2^2/4 + 0.5^2/4) = 5.88,
        whose quantile is 2.459; 5 +- 2.459 * sqrt(2.5).
        """
        values, others = [16, 18, 20, 22, 24], [13, 14, 15, 16, 17]
        found = statistics.welch(values, others)
        self.assertEqual(found.value, 5)
        self.assertAlmostEqual(found.upper - found.value, 3.888, delta=0.003)
        self.assertAlmostEqual(found.value - found.lower, 3.888, delta=0.003)

    def test_welch_of_values_all_alike_has_no_width(self):
        found = statistics.welch([3, 3], [1, 1, 1])
        self.assertEqual((found.lower, found.value, found.upper), (2, 2, 2))
        with self.assertRaises(ValueError):
            statistics.welch([3], [1, 1])

    def test_the_same_seed_gives_the_same_interval(self):
        random = Random(1)
        values = [random.lognormvariate(5, 1) for _number in range(200)]
        others = [random.lognormvariate(5, 1) for _number in range(50)]
        found = statistics.bootstrap(values, others, "a wave")
        self.assertEqual(found, statistics.bootstrap(values, others, "a wave"))
        self.assertNotEqual(found, statistics.bootstrap(values, others, "another"))
        self.assertAlmostEqual(found.value, fmean(values) - fmean(others))

    def test_bootstrap_and_welch_agree_on_what_is_spread_evenly(self):
        random = Random(2)
        values = [random.gauss(120, 30) for _number in range(400)]
        others = [random.gauss(100, 20) for _number in range(300)]
        found = statistics.bootstrap(values, others, "seed")
        exact = statistics.welch(values, others)
        self.assertAlmostEqual(found.lower, exact.lower, delta=0.7)
        self.assertAlmostEqual(found.upper, exact.upper, delta=0.7)

    def test_an_arm_resampled_in_part_keeps_the_width_of_its_whole(self):
        random = Random(3)
        values = [random.gauss(120, 30) for _number in range(20_000)]
        others = [random.gauss(100, 20) for _number in range(5_000)]
        found = statistics.bootstrap(values, others, "seed")
        exact = statistics.welch(values, others)
        width, exact_width = found.upper - found.lower, exact.upper - exact.lower
        self.assertAlmostEqual(width / exact_width, 1, delta=0.15)

    def test_a_true_difference_of_nothing_is_mostly_left_open(self):
        """X1: of a hundred waves that change nothing some five may seem to."""
        random = Random(4)
        wrong = 0
        for _wave in range(200):
            values = [random.lognormvariate(3, 1) for _number in range(120)]
            others = [random.lognormvariate(3, 1) for _number in range(60)]
            wrong += bool(statistics.welch(values, others).sign)
        self.assertLess(wrong, 20)


class TestVerdict(BaseCase):
    def _verdict(self, told, held_out):
        return effect.work_out("settled", Arms(told, held_out), "seed")["verdict"]

    def test_a_plain_difference_is_told(self):
        more = self._verdict([1] * 60 + [0] * 40, [1] * 20 + [0] * 80)
        less = self._verdict([1] * 20 + [0] * 80, [1] * 60 + [0] * 40)
        self.assertEqual((more, less), ("more", "less"))

    def test_a_small_difference_is_left_open(self):
        self.assertEqual(
            self._verdict([1] * 51 + [0] * 49, [1] * 49 + [0] * 51), "unclear"
        )

    def test_few_companies_tell_nothing_whatever_they_did(self):
        self.assertEqual(self._verdict([1] * 500, [0] * 29), "too_few")

    def test_money_is_told_only_if_both_intervals_say_so(self):
        sure = statistics.Difference(5, 1, 9)
        open_ = statistics.Difference(5, -1, 9)
        self.assertEqual(effect.verdict(sure, sure, too_few=False), "more")
        self.assertEqual(effect.verdict(sure, open_, too_few=False), "unclear")

    def test_a_larger_hold_out_shows_smaller_differences(self):
        small = statistics.least_difference(0.4, 900, 100)
        large = statistics.least_difference(0.4, 500, 500)
        self.assertGreater(small, large)
        # 2 p q (1.96 + 0.84)^2 / d^2: 98 an arm for 40 % against 60 %
        least = statistics.least_difference(0.5, 98, 98)
        self.assertAlmostEqual(least, 0.2, delta=0.001)

    @given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
    def test_a_band_lies_on_its_line(self, lower, width):
        band = effect.band(lower, lower + width)
        self.assertTrue(0 <= band["zero"] <= 100)
        self.assertTrue(-0.1 <= band["start"] <= band["start"] + band["width"] <= 100.2)
