"""What every domain must keep, whoever wrote it: built in, of a file, of rows."""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasoner.data.files import is_worked, read_problems
from reasoner.domains.powers import drawn_range, judge_steps, same_step
from reasoner.domains.registry import get_domain, options_of
from reasoner.plugins import trust
from reasoner.types.domain import BuiltinExpert, Domain, Draws, Exercise, JudgesSteps, Solves, power
from reasoner.types.problem import Problem

EXAMPLE = Path(__file__).parents[2] / "examples" / "units.py"
DRAWN = ("math", "prosqa", "formal_math", "code", f"{EXAMPLE}:Units", *(["gym"] if find_spec("reasoning_gym") else []))
ANY_TEXT = st.text(max_size=60) | st.text("0123456789+-*/=. ", max_size=40)


def drawn(domain: Domain, count: int) -> list[Problem]:
    draws = power(domain, Draws)
    assert draws is not None
    options, found = options_of(domain, {}), list[Problem]()
    told = drawn_range(domain, options)
    for seed in range(10 * count):
        skill = told.skills[seed % len(told.skills)]
        try:
            recipe = {"difficulty": 1 + seed % told.max_difficulty, "skill": skill, **options}
            found.append(draws.draw(seed, recipe))
        except ValueError:
            continue
        if len(found) == count:
            break
    return found


@pytest.fixture(scope="module", params=[*DRAWN, "rows"])
def task(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Domain, list[Problem]]]:
    trust(EXAMPLE)
    if request.param != "rows":
        domain = get_domain(request.param)
        yield domain, drawn(domain, 40)
        return
    file = tmp_path_factory.mktemp("rows") / "capitals.jsonl"
    pairs = {"France": "Paris", "Italy": "Rome", "Spain": "Madrid", "Peru": "Lima"}
    rows = [{"question": f"The capital of {land}?", "answer": city} for land, city in pairs.items()]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    domain = get_domain(str(file))
    yield domain, read_problems(file, domain)


def test_a_problems_own_solution_is_right_and_may_teach(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    for problem in problems:
        assert domain.check(problem, problem.answer).outcome == "right"
        assert is_worked(problem, domain)
        assert problem.domain == domain.info.name


def test_an_empty_answer_is_wrong_and_another_problems_mostly_too(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    for problem in problems:
        assert domain.check(problem, "").outcome == "wrong"
        assert domain.check(problem, "").score == 0
    others = [domain.check(one, other.answer).outcome for one in problems for other in problems if one.id != other.id]
    assert others.count("right") < len(others) / 2


def test_a_step_has_one_spelling_that_says_the_same(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    for problem in problems:
        for step in problem.steps:
            once = domain.canonical(step)
            assert domain.canonical(once) == once
            assert same_step(domain, step, once)


def test_structures_are_sixteen_digits_and_depend_on_nothing_else(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    for problem in problems:
        found = domain.structure(problem.question, problem.steps)
        assert re.fullmatch("[0-9a-f]{16}", found)
        assert domain.structure(problem.question, problem.steps) == found == problem.structure


def test_a_brief_fits_its_own_example(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    brief = domain.brief()
    assert domain.answer_of(brief.example_steps) == brief.example_answer
    assert len(brief.example_steps) <= brief.most_steps
    least, most = brief.question_length
    assert all(least <= len(p.question) <= most for p in problems)


@given(text=ANY_TEXT, more=ANY_TEXT)
def test_no_text_breaks_it(task: tuple[Domain, list[Problem]], text: str, more: str) -> None:
    domain, problems = task
    check = domain.check(problems[0], text)
    assert check.outcome in ("right", "wrong", "error")
    assert 0 <= check.score <= 1
    assert isinstance(domain.answer_of([text, more]), str)
    assert len(judge_steps(domain, more, [text, more])) == 2
    assert isinstance(domain.canonical(text), str)
    assert len(domain.structure(text, [more])) == 16


def test_what_is_drawn_is_drawn_again_from_its_seed_and_recipe(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    draws = power(domain, Draws)
    for problem in problems if draws else ():
        assert draws is not None
        assert draws.draw(problem.provenance.seed, problem.provenance.parameters) == problem


def test_what_it_reads_from_a_question_is_right_and_its_steps_hold(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    solves, judges = power(domain, Solves), power(domain, JudgesSteps)
    for problem in problems:
        if solves is not None and (truth := solves.solve(problem.question)) is not None:
            assert domain.check(problem, truth).outcome == "right"
        if judges is not None:
            assert all(verdict.holds for verdict in judges.judge_steps(problem.question, problem.steps))


def test_an_expert_teaches_rightly_unless_it_is_told_to_err(task: tuple[Domain, list[Problem]]) -> None:
    domain, problems = task
    expert = power(domain, BuiltinExpert)
    for problem in problems[:10] if expert else ():
        assert expert is not None
        asked = Exercise(question=problem.question, student_steps=(), student_answer="", new_problems=2)
        lesson = expert.lesson(asked, Random(1), error_rate=0.0)
        assert lesson == expert.lesson(asked, Random(1), error_rate=0.0)
        assert domain.check(problem, lesson.answer).outcome == "right"
        assert len(lesson.problems) == 2
        spoilt = expert.lesson(asked, Random(1), error_rate=1.0)
        assert (spoilt.steps, spoilt.answer) != (lesson.steps, lesson.answer)
