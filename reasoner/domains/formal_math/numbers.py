"""Whole numbers: divisors, primes, digits, rounding, remainders, bases; divisions are written `17=3*5+2`."""

from collections.abc import Iterator
from math import isqrt
from random import Random

from reasoner.domains.formal_math.module import CannotWork, Fields, Module, Scale, Wording

_PLACES = {"units": 1, "tens": 10, "hundreds": 100, "thousands": 1000}
_UNITS = {"ten": 10, "hundred": 100, "thousand": 1000}
_LARGEST = 10**9
"""Of numbers whose divisors are looked for one by one."""


def divided(value: int, by: int) -> str:
    """`17=3*5+2`: how often a number goes into another, and what is left."""
    return f"{value}={value // by}*{by}+{value % by}"


def _euclid(fields: Fields) -> tuple[list[str], int]:
    """The larger by the smaller, then that by what is left, until nothing is."""
    large, small = sorted((int(fields["a"]), int(fields["b"])), reverse=True)
    if not small:
        raise CannotWork("0 has no greatest divisor")
    steps: list[str] = []
    while small:
        steps.append(divided(large, small))
        large, small = small, large % small
    return steps, large


def _draw_pair(rng: Random, scale: Scale) -> Fields:
    shared = rng.randint(1, max(2, scale.most // 10))
    first, second = (shared * rng.randint(2, max(9, scale.most // shared)) for _ in range(2))
    return {"a": str(first), "b": str(second)}


def _work_gcd(fields: Fields) -> list[str]:
    steps, shared = _euclid(fields)
    return [*steps, str(shared)]


def _work_lcm(fields: Fields) -> list[str]:
    steps, shared = _euclid(fields)
    a, b = int(fields["a"]), int(fields["b"])
    return [*steps, f"{a}*{b}/{shared}={a * b // shared}"]


def _tried(value: int) -> Iterator[int]:
    """Primes up to the root."""
    return (d for d in range(2, isqrt(value) + 1) if all(d % p for p in range(2, isqrt(d) + 1)))


def _draw_prime(rng: Random, scale: Scale) -> Fields:
    most = min(scale.most, 520)
    wanted = rng.random() < 0.5
    value = rng.randint(2, most)
    while all(value % d for d in _tried(value)) != wanted:
        value = rng.randint(2, most)
    return {"a": str(value)}


def _work_prime(fields: Fields) -> list[str]:
    """Divided by one prime after the other, up to its root."""
    value, steps = int(fields["a"]), list[str]()
    if value > _LARGEST:
        raise CannotWork("it is too large")
    for divisor in _tried(value):
        steps.append(divided(value, divisor))
        if value % divisor == 0:
            return [*steps, "False"]
    return [*steps, str(value > 1)]


def _draw_factor(rng: Random, scale: Scale) -> Fields:
    factor = rng.randint(2, max(9, scale.most // 8))
    value = factor * rng.randint(2, 30) + (rng.randint(1, factor - 1) if rng.random() < 0.5 else 0)
    return {"a": str(factor), "b": str(value)}


def _work_factor(fields: Fields) -> list[str]:
    factor, value = int(fields["a"]), int(fields["b"])
    if not factor:
        raise CannotWork("nothing is divided by 0")
    return [divided(value, factor), str(value % factor == 0)]


def _work_remainder(fields: Fields) -> list[str]:
    by = int(fields["b"])
    if not by:
        raise CannotWork("nothing is divided by 0")
    return [divided(int(fields["a"]), by), str(int(fields["a"]) % by)]


def _draw_remainder(rng: Random, scale: Scale) -> Fields:
    return {"a": str(rng.randint(10, 9 * scale.most)), "b": str(rng.randint(2, max(9, scale.most // 6)))}


def _draw_digit(rng: Random, scale: Scale) -> Fields:
    value = rng.randint(10, 50 * scale.most)
    return {"n": str(value), "place": rng.choice([name for name, unit in _PLACES.items() if unit <= value])}


def _work_digit(fields: Fields) -> list[str]:
    """What is above the place, and then its last digit."""
    value, unit = int(fields["n"]), _PLACES.get(fields["place"])
    if unit is None:
        raise CannotWork(f"only {', '.join(_PLACES)} are known")
    above = value // unit
    first = [divided(value, unit)] if unit > 1 else []
    return [*first, divided(above, 10), str(above % 10)]


def _draw_rounding(rng: Random, scale: Scale) -> Fields:
    units = tuple(_UNITS)[: min(scale.level, 3)]
    return {"n": str(rng.randint(11, 60 * scale.most)), "unit": rng.choice(units)}


def _work_rounding(fields: Fields) -> list[str]:
    """Down or up, whichever is nearer."""
    value, unit = int(fields["n"]), _UNITS.get(fields["unit"])
    if unit is None:
        raise CannotWork(f"only {', '.join(_UNITS)} are known")
    if 2 * (value % unit) == unit:
        raise CannotWork("halves are rounded up by some and to the even by others")
    times = value // unit + (2 * (value % unit) > unit)
    return [divided(value, unit), f"{times}*{unit}={times * unit}"]


def _draw_base(rng: Random, scale: Scale) -> Fields:
    base = rng.randint(2, 9)
    value = rng.randint(base, min(max(scale.most, 2 * base), base**7 - 1))
    if rng.random() < 0.5:
        return {"n": str(value), "old": "10", "new": str(base)}
    return {"n": _digits(value, base), "old": str(base), "new": "10"}


def _digits(value: int, base: int) -> str:
    told = ""
    while value:
        told = str(value % base) + told
        value //= base
    return told or "0"


def _work_base(fields: Fields) -> list[str]:
    """From base 10 the remainders, read upwards; to base 10 digit after digit."""
    old, new, given = int(fields["old"]), int(fields["new"]), fields["n"]
    if old == 10 and 2 <= new <= 9:
        value, steps = int(given), list[str]()
        while value:
            steps.append(divided(value, new))
            value //= new
        return [*steps, _digits(int(given), new)]
    if new != 10 or not 2 <= old <= 9 or any(int(digit) >= old for digit in given):
        raise CannotWork("one of the bases must be 10, the other 2 to 9")
    value, steps = int(given[0]), list[str]()
    for digit in given[1:]:
        steps.append(f"{value}*{old}+{digit}={value * old + int(digit)}")
        value = value * old + int(digit)
    return steps or [given]


def _draw_factors(rng: Random, scale: Scale) -> Fields:
    return {"n": str(rng.randint(4, 3 * scale.most))}


def _work_factors(fields: Fields) -> list[str]:
    """The smallest prime is taken out again and again."""
    rest, steps, found = int(fields["n"]), list[str](), list[int]()
    if not 1 < rest <= _LARGEST:
        raise CannotWork("it is too small or too large")
    while divisor := next((d for d in range(2, isqrt(rest) + 1) if rest % d == 0), 0):
        steps.append(f"{rest}={divisor}*{rest // divisor}")
        found.append(divisor)
        rest //= divisor
    return [*steps, ", ".join(map(str, dict.fromkeys([*found, rest])))]


NUMBERS = (
    Module(
        "numbers__gcd",
        (
            Wording("What is the greatest common divisor of {a:whole} and {b:whole}?"),
            Wording("Find the largest number that divides both {a:whole} and {b:whole}."),
        ),
        _draw_pair,
        _work_gcd,
        symmetric=True,
    ),
    Module(
        "numbers__lcm",
        (
            Wording("What is the least common multiple of {a:whole} and {b:whole}?"),
            Wording("Find the smallest number that both {a:whole} and {b:whole} divide."),
        ),
        _draw_pair,
        _work_lcm,
        symmetric=True,
    ),
    Module(
        "numbers__is_prime",
        (Wording("Is {a:whole} a prime number?"), Wording("Is the number {a:whole} prime?")),
        _draw_prime,
        _work_prime,
    ),
    Module(
        "numbers__is_factor",
        (Wording("Is {a:whole} a factor of {b:whole}?"), Wording("Does {a:whole} divide {b:whole}?")),
        _draw_factor,
        _work_factor,
    ),
    Module(
        "numbers__div_remainder",
        (
            Wording("What is the remainder when {a:whole} is divided by {b:whole}?"),
            Wording("What is left over of {a:whole} when it is divided by {b:whole}?"),
        ),
        _draw_remainder,
        _work_remainder,
    ),
    Module(
        "numbers__place_value",
        (
            Wording("What is the {place:word} digit of {n:whole}?"),
            Wording("Which digit of {n:whole} stands for the {place:word}?"),
        ),
        _draw_digit,
        _work_digit,
    ),
    Module(
        "numbers__round_number",
        (
            Wording("Round {n:whole} to the nearest {unit:word}."),
            Wording("What is {n:whole} rounded to the nearest {unit:word}?"),
        ),
        _draw_rounding,
        _work_rounding,
    ),
    Module(
        "numbers__base_conversion",
        (
            Wording("Write {n:whole} of base {old:whole} in base {new:whole}."),
            Wording("What is {n:whole} (base {old:whole}) in base {new:whole}?"),
        ),
        _draw_base,
        _work_base,
    ),
    Module(
        "numbers__list_prime_factors",
        (Wording("What are the prime factors of {n:whole}?"), Wording("List the prime factors of {n:whole}.")),
        _draw_factors,
        _work_factors,
    ),
)
