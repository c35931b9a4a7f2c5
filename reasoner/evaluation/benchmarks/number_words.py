"""The first English number in a text, with the value that the package word2number gives it, as lm-eval's BBH reads it.

Ours because that package is not kept up, and because scores must be the same: words against a comma do not count,
so `twenty, five` is 5, and `six` alone is not found. `reasoner.domains.math.written_numbers` reads numbers
better, and so differently. Where the package raises an error there is no number here.
"""

import re

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
}
_SCALES = ("billion", "million", "thousand")
_WORD = (
    "zero|one|two|three|four|five|(?:twen|thir|for|fif|six|seven|nine)(?:teen|ty)|eight(?:een|y)?|ten|eleven|twelve|"
    "fourteen|hundred|thousand|(?:m|b|tr)illion"
)
_NUMBER = re.compile(rf"(?:(?:{_WORD})(?:{_WORD}|[^\S\r\n]|,|and|&)+)?(?:{_WORD})")


def number_in_words(text: str) -> str:
    """The first number of a text in small letters, in digits; empty where there is none that has a value."""
    found = _NUMBER.search(text)
    words = [word for word in found[0].split() if word in _VALUES] if found else []
    value = _value(words)
    return "" if value is None else str(value)


def _value(words: list[str]) -> int | None:
    if not words:
        return None
    if len(words) == 1:
        return _VALUES[words[0]]
    places = [words.index(scale) for scale in _SCALES if scale in words]
    if any(words.count(scale) > 1 for scale in _SCALES) or places != sorted(places):
        return None
    total, begin = 0, 0
    for place in places:
        if begin == place:
            return None
        total += _group(words[begin:place]) * _VALUES[words[place]]
        begin = place + 1
    return total + (_group(words[begin:]) if begin < len(words) else 0)


def _group(words: list[str]) -> int:
    """`three hundred twenty five`, with the package's own rule for other lengths."""
    first, *rest = (_VALUES[word] for word in words)
    if len(rest) == 1:
        return first * rest[0] if 100 in (first, rest[0]) else first + rest[0]
    return first * rest[0] + sum(rest[1:]) if len(rest) in (2, 3) else first
