"""A checkpoint as a benchmark sees it: it reads the question alone and says the task's answer."""

from collections.abc import Sequence
from typing import Any

from reasoner.errors import UsageError
from reasoner.evaluation.attempts import Solver, solve_all
from reasoner.types.benchmark import Item, Reply
from reasoner.types.domain import Domain
from reasoner.types.problem import Mode
from reasoner.types.student import Student, TellsCuts


class StudentAnswerer:
    """Solves questions, batched by length, as an evaluation does. Prompts and shots mean nothing to it.

    Args:
        student: ready for inference.
        domain: reads its answer from its steps.
        solver: a search; None asks it greedily.
        mode: `talk` or `think`.
        name: id or folder of the checkpoint.
        fingerprint: of its weights and of the way it is asked.
    """

    def __init__(
        self, student: Student, domain: Domain, solver: Solver | None, mode: Mode, *, name: str, fingerprint: str
    ) -> None:
        self._student, self._domain, self._solver = student, domain, solver
        self._mode: Mode = mode
        self.name, self.fingerprint = name, fingerprint
        self.cut: set[str] = set()
        """Ids of items whose question lost its beginning: it reads the end, as in an evaluation."""

    def generate(
        self, items: Sequence[Item], *, stops: Sequence[str], most_tokens: int, samples: int, temperature: float
    ) -> list[Reply]:
        """Its answer; empty, and so wrong, where it ran out of steps.

        Raises:
            UsageError: more than one sample, or drawn ones, are asked for.
        """
        del stops, most_tokens  # it says an answer and nothing more
        if samples > 1 or temperature > 0:
            raise UsageError(
                "a checkpoint says one answer to a question; leave out --samples and "
                "--temperature, or have it search: search.searcher=sample"
            )
        questions = [item.question for item in items]
        if isinstance(self._student, TellsCuts):
            self.cut |= {item.id for item, cut in zip(items, self._student.cuts(questions), strict=True) if cut}
        student, mode = self._student, self._mode
        if self._solver:
            solved = self._solver(student, questions, mode)
        else:
            solved = solve_all(student, self._domain, questions, mode)
        return [Reply(texts=(self._domain.answer_of(one.steps) if one.finished else "",)) for one in solved]

    def embed(self, texts: Sequence[str]) -> Any:
        """Unit vectors of texts read as questions, a numpy array [N, D]."""
        return self._student.embed(texts)
