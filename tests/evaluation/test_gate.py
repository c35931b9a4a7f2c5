from itertools import repeat

import numpy as np
import pytest
from numpy.typing import NDArray

from reasoner.config.settings import GateSettings
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import compare
from reasoner.evaluation.gate import decide
from reasoner.evaluation.statistics import mcnemar_exact, paired_gain, smallest_detectable_gain, wilson
from reasoner.types.report import Comparison, Decision
from tests.evaluation.attempts import attempts, judged

GATE = GateSettings()
SKILLS = ("add", "take_away", "times", "share", "compare", "rates")
HORIZONS = 1000
CYCLES = 30


def counts(wins: int, losses: int, n: int = 600) -> Comparison:
    gain, ci95 = paired_gain(wins, losses, n)
    p = mcnemar_exact(wins, losses)
    return Comparison(n=n, wins=wins, losses=losses, gain=gain, ci95=ci95, p=p, vetoes=())


def decision(comparison: Comparison, cycle: int = 1) -> Decision:
    alpha = alpha_of_cycle(cycle, GATE.alpha)
    return decide(comparison, cycle=cycle, alpha=alpha, candidate="new", champion="old", run="r")


def verdict(champion: NDArray[np.bool_], candidate: NDArray[np.bool_], cycle: int = 1) -> str:
    pair = (judged(champion.tolist(), SKILLS), judged(candidate.tolist(), SKILLS))
    return decision(compare(*pair, GATE), cycle).verdict


def test_a_proven_gain_is_promoted_with_its_numbers() -> None:
    decided = decision(counts(71, 9))
    assert decided.verdict == "promote"
    for part in ("2.2e-13", "alpha=0.025", "71 wins, 9 losses on 600 items", "+10.3 points", "95% +7.5 to +13.1"):
        assert part in decided.reason


def test_a_gain_that_may_be_chance_keeps_the_champion() -> None:
    decided = decision(counts(30, 22))
    assert decided.verdict == "keep"
    assert "no proof of a gain" in decided.reason


def test_a_proven_loss_is_rejected() -> None:
    decided = decision(counts(9, 71))
    assert decided.verdict == "reject"
    assert "worse than the champion" in decided.reason


def test_p_must_be_below_alpha_and_not_at_it() -> None:
    comparison = counts(5, 0)
    at = decide(comparison, cycle=1, alpha=comparison.p, candidate="new", champion="old", run="r")
    above = decide(comparison, cycle=1, alpha=comparison.p * 1.001, candidate="new", champion="old", run="r")
    assert (at.verdict, above.verdict) == ("keep", "promote")


def test_later_cycles_ask_for_stronger_proof() -> None:
    comparison = counts(20, 7)
    assert decision(comparison, cycle=1).verdict == "promote"
    assert decision(comparison, cycle=10).verdict == "keep"


def test_the_same_input_gives_the_same_decision_and_another_input_another_id() -> None:
    assert decision(counts(71, 9)) == decision(counts(71, 9))
    ids = {decision(counts(71, 9)).id, decision(counts(71, 10)).id, decision(counts(71, 9), cycle=2).id}
    assert len(ids) == 3
    assert all(len(i) == 16 for i in ids)


def test_the_gate_does_not_believe_a_p_that_it_was_told() -> None:
    forged = counts(30, 30).model_copy(update={"p": 1e-9, "gain": 0.5})
    assert decision(forged).verdict == "keep"


def test_a_candidate_that_gains_overall_but_loses_a_skill_is_vetoed() -> None:
    champion = np.tile([False, False, False, False, False, True], 100)
    decided = decision(compare(judged(champion.tolist(), SKILLS), judged((~champion).tolist(), SKILLS), GATE))
    assert decided.verdict == "reject"
    assert decided.comparison is not None
    assert decided.comparison.gain > 0.6
    assert [veto.bucket for veto in decided.comparison.vetoes] == ["skill rates"]
    assert "vetoed: worse in skill rates (0 wins, 100 losses on 100 items" in decided.reason


def test_a_candidate_that_forgets_one_difficulty_is_vetoed() -> None:
    champion, candidate = [True, False] * 100, [False, True] * 100
    vetoes = compare(judged(champion), judged(candidate), GATE).vetoes
    assert [veto.bucket for veto in vetoes] == ["difficulty 1"]


