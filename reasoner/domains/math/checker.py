"""The truth of the math domain: is this answer the number that was asked for?

Three outcomes. An empty or unreadable answer is wrong; whatever goes wrong on the checker's own side, a missing gold
answer included, is an error, which counts as neither right nor wrong.
"""

import hashlib
from pathlib import Path

from reasoner.domains import lookalikes, plain_text
from reasoner.domains.math import (
    equations,
    first_names,
    lexicon,
    made_up,
    nouns,
    operands,
    plain_words,
    structure,
    unseen,
    wording,
    written_numbers,
)
from reasoner.domains.math.written_numbers import read_number
from reasoner.types.check import RIGHT, Check, failed, wrong
from reasoner.types.problem import Problem

_JUDGES = (
    equations, operands, written_numbers, structure,
    lexicon, first_names, made_up, nouns, plain_words, unseen, wording,
)  # fmt: skip
"""Whatever decides which answer is right, which step holds and which texts are of one structure."""


def check(problem: Problem, answer: str) -> Check:
    """Judges an answer by its value: `18`, `18.0` and `$18` are the same.

    Args:
        problem: its `answer` is the gold answer.
        answer: what the student says.

    Returns:
        `right`; `wrong`, also for an empty or unreadable answer; `error` where the gold answer is no number or the
        checker itself fails.
    """
    try:
        gold = read_number(problem.answer)
        if gold is None:
            return failed(f"the gold answer {problem.answer!r:.80} is no number")
        given = read_number(answer)
    except Exception as error:  # the third outcome tells a checker's own failure; a crash must not pass for "wrong"
        return failed(f"{type(error).__name__}: {error}"[:200])
    return RIGHT if given == gold else wrong("no number" if given is None else "another number")


def checker_hash() -> str:
    """SHA-256 (hex) of the source that decides what is right and what belongs to which split; goes into manifests."""
    digest = hashlib.sha256()
    own = (__file__, plain_text.__file__, lookalikes.__file__, *(module.__file__ for module in _JUDGES))
    for source in own:
        digest.update(Path(str(source)).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
