r"""A number with its unit, read from what people write, exactly or not at all. See `number` for what is read."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from reasoner.domains.checkers.base import shown
from reasoner.domains.checkers.extraction import bare
from reasoner.domains.math.written_numbers import MAX_LENGTH, read_number, ungrouped

Units = Mapping[str, float] | Sequence[str]

MOST_DIGITS = 4000
"""Of one number; Python refuses to convert more than 4,300 at once, because that takes quadratic time."""
_LONGEST_TEXT = 200
"""Characters of a number in any other form than digits alone."""
_LONG = re.compile(r"(?P<top>[-+]?[0-9]+(?:\.[0-9]+)?)(?:/(?P<under>[0-9]*[1-9][0-9]*))?")
_FRACTION = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]*) ?\\[dt]?frac ?\{(?P<top>[0-9]+)\} ?\{(?P<under>[0-9]+)\}")
_TO_THE = r"10 ?(?:\^|\*\*) ?(?:\{(?P<braced>[-+]?[0-9]+)\}|(?P<plain>[-+]?[0-9]+))"
_TIMES_TEN = re.compile(rf"(?<=[0-9]) ?(?:x|X|\u00d7|\*|·|\\times|\\cdot) ?{_TO_THE}")
_TEN = re.compile(rf"(?P<sign>-?){_TO_THE}")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED_RUN = re.compile("(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_UNIT_START = re.compile(r"(?<=[0-9.])(?=[^\W\d_])")
_FRACTION_SLASH = "\u2044"
_MONEY = "$€£¥₹"
_CURRENCIES = {
    "dollar": "$",
    "usd": "$",
    "euro": "€",
    "eur": "€",
    "gbp": "£",
    "yen": "¥",
    "jpy": "¥",
    "rupee": "₹",
    "inr": "₹",
}
_PLURALS = ("xes", "ches", "shes", "sses")
_PERCENT = ("%", "percent", "per cent")
_ENDLESS = frozenset({"nan", "inf", "infinity", "∞"})


class Quantity(NamedTuple):
    """A number that was read."""

    value: Fraction
    """In units of the first of the list, where the list has factors."""
    unit: str
    """Folded; empty where none is given."""
    factor: Fraction = Fraction(1)
    """What the number that was written is multiplied by to give `value`."""

    def spelled(self) -> str:
        """The same number and unit in one spelling, which reads as itself."""
        if self.unit and self.unit in _MONEY:
            return f"{self.unit}{self.value}"
        return f"{self.value} {self.unit}".strip()


def read_quantity(
    text: str, *, units: Units = (), percent: str = "number", decimal: str = "."
) -> tuple[Quantity | None, str]:
    """The number that a text gives, or None and the reason."""
    plain = _plain(text, decimal)
    if plain.lower().lstrip("+-") in _ENDLESS:
        return None, f"{shown(text)} is not a finite number"
    head, listed, factor = _without_listed(plain, units)
    value = _value(head)
    if value is None:
        return None, _fault(head, text)
    own = _own_unit(head, value)
    if own.startswith(_PERCENT):
        value, own = (value / 100 if percent == "fraction" else value), ""
    if own and units:
        return None, f"the unit {own!r} is none of {', '.join(units)}"
    return Quantity(value * factor, listed or own, factor), ""


def _plain(text: str, decimal: str) -> str:
    """The text in the spelling that `read_number` reads."""
    plain = bare(text)
    if decimal == ",":
        plain = plain.translate({ord("."): ",", ord(","): "."})
    if len(plain) > _LONGEST_TEXT:
        return plain
    plain = plain.replace("\\%", "%").replace("\\$", "$").replace("{,}", ",").replace("\\,", "").replace("\\!", "")
    plain = _RAISED_RUN.sub(lambda run: "^" + run.group().translate(_RAISED), " ".join(plain.split()))
    plain = _TIMES_TEN.sub(lambda power: f"e{power['braced'] or power['plain']}", plain)
    if ten := _TEN.fullmatch(plain):
        plain = f"{ten['sign']}1e{ten['braced'] or ten['plain']}"
    return _FRACTION.sub(_slashed, "".join(map(_vulgar, plain)).strip())


def _slashed(part: re.Match[str]) -> str:
    return f"{part['sign']}{part['whole']}{' ' if part['whole'] else ''}{part['top']}/{part['under']}"


def _vulgar(character: str) -> str:
    """`½` as ` 1/2`, so that `1½` is `1 1/2`."""
    if unicodedata.category(character) != "No":
        return character
    top, slash, under = unicodedata.normalize("NFKD", character).partition(_FRACTION_SLASH)
    return f" {top}/{under}" if slash and under else character


def _value(text: str) -> Fraction | None:
    if len(text) <= MAX_LENGTH:
        return read_number(text)
    digits = ungrouped(text) if len(text) <= 2 * MOST_DIGITS else ""
    match = _LONG.fullmatch(digits) if len(digits) <= MOST_DIGITS else None
    return Fraction(match["top"]) / int(match["under"] or 1) if match else None


def _fault(head: str, text: str) -> str:
    digits = sum(map(str.isdecimal, head))
    if digits > MOST_DIGITS:
        return f"the number has {digits:,} digits; at most {MOST_DIGITS:,} are read"
    return f"{shown(text)} is not one number that can be read in one way only"


def _without_listed(text: str, units: Units) -> tuple[str, str, Fraction]:
    """The text without the unit of the list that it ends with; the first unit of a list with factors; the factor."""
    if not units or len(text) > _LONGEST_TEXT:
        return text, "", Fraction(1)
    plain = text.removesuffix(".") if text[-2:-1].isalpha() else text
    for fold in (str, str.casefold):
        for unit in sorted(units, key=len, reverse=True):
            head = plain[: len(plain) - len(unit)]
            if unit and head and fold(plain).endswith(fold(unit)) and not head[-1].isalpha():
                return head.strip(), *_converted(unit, units)
    return plain, "", Fraction(1)


def _converted(unit: str, units: Units) -> tuple[str, Fraction]:
    if not isinstance(units, Mapping):
        return "", Fraction(1)
    first = next(iter(units))
    return first, Fraction(str(units[unit])) / Fraction(str(units[first]))


def _own_unit(text: str, value: Fraction) -> str:
    """The words behind a number: what can be left out without making it another number; or its currency's sign."""
    if len(text) > MAX_LENGTH:
        return ""
    spaced = _UNIT_START.sub(" ", text.replace("%", " %"))
    words = (spaced if read_number(spaced) == value else text).rstrip(". ").split()
    for kept in range(1, len(words)):
        if read_number(" ".join(words[:kept])) == value:
            unit = _singular(" ".join(words[kept:]).casefold())
            return _CURRENCIES.get(unit, unit)
    return next((sign for sign in _MONEY if sign in text), "")


def _singular(unit: str) -> str:
    if unit.endswith(_PLURALS):
        return unit[:-2]
    return unit.removesuffix("s") if len(unit) > 3 and not unit.endswith("ss") else unit
