from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasoner.domains.math.equations import MAX_LENGTH, is_true, parse


@pytest.mark.parametrize(
    "step",
    [
        "12+7=19",
        "3/4*100=75",
        "(3+2)*4=20",
        ".5*20=10",
        " 12 + 7 = 19 ",
        "$5 \N{MULTIPLICATION SIGN} 3 = $15",
        "5x3=15",
        "1,200*2=2,400",
        "10 \N{DIVISION SIGN} 4 = 2.5",
        "3--2=5",
        "-3+5=2",
        "+30+46=76",
        "3-5=-2",
        "3 \N{MINUS SIGN} 5 = \N{MINUS SIGN}2",
        "0.1+0.2=0.3",
        "5.+1=6",
        "7/2=3.50",
    ],
)
def test_a_step_that_holds_is_true(step: str) -> None:
    assert is_true(step)


@pytest.mark.parametrize(
    "step",
    [
        "12+7=20",
        "7/2=3",
        "7/2=4",
        "",
        "=",
        "12+7",
        "12+7=",
        "=19",
        "5=5",
        "12+7=10+9",
        "1+2==3",
        "1+2=3=3",
        "1 2+3=15",
        "1+2=1 3",
        "12+7=19 apples",
        "a+7=19",
        "((1+2)=3",
        "(1)(2)=2",
        "1,2+3=15",
        "20%*5=1",
        "\N{ARABIC-INDIC DIGIT ONE}+1=2",
    ],
)
def test_a_step_that_does_not_hold_or_is_no_equation_is_not_true(step: str) -> None:
    assert not is_true(step)


@pytest.mark.parametrize("step", ["1/0=0", "0/0=0", "5/(3-3)=1", "1/(1/0)=0"])
def test_division_by_zero_is_not_true(step: str) -> None:
    equation = parse(step)
    assert equation is not None
    assert equation.value is None
    assert not is_true(step)


@pytest.mark.parametrize(
    "step",
    ["2**3=8", "9**9**9**9**9=1", "7//2=3", "7%4=3", "1_0+1=11", "1e2+1=101", "1<2=1", "~1+2=0", "1j*1=1"],
)
def test_only_the_four_operations_are_arithmetic(step: str) -> None:
    assert parse(step) is None


def test_nothing_of_a_step_is_executed(capsys: pytest.CaptureFixture[str]) -> None:
    for step in ("print(1)+1=2", "__import__('os').getpid()+1=2", "(lambda:1)()+1=2", "[1][0]+1=2"):
        assert parse(step) is None
    assert capsys.readouterr().out == ""


def test_length_and_depth_are_limited() -> None:
    assert parse("1" + "+1" * MAX_LENGTH + f"={MAX_LENGTH + 1}") is None
    assert parse("-" * 100 + "5+1=6") is None
    assert parse("(" * 150 + "1") is None
    assert is_true("(" * 30 + "1" + ")" * 30 + "+1=2")


@pytest.mark.parametrize("step", ["1/3=.33", "1/3=0.333", "2/3=0.67", "2/3=.66", "1/6=.17", "100/7=14.29", "-1/3=-.33"])
def test_a_rounded_or_cut_decimal_holds(step: str) -> None:
    assert is_true(step)


@pytest.mark.parametrize("step", ["1/3=.3", "1/3=.34", "1/6=.1", "3.25+1.1=4.36", "0.5*0.1=.1", "1/3=33", "1/300=0.00"])
def test_a_decimal_that_is_no_rounding_of_the_value_does_not_hold(step: str) -> None:
    assert not is_true(step)


def test_an_equation_keeps_its_parts_in_the_order_of_the_text() -> None:
    equation = parse("(3 + 2) \N{MULTIPLICATION SIGN} .5 - 1 = 1.50")
    assert equation is not None
    assert equation.left_text == "(3 + 2) * .5 - 1"
    assert equation.numbers == (3, 2, Fraction(1, 2), 1)
    assert equation.operators == ("+", "*", "-")
    assert equation.value == equation.result == Fraction(3, 2)
    assert equation.decimals == 2


_number = st.integers(-999, 999)


@settings(deadline=None)
@given(_number, _number, st.sampled_from("+-*"), st.integers(-3, 3))
def test_exactly_the_right_result_is_true(left: int, right: int, operator: str, off: int) -> None:
    value = {"+": left + right, "-": left - right, "*": left * right}[operator]
    assert is_true(f"{left}{operator}{right}={value + off}") == (off == 0)


@settings(deadline=None)
@given(st.text(alphabet="0123456789+-*/().,= x$%\n ", max_size=30))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    assert is_true(text) in (True, False)
