"""The e-process of the gate: what e is, where the asking ends, how often it errs and finds."""

import numpy as np
import pytest
from scipy.integrate import quad

from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import compare
from reasoner.evaluation.e_process import anytime_p, asking_order, chance_of_passing
from reasoner.evaluation.gate import decide, is_over, looks_at
from reasoner.evaluation.gate_selftest import Change, examine, same, shifted
from reasoner.evaluation.statistics import mcnemar_exact, smallest_detectable_gain, wilson
from reasoner.types.problem import Outcome
from reasoner.types.report import Comparison
from tests.evaluation.attempts import attempts, judged

EARLY = GateSettings(test="e_process")
RUNS = 2000


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (1, 0), (7, 2), (30, 25)])
def test_p_is_one_over_the_mixture_of_bets(wins: int, losses: int) -> None:
    e, _ = quad(lambda q: 2 * (2 * q) ** wins * (2 * (1 - q)) ** losses, 0.5, 1)
    assert anytime_p(wins, losses) == pytest.approx(min(1.0, 1 / e))


def test_no_game_of_fair_coins_gains_on_average() -> None:
    """The mean of the next e is the present one, at most: a supermartingale."""
    for wins in range(12):
        for losses in range(12):
            now, won, lost = (1 / _uncut(*at) for at in ((wins, losses), (wins + 1, losses), (wins, losses + 1)))
            assert (won + lost) / 2 <= now * (1 + 1e-9)


def _uncut(wins: int, losses: int) -> float:
    return 1 / quad(lambda q: 2 * (2 * q) ** wins * (2 * (1 - q)) ** losses, 0.5, 1)[0]


def test_the_same_counts_prove_less_than_at_a_fixed_number_of_items() -> None:
    assert anytime_p(20, 5) > mcnemar_exact(20, 5)


def test_the_asking_ends_at_the_end_of_the_block_that_proves_a_gain_or_harm() -> None:
    assert looks_at(120, EARLY) == [50, 100, 120]
    assert looks_at(120, GateSettings()) == [120]
    gained = compare(judged([False] * 50), judged([True] * 10 + [False] * 40), EARLY, of=120)
    harmed = compare(judged([True] * 10 + [False] * 40), judged([False] * 50), EARLY, of=120)
    even = compare(judged([True, False] * 25), judged([False, True] * 25), EARLY, of=120)
    assert [is_over(one, 0.025) for one in (gained, harmed, even)] == [True, True, False]
    assert (gained.of, gained.asked, gained.test) == (120, 50, "e_process")


def test_a_gain_promotes_nobody_while_the_checker_fails_on_many_items_and_more_are_asked() -> None:
    outcomes: list[Outcome] = ["right" if i < 10 else "error" if i < 12 else "wrong" for i in range(50)]
    tried = attempts(outcomes)
    found = compare(judged([False] * 50), tried, EARLY, of=120)
    assert found.p < 0.025
    assert not is_over(found, 0.025)


def test_a_decision_says_how_many_of_how_many_were_asked() -> None:
    found = compare(judged([False] * 50), judged([True] * 10 + [False] * 40), EARLY, of=120)
    said = decide(found, cycle=1, alpha=0.025, candidate="new", champion="old", run="r")
    assert said.verdict == "promote"
    assert "on 50 items (50 of 120 asked, e-process; stopped early, so the gain reads high)" in said.reason


def test_what_the_exact_test_writes_is_what_it_always_wrote() -> None:
    exact = compare(judged([False]), judged([True]), GateSettings())
    assert "of" not in exact.model_dump(mode="json")
    assert Comparison.model_validate_json(exact.model_dump_json()) == exact


def test_the_order_of_asking_follows_from_seed_cycle_and_ids_alone() -> None:
    ids = [f"p{i}" for i in range(40)]
    order = asking_order(ids, seed=1, cycle=2)
    assert sorted(order) == sorted(ids)
    assert order == asking_order(ids[::-1], seed=1, cycle=2)
    assert len({tuple(asking_order(ids, seed=seed, cycle=cycle)) for seed in (1, 2) for cycle in (1, 2)}) == 4


def test_stopping_early_costs_some_of_the_smallest_gain() -> None:
    exact = smallest_detectable_gain(600, 0.025, loss_rate=0.03)
    early = smallest_detectable_gain(600, 0.025, loss_rate=0.03, block=50)
    assert exact is not None
    assert early is not None
    assert exact < early < 2 * exact
    assert smallest_detectable_gain(4, 0.001, block=2) is None


def promoted(change: Change, gate: GateSettings) -> int:
    found = examine(np.random.default_rng(0), change, runs=RUNS, cycle=1, items=600, gate=gate)
    return found.verdicts.count("promote")


@pytest.mark.statistical
def test_equals_are_promoted_below_the_level_and_gains_are_found() -> None:
    """By the loop's own gate, on students whose worth is known: the e-process beside the exact test."""
    found = {points: (promoted(change, EARLY), promoted(change, GateSettings())) for points, change in CHANGES.items()}
    for points, (early, exact) in found.items():
        print(f"{points:+} points: e-process {early / RUNS:.3f}, exact {exact / RUNS:.3f}")
    assert wilson(found[0][0], RUNS)[0] < 0.025
    assert found[10][0] > 0.8 * RUNS
    assert all(early <= exact for early, exact in found.values())


CHANGES = {0: same, 5: shifted(5), 10: shifted(10)}


@pytest.mark.statistical
def test_the_told_chance_of_passing_is_that_of_the_gate() -> None:
    rng, passed = np.random.default_rng(3), 0
    for _ in range(RUNS):
        won, lost, _rest = rng.multinomial(50, [0.08, 0.03, 0.89], size=12).cumsum(axis=0).T.tolist()
        passed += any(anytime_p(*at) < 0.025 for at in zip(won, lost, strict=True))
    low, high = wilson(passed, RUNS)
    assert low - 0.02 < chance_of_passing(600, 0.025, 0.05, 0.03, block=50) < high + 0.02


@pytest.mark.statistical
def test_e_ever_passes_its_bound_in_no_more_runs_than_the_level_allows() -> None:
    """Ville's inequality, looked at after every item: 200 fair coins, 2,000 times."""
    rng, alpha, passed = np.random.default_rng(1), 0.05, 0
    for _ in range(RUNS):
        wins = rng.integers(2, size=200).cumsum().tolist()
        passed += any(anytime_p(w, n - w) < alpha for n, w in enumerate(wins, start=1))
    print(f"ever past 1/alpha: {passed / RUNS:.4f} at alpha {alpha}")
    assert wilson(passed, RUNS)[0] < alpha
