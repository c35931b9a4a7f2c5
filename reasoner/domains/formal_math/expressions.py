"""Polynomials: values, sums, products, collected terms, derivatives; and one module of probability."""

from collections import Counter
from fractions import Fraction
from random import Random

from reasoner.domains.formal_math.arithmetic import closed, step
from reasoner.domains.formal_math.module import CannotWork, Fields, Module, Scale, Wording
from reasoner.domains.formal_math.polynomials import (
    Polynomial,
    by_degree,
    of_degrees,
    product,
    read_polynomial,
    written,
)

_LETTERS = "abcdfghjkmnpqrstuvwxyz"


def _drawn(rng: Random, letter: str, degree: int, most: int) -> Polynomial:
    """A polynomial of that degree in which some terms may be missing."""
    values = {d: Fraction(rng.choice((1, -1)) * rng.randint(1, most)) for d in range(degree + 1) if rng.random() < 0.8}
    values.setdefault(degree, Fraction(rng.randint(1, most)))
    return of_degrees(values, letter)


def _read(text: str, letter: str) -> dict[int, Fraction]:
    read = read_polynomial(text)
    if read is None:
        raise CannotWork(f"{text} is no polynomial")
    return by_degree(read, letter)


def _letter_of(*texts: str) -> str:
    found = sorted({sign for text in texts for sign in text if sign.isalpha()})
    if len(found) != 1:
        raise CannotWork("one letter is needed")
    return found[0]


def _total(values: list[Fraction]) -> list[str]:
    """The step that adds several numbers; none for one of them."""
    if len(values) < 2:
        return []
    return ["+".join(map(closed, values)) + f"={sum(values)}"]


def _draw_value(rng: Random, scale: Scale) -> Fields:
    letter = rng.choice(_LETTERS)
    least = rng.choice((1, -1)) * rng.randint(1, 3 + 2 * scale.level)
    return {"e": written(_drawn(rng, letter, min(1 + scale.level, 3), 9)), "v": letter, "n": str(least)}


def _work_value(fields: Fields) -> list[str]:
    """Term by term, then their sum."""
    at, steps, values = fields["n"], list[str](), list[Fraction]()
    for degree, value in sorted(_read(fields["e"], fields["v"]).items(), reverse=True):
        values.append(value * Fraction(at) ** degree)
        if degree:
            steps.append("*".join([closed(value), *[closed(at)] * degree]) + f"={values[-1]}")
    return [*steps, *_total(values)] or ["0"]


def _draw_sum(rng: Random, scale: Scale) -> Fields:
    letter, degree = rng.choice(_LETTERS), min(1 + scale.level, 4)
    return {name: written(_drawn(rng, letter, degree, scale.most)) for name in ("p", "q")}


def _work_sum(fields: Fields) -> list[str]:
    """Degree by degree, then the whole."""
    letter = _letter_of(fields["p"], fields["q"])
    left, right = _read(fields["p"], letter), _read(fields["q"], letter)
    both = sorted(set(left) & set(right), reverse=True)
    steps = [step(str(left[d]), "+", str(right[d]))[0] for d in both]
    total = {d: left.get(d, Fraction(0)) + right.get(d, Fraction(0)) for d in {**left, **right}}
    return [*steps, written(of_degrees(total, letter))]


def _draw_product(rng: Random, scale: Scale) -> Fields:
    letter, most = rng.choice(_LETTERS), 3 + 2 * scale.level
    degrees = (1, 2) if scale.level > 2 else (1, 1)
    parts = [written(_drawn(rng, letter, degree, most)) for degree in degrees]
    return {"p": parts[0], "q": parts[1]}


def _work_product(fields: Fields) -> list[str]:
    """For each degree the products that give it, then the whole."""
    letter = _letter_of(fields["p"], fields["q"])
    left, right = _read(fields["p"], letter), _read(fields["q"], letter)
    steps = list[str]()
    for degree in range(max(left) + max(right), -1, -1):
        pairs = [(a, b) for i, a in sorted(left.items(), reverse=True) for j, b in right.items() if i + j == degree]
        if pairs:
            total = sum((a * b for a, b in pairs), Fraction(0))
            steps.append("+".join(f"{closed(a)}*{closed(b)}" for a, b in pairs) + f"={total}")
    return [*steps, written(product(of_degrees(left, letter), of_degrees(right, letter)))]


