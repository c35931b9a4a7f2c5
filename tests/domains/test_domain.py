import re
from pathlib import Path

import pytest

from reasoner.domains.math import checker, equations, lexicon, nouns, operands, structure, written_numbers
from reasoner.domains.math.domain import MathDomain
from reasoner.domains.registry import get_domain
from reasoner.errors import ConfigError

DOMAIN = MathDomain()
DRAWN = [
    DOMAIN.draw(seed, {"difficulty": 1 + seed % 4, "skill": DOMAIN.info.skills[seed % 6], "max_number": 50})
    for seed in range(120)
]


def test_a_problem_is_made_again_from_its_provenance() -> None:
    for problem in DRAWN:
        assert DOMAIN.draw(problem.provenance.seed, problem.provenance.parameters) == problem


def test_a_drawn_problems_own_solution_passes_every_check() -> None:
    for problem in DRAWN:
        assert all(verdict.holds for verdict in DOMAIN.judge_steps(problem.question, problem.steps))
        assert DOMAIN.check(problem, DOMAIN.answer_of(problem.steps)).outcome == "right"
        assert DOMAIN.structure(problem.question, problem.steps) == problem.structure


def test_the_domain_solves_its_own_questions_from_their_text() -> None:
    assert all(DOMAIN.solve(problem.question) == problem.answer for problem in DRAWN)
    assert DOMAIN.solve("Why is the sky blue?") is None


@pytest.mark.parametrize(
    ("steps", "answer"),
    [
        ((), ""),
        (("12+7=19",), "19"),
        (("1+1=2", "2*1,000 = $2,000"), "2000"),
        (("12+7",), ""),
        (("12+7=",), ""),
        (("12+7=1 9",), ""),
        (("1/4=0.25",), "0.25"),
    ],
)
def test_the_answer_is_the_right_side_of_the_last_step(steps: tuple[str, ...], answer: str) -> None:
    assert DOMAIN.answer_of(steps) == answer


def test_an_unknown_domain_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(
        ConfigError, match=r"no task 'maths': expected one of .*math, .*prosqa, .*; did you mean 'math'"
    ):
        get_domain("maths")


def test_the_checker_hash_covers_the_source_that_judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    honest = MathDomain().info.fingerprint
    assert re.fullmatch("[0-9a-f]{64}", honest)
    for module in (checker, equations, structure, lexicon, operands, written_numbers, nouns):
        source = Path(str(module.__file__))
        edited = tmp_path / source.name
        edited.write_text(source.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
        with monkeypatch.context() as patch:
            patch.setattr(module, "__file__", str(edited))
            assert MathDomain().info.fingerprint != honest
    assert MathDomain().info.fingerprint == honest
