"""Arithmetic: sums, products, quotients, mixed expressions, nearest roots; each step is one exact equation."""

import ast
from fractions import Fraction
from math import gcd, isqrt
from random import Random

from reasoner.domains.formal_math.module import CannotWork, Fields, Module, Scale, Wording
from reasoner.domains.formal_math.polynomials import written_number

_OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_ROOTS = {"square": 2, "cube": 3}


def closed(value: Fraction | int | str) -> str:
    """A number as an operand: in brackets unless it is a plain one."""
    text = str(value)
    return f"({text})" if text.startswith("-") or "/" in text else text


def reckoned(left: Fraction, operator: str, right: Fraction) -> Fraction:
    """What an operator makes of two numbers.

    Raises:
        ZeroDivisionError: it divides by 0.
    """
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    return left * right if operator == "*" else left / right


def step(left: str, operator: str, right: str) -> tuple[str, str]:
    """One equation about two numbers as they are written, and its result; decimals give a decimal."""
    value = reckoned(Fraction(left), operator, Fraction(right))
    told = written_number(value, decimal="." in left + right)
    first = left if operator in "+-" and "/" not in left else closed(left)
    return f"{first}{operator}{closed(right)}={told}", told


def number(rng: Random, scale: Scale, *, signed: bool = True) -> str:
    """A number of the scale: whole, or from level 3 on now and then a decimal."""
    value = rng.randint(1, scale.most)
    sign = "-" if signed and scale.level > 1 and rng.random() < 0.3 else ""
    if scale.level > 2 and rng.random() < 0.4:
        return f"{sign}{value}.{rng.randint(1, 9)}"
    return f"{sign}{value}"


def _draw_sum(rng: Random, scale: Scale) -> Fields:
    return {"a": number(rng, scale), "b": number(rng, scale, signed=False), "op": rng.choice("+-")}


def _work_sum(fields: Fields) -> list[str]:
    return [step(fields["a"], fields["op"], fields["b"])[0]]


def _draw_product(rng: Random, scale: Scale) -> Fields:
    first, second = rng.randint(2, scale.most), rng.randint(2, min(scale.most, 99))
    return {"a": f"{'-' if scale.level > 1 and rng.random() < 0.3 else ''}{first}", "b": str(second)}


def _work_product(fields: Fields) -> list[str]:
    """By the digits of the second number, where it has more than one."""
    a, b = fields["a"], fields["b"]
    whole = Fraction(b)
    if whole.denominator > 1 or not 10 < whole < 100 or whole % 10 == 0:
        return [step(a, "*", b)[0]]
    tens, ones = step(a, "*", str(whole // 10 * 10)), step(a, "*", str(whole % 10))
    return [tens[0], ones[0], step(tens[1], "+", ones[1])[0]]


def _draw_quotient(rng: Random, scale: Scale) -> Fields:
    under = rng.randint(2, max(9, scale.most // 4))
    over = under * rng.randint(2, 12) if rng.random() < 0.5 else rng.randint(2, scale.most)
    return {"a": f"{'-' if scale.level > 1 and rng.random() < 0.3 else ''}{over}", "b": str(under)}


def _work_quotient(fields: Fields) -> list[str]:
    """Both are divided by what they share, where nothing whole comes out."""
    over, under = Fraction(fields["a"]), Fraction(fields["b"])
    if not under:
        raise CannotWork("nothing is divided by 0")
    if over.denominator > 1 or under.denominator > 1 or (over / under).denominator == 1:
        return [step(fields["a"], "/", fields["b"])[0]]
    shared = str(gcd(int(over), int(under)))
    if shared == "1":
        return [str(over / under)]
    above, below = step(fields["a"], "/", shared), step(fields["b"], "/", shared)
    return [above[0], below[0], str(over / under)]


def _draw_mixed(rng: Random, scale: Scale) -> Fields:
    return {"e": _expression(rng, scale.level + 1, min(scale.most, 30 if scale.larger else 12))}


def _expression(rng: Random, operations: int, most: int) -> str:
    if not operations:
        return str(rng.randint(1, most))
    left = rng.randrange(operations)
    parts = [_expression(rng, left, most), _expression(rng, operations - 1 - left, most)]
    first, second = (part if part.isdigit() else f"({part})" for part in parts)
    return f"{first} {rng.choice('+-*/')} {second}"


def _work_mixed(fields: Fields) -> list[str]:
    """The innermost brackets first, from the left."""
    steps: list[str] = []
    try:
        value = _reduced(ast.parse(fields["e"], mode="eval").body, steps)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise CannotWork("it is no arithmetic") from error
    return steps or [str(value)]


def _reduced(node: ast.expr, steps: list[str]) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Fraction(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_reduced(node.operand, steps)
    if not isinstance(node, ast.BinOp) or type(node.op) not in _OPERATORS:
        raise CannotWork("it is no arithmetic of + - * /")
    left, right, operator = _reduced(node.left, steps), _reduced(node.right, steps), _OPERATORS[type(node.op)]
    told, _ = step(str(left), operator, str(right))
    steps.append(told)
    return reckoned(left, operator, right)


def _draw_root(rng: Random, scale: Scale) -> Fields:
    return {"n": str(rng.randint(2, scale.most * 10)), "root": rng.choice(tuple(_ROOTS))}


def _work_root(fields: Fields) -> list[str]:
    """The powers on both sides of the number, then the nearer root: that of the middle tells."""
    value, power = int(fields["n"]), _ROOTS.get(fields["root"])
    if power is None:
        raise CannotWork("only square and cube roots are known")
    low = isqrt(value) if power == 2 else _cube_root(value)
    powers = ["*".join([str(base)] * power) + f"={base**power}" for base in (low, low + 1)]
    return [*powers, str(low + (2**power * value > (2 * low + 1) ** power))]


def _cube_root(value: int) -> int:
    low = round(value ** (1 / 3))
    while low**3 > value:
        low -= 1
    while (low + 1) ** 3 <= value:
        low += 1
    return low


ARITHMETIC = (
    Module(
        "arithmetic__add_or_sub",
        (
            Wording("What is {a:number} + {b:number}?", {"op": "+"}),
            Wording("Add {a:number} and {b:number}.", {"op": "+"}),
            Wording("What is {a:number} - {b:number}?", {"op": "-"}),
            Wording("Take {b:number} away from {a:number}.", {"op": "-"}),
        ),
        _draw_sum,
        _work_sum,
    ),
    Module(
        "arithmetic__mul",
        (Wording("What is {a:number} times {b:number}?"), Wording("Multiply {a:number} by {b:number}.")),
        _draw_product,
        _work_product,
        symmetric=True,
    ),
    Module(
        "arithmetic__div",
        (Wording("What is {a:number} divided by {b:number}?"), Wording("Divide {a:number} by {b:number}.")),
        _draw_quotient,
        _work_quotient,
    ),
    Module(
        "arithmetic__mixed",
        (Wording("Evaluate {e:expression}."), Wording("What is the value of {e:expression}?")),
        _draw_mixed,
        _work_mixed,
    ),
    Module(
        "arithmetic__nearest_integer_root",
        (
            Wording("What is the {root:word} root of {n:whole} to the nearest whole number?"),
            Wording("Round the {root:word} root of {n:whole} to a whole number."),
        ),
        _draw_root,
        _work_root,
    ),
)
