"""Thinking harder about many questions: the solve graph over batches of like length."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from agents.solving.graph import run, walk
from reasoner.config.settings import SearchSettings
from reasoner.evaluation.understanding import doubt
from reasoner.models.greedy import BATCH
from reasoner.models.student import Student
from reasoner.search.arena import Arena
from reasoner.search.beams import Complete
from reasoner.search.energy import SaidEnergy
from reasoner.search.noise import Noise
from reasoner.search.searchers import FIRST_MARGIN, chooser_of, searcher_of
from reasoner.search.trained_verifier import TrainedVerifier
from reasoner.types.domain import Domain
from reasoner.types.ports import Recall
from reasoner.types.search import FoundSolution, SearchRound, SearchTrace
from reasoner.types.student import Solved

LATENTS = 2048
"""Decoded at once, about; larger batches leave the caches of two cores."""


@dataclass(frozen=True)
class Found:
    """What a search came to for one question."""

    solutions: tuple[Complete, ...]
    """At least one, in the order in which they were completed."""
    chosen: int
    decodes: int

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
        observe: told of every node of the solve graph, see `Arena.observe`.
    """
    found: dict[int, Found] = {}
    for places in batches_of(student, questions, searcher_of(settings, student.net).decodes):
        arena = make_arena(
            student,
            domain,
            [questions[i] for i in places],
            settings,
            seed=seed,
            verifier=verifier,
            recall=recall,
        )
        arena.observe = observe
        run(arena)
        for row, i in enumerate(places):
            found[i] = Found(tuple(arena.complete[row]), arena.chosen[row], arena.decodes[row])
        if on_progress is not None:
            on_progress(len(found), len(questions))
    return [found[i] for i in range(len(questions))]


def batches_of(student: Student, questions: Sequence[str], decodes: int) -> list[list[int]]:
    """Places of the questions, those of like length together, so many that caches hold their `decodes` each."""
    encoded = student.reads.encode(questions)
    order = sorted(range(len(questions)), key=lambda i: len(encoded[i].ids))
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
    arena = make_arena(student, domain, [question], settings, seed=seed, verifier=verifier, recall=recall)
    digest = hashlib.sha256()
    arena.watch = lambda slots: digest.update(slots.cpu().numpy().tobytes())
    arena.tracing = True
    told = 0
    for _ in walk(arena):
        yield from arena.rounds[told:]
        told = len(arena.rounds)
    found = Found(tuple(arena.complete[0]), arena.chosen[0], arena.decodes[0])
    yield Seen(found, _trace(arena, question, seed=seed, latents=digest.hexdigest()[:16]))


def _trace(arena: Arena, question: str, *, seed: int, latents: str) -> SearchTrace:
    unknown = arena.student.reads.unknown(question)
    solutions = tuple(
        FoundSolution(
            steps=s.steps,
            answer=arena.answer_of(s),
            doubt=doubt(arena.domain, question, s.steps, unknown=unknown),
            score=round(s.score, 4),
            greedy=s.greedy,
            finished=s.finished,
        )
        for s in arena.complete[0]
    )
    return SearchTrace(
        searcher=arena.searcher.name,
        seed=seed,
        decodes=arena.decodes[0],
        rounds=tuple(arena.rounds),
        solutions=solutions,
        chosen=arena.chosen[0],
        latents=latents,
    )


def make_arena(
    student: Student,
    domain: Domain,
    questions: Sequence[str],
    settings: SearchSettings,
    *,
    seed: int,
    verifier: TrainedVerifier | None = None,
    recall: Recall | None = None,
) -> Arena:
    """The arena of one batch."""
    judge = verifier if settings.verifier else None
    return Arena(
        student=student,
        domain=domain,
        questions=questions,
        searcher=searcher_of(settled(settings, verifier), student.net),
        recall=recall if settings.recall else None,
        neighbours=settings.recall,
        energy=judge.judging[settings.symbolic].energy if judge else SaidEnergy(symbolic=settings.symbolic),
        noise=Noise(seed, questions),
        verifier=judge.net if judge else None,
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
