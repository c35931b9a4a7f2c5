"""The truth of the domain: does the answer name the candidate that the entity is?"""

import hashlib
import re
from pathlib import Path

from reasoner.domains import lookalikes, plain_text
from reasoner.domains.prosqa import graph, structure, working
from reasoner.types.check import RIGHT, Check, failed, wrong
from reasoner.types.problem import Problem

MAX_LENGTH = 80
"""Characters of an answer."""

_ANSWER = re.compile(r"(?:([a-z]+)\s+is\s+)?(?:an?\s+)?([a-z]+)\s*\.?")


def kind_of(text: str, entity: str) -> str:
    """The kind that an answer names: `lempus`, `a lempus`, `Tom is a lempus.`; empty if none, or of another entity."""
    match = _ANSWER.fullmatch(text.strip().lower()) if len(text) <= MAX_LENGTH else None
    if match is None or match.group(1) not in (None, entity):
        return ""
    return match.group(2)


def check(problem: Problem, answer: str) -> Check:
    """Judges an answer by the rules of the question.

    Returns:
        `right`; `wrong`, also for an empty or unreadable answer; `error` where the question cannot be read, has not
        exactly one true candidate, or the gold answer contradicts its own rules.
    """
    told = graph.read(problem.question)
    truth = graph.answer(told) if told is not None else None
    if told is None or truth is None or kind_of(problem.answer, told.entity) != truth:
        return failed("the question cannot be read, or its rules do not give the gold answer alone")
    return RIGHT if kind_of(answer, told.entity) == truth else wrong("another kind")


def checker_hash() -> str:
    """SHA-256 (hex) of the source that decides what is right and what belongs to which split; goes into manifests."""
    digest = hashlib.sha256()
    own = (__file__, graph.__file__, structure.__file__, working.__file__)
    for source in (*own, plain_text.__file__, lookalikes.__file__):
        digest.update(Path(source).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
