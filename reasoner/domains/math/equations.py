"""One step of a solution: an equation such as `12+7=19`, read and judged exactly.

Texts come from students, teachers and files, so nothing is ever executed: the left side is parsed to a syntax tree
in which only numbers, `+ - * /`, signs and parentheses are allowed, and is computed with fractions.
"""

import ast
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from reasoner.domains.math.written_numbers import ungrouped

MAX_LENGTH = 160
"""Characters of a step; longer texts are no equations."""
MAX_DEPTH = 40
"""Levels of the syntax tree."""
ROUNDING = Fraction(1, 50)
"""Largest relative error of a rounded decimal: `1/6=.17` is the coarsest rounding that still counts."""

_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "$": ""})
_TIMES = str.maketrans({"\N{MULTIPLICATION SIGN}": "*", "x": "*", "X": "*", "\N{DIVISION SIGN}": "/"})
_LEFT = re.compile(r"[0-9.+\-*/() ]+")
_RIGHT = re.compile(r"-? ?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


@dataclass(frozen=True)
class Equation:
    """A well-formed step. Well-formed is not true: see `is_true`."""

    left_text: str
    """The left side with signs normalised, such as `3/4*100`."""
    numbers: tuple[Fraction, ...]
    """Numbers of the left side in the order of the text, without their signs."""
    operators: tuple[str, ...]
    """Binary operators of the left side in the order of the text, one or more of `+ - * /`."""
    value: Fraction | None
    """What the left side is; None where it divides by zero."""
    result: Fraction
    """What the right side says it is."""
    decimals: int
    """Digits after the decimal point of the right side."""


class _MalformedError(Exception):
    """The left side holds something other than arithmetic."""


def normalise(text: str, *, times: bool = True) -> str:
    """The text stripped, without `$` and thousands commas, with a plain minus and, if `times`, `*` for `x` and `×`."""
    plain = ungrouped(text.translate(_SIGNS)).strip()
    return plain.translate(_TIMES) if times else plain


def parse(step: str) -> Equation | None:
    """Reads one step.

    Args:
        step: `arithmetic = number`, at most `MAX_LENGTH` characters; spaces, `$`, thousands commas, `x`, `×` are fine.

    Returns:
        The equation, or None if the text is not one: no or several `=`, no operator on the left, an expression on
        the right, anything but numbers, `+ - * /` and parentheses.
    """
    if len(step) > MAX_LENGTH:
        return None
    left, equals, right = normalise(step).partition("=")
    left, right = left.strip(), right.strip()
    if not equals or not _LEFT.fullmatch(left) or not _RIGHT.fullmatch(right):
        return None
    try:
        tree = ast.parse(left, mode="eval").body
        terms = _terms(tree, left, 0)
    except (SyntaxError, _MalformedError):
        return None
    numbers = tuple(t for t in terms if isinstance(t, Fraction))
    operators = tuple(t for t in terms if isinstance(t, str))
    if not operators:
        return None
    decimals = len(right.partition(".")[2])
    return Equation(left, numbers, operators, _value(tree, left), Fraction(right.replace(" ", "")), decimals)


@lru_cache(maxsize=1 << 16)
def is_true(step: str) -> bool:
    """Whether a step is an equation that holds.

    A whole-number result must be exact. A decimal result may be rounded to the nearest (`2/3=.67`) or cut (`2/3=.66`),
    but only where the exact value does not fit into the digits shown, and by at most `ROUNDING` of the value.
    """
    equation = parse(step)
    if equation is None or equation.value is None:
        return False
    return equation.value == equation.result or _is_rounding(equation.result, equation.value, equation.decimals)


def same(one: str, other: str) -> bool:
    """Whether two steps say the same: equal texts, or one sum or product with its terms in another order."""
    if normalise(one).replace(" ", "") == normalise(other).replace(" ", ""):
        return True
    a, b = parse(one), parse(other)
    return (
        a is not None
        and b is not None
        and a.operators == b.operators
        and a.operators in (("+",), ("*",))
        and a.result == b.result
        and sorted(a.numbers) == sorted(b.numbers)
    )


def _is_rounding(result: Fraction, value: Fraction, decimals: int) -> bool:
    unit = Fraction(1, 10**decimals)
    if decimals == 0 or (value / unit).denominator == 1:
        return False
    error = abs(value - result)
    cut = error < unit and abs(result) < abs(value)
    return (2 * error <= unit or cut) and error <= ROUNDING * abs(value)


def _terms(node: ast.expr, source: str, depth: int) -> list[Fraction | str]:
    """Numbers and binary operators of a tree in the order of the text."""
    if depth > MAX_DEPTH:
        raise _MalformedError
    if isinstance(node, ast.Constant):
        return [_number(node, source)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return _terms(node.operand, source, depth + 1)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = (_terms(side, source, depth + 1) for side in (node.left, node.right))
        return [*left, _OPERATORS[type(node.op)], *right]
    raise _MalformedError


def _value(node: ast.expr, source: str) -> Fraction | None:
    """The exact value of a tree that `_terms` has accepted; None where it divides by zero."""
    if isinstance(node, ast.Constant):
        return _number(node, source)
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, source)
        return -inner if inner is not None and isinstance(node.op, ast.USub) else inner
    assert isinstance(node, ast.BinOp)
    left, right = _value(node.left, source), _value(node.right, source)
    if left is None or right is None:
        return None
    return _apply(_OPERATORS[type(node.op)], left, right)


def _apply(operator: str, left: Fraction, right: Fraction) -> Fraction | None:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    return left / right if right else None


def _number(node: ast.Constant, source: str) -> Fraction:
    """The number as written: going through a float would lose digits."""
    return Fraction(source[node.col_offset : node.end_col_offset])
