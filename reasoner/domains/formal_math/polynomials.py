"""Numbers and polynomials over the fractions, read from texts, reckoned exactly and written again.

A polynomial maps monomials to coefficients, a monomial is letters with exponents: `3*x**2 - 1/2` is
{(("x", 2),): 3, (): -1/2}. Texts come from students and teachers, so nothing is executed: a syntax tree of numbers,
letters, `+ - * / **` and brackets is walked, and exponents, terms and lengths are bounded.
"""

import ast
import re
from collections.abc import Mapping
from fractions import Fraction

Monomial = tuple[tuple[str, int], ...]
Polynomial = dict[Monomial, Fraction]

LONGEST = 400
"""Characters of an expression."""
_HIGHEST, _MOST_TERMS, _LARGEST = 24, 200, 10**60
_SIGNS = re.compile(r"[0-9A-Za-z.+\-*/() ]+")
_UNCLEAR = re.compile(r"[A-Za-z]{2}|\d[A-Za-z]|[A-Za-z]\d")
"""Names of two letters, and letters beside digits: Python would read some of them otherwise."""
_DECIMAL = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+|\d+/\d+)")


class _Refused(Exception):
    """Not a polynomial, or too large."""


def read_number(text: str) -> Fraction | None:
    """A whole number, a decimal, or a fraction in lowest terms; None for anything else, sums among it."""
    if not _NUMBER.fullmatch(text) or len(text) > LONGEST:
        return None
    over, slash, under = text.partition("/")
    if not slash:
        return Fraction(text)
    value = Fraction(int(over), int(under)) if int(under) else None
    return value if value is not None and value.denominator == int(under) > 1 else None


def read_polynomial(text: str) -> Polynomial | None:
    """The polynomial of an expression; None where it is none. `^` is `**`."""
    plain = text.replace("^", "**").strip()
    if len(plain) > LONGEST or not _SIGNS.fullmatch(plain) or _UNCLEAR.search(plain):
        return None
    try:
        return _walk(ast.parse(plain, mode="eval").body, plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError, _Refused):
        return None


def is_collected(text: str) -> bool:
    """Whether a readable expression is a sum in which each monomial stands once, without brackets."""
    read = read_polynomial(text)
    if read is None or "(" in text:
        return False
    tree, terms = ast.parse(text.replace("^", "**").strip(), mode="eval").body, 1
    while isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Add, ast.Sub)):
        tree, terms = tree.left, terms + 1
    return terms == max(1, len(read))


def written_number(value: Fraction, *, decimal: bool = False) -> str:
    """`3`, `-3/4`; as `-0.75` where decimals are asked for and it ends."""
    if not decimal or value.denominator == 1:
        return str(value)
    digits = next((d for d in range(1, 13) if (value * 10**d).denominator == 1), 0)
    if not digits:
        return str(value)
    whole = str(abs(int(value * 10**digits))).rjust(digits + 1, "0")
    return f"{'-' if value < 0 else ''}{whole[:-digits]}.{whole[-digits:]}"


def written(polynomial: Mapping[Monomial, Fraction]) -> str:
    """`3*x**2 - x + 1/2`: highest degree first, `0` where there is nothing."""
    told = ""
    for monomial, value in sorted(polynomial.items(), key=_place):
        if not value:
            continue
        sign = (" - " if value < 0 else " + ") if told else ("-" if value < 0 else "")
        powers = [letter if power == 1 else f"{letter}**{power}" for letter, power in monomial]
        size = abs(value)
        if powers and size.denominator > 1:
            over = [] if size.numerator == 1 else [str(size.numerator)]
            told += f"{sign}{'*'.join([*over, *powers])}/{size.denominator}"
        else:
            told += sign + "*".join([*([str(size)] if size != 1 or not powers else []), *powers])
    return told or "0"


def by_degree(polynomial: Mapping[Monomial, Fraction], letter: str) -> dict[int, Fraction]:
    """Coefficients by degree, of a polynomial in one letter.

    Raises:
        ValueError: another letter stands in it.
    """
    if any(name != letter for monomial in polynomial for name, _ in monomial):
        raise ValueError(f"{written(polynomial)} is no polynomial in {letter}")
    return {(monomial[0][1] if monomial else 0): value for monomial, value in polynomial.items()}


def of_degrees(values: Mapping[int, Fraction], letter: str) -> Polynomial:
    """The polynomial in one letter with these coefficients."""
    return {(((letter, degree),) if degree else ()): value for degree, value in values.items() if value}


def _place(item: tuple[Monomial, Fraction]) -> tuple[int, Monomial]:
    return -sum(power for _, power in item[0]), item[0]


def _walk(node: ast.expr, text: str) -> Polynomial:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        written_so = ast.get_source_segment(text, node) or ""
        if not _DECIMAL.fullmatch(written_so):
            raise _Refused
        return _kept({(): Fraction(written_so)})
    if isinstance(node, ast.Name):
        return {((node.id, 1),): Fraction(1)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
        inner = _walk(node.operand, text)
        return {m: -v for m, v in inner.items()} if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        return _joined(node, _walk(node.left, text), _walk(node.right, text))
    raise _Refused


def _joined(node: ast.BinOp, left: Polynomial, right: Polynomial) -> Polynomial:
    if isinstance(node.op, (ast.Add, ast.Sub)):
        sign = 1 if isinstance(node.op, ast.Add) else -1
        return _kept({m: left.get(m, Fraction(0)) + sign * right.get(m, Fraction(0)) for m in {**left, **right}})
    if isinstance(node.op, ast.Mult):
        return product(left, right)
    number = right.get((), Fraction(0)) if set(right) <= {()} else None
    if isinstance(node.op, ast.Div) and number:
        return {m: v / number for m, v in left.items()}
    if isinstance(node.op, ast.Pow) and number is not None and number.denominator == 1 and 0 <= number <= _HIGHEST:
        power: Polynomial = {(): Fraction(1)}
        for _ in range(int(number)):
            power = product(power, left)
        return power
    raise _Refused


def product(left: Polynomial, right: Polynomial) -> Polynomial:
    """Their product.

    Raises:
        ValueError: it would be too large.
    """
    found: Polynomial = {}
    if len(left) * len(right) > _MOST_TERMS * 4:
        raise ValueError("too many terms")
    for one, a in left.items():
        for other, b in right.items():
            powers = dict(one)
            for letter, power in other:
                powers[letter] = powers.get(letter, 0) + power
            monomial = tuple(sorted(powers.items()))
            found[monomial] = found.get(monomial, Fraction(0)) + a * b
    return _kept(found)


def _kept(found: Polynomial) -> Polynomial:
    """Without zeros; refused where it is too large."""
    kept = {m: v for m, v in found.items() if v}
    too_large = any(abs(v.numerator) > _LARGEST or v.denominator > _LARGEST for v in kept.values())
    if too_large or len(kept) > _MOST_TERMS or any(sum(p for _, p in m) > _HIGHEST for m in kept):
        raise _Refused
    return kept