def _draw_collected(rng: Random, scale: Scale) -> Fields:
    letter, terms = rng.choice(_LETTERS), list[str]()
    for _ in range(3 + scale.level):
        value = Fraction(rng.choice((1, -1)) * rng.randint(1, scale.most))
        terms.append(written(of_degrees({rng.randint(0, min(scale.level, 3)): value}, letter)))
    return {"e": terms[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in terms[1:])}


def _work_collected(fields: Fields) -> list[str]:
    """The coefficients of each degree that stands more than once, then the whole."""
    letter = _letter_of(fields["e"])
    parts = fields["e"].replace(" - ", " + -").split(" + ")
    values: dict[int, list[Fraction]] = {}
    for part in parts:
        for degree, value in _read(part, letter).items():
            values.setdefault(degree, []).append(value)
    steps = [line for _, own in sorted(values.items(), reverse=True) for line in _total(own)]
    return [*steps, written(of_degrees({d: sum(own, Fraction(0)) for d, own in values.items()}, letter))]


def _draw_derivative(rng: Random, scale: Scale) -> Fields:
    letter = rng.choice(_LETTERS)
    return {"e": written(_drawn(rng, letter, scale.level + 1, scale.most)), "v": letter}


def _work_derivative(fields: Fields) -> list[str]:
    """Each coefficient times its degree, then the whole."""
    values = _read(fields["e"], fields["v"])
    steps = [step(str(v), "*", str(d))[0] for d, v in sorted(values.items(), reverse=True) if d > 1]
    return [*steps, written(of_degrees({d - 1: d * v for d, v in values.items() if d}, fields["v"]))]


def _draw_sequence(rng: Random, scale: Scale) -> Fields:
    kinds = rng.sample(_LETTERS, rng.randint(2, 2 + (scale.level > 1)))
    bag = [kind for kind in kinds for _ in range(rng.randint(2, 2 + scale.level * (3 if scale.larger else 1)))]
    rng.shuffle(bag)
    return {"bag": "".join(bag), "row": "".join(rng.sample(bag, min(2 + (scale.level > 2), len(bag))))}


def _work_sequence(fields: Fields) -> list[str]:
    """The chance of each letter, of those that are left, times what came before."""
    left, steps, chance = Counter(fields["bag"]), list[str](), Fraction(1)
    for place, letter in enumerate(fields["row"]):
        share = Fraction(left[letter], left.total())
        left[letter] -= 1
        steps.append(
            step(str(chance), "*", str(share))[0] if place else f"{left[letter] + 1}/{left.total() + 1}={share}"
        )
        chance *= share
        if not chance:
            break
    return steps


EXPRESSIONS = (
    Module(
        "polynomials__evaluate",
        (
            Wording("What is {e:expression} for {v:letter} = {n:number}?"),
            Wording("Find the value of {e:expression} where {v:letter} = {n:number}."),
        ),
        _draw_value,
        _work_value,
    ),
    Module(
        "polynomials__add",
        (
            Wording("What is the sum of the polynomials {p:expression} and {q:expression}?"),
            Wording("Add the polynomials {p:expression} and {q:expression}."),
        ),
        _draw_sum,
        _work_sum,
        symmetric=True,
    ),
    Module(
        "polynomials__expand",
        (
            Wording("Expand ({p:expression})*({q:expression})."),
            Wording("Write ({p:expression})*({q:expression}) without brackets."),
        ),
        _draw_product,
        _work_product,
        symmetric=True,
    ),
    Module(
        "polynomials__collect",
        (Wording("Collect the terms in {e:expression}."), Wording("Simplify {e:expression}.")),
        _draw_collected,
        _work_collected,
    ),
    Module(
        "calculus__differentiate",
        (
            Wording("What is the derivative of {e:expression} with respect to {v:letter}?"),
            Wording("Differentiate {e:expression} with respect to {v:letter}."),
        ),
        _draw_derivative,
        _work_derivative,
    ),
    Module(
        "probability__swr_p_sequence",
        (
            Wording("Letters are drawn without replacement from {bag:word}. How likely is {row:word}, in this order?"),
            Wording("How likely is it to draw {row:word} in this order from {bag:word}, without replacement?"),
        ),
        _draw_sequence,
        _work_sequence,
    ),
)
