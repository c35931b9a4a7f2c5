"""Decides whether what a teacher wrote may teach. Nothing a teacher says is believed because a teacher says it.

A solution must stand by itself (true steps, operands from the question, the last result as its answer) and its answer
must be the gold one. A new problem has no gold answer: it must stand by itself, stay out of the held-out splits and say
nothing twice, and where the domain can read the question its own answer decides. Where it cannot, the question is put
to the teacher again without the solution, and most of several answers must agree with the one that was written.
"""

from collections.abc import Mapping

from agents.judging import (
    ACCEPTED,
    AGREED,
    DUPLICATE,
    INSANE_QUESTION,
    LEAKED,
    NO_AGREEMENT,
    NO_LESSON,
    SAME_QUESTION,
    UNCONFIRMED,
    content_hash,
    example_id,
    plain,
)
from agents.teachers import prompt
from agents.withholding import HeldOut
from reasoner.domains.powers import read_answer, skill_of
from reasoner.domains.solutions import (
    canonical_steps,
    fault_of_outcome,
    is_sane,
    same_answer,
    solution_fault,
    standing_fault,
)
from reasoner.types.domain import Domain
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem, Provenance
from reasoner.types.record import Record
from reasoner.types.teaching import Lesson, TeacherCall, Verdict, WrittenProblem

_GOOD = frozenset({ACCEPTED, AGREED})


class Opinions(Record):
    """What a teacher made of a question that was put to it again."""

    asked: int
    """How often it was to be asked, 1 or more."""
    lessons: list[Lesson | None]
    """One for each call that was made, None where it failed; fewer than `asked` where a limit was met."""


class Checked(Record):
    """What became of one lesson."""

    verdicts: list[Verdict]
    """The solution's first, then one for each new problem in the order of the lesson."""
    examples: list[Example]
    """One for each accepted verdict, in the same order."""
    unconfirmed: list[Problem]
    """New problems that hold but that nobody has confirmed, as they can be asked: without steps and answer."""


def check_lesson(
    call: TeacherCall,
    problem: Problem,
    domain: Domain,
    *,
    held_out: HeldOut,
    run: str,
    cycle: int,
    opinions: Mapping[str, Opinions] | None = None,
    failure: str | None = None,
) -> Checked:
    """Verdicts on everything in one teacher call, and examples of what was accepted.

    Args:
        call: a finished call; one without a lesson gets a single verdict.
        problem: what was asked about.
        domain: the truth.
        held_out: what is reported or decides: it never teaches, with whatever steps.
        run: goes into the lineage.
        cycle: goes into the lineage.
        opinions: by question, on new problems that the domain cannot read.
        failure: id of the failed practice problem for the lineage; `problem.id` by default, empty for a uniform draw.
    """
    lesson = call.lesson
    if lesson is None:
        return Checked(verdicts=[_verdict(call, 0, problem.question, NO_LESSON)], examples=[], unconfirmed=[])
    lineage = Lineage(run=run, cycle=cycle, failure=problem.id if failure is None else failure, teacher_call=call.id)
    verdicts = [_verdict(call, 0, problem.question, _judge_solution(lesson, problem, domain))]
    seen = {plain(problem.question)}
    for position, written in enumerate(lesson.problems, start=1):
        reason = _judge_problem(written, problem, domain, held_out=held_out, seen=seen)
        if reason == UNCONFIRMED and opinions and written.question in opinions:
            reason = _agreement(written, opinions[written.question], problem, domain)
        seen.add(plain(written.question))
        verdicts.append(_verdict(call, position, written.question, reason))
    examples, unconfirmed = [], []
    for position, verdict in enumerate(verdicts):
        if verdict.accepted:
            taught = _new(lesson.problems[position - 1], call, domain) if position else _solved(problem, lesson, domain)
            examples.append(_example(taught, call, verdict, lineage))
        elif verdict.reason == UNCONFIRMED:
            asked = _new(lesson.problems[position - 1], call, domain)
            unconfirmed.append(asked.model_copy(update={"steps": (), "answer": ""}))
    return Checked(verdicts=verdicts, examples=examples, unconfirmed=unconfirmed)


