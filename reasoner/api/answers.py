"""An open home answers: one question, many, or one with a word at every step."""

from collections.abc import Iterable, Iterator
from typing import Any

from reasoner import bootstrap
from reasoner.api.opened import Opened, one_of
from reasoner.bootstrap.failures import in_words
from reasoner.types.problem import Mode
from reasoner.types.search import SearcherName
from reasoner.types.solution import Solution, SolveEvent


class Answers(Opened):
    """What `reasoner solve` does."""

    @in_words()
    def solve(
        self,
        question: str,
        *,
        checkpoint: str | None = None,
        mode: Mode | None = None,
        search: SearcherName | None = None,
        trace: bool = False,
    ) -> Solution:
        """Answers a question.

        Args:
            question: in plain language.
            checkpoint: id, part of one, `latest`, or a folder; the home's champion by default.
            mode: `talk` reads own words back, `think` goes on from latents alone; `student.mode` by default.
            search: `greedy`, `sample` or `beam`; `search.searcher` by default.
            trace: keeps every candidate of the search, its scores and its fate.

        Raises:
            NotFoundError: there is no such checkpoint, or no champion yet.
            UsageError: the question says nothing, or what is asked for does not go together.
        """
        settings = self._searching(search)
        how: dict[str, Any] = {"home": self._place, "question": question, "checkpoint": checkpoint}
        if trace:
            return bootstrap.solve_traced(settings, mode=one_of("mode", mode, Mode), **how)
        return bootstrap.solve(settings, mode=self._mode(mode), **how)

    def solve_many(
        self,
        questions: Iterable[str],
        *,
        checkpoint: str | None = None,
        mode: Mode | None = None,
        search: SearcherName | None = None,
    ) -> Iterator[Solution]:
        """Answers questions in order, many at a time, each as soon as it is there. Arguments and errors as `solve`."""
        with in_words():
            yield from bootstrap.solve_many(
                self._searching(search),
                home=self._place,
                questions=list(questions),
                checkpoint=checkpoint,
                mode=self._mode(mode),
            )

    def stream(
        self,
        question: str,
        *,
        checkpoint: str | None = None,
        mode: Mode | None = None,
        search: SearcherName | None = None,
    ) -> Iterator[SolveEvent]:
        """Answers a question and tells how far it is: each round of candidates, then the steps, then the answer.

        Rounds are told of latent students in talk mode; of others only steps and answer. Arguments and errors as
        `solve`.
        """
        with in_words():
            yield from bootstrap.solve_told(
                self._searching(search),
                home=self._place,
                question=question,
                checkpoint=checkpoint,
                mode=self._mode(mode),
            )
