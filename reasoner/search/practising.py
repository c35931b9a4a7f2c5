"""A searcher for practice problems: it proposes as a beam does, but goes on from what is right, and keeps all it saw.

A verifier learns from it what the student gets right and wrong at the same questions, at every depth, in the very
proportion in which a search will show it.

Shapes: N beams, M candidates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reasoner.search.beams import Beams, Complete
from reasoner.search.choosing import AnswerOf, Chooser
from reasoner.search.planning import BeamWays, Front
from reasoner.search.searchers import Unrefined
from reasoner.types.step_model import Candidates, Wanted

Judge = Callable[[int, tuple[str, ...], str, bool], bool]
"""Row of the batch, steps before (all right), the step, whether it ends the solution: is it right?"""


@dataclass(frozen=True)
class Seen:
    """All candidates of one round, judged."""

    question_M: np.ndarray
    """Row of the batch, not falling."""
    before: tuple[tuple[str, ...], ...]
    candidates: Candidates
    right_M: np.ndarray


class Practice(Unrefined):
    """Goes on with right steps only: a solution cannot be right again once a step of it is wrong."""

    name = "practice"

    def __init__(self, *, width: int, decodes: int, ways: BeamWays, judge: Judge) -> None:
        """Args:
        width: right beams kept, of each question.
        decodes: of a question and step.
        ways: of the candidates.
        judge: knows the worked solutions.
        """
        self.starts, self.decodes, self.halts = 1, decodes, False
        self.choose: Chooser = _nothing
        self.seen: list[Seen] = []
        self._width, self._ways, self._judge = width, ways, judge

    def plan(self, front: Front) -> list[Wanted]:
        """The greedy step of every beam, and others near it."""
        return self._ways.plan(front, self.decodes)

    def keep(self, beams: Beams, candidates: Candidates, bar_B: Sequence[float]) -> np.ndarray:  # noqa: ARG002
        """The likeliest right candidates of each question."""
        question_M = beams.question_N[candidates.parent_M]
        before = tuple(beams.steps[b] for b in candidates.parent_M.tolist())
        rows = zip(question_M.tolist(), before, candidates.texts, candidates.ends_M.tolist(), strict=True)
        right = [self._judge(*row) for row in rows]
        self.seen.append(Seen(question_M, before, candidates, np.array(right)))
        room: dict[int, int] = {}
        kept: list[int] = []
        for i in (-candidates.gain_M).argsort(kind="stable").tolist():
            question = int(question_M[i])
            if right[i] and room.setdefault(question, self._width):
                room[question] -= 1
                kept.append(i)
        return np.array(sorted(kept), dtype=np.int64)


def _nothing(solutions: Sequence[Complete], answer_of: AnswerOf) -> int:  # noqa: ARG001 (a `Chooser`)
    """Practice answers nothing, and may have completed nothing."""
    return 0