def _judge_solution(lesson: Lesson, problem: Problem, domain: Domain) -> str:
    return solution_fault(problem, lesson.steps, lesson.answer, domain) or ACCEPTED


def _judge_problem(
    written: WrittenProblem,
    failed: Problem,
    domain: Domain,
    *,
    held_out: HeldOut,
    seen: set[str],
) -> str:
    if not is_sane(written.question, domain):
        return INSANE_QUESTION
    if held_out.questions.match(written.question) is not None:
        return LEAKED
    if plain(written.question) in seen:
        return SAME_QUESTION if plain(written.question) == plain(failed.question) else DUPLICATE
    asked = failed.model_copy(update={"question": written.question})
    if fault := standing_fault(asked, written.steps, written.answer, domain):
        return fault
    if reason := held_out.why_not(written.question, canonical_steps(written.steps, domain), domain):
        return reason
    truth = read_answer(domain, written.question)
    if truth is None:
        return UNCONFIRMED
    return fault_of_outcome(same_answer(asked, truth, written.answer, domain)) or ACCEPTED


def _agreement(written: WrittenProblem, opinions: Opinions, failed: Problem, domain: Domain) -> str:
    """The word on a new problem whose question was put to the teacher again."""
    asked = failed.model_copy(update={"question": written.question})
    answers = [lesson for lesson in opinions.lessons if lesson is not None]
    votes = sum(
        not standing_fault(asked, lesson.steps, lesson.answer, domain)
        and same_answer(asked, written.answer, lesson.answer, domain) == "right"
        for lesson in answers
    )
    if _decides(votes, of=opinions.asked):
        return AGREED
    missing = opinions.asked - len(opinions.lessons)
    return UNCONFIRMED if _decides(votes + missing, of=opinions.asked) else NO_AGREEMENT


def _decides(votes: int, *, of: int) -> bool:
    """Whether so many votes are a majority, of at least two where more than one was asked for."""
    return 2 * votes > of and votes >= min(2, of)


def _solved(problem: Problem, lesson: Lesson, domain: Domain) -> Problem:
    """The practice problem with the teacher's solution. Its structure stays: that is what its split was made by."""
    steps = canonical_steps(lesson.steps, domain)
    return problem.model_copy(update={"steps": steps, "difficulty": len(steps)})


def _new(written: WrittenProblem, call: TeacherCall, domain: Domain) -> Problem:
    steps = canonical_steps(written.steps, domain)
    return Problem(
        id=f"teacher-{content_hash(written.question, *steps)}",
        domain=domain.info.name,
        skill=skill_of(domain, written.question, steps),
        difficulty=len(steps),
        question=written.question,
        steps=steps,
        answer=domain.answer_of(steps),
        structure=domain.structure(written.question, steps),
        provenance=Provenance(
            generator=f"teacher:{call.model}", version=prompt.VERSION, seed=0, parameters={"teacher_call": call.id}
        ),
    )


def _verdict(call: TeacherCall, position: int, question: str, reason: str) -> Verdict:
    """The verdict on piece `position` of a call: 0 is the solution, new problems count from 1."""
    return Verdict(
        id=content_hash(call.id, str(position), question, reason),
        teacher_call=call.id,
        subject="problem" if position else "solution",
        question=question,
        accepted=reason in _GOOD,
        reason=reason,
    )


def _example(problem: Problem, call: TeacherCall, verdict: Verdict, lineage: Lineage) -> Example:
    return Example(
        id=example_id(problem),
        problem=problem,
        source="teacher_problem" if verdict.subject == "problem" else "teacher_solution",
        teacher=call.model,
        lineage=lineage.model_copy(update={"verdict": verdict.id}),
    )