def test_a_small_or_unproven_loss_in_a_bucket_is_no_veto() -> None:
    right = [True] * 200
    few = [i != 0 for i in range(200)]
    assert compare(judged(right), judged(few), GATE).vetoes == ()
    noisy_champion = [i % 2 == 0 for i in range(20)]
    noisy_candidate = [i % 2 == 1 and i > 2 for i in range(20)]
    lenient = GATE.model_copy(update={"veto_alpha": 1e-9})
    assert compare(judged(noisy_champion), judged(noisy_candidate), lenient).vetoes == ()


def test_items_that_the_checker_could_not_judge_are_left_out_on_both_sides() -> None:
    champion = attempts(["right", "wrong", "error", "wrong"])
    candidate = attempts(["right", "right", "right", "error"])
    comparison = compare(champion, candidate, GATE)
    assert (comparison.n, comparison.wins, comparison.losses, comparison.errors) == (2, 1, 0, 2)


def test_nobody_is_promoted_while_the_checker_fails_on_many_items() -> None:
    champion = judged([True] * 50 + [False] * 50)
    candidate = attempts([*repeat("error", 50), *repeat("right", 50)])
    decided = decision(compare(champion, candidate, GATE))
    assert decided.verdict == "keep"
    assert "the checker failed on 50 items" in decided.reason


def test_nothing_judged_keeps_the_champion() -> None:
    assert decision(compare([], [], GATE)).verdict == "keep"
    assert decision(compare(attempts(["error"]), attempts(["right"]), GATE)).verdict == "keep"


def test_other_items_another_order_or_repeated_items_are_refused() -> None:
    tried = judged([True, False, True])
    for other in (tried[:2], tried[::-1], []):
        with pytest.raises(ValueError, match="not tried on the same items"):
            compare(tried, other, GATE)
    with pytest.raises(ValueError, match="comes twice"):
        compare(tried * 2, tried * 2, GATE)
    thought = [attempt.model_copy(update={"mode": "think"}) for attempt in tried]
    with pytest.raises(ValueError, match="different modes"):
        compare(tried, thought, GATE)


@pytest.mark.statistical
@pytest.mark.parametrize("churn", [0.02, 0.1, 0.3])
def test_candidates_without_effect_are_promoted_in_few_runs_of_thirty_cycles(churn: float) -> None:
    """A run counts as false if any of its cycles promotes; the bare rule `new > old` is shown beside."""
    draws = np.random.default_rng(0).multinomial(600, [churn / 2, churn / 2, 1 - churn], size=(HORIZONS, CYCLES))
    gated = bare = 0
    for run in draws:
        pairs = [(int(wins), int(losses)) for wins, losses, _ in run]
        bare += any(wins > losses for wins, losses in pairs)
        gated += any(decision(counts(*pair), cycle).verdict == "promote" for cycle, pair in enumerate(pairs, start=1))
    low, high = wilson(gated, HORIZONS)
    print(f"churn {churn}: gate {gated / HORIZONS:.3f} [{low:.3f}, {high:.3f}], new > old {bare / HORIZONS:.3f}")
    assert gated / HORIZONS <= 0.05
    assert low <= 0.05
    assert bare / HORIZONS > 0.9


@pytest.mark.statistical
def test_sabotaged_candidates_are_never_promoted_and_good_ones_mostly_are() -> None:
    rng = np.random.default_rng(1)
    sabotaged, improved = [], []
    for cycle in range(1, 31):
        champion = rng.random(600) < 0.6
        sabotaged.append(verdict(champion, champion & (rng.random(600) < 0.8), cycle))
        improved.append(verdict(champion, champion | (rng.random(600) < 0.3), cycle))
    assert set(sabotaged) == {"reject"}
    assert improved.count("promote") == 30


@pytest.mark.statistical
def test_real_gains_of_the_detectable_size_are_promoted_four_times_in_five() -> None:
    gain = smallest_detectable_gain(600, alpha_of_cycle(3, GATE.alpha)) or 1
    draws = np.random.default_rng(2).multinomial(600, [0.02 + gain, 0.02, 0.96 - gain], size=1000)
    verdicts = [decision(counts(int(wins), int(losses)), cycle=3).verdict for wins, losses, _ in draws]
    assert verdicts.count("promote") / 1000 == pytest.approx(0.8, abs=0.04)
