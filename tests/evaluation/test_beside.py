"""What is asked beside the gate set errs as seldom as its rules say, and sees what it is meant to see."""

import numpy as np
import pytest

from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import Beside, Tally, compare, veto_of
from reasoner.evaluation.gate import decide
from reasoner.types.report import VetoRule
from tests.evaluation.attempts import attempts, judged

GATE = GateSettings()
RUNS = 4000


def vetoes(won: np.ndarray, lost: np.ndarray, n: np.ndarray, margin: float, rule: VetoRule = "proven") -> float:
    counts = zip(n.tolist(), won.tolist(), lost.tolist(), strict=True)
    return float(np.mean([veto_of("b", Tally(*one), margin, rule, GATE) is not None for one in counts]))


def test_a_loss_beside_the_gate_vetoes_whatever_the_gate_set_says() -> None:
    champion, candidate = judged([False] * 60), judged([True] * 60)
    lost = Beside("repairs", judged([True] * 40), judged([False] * 40), margin=0.05)
    compared = compare(champion, candidate, GATE, beside=[lost])
    assert [(v.bucket, v.losses, v.n, v.rule) for v in compared.vetoes] == [("repairs", 40, 40, "proven")]
    said = decide(compared, cycle=1, alpha=0.025, candidate="new", champion="old", run="r")
    assert said.verdict == "reject"
    assert compare(champion, candidate, GATE).vetoes == ()


@pytest.mark.parametrize(("rule", "count"), [("proven", 0), ("noninferior", 1)])
def test_nothing_asked_vetoes_nothing_but_excludes_nothing_either(rule: VetoRule, count: int) -> None:
    empty = Beside("old", [], [], margin=0.02, rule=rule)
    assert len(compare([], [], GATE, beside=[empty]).vetoes) == count


def test_what_could_not_be_judged_is_left_out_and_other_items_are_refused() -> None:
    found = Beside("b", attempts(["right", "error", "right"]), attempts(["wrong", "wrong", "right"]), margin=0.0)
    assert found.tally == Tally(n=2, wins=0, losses=1)
    with pytest.raises(ValueError, match="not tried on the same items"):
        compare([], [], GATE, beside=[Beside("b", judged([True]), judged([True, True]), margin=0.0)])


@pytest.mark.parametrize(("churn", "size"), [(0.02, 250), (0.05, 400), (0.10, 750), (0.20, 1450)])
def test_noninferiority_needs_the_sizes_that_are_written_down(churn: float, size: int) -> None:
    """With as many wins as losses so many items exclude a loss of two points, and half of them do not."""
    enough, few = (Tally(n, round(churn * n / 2), round(churn * n / 2)) for n in (size, size // 2))
    assert veto_of("b", enough, 0.02, "noninferior", GATE) is None
    assert veto_of("b", few, 0.02, "noninferior", GATE) is not None


def taught(rng: np.random.Generator, *, forgets: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Whether champion and candidate solve each of 100 taught failures, [RUNS, 100]; both were taught them.

    Failed items are harder than most; teaching closes 60% of the gap. What each student makes of an item is chance.
    """
    before = rng.beta(1.2, 2.8, size=(RUNS, 100))
    chance = before + 0.6 * (1 - before)
    return rng.random(chance.shape) < chance, rng.random(chance.shape) < chance * (1 - forgets)


@pytest.mark.statistical
def test_an_equal_candidate_is_seldom_vetoed_on_all_that_was_taught_and_mostly_on_repairs_alone() -> None:
    champion, candidate = taught(np.random.default_rng(0))
    won, lost = candidate & ~champion, champion & ~candidate
    whole = vetoes(won.sum(1), lost.sum(1), np.full(RUNS, 100), GATE.veto_margin)
    alone = vetoes((won & champion).sum(1), lost.sum(1), champion.sum(1), GATE.veto_margin)
    print(f"equals vetoed: {whole:.3f} on all that was taught, {alone:.3f} on the champion's own repairs")
    assert whole <= GATE.veto_alpha
    assert alone > 0.9


@pytest.mark.statistical
def test_a_candidate_that_forgets_is_vetoed() -> None:
    found = {}
    for forgets in (0.1, 0.2, 0.3):
        champion, candidate = taught(np.random.default_rng(1), forgets=forgets)
        won, lost = (candidate & ~champion).sum(1), (champion & ~candidate).sum(1)
        found[forgets] = vetoes(won, lost, np.full(RUNS, 100), GATE.veto_margin)
    print(f"vetoed by share forgotten: {found}")
    assert found[0.1] < found[0.2] < found[0.3]
    assert found[0.3] > 0.9


@pytest.mark.statistical
@pytest.mark.parametrize(("rule", "loss", "most"), [("proven", 0.0, 0.05), ("noninferior", 0.02, 0.06)])
def test_each_rule_errs_as_seldom_as_it_says(rule: VetoRule, loss: float, most: float) -> None:
    """`proven`: an equal is vetoed. `noninferior`: one that is worse by just the margin is let through."""
    n, churn = 1500, 0.10
    shares = [(churn - loss) / 2, (churn + loss) / 2, 1 - churn]
    won, lost, _ = np.random.default_rng(2).multinomial(n, shares, size=RUNS).T
    found = vetoes(won, lost, np.full(RUNS, n), 0.02, rule)
    erred = found if rule == "proven" else 1 - found
    print(f"{rule}: erred in {erred:.3f}")
    assert erred <= most
