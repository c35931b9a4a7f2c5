"""Numbers as people write them, read as what they mean or not at all, never as another number.

Digits (`1,234.5`, `-2.50`, `3/4`, `5 1/2`, `1e-05`, Arabic ones too), words (`twenty-one`, `a dozen`, `half`), both
(`2 million`, `5k`, `5 and a half`), with a currency's sign, a unit behind (`18 apples`, `20%`, which is 20) and a full
stop. Whatever has two readings is refused: `1.234,5`, `12,34`, `1 234`, `5m`, `3 pairs`, `5-7`, `about 5`, `12:30`.
All is exact, in time linear in the text.
"""

import re
import unicodedata
from fractions import Fraction

MAX_LENGTH = 64
"""Characters of a number with its unit; longer texts are no numbers."""
MAX_EXPONENT = 100
"""Of `1e16`, whatever its sign: what is written in five characters must not fill the memory."""
MAX_UNIT_WORDS = 5
LONGEST = 12
"""Words of a number within a text, at most."""

_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])")
_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_LEADING = re.compile(
    rf"(?P<sign>[-+]|minus |negative )? ?(?P<money>[$€£¥₹] ?)?(?P<inner>-)?"
    rf"(?:(?P<whole>[0-9]+) (?=[0-9]+/))?(?P<top>{_DECIMAL})(?:[eE](?P<power>[-+]?[0-9]{{1,4}})|/(?P<under>[0-9]+))?"
    r"(?P<rest>(?:[^0-9].*)?)",
    re.DOTALL,
)
_SPOKEN = re.compile(r"(?P<sign>minus |negative )?(?P<rest>[A-Za-z][A-Za-z -]*)")
_DIGITS_IN = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?: ?(?P<behind>[A-Za-z]+))?")
_WORDS_IN = re.compile("[a-z]+")
_UNIT = re.compile(r" ?(?:%|€|[A-Za-z]+(?: [A-Za-z]+)*)?")
_MINUS = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{FULLWIDTH HYPHEN-MINUS}", "-"))
_GROUP_SPACE = re.compile(r"(?<=[0-9])[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}](?=[0-9]{3}(?![0-9]))")

