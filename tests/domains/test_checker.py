from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasoner.domains.math.checker import check
from reasoner.types.problem import Problem, Provenance


def problem(answer: str) -> Problem:
    provenance = Provenance(generator="file:x", version="1", seed=0, parameters={})
    text: dict[str, Any] = {"id": "p", "domain": "math", "skill": "add", "question": "?", "structure": "0" * 16}
    return Problem(**text, difficulty=1, steps=(), answer=answer, provenance=provenance)


@pytest.mark.parametrize(
    "answer", ["1234", "1,234", "$1,234", "1234.0", " 1234 ", "1234.", "1234 apples", "$1,234.00", "1234 coins each."]
)
def test_the_same_number_is_right_however_it_is_written(answer: str) -> None:
    assert check(problem("1234"), answer).outcome == "right"
    assert check(problem(answer), "1234").outcome == "right"


@pytest.mark.parametrize(
    "answer",
    ["", " ", "apples", "1235", "-1234", "1234 or 5", "1 234", "the answer is 1234", "12,34", "1e3", "nan", "inf", "-"],
)
def test_another_number_or_no_number_is_wrong(answer: str) -> None:
    assert check(problem("1234"), answer).outcome == "wrong"


def test_a_text_too_long_to_be_a_number_is_wrong() -> None:
    assert check(problem("1"), "1" * 10_000).outcome == "wrong"


def test_fractions_and_decimals_are_compared_by_value() -> None:
    assert check(problem("3/4"), "0.75").outcome == "right"
    assert check(problem("0.1"), ".10").outcome == "right"
    assert check(problem("0.33"), "1/3").outcome == "wrong"
    assert check(problem("5"), "5/0").outcome == "wrong"


@pytest.mark.parametrize("gold", ["", "many", "1/0", "4 or 5"])
def test_a_gold_answer_that_is_no_number_is_the_checkers_error(gold: str) -> None:
    assert check(problem(gold), "7").outcome == "error"
    assert check(problem(gold), "").outcome == "error"


def test_a_failure_inside_the_checker_is_an_error_and_not_a_wrong_answer() -> None:
    nothing: Any = None
    assert check(problem("7"), nothing).outcome == "error"


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,-/$% ex\n\0\N{MINUS SIGN}\N{ARABIC-INDIC DIGIT ONE}", max_size=80))
def test_no_text_breaks_the_checker(text: str) -> None:
    assert check(problem("7"), text).outcome in ("right", "wrong")
