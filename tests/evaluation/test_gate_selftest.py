"""The gate under test: what is simulated has the worth it is said to have, and the gate errs as seldom as it says."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from reasoner.bootstrap.selftest import selftest_gate
from reasoner.cli.main import app
from reasoner.config.loading import load_settings
from reasoner.config.settings import GateSettings
from reasoner.evaluation.comparison import Tally, compare, weigh
from reasoner.evaluation.gate_selftest import examine, one_skill_lost, same, shifted
from reasoner.types.problem import Attempt

SETTINGS = load_settings("tiny", [], {}, None)


def chances(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.beta(2, 2, size=(40, 600)), rng.integers(6, size=(40, 600))


@pytest.mark.parametrize("points", [-10, -5, 2, 5, 10])
def test_a_shifted_student_is_better_by_just_so_many_points(points: int) -> None:
    before, skills = chances()
    after = shifted(points)(before, skills)
    assert (after.mean(axis=1) - before.mean(axis=1)) == pytest.approx(points / 100)
    assert ((after >= 0) & (after <= 1)).all()


def test_a_student_that_loses_a_skill_keeps_a_fifth_of_it_and_is_better_elsewhere() -> None:
    before, skills = chances()
    after = one_skill_lost(before, skills)
    assert after[skills == 0] == pytest.approx(0.2 * before[skills == 0])
    assert (after[skills > 0] >= before[skills > 0]).all()


def test_counts_come_to_the_comparison_that_attempts_come_to() -> None:
    rng, gate = np.random.default_rng(0), GateSettings()
    champion, candidate = ([_attempt(i, bool(r)) for i, r in enumerate(rng.random(200) < p)] for p in (0.6, 0.5))
    won = np.array([c.correct and not h.correct for h, c in zip(champion, candidate, strict=True)])
    lost = np.array([h.correct and not c.correct for h, c in zip(champion, candidate, strict=True)])
    skill, hard = np.arange(200) % 3, 1 + np.arange(200) % 4
    buckets = {
        f"{kind} {name}": Tally(int(mask.sum()), int(won[mask].sum()), int(lost[mask].sum()))
        for kind, of in (("skill", skill), ("difficulty", hard))
        for name in np.unique(of)
        for mask in [of == name]
    }
    counted = weigh(Tally(200, int(won.sum()), int(lost.sum())), buckets, gate)
    assert counted == compare(champion, candidate, gate)


def _attempt(number: int, right: bool) -> Attempt:
    return Attempt(
        problem_id=str(number),
        mode="talk",
        steps=("1+1=2",),
        answer="2",
        outcome="right" if right else "wrong",
        skill=str(number % 3),
        difficulty=1 + number % 4,
    )


@pytest.mark.statistical
def test_a_run_of_thirty_cycles_promotes_an_equal_seldom_and_a_bare_rule_always() -> None:
    found = selftest_gate(SETTINGS, horizons=1000, cycles=30, items=600)
    assert found.false_promotion.accuracy <= 0.05
    assert found.bare_rule.accuracy > 0.99
    assert found.sabotage_refused.right == found.sabotage_refused.n == 1000 * 30
    assert found.lost_skill_refused.right == found.lost_skill_refused.n
    assert found.found["2"].accuracy < found.found["5"].accuracy < found.found["10"].accuracy
    assert found.passed


def test_the_same_seed_gives_the_same_verdicts() -> None:
    def verdicts(seed: int) -> list[str]:
        rng = np.random.default_rng(seed)
        return list(examine(rng, same, runs=200, cycle=1, items=100, gate=GateSettings()).verdicts)

    assert verdicts(1) == verdicts(1) != verdicts(2)


def test_the_command_prints_a_table_and_a_record_and_every_leak_is_refused() -> None:
    words = ["selftest", "gate", "--horizons", "20", "--cycles", "2", "--items", "100", "--config", "tiny"]
    ended = CliRunner(env={"COLUMNS": "160"}).invoke(app, [*words, "--json"])
    assert ended.exit_code in (0, 1), ended.stderr
    told = json.loads(ended.stdout)
    assert (told["event"], told["name"], told["horizons"], told["cycles"]) == ("selftest", "gate", 20, 2)
    assert told["leak_flagged"] == 1.0
    assert told["leaks_refused"]["right"] == told["leaks_refused"]["n"] > 0
    assert told["let_in"]["accuracy"] == 1.0
    assert ended.exit_code == (0 if told["passed"] else 1)
    assert "practice questions in a lesson: accepted" in ended.stderr


def test_a_gate_that_promotes_too_easily_misses_the_bar() -> None:
    loose = SETTINGS.model_copy(update={"gate": GateSettings(alpha=0.4, veto_margin=0.9)})
    found = selftest_gate(loose, horizons=100, cycles=3, items=100)
    assert found.false_promotion.accuracy > 0.05
    assert not found.passed
