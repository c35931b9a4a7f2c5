"""Thinking harder about many questions: the solve graph over batches of like length."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import torch

from agents.solving.graph import run, walk
from agents.solving.state import SolveState
from reasoner.config.settings import SearchSettings
from reasoner.evaluation.understanding import doubt
from reasoner.search.beams import Complete
from reasoner.search.energy import SaidEnergy
from reasoner.search.search import Search
from reasoner.search.searchers import FIRST_MARGIN, chooser_of, searcher_of
from reasoner.search.trained_verifier import TrainedVerifier
from reasoner.students import Verifiable, step_model
from reasoner.types.domain import Domain, power
from reasoner.types.ports import Recall
from reasoner.types.search import FoundSolution, SearchRound, SearchTrace
from reasoner.types.step_model import Candidates, Condenses, StepModel, required
from reasoner.types.student import Solved, Student, TellsUnread

BATCH = 256
"""Questions side by side, at most."""
LATENTS = 2048
"""Decoded at once, about; larger batches leave the caches of two cores."""


@dataclass(frozen=True)
class Found:
    """What a search came to for one question."""

    solutions: tuple[Complete, ...]
    """At least one, in the order in which they were completed."""
    chosen: int
    decodes: int

    @classmethod
    def of(cls, ended: SolveState, row: int) -> "Found":
        """What a batch's search has left for one of its questions."""
        return cls(ended["complete"][row], ended["chosen"][row], int(ended["spent"][row]))

    @property
    def solved(self) -> Solved:
        """The chosen one."""
        solution = self.solutions[self.chosen]
        return Solved(solution.steps, solution.logprobs, solution.finished)


@torch.inference_mode()
def search_all(
    student: Student,
    domain: Domain,
    questions: Sequence[str],
    settings: SearchSettings,
    *,
    seed: int,
    verifier: TrainedVerifier | None = None,
    recall: Recall | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    observe: Callable[[str, dict[str, Any], float], None] | None = None,
) -> list[Found]:
    """Searches for all questions; results in the order given.

    Equal seeds give equal noise to a question, whatever stands beside it.

    Args:
        student: ready for inference.
        domain: says what an answer is, and whether a step can be true.
        questions: in plain language.
        settings: which searcher, and its budget.
        seed: of all noise.
        verifier: the student's own, if it has one; asked only if `settings.verifier`.
        recall: the memory, if it may be asked; asked only for `settings.recall` above 0.
        on_progress: told how many questions are done.
        observe: told of every node of the solve graph, see `Search.observe`.

    Raises:
        UsageError: the student is of a kind that cannot be searched, or not as the settings ask.
    """
    found: dict[int, Found] = {}
    model = step_model(student, "a search")
    asked: dict[str, Any] = {"seed": seed, "verifier": verifier, "recall": recall}
    for places in batches_of(model, questions, searcher_of(settings, model.origins).decodes):
        search = search_of(model, domain, [questions[i] for i in places], settings, **asked)
        ended = run(replace(search, observe=observe))
        found |= {i: Found.of(ended, row) for row, i in enumerate(places)}
        if on_progress is not None:
            on_progress(len(found), len(questions))
    return [found[i] for i in range(len(questions))]


