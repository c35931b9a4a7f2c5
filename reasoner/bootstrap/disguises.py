"""Ten ways of writing a question so that a reader still reads the same, and a program that compares texts does not."""

import re
from collections.abc import Callable
from random import Random

FILLERS = ("please", "exactly", "kindly", "just", "really", "actually", "still", "now", "then")
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")  # noqa: RUF001 (they are the point)
_GREEK = str.maketrans("ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")  # noqa: RUF001
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

Disguise = Callable[[str, Random], str]


def _more_words(question: str, rng: Random) -> str:
    words = question.split(" ")
    for filler in rng.sample(FILLERS, 2):
        words.insert(rng.randrange(len(words)), filler)
    return " ".join(words)


def _one_word_less(question: str, rng: Random) -> str:
    words = question.split(" ")
    places = [place for place, word in enumerate(words) if word.isalpha()]
    del words[rng.choice(places)]
    return " ".join(words)


def _unseen(question: str, rng: Random) -> str:
    return "".join(c + rng.choice(("", "\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u200e")) for c in question)


def _blanks(question: str, rng: Random) -> str:
    changed = question.upper() if rng.random() < 0.5 else question.lower()
    changed = changed.replace(".", rng.choice((" !", " ;", "..."))).replace("?", "")
    return rng.choice(("\u00a0", "\u2009", "  \n", "\t")).join(changed.split(" "))


def _marked(question: str, rng: Random) -> str:
    return "".join(c + rng.choice(("\u0301", "\u0323", "\u20dd")) if c in "aeiou" else c for c in question)


def _in_words(question: str, _: Random) -> str:
    return re.sub(r"\d+", lambda found: _numeral(int(found[0])), question)


def _numeral(value: int) -> str:
    if value >= 100:
        return f"{value:,}"
    if value < 20:
        return _ONES[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")


def _marked_up(question: str, rng: Random) -> str:
    bold = re.sub(r"(\d+)", rng.choice((r"**\1**", r"<b>\1</b>", r"`\1`", r"<i>\1</i>")), question)
    before, after = rng.choice((("<p>", "</p>"), ("## ", ""), ("> ", ""), ("1. ", ""), ("<!-- x -->", "")))
    return before + bold.replace(" ", "&nbsp;", 1) + after


DISGUISES: dict[str, Disguise] = {
    "added words": _more_words,
    "a word less": _one_word_less,
    "cyrillic letters": lambda question, _: question.translate(_CYRILLIC),
    "greek letters": lambda question, _: question.translate(_GREEK),
    "unseen characters": _unseen,
    "wide characters": lambda question, _: question.translate(_WIDE),
    "blanks, case, stops": _blanks,
    "marks on letters": _marked,
    "numbers in words": _in_words,
    "markup": _marked_up,
}
"""By what they change."""
