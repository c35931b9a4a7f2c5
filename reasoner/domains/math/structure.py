"""The structure of a problem: its text and its steps without names, things and numbers.

Works on any text, so a teacher's problem and a user's row fall into the same classes as generated ones. A name is a
capitalised word that is no word of English sentences, or one of the lexicon's in small letters; a thing is one of the
lexicon's, or whatever else is counted: the word behind a number.
"""

import hashlib
import re
from collections.abc import Sequence

from reasoner.domains.math.lexicon import NAMES, THINGS
from reasoner.domains.math.nouns import plural_of
from reasoner.domains.math.plain_words import PLAIN

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"#|[^\W\d_]+|[^\w\s#]")
_COUNTED = re.compile(r"# (?:(?:more|extra|fewer|less|other|new) )?([^\W\d_]{3,})")
_NAMES = frozenset(n.lower() for n in NAMES)
_THINGS = {w: plural for plural, single in THINGS.items() for w in (plural, single)}


def skeleton(question: str) -> str:
    """The question in lower case, numbers as `#`, people and things numbered as they appear."""
    people: dict[str, str] = {}
    things: dict[str, str] = {}
    words: list[str] = []
    text = _NUMBER.sub("#", question)
    counted = {w for w in _COUNTED.findall(text.lower()) if w not in PLAIN and w not in _THINGS}
    for token in _TOKEN.findall(text):
        word = token.lower()
        if word in PLAIN:
            words.append(word)
        elif thing := _THINGS.get(word) or (_one_of(counted, word) if counted else ""):
            words.append(things.setdefault(thing, f"@t{len(things)}"))
        elif token[0].isupper() or word in _NAMES:
            words.append(people.setdefault(word, f"@p{len(people)}"))
        else:
            words.append(word)
    return " ".join(words)


def _one_of(counted: set[str], word: str) -> str:
    """The counted thing that a word is, or is one of; empty for any other word."""
    return next((many for many in (word, plural_of(word)) if many in counted), "")


def structure_of(question: str, steps: Sequence[str]) -> str:
    """16 hex digits (SHA-256, cut) of the skeleton and the operators of the steps."""
    shape = " ".join(_NUMBER.sub("#", step) for step in steps)
    return hashlib.sha256(f"{skeleton(question)}|{shape}".encode()).hexdigest()[:16]
