"""When two texts, worked problems or latents say the same: word for word, but for how they are written, or nearly.

`fold` takes away what is only writing in a question: case, width and accents of letters, blanks, and punctuation that
is no part of a number or an equation. Keys are kept in the store beside what they were made of: whoever changes how
they are made writes a migration that makes them again.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

SHINGLE = 3
"""Words in a shingle (Broder 1997, On the resemblance and containment of documents)."""

RECENT = 4096
"""Keys kept at hand: one example's are asked for several times while it is taken in."""

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[-+*/=<>%^()]")


def words_of(text: str) -> list[str]:
    """Words, numbers and signs of a text, folded, in their order."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in plain if not unicodedata.combining(c))
    return _TOKEN.findall(text.casefold())


def fold(text: str) -> str:
    """The text as its words with single blanks between them."""
    return " ".join(words_of(text))


@lru_cache(maxsize=RECENT)
def question_key(question: str) -> str:
    """16 hex digits, the same for questions that differ in writing only."""
    return _hash(fold(question))


def solution_key(steps: Sequence[str], answer: str) -> str:
    """16 hex digits, the same for the same solution.

    Steps come in their domain's one spelling, so they count to the letter and in their order: `x != 0` is not
    `x = 0`.
    """
    return _hash(json.dumps([*steps, answer.strip()]))


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Every run of three words; the whole of a shorter text."""
    words = words_of(text)
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def resemblance(one: str, other: str) -> float:
    """Shared shingles over all of both, 0 to 1 (Jaccard)."""
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second)


def unit(vectors_ND: np.ndarray) -> np.ndarray:
    """The vectors at unit length, float32, contiguous. None of them may be zero."""
    lengths_N1 = np.linalg.norm(vectors_ND, axis=1, keepdims=True)
    assert (lengths_N1 > 0).all(), "a zero vector has no direction"
    return np.ascontiguousarray(vectors_ND / lengths_N1, dtype=np.float32)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
