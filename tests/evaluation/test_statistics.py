from itertools import pairwise
from math import fsum

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.statistics import mcnemar_exact, paired_gain, rate, smallest_detectable_gain, wilson


@pytest.mark.parametrize(("right", "n"), [(0, 10), (10, 10), (3, 7), (300, 600), (599, 600)])
def test_wilsons_interval_is_scipys(right: int, n: int) -> None:
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert wilson(right, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_tried_tells_nothing() -> None:
    assert wilson(0, 0) == (0, 1)
    assert rate(0, 0).accuracy == 0
    assert mcnemar_exact(0, 0) == 1
    assert paired_gain(0, 0, 0) == (0, (-1, 1))


@pytest.mark.parametrize(("wins", "losses"), [(0, 5), (5, 0), (71, 9), (40, 40), (300, 200)])
def test_mcnemars_p_is_the_binomial_tail(wins: int, losses: int) -> None:
    assert mcnemar_exact(wins, losses) == pytest.approx(binom.sf(wins - 1, wins + losses, 0.5), rel=1e-9)


def test_mcnemars_p_falls_with_every_win_and_rises_with_every_loss() -> None:
    assert all(a > b for a, b in pairwise(mcnemar_exact(wins, 10) for wins in range(40)))
    assert all(a < b for a, b in pairwise(mcnemar_exact(10, losses) for losses in range(40)))


def test_a_tiny_p_is_not_rounded_to_zero() -> None:
    assert mcnemar_exact(1000, 0) == 2.0**-1000


def test_paired_gain_is_the_difference_inside_its_interval() -> None:
    gain, (low, high) = paired_gain(71, 9, 600)
    assert gain == pytest.approx(62 / 600)
    assert 0 < low < gain < high < 0.2
    mirrored, interval = paired_gain(9, 71, 600)
    assert (mirrored, *interval) == pytest.approx((-gain, -high, -low))


@pytest.mark.statistical
@pytest.mark.parametrize(("win_rate", "loss_rate"), [(0.02, 0.02), (0.15, 0.03), (0.0, 0.3)])
def test_the_paired_interval_covers_the_truth_about_95_times_in_100(win_rate: float, loss_rate: float) -> None:
    draws = np.random.default_rng(0).multinomial(200, [win_rate, loss_rate, 1 - win_rate - loss_rate], size=2000)
    intervals = [paired_gain(int(wins), int(losses), 200)[1] for wins, losses, _ in draws]
    covered = sum(low <= win_rate - loss_rate <= high for low, high in intervals) / len(intervals)
    assert 0.935 <= covered <= 1


def test_the_levels_of_all_cycles_never_add_up_to_more_than_the_total() -> None:
    levels = [alpha_of_cycle(k, 0.05) for k in range(1, 2001)]
    for cycles in (1, 2, 5, 30, 2000):
        assert fsum(levels[:cycles]) == pytest.approx(0.05 * (1 - 1 / (cycles + 1)), rel=1e-12)
    assert fsum(levels) < 0.05
    assert all(a > b > 0 for a, b in pairwise(levels))


def test_a_gain_of_the_detectable_size_is_found_with_the_stated_power() -> None:
    n, alpha, loss_rate = 600, 0.025, 0.02
    gain = smallest_detectable_gain(n, alpha, loss_rate=loss_rate)
    assert gain is not None
    rates = [loss_rate + gain, loss_rate, 1 - 2 * loss_rate - gain]
    draws = np.random.default_rng(1).multinomial(n, rates, size=4000)
    found = sum(mcnemar_exact(int(wins), int(losses)) < alpha for wins, losses, _ in draws) / len(draws)
    assert found == pytest.approx(0.8, abs=0.025)


@pytest.mark.parametrize("n", range(3, 12))
def test_a_certain_win_on_every_item_is_found_as_soon_as_its_p_is_below_alpha(n: int) -> None:
    below = smallest_detectable_gain(n, 0.5**n, loss_rate=0)
    above = smallest_detectable_gain(n, 0.5**n * 1.001, power=0.999, loss_rate=0)
    assert below is None
    assert above is not None
    assert above > 0.99


def test_more_items_find_smaller_gains_and_smaller_alphas_larger_ones() -> None:
    gains = [smallest_detectable_gain(n, 0.025) or 1 for n in (50, 200, 600, 1500)]
    assert gains == sorted(gains, reverse=True)
    late = smallest_detectable_gain(600, alpha_of_cycle(30, 0.05))
    assert late is not None
    assert late > gains[2]


def test_too_few_items_can_prove_nothing() -> None:
    assert smallest_detectable_gain(5, 0.025) is None
    assert smallest_detectable_gain(0, 0.025) is None
