"""What a hold-out tells: differences between two arms with their intervals.

Plain Python on lists: the numbers of a wave fit into memory, and what is drawn at
random is drawn from a seed, so that the same wave always tells the same.

Sources:
    Newcombe R. G. (1998), Interval estimation for the difference between independent
    proportions: comparison of eleven methods, Statistics in Medicine 17:873-890,
    method 10 (Wilson scores without continuity correction).
    Welch B. L. (1947), The generalization of Student's problem when several different
    population variances are involved, Biometrika 34:28-35.
    Abramowitz M., Stegun I. (1964), Handbook of Mathematical Functions, 26.7.5
    (Student's quantiles).
    Efron B., Tibshirani R. (1993), An Introduction to the Bootstrap, 13.3
    (percentiles).
    Bickel P., Goetze F., van Zwet W. (1997), Resampling fewer than n observations,
    Statistica Sinica 7:1-31 (an arm too long to be resampled whole).
"""

from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import NormalDist, fmean, variance

CONFIDENCE = 0.95
POWER = 0.8
RESAMPLES = 1_000
VALUES_AN_ARM = 2_000
# fewer companies in an arm than this tell nothing, whatever they did
LEAST_AN_ARM = 30


@dataclass(frozen=True)
class Difference:
    """How much more one arm has than the other, and the interval it lies in."""

    value: float
    lower: float
    upper: float

    @property
    def sign(self):
        """1 or -1 if the whole interval lies on that side of zero, else 0."""
        return (self.lower > 0) - (self.upper < 0)


def wilson(successes, trials, confidence=CONFIDENCE):
    """Wilson's score interval of a proportion.

    :param int successes: of ``trials``
    :param int trials: above zero
    :return: (lower, upper), between 0 and 1
    """
    z = _normal_quantile(confidence)
    share = successes / trials
    middle = share + z * z / (2 * trials)
    width = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)


def newcombe(successes, trials, other_successes, other_trials, confidence=CONFIDENCE):
    """The first proportion less the second, with Newcombe's hybrid score interval.

    :return: Difference of shares, between -1 and 1
    :raises ValueError: an arm is empty
    """
    if not trials or not other_trials:
        raise ValueError("Both arms need somebody to be compared.")
    share, other = successes / trials, other_successes / other_trials
    low, high = wilson(successes, trials, confidence)
    other_low, other_high = wilson(other_successes, other_trials, confidence)
    value = share - other
    return Difference(
        value,
        value - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        value + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )


def welch(values, others, confidence=CONFIDENCE):
    """The first mean less the second, with Welch's interval for unequal variances.

    :param values, others: numbers of the two arms
    :return: Difference in the unit of the values
    :raises ValueError: an arm has fewer than two values
    """
    if len(values) < 2 or len(others) < 2:
        raise ValueError("A variance needs two values at least.")
    value = fmean(values) - fmean(others)
    part, other_part = variance(values) / len(values), variance(others) / len(others)
    error = part + other_part
    if not error:
        return Difference(value, value, value)
    freedom = error**2 / (
        part**2 / (len(values) - 1) + other_part**2 / (len(others) - 1)
    )
    width = student_quantile(freedom, confidence) * sqrt(error)
    return Difference(value, value - width, value + width)


def student_quantile(freedom, confidence=CONFIDENCE):
    """The two-sided quantile of Student's distribution (Abramowitz & Stegun 26.7.5).

    :param float freedom: degrees of freedom; right to three digits from 5 on
    """
    z = _normal_quantile(confidence)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def bootstrap(values, others, seed, confidence=CONFIDENCE):
    """The first mean less the second, with the percentiles of seeded resamples.

    Makes no assumption on how money is spread. An arm of more than ``VALUES_AN_ARM``
    is resampled from a part of it, drawn once, and the spread shrunk to its full size.

    :param values, others: numbers of the two arms, none of them empty
    :param str seed: the same seed gives the same interval
    :return: Difference in the unit of the values
    """
    random = Random(seed)
    means = _resampled_means(random, values)
    other_means = _resampled_means(random, others)
    drawn = sorted(mean - other for mean, other in zip(means, other_means, strict=True))
    tail = int(len(drawn) * (1 - confidence) / 2)
    return Difference(fmean(values) - fmean(others), drawn[tail], drawn[-tail - 1])


def _resampled_means(random, values):
    """Means of ``RESAMPLES`` resamples, around the mean of all values."""
    size = min(len(values), VALUES_AN_ARM)
    part = values if size == len(values) else random.sample(values, size)
    middle, part_middle = fmean(values), fmean(part)
    shrink = sqrt(size / len(values))
    return [
        middle + shrink * (fmean(random.choices(part, k=size)) - part_middle)
        for _number in range(RESAMPLES)
    ]


def least_difference(share, trials, other_trials, confidence=CONFIDENCE, power=POWER):
    """The smallest difference of two shares that such arms show four times of five.

    The usual formula of sample sizes for two proportions, solved for the difference.

    :param float share: of the second arm, between 0 and 1
    :return: between 0 and 1
    """
    # at 0 and 1 the formula knows no chance at all
    share = min(max(share, 0.05), 0.95)
    reach = _normal_quantile(confidence) + NormalDist().inv_cdf(power)
    return min(1.0, reach * sqrt(share * (1 - share) * (1 / trials + 1 / other_trials)))


def too_few(trials, other_trials):
    """Whether an arm is too short to tell anything."""
    return min(trials, other_trials) < LEAST_AN_ARM


def _normal_quantile(confidence):
    return NormalDist().inv_cdf((1 + confidence) / 2)
