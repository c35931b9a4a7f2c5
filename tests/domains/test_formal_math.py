"""Formal mathematics: every module is read from its own words, worked exactly, and judged by value and form."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.domains.formal_math import answers
from reasoner.domains.formal_math.domain import FormalMathDomain
from reasoner.domains.formal_math.module import MOST_STEPS, Scale, answer_of
from reasoner.domains.formal_math.modules import MODULES, read, work
from reasoner.domains.formal_math.polynomials import read_number, read_polynomial, written, written_number
from reasoner.domains.powers import drawn_range
from reasoner.errors import ConfigError
from reasoner.types.problem import Problem

DOMAIN = FormalMathDomain()


def problem(question: str, answer: str, skill: str = "numbers__gcd") -> Problem:
    drawn = DOMAIN.draw(1, {"difficulty": 1, "skill": skill})
    return drawn.model_copy(update={"question": question, "answer": answer})


@pytest.mark.parametrize("name", MODULES)
def test_a_module_reads_its_own_questions_and_its_steps_hold(name: str) -> None:
    module = MODULES[name]
    for level, larger in ((1, False), (2, False), (3, False), (4, False), (4, True)):
        for seed in range(25):
            question, steps = module.problem(Random(seed), Scale(level, larger=larger))
            found = read(question)
            assert found is not None
            assert found[0] is module
            assert work(question) == (name, tuple(steps))
            assert len(steps) <= MOST_STEPS
            assert all(verdict.holds for verdict in DOMAIN.judge_steps(question, steps))
            assert not answers.fault(answer_of(steps), answer_of(steps), name)


def test_a_questions_wording_does_not_move_it_to_another_split() -> None:
    for one, other in (
        ("What is the greatest common divisor of 12 and 18?", "Find the largest number that divides both 18 and 12."),
        ("Expand (x + 1)*(x - 2).", "Write (x - 2)*(x + 1) without brackets."),
        ("Which is bigger: 3 or 5?", "Which number is bigger: 3 or 5?"),
    ):
        assert DOMAIN.structure(one, ()) == DOMAIN.structure(other, ())
    assert DOMAIN.structure("Which is bigger: 3 or 5?", ()) != DOMAIN.structure("Which is smaller: 3 or 5?", ())


@pytest.mark.parametrize(
    ("gold", "right", "false"),
    [
        ("3/4", ["0.75", "3/4"], ["6/8", "3", "1/2+1/4", ""]),
        ("-12", ["-12.0", " -12 "], ["12", "-6*2", "- 12 apples"]),
        ("True", ["true", "Yes"], ["False", "1", "True False"]),
        ("1:05 PM", ["1:05 pm", "01:05PM"], ["1:05 AM", "13:05"]),
        ("3*x**2 - x", ["-x + 3*x^2", "3*x*x-x"], ["x*(3*x-1)", "2*x**2 + x**2 - x", "3*x**2 - y", "3*x**2"]),
        ("-2, 4", ["-2,4"], ["4, -2", "-2", "-2, 4, 4"]),
    ],
)
def test_an_answer_is_compared_by_its_value_in_the_form_that_is_asked_for(
    gold: str, right: list[str], false: list[str]
) -> None:
    asked = problem("Anything?", gold)
    assert [DOMAIN.check(asked, answer).outcome for answer in right] == ["right"] * len(right)
    assert [DOMAIN.check(asked, answer).outcome for answer in false] == ["wrong"] * len(false)


def test_roots_and_prime_factors_are_sets() -> None:
    assert DOMAIN.check(problem("Roots?", "-2, 4", "algebra__polynomial_roots"), "4, -2").outcome == "right"
    assert DOMAIN.check(problem("Roots?", "-2, 4", "algebra__polynomial_roots"), "4, 4").outcome == "wrong"


def test_a_question_is_never_its_own_answer() -> None:
    for name, module in MODULES.items():
        for seed in range(20):
            question, steps = module.problem(Random(seed), Scale(2))
            found = read(question)
            assert found is not None
            asked = problem(question, answer_of(steps), name)
            parts = [value for key, value in found[1].items() if key in ("e", "p", "q", "l")]
            for part in (*parts, f"({found[1].get('p')})*({found[1].get('q')})"):
                if part.replace(" ", "") != asked.answer.replace(" ", ""):
                    outcome = DOMAIN.check(asked, part).outcome
                    assert outcome == "wrong", f"{question}: {part} passes for {asked.answer}"


def test_a_false_equation_is_not_true_and_a_list_stands() -> None:
    told = DOMAIN.judge_steps("", ("5+7=13", "17=3*5+2", "(x+1)*(x-1)=x**2-1", "2, 3", "1=1=1", "a word=3"))
    assert [verdict.true for verdict in told] == [False, True, True, True, False, False]


def test_modules_are_chosen_by_name_or_area_and_a_wrong_one_is_told() -> None:
    chosen = ["task.name=formal_math", "domains.formal_math.modules=[numbers,algebra__linear_1d]"]
    skills = drawn_range(DOMAIN, load_settings(None, chosen, {}, None).options).skills
    assert len(skills) == 10
    assert skills[0] == "algebra__linear_1d"
    data = ["data.practice_size=20", "data.gate_size=50", "data.sealed_size=50"]
    source = open_source(load_settings("tiny", [*chosen, *data], {}, None))
    assert {p.skill for p in [*source.practice(1), *source.gate(1), *source.base_problems(20, 1)]} == set(skills)
    with pytest.raises(ConfigError, match=r"'geometry' is none; it should be an area \(arithmetic, algebra, "):
        load_settings(None, ["task.name=formal_math", "domains.formal_math.modules=[geometry]"], {}, None)


@given(st.text("0123456789x+-*/^(). ", max_size=40))
def test_any_text_is_read_as_a_polynomial_or_not_at_all(text: str) -> None:
    found = read_polynomial(text)
    if found is not None:
        again = read_polynomial(written(found))
        assert again == found


@given(st.fractions(max_denominator=1000))
def test_a_number_is_read_as_it_was_written(value: Fraction) -> None:
    assert read_number(written_number(value)) == value
    assert Fraction(written_number(value, decimal=True)) == value


def test_what_would_be_too_large_is_no_polynomial() -> None:
    for text in ("9**9**9", "(x+1)**25", "(a+b+c+d+e+f+g+h)**12", "((" * 300 + "1" + "))" * 300, "x.y", "1/0", "2**x"):
        assert read_polynomial(text) is None, text
