"""A question answered by a checkpoint: alone, among many, with all that a search saw, or told as it goes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.bootstrap.home import Chosen, Home, Place, home_at
from reasoner.bootstrap.students import searched_memory, solver_of
from reasoner.config.settings import Settings
from reasoner.domains.powers import judge_steps
from reasoner.errors import UsageError
from reasoner.types.domain import Domain, JudgesSteps, power
from reasoner.types.problem import Mode
from reasoner.types.search import SearchRound, SearchTrace
from reasoner.types.solution import Answered, RoundSeen, Solution, SolvedStep, SolveEvent, StepTaken
from reasoner.types.student import Doubts, TellsUnread

if TYPE_CHECKING:
    from agents.searching import Seen
    from reasoner.types.student import Solved, Student

BLOCK = 512
"""Questions that are solved together and told of as soon as they are."""
FEW = 8
"""Questions that one thread solves faster than several."""


@dataclass(frozen=True)
class _Asked:
    """Who is asked, and about what."""

    place: Home
    picked: Chosen
    domain: Domain
    student: "Student"

    @property
    def checkpoint(self) -> str:
        return self.picked.checkpoint.id


def solve(settings: Settings, *, home: Place, question: str, checkpoint: str | None, mode: Mode) -> Solution:
    """Answers a question with a checkpoint (default: the home's champion)."""
    return next(solve_many(settings, home=home, questions=[question], checkpoint=checkpoint, mode=mode))


def solve_many(
    settings: Settings, *, home: Place, questions: Sequence[str], checkpoint: str | None, mode: Mode
) -> Iterator[Solution]:
    """Answers questions with one checkpoint (default: the home's champion), in order, `BLOCK` at a time.

    A solution's `seconds` are its share of those of its block.

    Raises:
        UsageError: a question says nothing.
    """
    from reasoner.evaluation.attempts import solve_all
    from reasoner.training.threads import computing_with, process_threads

    for question in questions:
        require_question(question)
    asked = _asked(settings, home, checkpoint)
    solver = solver_of(asked.place, asked.picked.checkpoint, settings, asked.domain, mode)
    for block in (questions[start : start + BLOCK] for start in range(0, len(questions), BLOCK)):
        began = time.monotonic()
        # A few short questions are no work that threads could share: they only wait for one another.
        with computing_with(1 if len(block) <= FEW else process_threads()):
            student, domain = asked.student, asked.domain
            solved = solver(student, block, mode) if solver else solve_all(student, domain, block, mode)
        seconds = (time.monotonic() - began) / len(block)
        for question, one in zip(block, solved, strict=True):
            yield _solution(asked, question, one, mode=mode, seconds=seconds)


def search(
    settings: Settings, *, home: Place, question: str, checkpoint: str | None, mode: Mode | None = None
) -> SearchTrace:
    """What a checkpoint sees while it looks for a question's answer; see `solve_traced`."""
    trace = solve_traced(settings, home=home, question=question, checkpoint=checkpoint, mode=mode).trace
    assert trace is not None, "a traced solution has its trace"
    return trace


def solve_traced(
    settings: Settings, *, home: Place, question: str, checkpoint: str | None, mode: Mode | None = None
) -> Solution:
    """An answer of a checkpoint (the home's champion by default) with all that was seen while it was looked for.

    Raises:
        UsageError: the student cannot be searched, the question says nothing, or think mode is asked for.
    """
    if mode == "think":
        raise UsageError("--trace with --mode think: a search goes on from words; leave one of the two out")
    require_question(question)
    asked = _asked(settings, home, checkpoint)
    return _ended(_aloud(settings, asked, question)).solution


def solve_told(
    settings: Settings, *, home: Place, question: str, checkpoint: str | None, mode: Mode
) -> Iterator[SolveEvent]:
    """Answers a question and tells how far it is: each round of candidates as it ends, then the steps, then the answer.

    Rounds are told of students that can be searched, in talk mode; of others, what they say when they have ended.
    """
    from reasoner.students import can_be_searched

    require_question(question)
    asked = _asked(settings, home, checkpoint)
    if mode == "talk" and can_be_searched(asked.student):
        yield from _aloud(settings, asked, question)
        return
    yield from _told(solve(settings, home=asked.place, question=question, checkpoint=checkpoint, mode=mode))


def require_question(question: str | None) -> str:
    """The question; raises UsageError where there is nothing to answer."""
    if question is None or not question.strip():
        raise UsageError(f"got the question {question!r}; expected a sentence, such as `reasoner solve --help` shows.")
    return question


def _asked(settings: Settings, home: Place, checkpoint: str | None) -> _Asked:
    from reasoner.domains.registry import get_domain

    place = home_at(home)
    picked = place.choose(checkpoint)
    return _Asked(place, picked, get_domain(picked.task(settings.task.name)), place.ready(picked))


def _aloud(settings: Settings, asked: _Asked, question: str) -> Iterator[SolveEvent]:
    """Rounds as they end, then the steps, then the answer with its trace."""
    from agents.searching import search_aloud
    from reasoner.training.threads import computing_with

    student = asked.student
    verifier = asked.place.verifier(asked.picked.checkpoint.fingerprint, student)
    recall = searched_memory(asked.place, asked.domain, settings)
    began = time.monotonic()
    rounds = search_aloud(
        student, asked.domain, question, settings.search, seed=settings.seed, verifier=verifier, recall=recall
    )
    while True:
        # Not around the yield: what its listener computes is not ours.
        with computing_with(1):
            seen: SearchRound | Seen | None = next(rounds, None)
        assert seen is not None, "a search ends with what it has found"
        if isinstance(seen, SearchRound):
            yield RoundSeen(round=seen)
            continue
        seconds = time.monotonic() - began
        found = _solution(asked, question, seen.found.solved, mode="talk", seconds=seconds)
        yield from _told(found.model_copy(update={"trace": seen.trace}))
        return


def _told(solution: Solution) -> Iterator[SolveEvent]:
    for number, step in enumerate(solution.steps, start=1):
        yield StepTaken(number=number, step=step)
    yield Answered(solution=solution)


def _ended(events: Iterator[SolveEvent]) -> Answered:
    return next(event for event in events if isinstance(event, Answered))


def _solution(asked: _Asked, question: str, solved: "Solved", *, mode: Mode, seconds: float) -> Solution:
    """A solved question as people see it; what is doubted is a guess and no answer."""
    from reasoner.evaluation.understanding import doubt

    domain = asked.domain
    verdicts, judged = judge_steps(domain, question, solved.steps), power(domain, JudgesSteps) is not None
    steps = tuple(
        SolvedStep(text=text, holds=verdict.holds if judged else None, fault=verdict.fault, logprob=round(logprob, 4))
        for text, verdict, logprob in zip(solved.steps, verdicts, solved.logprobs, strict=False)
    )
    guess = domain.answer_of(solved.steps) if solved.finished else ""
    why = doubt(domain, question, solved.steps, unknown=_unread(asked.student, question))
    why = why or _own(asked.student, question, solved)
    return Solution(
        question=question,
        steps=steps,
        answer="" if why else guess,
        doubt=why,
        guess=guess,
        checkpoint=asked.checkpoint,
        mode=mode,
        seconds=round(seconds, 3),
    )


def _own(student: "Student", question: str, solved: "Solved") -> str:
    """What it says itself against its answer, as far as it can tell."""
    doubts = power(student, Doubts)
    return doubts.doubts(question, solved) if doubts else ""


def _unread(student: "Student", question: str) -> Sequence[str]:
    """Words that it cannot read, as far as it knows."""
    tells = power(student, TellsUnread)
    return tells.unread(question) if tells else ()
