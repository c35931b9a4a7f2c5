"""Words that no language has, built from syllables: what is called by them cannot be known by heart, only copied.

The same words at every start: they come from a fixed seed.
"""

from collections.abc import Iterable
from random import Random

_BEGIN = (
    *"bdfghjklmnprstvwyz",
    *("bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "kh", "kr", "ph", "pl", "pr", "qu", "sh", "sk", "sl",
      "sn", "st", "sw", "th", "tr", "tw", "zh", ""),
)  # fmt: skip
_MIDDLE = (*"aeiou" * 3, "ai", "au", "ea", "ee", "ei", "ia", "ie", "io", "oa", "oo", "ou", "y")
_END = (
    *("",) * 12,
    *"bdgklmnprstvxz",
    "ck",
    "ll",
    "lm",
    "mp",
    "nd",
    "ng",
    "nk",
    "nn",
    "nt",
    "rd",
    "rk",
    "rn",
    "sh",
    "st",
)
_LENGTHS = range(3, 10)


def made_up_words(count: int, *, seed: int, closed: bool, without: Iterable[str]) -> tuple[str, ...]:
    """Different lower-case words of 3 to 9 letters, one to three syllables each.

    Args:
        count: how many.
        seed: other words for another one.
        closed: whether each ends in a consonant, as most nouns do.
        without: words that must not be among them.
    """
    rng, taken, words = Random(seed), set(without), list[str]()
    while len(words) < count:
        syllables = [_syllable(rng) for _ in range(1 + int(rng.random() * 3))]
        word = "".join(syllables)
        if word not in taken and len(word) in _LENGTHS and not (closed and word[-1] in "aeiouy"):
            taken.add(word)
            words.append(word)
    return tuple(words)


def _syllable(rng: Random) -> str:
    return "".join(parts[int(rng.random() * len(parts))] for parts in (_BEGIN, _MIDDLE, _END))
