"""What must not teach a run: questions that are reported or will decide, and structures of splits that do.

One rule for every way in. The doors (a teacher's problems, a file's rows) refuse with words; the node `train` asks once
more about everything that a run is about to learn from, however it came there.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from agents.judging import HELD_OUT, LEAKED
from reasoner.data.held_out import HeldOutQuestions
from reasoner.data.splits import split_of
from reasoner.domains.powers import read_answer
from reasoner.types.domain import Domain
from reasoner.types.example import Example
from reasoner.types.problem import Problem, Split


class SplitOf(Protocol):
    """The split that a structure hash belongs to."""

    def __call__(self, structure: str) -> Split:
        """See `reasoner.data.splits.split_of`."""
        ...


class HeldOut:
    """What is reported or decides.

    Args:
        questions: of sealed sets and gate sets, those of future cycles too.
        split_of: the split of a structure.
    """

    def __init__(self, questions: HeldOutQuestions, *, split_of: SplitOf = split_of) -> None:
        self.questions = questions
        self._split_of = split_of

    def why_not(self, question: str, steps: Sequence[str], domain: Domain) -> str:
        """Why a question with these steps must not teach, one of `agents.judging.REASONS`; empty if it may."""
        if self.questions.match(question) is not None:
            return LEAKED
        return "" if self._split_of(domain.structure(question, steps)) == "practice" else HELD_OUT

    def why_not_problem(self, problem: Problem, domain: Domain) -> str:
        """The same of a problem of the practice pool, whose structure was settled by its first solution."""
        if self.questions.match(problem.question) is not None:
            return LEAKED
        if problem.split is not None:
            return "" if problem.split == "practice" else HELD_OUT
        held_out = self._split_of(problem.structure) != "practice"
        if not held_out and read_answer(domain, problem.question) is not None:
            # What a record says of its structure is believed only where the question itself cannot say it.
            held_out = self._split_of(domain.structure(problem.question, problem.steps)) != "practice"
        return HELD_OUT if held_out else ""

    def divide(self, examples: Iterable[Example], domain: Domain) -> tuple[list[Example], dict[str, str]]:
        """Those that may teach, in their order, and why each of the others may not, by id."""
        may: list[Example] = []
        withheld: dict[str, str] = {}
        for example in examples:
            reason = self.why_not_problem(example.problem, domain)
            if reason:
                withheld[example.id] = reason
            else:
                may.append(example)
        return may, withheld