NUMERALS = {
    word: value
    for value, word in enumerate(
        (
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        )
    )
}  # fmt: skip
TENS = {
    word: 10 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
SCALES = {
    "thousand": 10**3, "thousands": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9,
    "trillion": 10**12, "trillions": 10**12, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "crores": 10**7,
}  # fmt: skip
_TIMES = {**SCALES, "hundred": 100, "hundreds": 100, "dozen": 12, "dozens": 12}
"""What multiplies the number before it."""
_SHORT = {"k": 10**3, "K": 10**3, "M": 10**6, "mn": 10**6, "bn": 10**9, "Bn": 10**9}
_PARTS = {"half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4)}
_BEGINNINGS = frozenset({*NUMERALS, *TENS, "a", "an", "half"})

_OTHER_NUMBERS = """
halves thirds quarters fourth fourths fifth fifths sixth sixths seventh eighth eighths ninth tenth tenths hundredth
hundredths thousandth thousandths first second tens score scores gross pair pairs couple both once twice thrice
double triple quadruple mil mille mio mrd mn bn tn bln mln trn grand
millones millionen milliarden tausend hundert dutzend douzaine docena
"""
_CHANGING = """
and or to plus minus times point dot comma over less more fewer than not but about approximately roughly nearly
almost maybe perhaps between under above squared cubed power root divided multiplied remainder rem if versus vs
"""
_SCALED = re.compile("dozen|hundred|thousand|[mbtr]illi(?:on|ard)|fold$")
_AMBIGUOUS = "m b t r x e am pm st nd rd th"
_NO_UNIT = frozenset({*NUMERALS, *TENS, *_TIMES, *_PARTS, *f"{_OTHER_NUMBERS} {_CHANGING} {_AMBIGUOUS}".split()})
"""Words that are no unit: behind a number they make it another one."""


def read_number(text: str) -> Fraction | None:
    """The number that a text gives; None where it gives none, several, or one that can be read in two ways."""
    if len(text) > MAX_LENGTH:
        return None
    plain = ungrouped(_folded(text)).strip().removesuffix(".").rstrip()
    if match := _LEADING.fullmatch(plain):
        value = _digits_value(match)
        return None if value is None else _with_words(value, match["rest"], negative=_negative(match))
    if match := _SPOKEN.fullmatch(plain):
        words = match["rest"].replace("-", " ").split()
        value, used = _spoken([word.lower() for word in words])
        return value * (-1 if match["sign"] else 1) if used and _is_unit(words[used:]) else None
    return None


def numbers_in(text: str) -> set[Fraction]:
    """All numbers that a text gives, in digits or words, each also with what multiplies it: `3 dozen` is 3 and 36.

    Runs of more than `MAX_LENGTH` digits are left out.
    """
    plain = ungrouped(_folded(text))
    found = set[Fraction]()
    for match in _DIGITS_IN.finditer(plain):
        if len(match["number"]) <= MAX_LENGTH:
            times = _SHORT.get(match["behind"] or "") or _TIMES.get((match["behind"] or "").lower(), 1)
            found |= {Fraction(match["number"]), Fraction(match["number"]) * times}
    words = _WORDS_IN.findall(plain.lower())
    for at, word in enumerate(words):
        if word in _BEGINNINGS and (spoken := _spoken(words[at : at + LONGEST]))[1]:
            found.add(spoken[0])
    return found


def ungrouped(text: str) -> str:
    """The text with thousands commas left out, where they stand as they should: `0,123` and `12,34` keep theirs."""
    return _GROUPED.sub(lambda match: match.group().replace(",", ""), text)


def _folded(text: str) -> str:
    """Minus signs and digits of all scripts as plain ones; blanks between groups of digits left out."""
    plain = _GROUP_SPACE.sub("", text.translate(_MINUS))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _negative(match: re.Match[str]) -> bool:
    return (match["sign"] or "+") != "+" or bool(match["inner"])


def _digits_value(match: re.Match[str]) -> Fraction | None:
    """The leading number without its sign."""
    if match["inner"] and (match["sign"] or not match["money"]):
        return None
    value = Fraction(match["top"])
    if match["power"]:
        power = int(match["power"])
        return value * Fraction(10) ** power if abs(power) <= MAX_EXPONENT else None
    if match["under"]:
        if int(match["under"]) == 0:
            return None
        value /= int(match["under"])
    if match["whole"]:
        return int(match["whole"]) + value if value < 1 else None
    return value


def _with_words(value: Fraction, rest: str, *, negative: bool) -> Fraction | None:
    """The number with what stands behind it: what multiplies it, a part on top, its unit."""
    if not _UNIT.fullmatch(rest):
        return None
    words = rest.split()
    if words and words[0] in _SHORT:
        value *= _SHORT[words.pop(0)]
    if words[:1] == ["and"] and words[1:2] in (["a"], ["one"]) and (part := _PARTS.get("".join(words[2:3]))):
        if value.denominator != 1:
            return None
        value += part
        del words[:3]
    while words and words[0].lower() in _TIMES:
        value *= _TIMES[words.pop(0).lower()]
    return value * (-1 if negative else 1) if _is_unit(words) else None


def _is_unit(words: list[str]) -> bool:
    return len(words) <= MAX_UNIT_WORDS and not any(
        word in _SHORT or word.lower() in _NO_UNIT or _SCALED.search(word.lower()) for word in words
    )


def _spoken(words: list[str]) -> tuple[Fraction, int]:
    """The number that words begin with, and how many words it takes; 0 words where they begin with none."""
    if words[:1] == ["half"] and words[1:2] == ["a"] and (times := _TIMES.get(" ".join(words[2:3]))):
        return Fraction(times, 2), 3
    start = int(words[:1] in (["a"], ["one"]))
    if words[start : start + 1] == ["half"] or (start and words[1:2] == ["third"]):
        return _PARTS[words[start]], start + 1
    value, used = _cardinal(words)
    if used and words[used : used + 1] in (["dozen"], ["dozens"]):
        value, used = 12 * value, used + 1
    if used and words[used : used + 2] == ["and", "a"] and "".join(words[used + 2 : used + 3]) in _PARTS:
        return value + _PARTS[words[used + 2]], used + 3
    return Fraction(value), used


def _cardinal(words: list[str]) -> tuple[int, int]:
    """`two thousand three hundred and five`: a value and its words, in groups of falling scale."""
    value, used, least = 0, 0, 10**15
    while True:
        at = used + int(0 < used < len(words) - 1 and words[used] == "and")
        group, taken = _below_thousand(words[at:])
        scale = SCALES.get("".join(words[at + taken : at + taken + 1]), 1)
        if not taken or scale >= least or (scale == 1 and used and group >= least):
            return value, used
        value, used, least = value + group * scale, at + taken + int(scale > 1), scale
        if scale == 1:
            return value, used


def _below_thousand(words: list[str]) -> tuple[int, int]:
    counts = words[:1] in (["a"], ["an"]) and "".join(words[1:2]) in _TIMES
    value, used = (1, 1) if counts else _below_hundred(words)
    if used and words[used : used + 1] == ["hundred"]:
        rest, taken = _below_hundred(words[used + 1 + int(words[used + 1 : used + 2] == ["and"]) :])
        skipped = int(taken > 0 and words[used + 1] == "and")
        return 100 * value + rest, used + 1 + skipped + taken
    return value, used


def _below_hundred(words: list[str]) -> tuple[int, int]:
    if words and words[0] in TENS:
        ones = NUMERALS.get("".join(words[1:2]), 0)
        return (TENS[words[0]] + ones, 2) if 0 < ones < 10 else (TENS[words[0]], 1)
    return (NUMERALS[words[0]], 1) if words and words[0] in NUMERALS else (0, 0)
