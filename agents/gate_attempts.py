"""Checkpoints at a cycle's gate set: `evals/<cycle>/gate-<checkpoint>.jsonl`, asked once and kept.

The exact test asks the whole set, in the set's own order. An e-process (`gate.test`) asks both sides block by block, in
`asking_order`, until `is_over`: a file then holds the beginning of the set that its checkpoint was asked. Whoever asks
again goes on where the file ends, so that a kill costs a block and changes nothing. Two files may differ in length:
what is compared is what both were asked.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from agents.parts import Parts
from agents.run_folder import read_records, read_tried, write_records
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import Beside, compare
from reasoner.evaluation.e_process import asking_order
from reasoner.evaluation.gate import is_over, looks_at
from reasoner.types.problem import Attempt, Problem
from reasoner.types.report import Comparison
from reasoner.types.tried import Tried, attempts_of

Pair = tuple[list[Tried], list[Tried]]
"""The champion's and the candidate's, at the same problems."""


class GateAttempts:
    """The gate set of a cycle, and who was asked how much of it.

    Args:
        parts: of the run.
        cycle: whose set it is.
        node: at work.
    """

    def __init__(self, parts: Parts, *, cycle: int, node: str) -> None:
        self._parts, self._cycle, self._node = parts, cycle, node
        self._gate = parts.settings.gate
        self._problems = _in_order(parts, cycle)
        self._seconds = defaultdict[str, float](float)

    def until_over(self, champion: str, candidate: str) -> Pair:
        """Both, asked until the gate's test is over."""
        alpha = alpha_of_cycle(self._cycle, self._gate.alpha)
        pair: Pair = [], []
        for end in looks_at(len(self._problems), self._gate):
            pair = self._asked(champion, end), self._asked(candidate, end)
            if is_over(self.compared(pair), alpha):
                break
        self._tell(champion, candidate)
        return pair

    def alike(self, champion: str, other: str) -> Pair:
        """Both at what the champion was asked in this cycle; at the whole set where it was asked nothing."""
        end = len(self._kept(champion)) or len(self._problems)
        pair = self._asked(champion, end), self._asked(other, end)
        self._tell(champion, other)
        return pair

    def kept(self, champion: str, candidate: str) -> Pair:
        """What both were asked, as it was kept."""
        before, after = self._kept(champion), self._kept(candidate)
        both = min(len(before), len(after))
        return before[:both], after[:both]

    def compared(self, pair: Pair, *, beside: Sequence[Beside] = ()) -> Comparison:
        """What a pair comes to, with what was asked beside the set."""
        before, after = map(attempts_of, pair)
        return compare(before, after, self._gate, beside=beside, of=self.of)

    def _asked(self, checkpoint: str, end: int) -> list[Tried]:
        """A checkpoint's attempts at the first problems; what is kept is not asked again."""
        known, began = self._kept(checkpoint), time.monotonic()
        if missing := self._problems[len(known) : end]:
            known += self._parts.attempt(checkpoint, missing, cycle=self._cycle, node=self._node)
            write_records(self._file(checkpoint), attempts_of(known))
            self._seconds[checkpoint] += time.monotonic() - began
        return known[:end]

    def _kept(self, checkpoint: str) -> list[Tried]:
        path = self._file(checkpoint)
        if not path.is_file():
            return []
        whole = self._gate.test == "exact"
        return read_tried(path, self._problems if whole else self._problems[: len(read_records(path, Attempt))])

    def _tell(self, *checkpoints: str) -> None:
        """Of each an event, and another where it was asked more since."""
        for one in checkpoints:
            tried, seconds = self._kept(one), self._seconds[one]
            told = {"path": self._file(one), "split": "gate", "cycle": self._cycle, "seconds": seconds}
            self._parts.tell_evaluation(one, tried, of=self.of, **told)

    @property
    def of(self) -> int | None:
        """Items of the whole set, where not all need be asked."""
        return None if self._gate.test == "exact" else len(self._problems)

    def _file(self, checkpoint: str) -> Path:
        return self._parts.folder.attempts(self._cycle, f"gate-{checkpoint}")


def _in_order(parts: Parts, cycle: int) -> list[Problem]:
    """A cycle's gate set, in the order in which it is asked."""
    problems = parts.source.gate(cycle)
    if parts.settings.gate.test == "exact":
        return problems
    by_id = {problem.id: problem for problem in problems}
    return [by_id[id] for id in asking_order(list(by_id), seed=parts.settings.seed, cycle=cycle)]
