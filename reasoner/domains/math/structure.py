"""The structure of a problem: its text and its steps without names, things and numbers.

Works on any text, so a teacher's problem and a user's row fall into the same classes as generated ones.
"""

import hashlib
import re
from collections.abc import Sequence

from reasoner.domains.math.lexicon import NAMES, THINGS

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"#|[a-z]+|[^\sa-z#]")
_NAMES = frozenset(n.lower() for n in NAMES)
_THINGS = {w: plural for plural, single in THINGS.items() for w in (plural, single)}


def skeleton(question: str) -> str:
    """The question in lower case, numbers as `#`, people and things numbered as they appear."""
    people: dict[str, str] = {}
    things: dict[str, str] = {}
    words: list[str] = []
    for token in _TOKEN.findall(_NUMBER.sub("#", question).lower()):
        if token in _NAMES:
            words.append(people.setdefault(token, f"@p{len(people)}"))
        elif token in _THINGS:
            words.append(things.setdefault(_THINGS[token], f"@t{len(things)}"))
        else:
            words.append(token)
    return " ".join(words)


def structure_of(question: str, steps: Sequence[str]) -> str:
    """16 hex digits (SHA-256, cut) of the skeleton and the operators of the steps."""
    shape = " ".join(_NUMBER.sub("#", step) for step in steps)
    return hashlib.sha256(f"{skeleton(question)}|{shape}".encode()).hexdigest()[:16]