def batches_of(model: StepModel, questions: Sequence[str], decodes: int) -> list[list[int]]:
    """Places of the questions, those of like length together, so many that caches hold their `decodes` each."""
    lengths = model.lengths(questions)
    order = sorted(range(len(questions)), key=lambda i: lengths[i])
    size = min(BATCH, max(1, LATENTS // decodes))
    return [order[start : start + size] for start in range(0, len(order), size)]


def chosen_anew(found: Found, settings: SearchSettings, domain: Domain) -> Found:
    """The same solutions, the answer chosen as other settings say."""

    def answer_of(solution: Complete) -> str:
        return domain.answer_of(solution.steps) if solution.finished else ""

    return replace(found, chosen=chooser_of(settings)(found.solutions, answer_of))


@dataclass(frozen=True)
class Seen:
    """A search for one question, with all that was seen."""

    found: Found
    trace: SearchTrace


def search_one(
    student: Student,
    domain: Domain,
    question: str,
    settings: SearchSettings,
    *,
    seed: int,
    verifier: TrainedVerifier | None = None,
    recall: Recall | None = None,
) -> SearchTrace:
    """Searches for one question and tells all that was seen."""
    told = search_aloud(student, domain, question, settings, seed=seed, verifier=verifier, recall=recall)
    return next(one.trace for one in told if isinstance(one, Seen))


@torch.inference_mode()
def search_aloud(
    student: Student,
    domain: Domain,
    question: str,
    settings: SearchSettings,
    *,
    seed: int,
    verifier: TrainedVerifier | None = None,
    recall: Recall | None = None,
) -> Iterator[SearchRound | Seen]:
    """Searches for one question: each round when it has ended, and last of all what was found."""
    model = step_model(student, "a search")
    digest = hashlib.sha256()

    def watch(made: Candidates) -> None:
        digest.update(bytes(made.handle))

    search = search_of(model, domain, [question], settings, seed=seed, verifier=verifier, recall=recall)
    search = replace(search, tracing=True, watch=watch)
    ended, rounds = dict[str, Any](), list[SearchRound]()
    for change in walk(search):
        ended |= change
        yield from change.get("rounds", ())
        rounds += change.get("rounds", ())
    found = Found.of(cast("SolveState", ended), 0)
    unread = power(student, TellsUnread)
    trace = SearchTrace(
        searcher=search.searcher.name,
        seed=seed,
        decodes=found.decodes,
        rounds=tuple(rounds),
        solutions=_told(search, found.solutions, unread.unread(question) if unread else ()),
        chosen=found.chosen,
        latents=digest.hexdigest()[:16],
    )
    yield Seen(found, trace)


def _told(search: Search, solutions: Sequence[Complete], unknown: Sequence[str]) -> tuple[FoundSolution, ...]:
    (question,) = search.questions
    return tuple(
        FoundSolution(
            steps=s.steps,
            answer=search.answer_of(s),
            doubt=doubt(search.domain, question, s.steps, unknown=unknown),
            score=round(s.score, 4),
            greedy=s.greedy,
            finished=s.finished,
        )
        for s in solutions
    )


def search_of(
    model: StepModel,
    domain: Domain,
    questions: Sequence[str],
    settings: SearchSettings,
    *,
    seed: int,
    verifier: TrainedVerifier | None = None,
    recall: Recall | None = None,
) -> Search:
    """The search for one batch; arguments as of `search_all`."""
    judge = verifier if settings.verifier else None
    if judge is not None:
        model = required(model, Verifiable, "search.verifier").with_verifier(judge.net)
    if settings.choose == "cluster":
        required(model, Condenses, "search.choose=cluster")
    return Search(
        model=model,
        domain=domain,
        questions=questions,
        searcher=searcher_of(settled(settings, verifier), model.origins),
        energy=judge.judging[settings.symbolic].energy if judge else SaidEnergy(symbolic=settings.symbolic),
        seed=seed,
        recall=recall if settings.recall else None,
        neighbours=settings.recall,
        seconds=settings.seconds,
    )


def settled(settings: SearchSettings, verifier: TrainedVerifier | None) -> SearchSettings:
    """The settings with what hangs on a verifier settled.

    Without one, none proposes or refines. Where no margin is set, it is the one found with the verifier on practice
    problems.
    """
    judge = verifier if settings.verifier else None
    found = judge.judging[settings.symbolic].margin if judge else FIRST_MARGIN
    margin = found if settings.margin is None else settings.margin
    without = {} if judge else {"refine": 0, "verifier_proposes": False}
    return settings.model_copy(update={"margin": margin, **without})
