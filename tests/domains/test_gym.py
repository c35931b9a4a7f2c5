"""The families of reasoning-gym as a task: all of them, drawn, scored and drawn again in another process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from reasoner.config.loading import load_settings
from reasoner.domains.checkers import limited
from reasoner.domains.gym import families
from reasoner.domains.gym.domain import GymDomain
from reasoner.domains.gym.evaluation import NotData, require_formula
from reasoner.domains.gym.families import FAMILIES, LEVELS, REFUSED
from reasoner.domains.powers import drawn_range
from reasoner.errors import ConfigError
from reasoner.types.problem import Problem

installed = pytest.mark.skipif(find_spec("reasoning_gym") is None, reason="reasoning-gym is not installed")
MODES = {"n_queens": "eval", "spiral_matrix": "eval", "string_insertion": "eval", "binary_matrix": "eval",
         "countdown": "sympy", "simple_integration": "sympy", "polynomial_multiplication": "sympy"}  # fmt: skip
"""Families that evaluate an answer, and by what."""


@pytest.fixture(scope="module")
def domain() -> Iterator[GymDomain]:
    yield GymDomain()
    limited.close()


def drawn(domain: GymDomain, family: str, count: int = 3, **more: Any) -> list[Problem]:
    found: list[Problem] = []
    for seed in range(10 * count):
        try:
            problem = domain.draw(seed, {"difficulty": 1, "skill": family, "family": family, **more})
        except ValueError:
            continue
        found.append(problem)
        if len(found) == count:
            break
    return found


def test_a_family_is_refused_in_words() -> None:
    for family, told in (
        ("puzzle24", "refused: its scorer does not ask"),
        ("leg_count", "did you mean 'leg_counting'"),
    ):
        with pytest.raises(ConfigError, match=f"domains.gym.family.*{told}"):
            load_settings(None, ["task.name=gym", f"domains.gym.family={family}"], {}, None)


def test_what_a_familys_settings_may_say_is_no_code() -> None:
    for value in ("{seed: 3}", "{operators: [\"__import__('os')\"]}", "{min_terms: {a: 1}}"):
        with pytest.raises(ConfigError, match=r"domains.gym.config"):
            load_settings(None, ["task.name=gym", f"domains.gym.config={value}"], {}, None)


def test_only_the_chosen_family_and_its_levels_are_drawn() -> None:
    settings = load_settings(None, ["task.name=gym", "domains.gym.family=survo"], {}, None)
    told = drawn_range(GymDomain(), settings.options)
    assert (told.skills, told.max_difficulty) == (("survo",), 2)
    assert settings.data.difficulties == (1, 2)


def test_only_formulas_reach_the_evaluation_of_sympy() -> None:
    require_formula("Integer (2 )*Symbol ('x' )**Rational ('1' ,'2' )-sin (Symbol ('y' ))")
    for code in (
        "Symbol ('x' ).__class__",
        "sympify ('1' )",
        "'x'",
        "[Integer (1 )]",
        "lambda: 1",
        "sin (x=1)",
        "f (1 )",
    ):
        with pytest.raises(NotData):
            require_formula(code)


@installed
def test_an_answer_that_is_code_is_not_run(domain: GymDomain, tmp_path: Any) -> None:
    plant = tmp_path / "ran"
    code = f"__import__('os').system('touch {plant}') or ''"
    for family in MODES:
        for problem in drawn(domain, family, 2):
            assert domain.check(problem, code).outcome == "wrong"
            assert domain.check(problem, f"[{code}]").outcome == "wrong"
    assert not plant.exists()


@installed
def test_a_graded_score_is_kept_and_right_from_the_score_that_is_asked_for(domain: GymDomain) -> None:
    strict, loose = drawn(domain, "spiral_matrix", 1)[0], drawn(domain, "spiral_matrix", 1, right_from=0.1)[0]
    listed = str([int(number) for number in strict.answer.split()])
    assert (domain.check(strict, listed).outcome, domain.check(strict, listed).score) == ("wrong", 0.1)
    assert (domain.check(loose, listed).outcome, domain.check(loose, listed).score) == ("right", 0.1)
    assert domain.check(strict, strict.answer).score == 1


@installed
def test_another_right_answer_is_right_and_the_stored_one_is_not_believed(domain: GymDomain) -> None:
    problem = drawn(domain, "simple_integration", 1)[0]
    other = problem.answer.replace("C", "7")
    assert domain.check(problem, other).outcome == "right"
    assert domain.check(problem.model_copy(update={"answer": other}), other).outcome == "right"
    about = problem.provenance.model_copy(update={"version": "1/0.0.1"})
    assert domain.check(problem.model_copy(update={"provenance": about}), other).outcome == "error"


@installed
def test_a_setting_that_the_family_does_not_have_is_named(domain: GymDomain) -> None:
    with pytest.raises(
        ConfigError, match=r"domains.gym.config: leg_counting has no setting 'legs'; it has .*max_animals"
    ):
        domain.draw(1, {"difficulty": 1, "family": "leg_counting", "config": {"legs": 3}})
    with pytest.raises(ConfigError, match=r"leg_counting refuses them: min_animals"):
        domain.draw(1, {"difficulty": 1, "family": "leg_counting", "config": {"min_animals": -1}})
    few = domain.draw(1, {"difficulty": 1, "family": "leg_counting", "config": {"min_animals": 1, "max_animals": 1}})
    assert few.question.count(",") == 1


@installed
@pytest.mark.slow
def test_the_table_names_every_family_of_the_package() -> None:
    there = subprocess.run(
        [sys.executable, "-c", "from reasoning_gym.factory import DATASETS; print(*DATASETS)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert set(there) == {*FAMILIES, *REFUSED}


@installed
@pytest.mark.slow
def test_each_family_judges_rightly_and_draws_the_same_again(domain: GymDomain) -> None:
    """Own answers right; empty ones, ones that say nothing and those of another family wrong; levels are drawn."""
    faults: dict[str, str] = {}
    seen: dict[str, list[Problem]] = {}
    for family in FAMILIES:
        problems = seen[family] = drawn(domain, family)
        try:
            domain.draw(1, {"difficulty": LEVELS[family], "family": family})
        except ValueError as miss:
            faults[family] = f"level {LEVELS[family]}: {miss}"
        if len(problems) < 3:
            faults[family] = f"{len(problems)} of 3 drawn"
    for at, (family, problems) in enumerate(seen.items()):
        others = seen[FAMILIES[at - 1]]
        for problem, other in zip(problems, others, strict=False):
            told = [
                domain.check(problem, answer).outcome for answer in (problem.answer, "", "I do not know.", other.answer)
            ]
            if told != ["right", "wrong", "wrong", "wrong"] and other.answer != problem.answer:
                faults[family] = f"own, empty, nothing, another family's: {', '.join(told)}"
    again = _in_another_process()
    for family, problems in seen.items():
        if [[p.question, p.answer] for p in problems] != again[family]:
            faults[family] = "another process draws other problems"
    print("\n".join(f"{family:28}{why}" for family, why in (families.REFUSED | faults).items()))
    assert faults == {}


def _in_another_process() -> dict[str, list[list[str]]]:
    code = (
        "import json\nfrom tests.domains.test_gym import drawn\nfrom reasoner.domains.gym.domain import GymDomain\n"
        "from reasoner.domains.gym.families import FAMILIES\n"
        "told = {f: [[p.question, p.answer] for p in drawn(GymDomain(), f)] for f in FAMILIES}\nprint(json.dumps(told))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=Path.cwd()
    )
    return json.loads(done.stdout)
