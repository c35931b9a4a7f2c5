"""When two texts ask the same question to a reader: in other writing, or with a word more, less or misspelt.

Written otherwise: the same letters, digits and signs between numbers in the same order, whatever case, blanks,
punctuation, characters (`reasoner.domains.plain_text`) and numerals (`twelve` is 12). Nearly: the same numbers in the
same order, and one has nearly all words of the other. Names and things count as words: problems that differ in them
only share a structure, and that is told by their domain.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass
from functools import cached_property

from reasoner.domains.plain_text import plain_text

SHARED = 0.85
"""Of the shorter text's words, the least that both have."""
OF_THE_LONGER = 0.45
"""Of the longer text's words, the least that both have."""
FEWEST = 5
"""Words from which a text is compared word by word; of shorter ones all must be shared."""

SAME_PAIRS = 0.6
"""Pairs of words shared over all of both, of questions without numbers, the least."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.:]\d+)*")
_WITH_SIGNS = re.compile(r"[^\W\d_]+|\d+(?:[.:]\d+)*|(?<=[\d)])\s*[-+*/=<>^%]\s*(?=[\d(.])")
SIGNS = frozenset("-+*/=<>^%")
"""Tokens between numbers that are reckoned with."""
_INNER = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_ALIKE = str.maketrans("l10", "iio")
"""In a key: `PauI` is Paul, `c00kies` are cookies, `l2` is 12."""

_UNITS = {
    word: value
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
    )
}  # fmt: skip
_TENS = {
    word: 10 * value
    for value, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
}
_NUMERALS = frozenset((*_UNITS, *_TENS))


@dataclass(frozen=True)
class Asked:
    """A question as it is compared."""

    tokens: tuple[str, ...]
    """Words, numbers and signs between numbers, in their order; numerals as digits."""
    squeezed: str
    """The same without blanks and with numerals as they are."""

    @cached_property
    def key(self) -> bytes:
        """The same for questions that differ in writing only, but for numerals."""
        text = self.squeezed.translate(_ALIKE)
        return hashlib.blake2b(text.encode(), digest_size=8).digest()

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Numbers and signs in their order, but for ones: a word such as `one` may be no number."""
        return tuple(token for token in self.tokens if not token[0].isalpha() and token != "1")

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every two words that follow each other."""
        return frozenset(zip(self.tokens, self.tokens[1:], strict=False))

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word occurs."""
        return Counter(token for token in self.tokens if token[0].isalpha())


def asked(question: str) -> Asked:
    """A question's words, numbers and signs."""
    text = plain_text(question).casefold()
    if "'" in text:
        text = _INNER.sub("", text)
    if not text.isascii():
        # Casefolding may leave marks behind.
        text = plain_text(text)
    pattern = _TOKEN if SIGNS.isdisjoint(text) else _WITH_SIGNS
    found = [token.strip() for token in pattern.findall(text)]
    tokens = [_number(token) if token[0].isdigit() else token for token in found]
    if not _NUMERALS.isdisjoint(tokens):
        tokens = _numerals(tokens)
    return Asked(tuple(tokens), "".join(found))


def nearly_same(one: Asked, other: Asked) -> bool:
    """Whether two questions with the same numbers share nearly all words of the shorter one.

    Where there are no numbers the order of the words must tell: pairs of them are compared (Broder 1997).
    """
    if not one.numbers and not other.numbers:
        return is_mostly_shared(len(one.pairs & other.pairs), one.pairs, other.pairs)
    lengths = sorted((one.words.total(), other.words.total()))
    shared = (one.words & other.words).total()
    share = SHARED if lengths[0] >= FEWEST else 1.0
    return lengths[0] > 0 and shared >= share * lengths[0] and shared >= OF_THE_LONGER * lengths[1]


def is_mostly_shared(shared: int, one: Sized, other: Sized) -> bool:
    """Whether so many shared pairs are most of all that either has."""
    return shared > SAME_PAIRS * (len(one) + len(other) - shared)


def _number(token: str) -> str:
    """A number without zeros that say nothing."""
    whole, point, rest = token.partition(".")
    if ":" in token or "." in rest:
        return token
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + rest if rest else "")


def _numerals(tokens: list[str]) -> list[str]:
    """Number words as digits: `twelve` is 12, `twenty one` is 21."""
    read: list[str] = []
    tens = False
    for token in tokens:
        unit = _UNITS.get(token)
        if tens and unit is not None and 0 < unit < 10:
            read[-1] = str(int(read[-1]) + unit)
            tens = False
            continue
        tens = token in _TENS
        read.append(str(_TENS[token]) if tens else token if unit is None else str(unit))
    return read
