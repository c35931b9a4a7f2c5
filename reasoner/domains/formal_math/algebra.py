"""Algebra: linear equations in one and two letters, roots of quadratics, the next term of a sequence."""

from fractions import Fraction
from itertools import pairwise
from math import isqrt
from random import Random

from reasoner.domains.formal_math.arithmetic import closed, step
from reasoner.domains.formal_math.module import CannotWork, Fields, Module, Scale, Wording
from reasoner.domains.formal_math.polynomials import Polynomial, by_degree, of_degrees, read_polynomial, written

_LETTERS = "abcdfghjkmnpqrstuvwxyz"


def _linear(text: str, letter: str) -> tuple[Fraction, Fraction]:
    """Slope and constant of a side of an equation."""
    read = read_polynomial(text)
    values = by_degree(read, letter) if read is not None else {}
    if read is None or any(degree > 1 for degree in values):
        raise CannotWork(f"{text} is not linear in {letter}")
    return values.get(1, Fraction(0)), values.get(0, Fraction(0))


def _coefficient(rng: Random, most: int) -> int:
    return rng.choice((1, -1)) * rng.randint(1, most)


def _draw_linear(rng: Random, scale: Scale) -> Fields:
    letter, root = rng.choice(_LETTERS), rng.choice((1, -1)) * rng.randint(0, scale.most // 2)
    slope, rest = rng.choice((1, -1)) * rng.randint(2, 9 + scale.level * 3), _coefficient(rng, scale.most)
    other = _coefficient(rng, 9) if scale.level > 1 else 0
    if slope == other:
        other += 1
    value = (slope - other) * root + rest
    left = of_degrees({1: Fraction(slope), 0: Fraction(rest)}, letter)
    return {"l": written(left), "r": written(of_degrees({1: Fraction(other), 0: Fraction(value)}, letter)), "v": letter}


def _work_linear(fields: Fields) -> list[str]:
    """Letters to the left, numbers to the right, and divided."""
    (slope, rest), (other, value) = _linear(fields["l"], fields["v"]), _linear(fields["r"], fields["v"])
    if slope == other:
        raise CannotWork("there is not exactly one solution")
    steps = [step(str(slope), "-", str(other))[0]] if other else []
    steps += [step(str(value), "-", str(rest))[0]] if rest else []
    return [*steps, step(str(value - rest), "/", str(slope - other))[0]]


def _draw_system(rng: Random, scale: Scale) -> Fields:
    first, second = rng.sample(_LETTERS, 2)
    values = [Fraction(_coefficient(rng, max(5, scale.most // 10))) for _ in range(2)]
    while True:
        rows = [[Fraction(_coefficient(rng, 3 + 2 * scale.level)) for _ in range(2)] for _ in range(2)]
        if rows[0][0] * rows[1][1] != rows[0][1] * rows[1][0]:
            break
    fields = {"v": rng.choice((first, second))}
    for name, (a, b) in zip(("l", "m"), rows, strict=True):
        fields[name] = written({((first, 1),): a, ((second, 1),): b})
        fields[f"{name}r"] = str(a * values[0] + b * values[1])
    return fields


def _work_system(fields: Fields) -> list[str]:
    """Cramer's rule: two determinants, and their quotient."""
    rows = [_row(fields[name], fields[f"{name}r"]) for name in ("l", "m")]
    letters = sorted({letter for row, _ in rows for ((letter, _),) in row})
    if len(letters) != 2 or fields["v"] not in letters:
        raise CannotWork("two letters are needed")
    own = fields["v"]
    other = next(letter for letter in letters if letter != own)
    (a, b), (c, d) = [[row.get(((name, 1),), Fraction(0)) for name in (own, other)] for row, _ in rows]
    e, f = rows[0][1], rows[1][1]
    whole, part = a * d - b * c, e * d - b * f
    if not whole:
        raise CannotWork("there is not exactly one solution")
    told = [
        f"{closed(p)}*{closed(q)}-{closed(r)}*{closed(s)}={v}"
        for p, q, r, s, v in ((a, d, b, c, whole), (e, d, b, f, part))
    ]
    return [*told, step(str(part), "/", str(whole))[0]]


def _row(left: str, right: str) -> tuple[Polynomial, Fraction]:
    read = read_polynomial(left)
    if not read or any(len(m) != 1 or m[0][1] != 1 for m in read):
        raise CannotWork(f"{left} is not linear without a constant")
    return read, Fraction(right)


def _draw_roots(rng: Random, scale: Scale) -> Fields:
    letter, most = rng.choice(_LETTERS), max(5, scale.most // 10)
    first, second = rng.randint(-most, most), rng.randint(-most, most)
    lead = rng.randint(1, scale.level)
    values = {2: Fraction(lead), 1: Fraction(-lead * (first + second)), 0: Fraction(lead * first * second)}
    return {"e": written(of_degrees(values, letter)), "v": letter}


def _work_roots(fields: Fields) -> list[str]:
    """By the discriminant, whose root must be whole."""
    read = read_polynomial(fields["e"])
    values = by_degree(read, fields["v"]) if read else {}
    if not values or max(values) != 2 or any(value.denominator > 1 for value in values.values()):
        raise CannotWork("it is no quadratic with whole coefficients")
    a, b, c = (int(values.get(degree, 0)) for degree in (2, 1, 0))
    under = b * b - 4 * a * c
    root = isqrt(under) if under >= 0 else -1
    if root < 0 or root * root != under:
        raise CannotWork("its roots are no fractions")
    found = sorted({Fraction(-b - root, 2 * a), Fraction(-b + root, 2 * a)})
    steps = [f"{closed(b)}*{closed(b)}-4*{closed(a)}*{closed(c)}={under}", f"{root}*{root}={under}"]
    signs = ("-", "+") if root else ("+",)
    steps += [f"({-b}{sign}{root})/(2*{closed(a)})={Fraction(-b + int(sign + '1') * root, 2 * a)}" for sign in signs]
    return [*steps, ", ".join(map(str, found))]


def _draw_sequence(rng: Random, scale: Scale) -> Fields:
    degree, count = (1, 4) if scale.level < 3 else (2, 5)
    lead = _coefficient(rng, 3) if degree == 2 else 0
    slope, start = _coefficient(rng, max(5, scale.most // 4)), _coefficient(rng, scale.most)
    return {"l": ", ".join(str(lead * i * i + slope * i + start) for i in range(count))}


def _work_sequence(fields: Fields) -> list[str]:
    """By its differences, or by theirs, whichever are all the same."""
    terms = list(map(Fraction, fields["l"].split(", ")))
    first = [b - a for a, b in pairwise(terms)]
    if len(terms) > 2 and len(set(first)) == 1:
        return [
            *(step(str(b), "-", str(a))[0] for a, b in pairwise(terms)),
            _sum(terms[-1], first[-1]),
        ]
    second = [b - a for a, b in pairwise(first)]
    if len(terms) < 4 or len(set(second)) != 1:
        raise CannotWork("its differences follow no rule of second degree")
    steps = [step(str(b), "-", str(a))[0] for a, b in pairwise(terms[-3:])]
    steps += [step(str(first[-1]), "-", str(first[-2]))[0], _sum(first[-1], second[-1])]
    return [*steps, _sum(terms[-1], first[-1] + second[-1])]


def _sum(left: Fraction, right: Fraction) -> str:
    return step(str(left), "+", str(right))[0]


ALGEBRA = (
    Module(
        "algebra__linear_1d",
        (
            Wording("Solve {l:expression} = {r:expression} for {v:letter}."),
            Wording("Which {v:letter} makes {l:expression} = {r:expression} true?"),
        ),
        _draw_linear,
        _work_linear,
    ),
    Module(
        "algebra__linear_2d",
        (
            Wording("Solve {l:expression} = {lr:number} and {m:expression} = {mr:number} for {v:letter}."),
            Wording("What is {v:letter}, if {l:expression} = {lr:number} and {m:expression} = {mr:number}?"),
        ),
        _draw_system,
        _work_system,
    ),
    Module(
        "algebra__polynomial_roots",
        (
            Wording("Find all {v:letter} with {e:expression} = 0."),
            Wording("For which {v:letter} is {e:expression} = 0?"),
        ),
        _draw_roots,
        _work_roots,
    ),
    Module(
        "algebra__sequence_next_term",
        (Wording("What comes next: {l:list}?"), Wording("What is the next term of {l:list}?")),
        _draw_sequence,
        _work_sequence,
    ),
)
