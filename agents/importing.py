"""Decides whether a row of a file may enter the memory. Nothing is believed because it stands in a file.

Every solution must hold by itself, and where the domain can read the question its own answer decides; structures that
are held out stay out. A whole record keeps its lineage, if its id is that of its content; any other row was learnt
from the file.
"""

from collections.abc import Callable, Mapping

from agents.judging import (
    ACCEPTED,
    CHECKER_FAILED,
    HELD_OUT,
    INSANE_QUESTION,
    OTHER_CONTENT,
    QUESTION_LENGTH,
    STANDS,
    UNKNOWN_DOMAIN,
    UNREADABLE,
    WRONG_ANSWER,
    content_hash,
    example_id,
    fault_of,
    same_answer,
    tidy,
)
from memory.row_files import FileIdentity, GivenRow
from reasoner.data.drafts import UNKNOWN_LICENSE
from reasoner.types.example import Example, Lineage
from reasoner.types.ports import Domain
from reasoner.types.problem import Problem, Provenance, Split
from reasoner.types.record import Record
from reasoner.types.teaching import Verdict

READER_VERSION = "1"


class Refusal(Record):
    """A row that does not enter, and why."""

    line: int
    reason: str
    """One of `agents.judging.REASONS`."""
    given: str
    """What was wrong with it, or the beginning of its question."""


class Admitted(Record):
    """A row that may enter."""

    line: int
    example: Example
    verdict: Verdict


class Inspector:
    """Judges the rows of one file.

    Args:
        file: which file it is; rows that are no records are said to come from it.
        domains: by name.
        default: name of the domain of rows that name none.
        teacher: who is said to have written rows that name nobody; the file by default.
        split_of: the split that a structure hash belongs to.
    """

    def __init__(
        self,
        file: FileIdentity,
        domains: Mapping[str, Domain],
        *,
        default: str,
        teacher: str | None,
        split_of: Callable[[str], Split],
    ) -> None:
        self._file = file
        self._domains = domains
        self._default = default
        self._teacher = teacher or f"file:{file.name}"
        self._split_of = split_of
        self.run = f"import:{file.sha256[:12]}"

    def judge(self, row: GivenRow) -> Admitted | Refusal:
        """The word on one row."""
        if row.fault:
            return Refusal(line=row.line, reason=UNREADABLE, given=row.fault)
        domain = self._domains.get(row.domain or self._default)
        if domain is None:
            return Refusal(line=row.line, reason=UNKNOWN_DOMAIN, given=str(row.domain))
        problem = self._draft(row, domain)
        reason = _fault(row, problem, domain)
        if not reason:
            problem = _described(problem, domain)
            reason = self._word(problem, domain)
        if reason not in (ACCEPTED, STANDS):
            return Refusal(line=row.line, reason=reason, given=f"{row.question:.80}")
        return self._admit(row, problem, reason)

    def _draft(self, row: GivenRow, domain: Domain) -> Problem:
        """The row's problem, before anything is known of its structure."""
        if row.record is not None:
            return row.record.problem
        as_exported = row.id == content_hash(row.question, *row.steps)
        steps = row.steps if as_exported else tidy(row.steps, domain)
        return Problem(
            id=f"import-{content_hash(row.question, *steps)}",
            domain=domain.name,
            skill="",
            difficulty=len(steps),
            question=row.question,
            steps=steps,
            answer=row.answer,
            structure="",
            provenance=Provenance(
                generator=f"file:{self._file.name}",
                version=READER_VERSION,
                seed=0,
                parameters={"sha256": self._file.sha256, "line": row.line},
                license=row.license or UNKNOWN_LICENSE,
            ),
        )

    def _word(self, problem: Problem, domain: Domain) -> str:
        if self._split_of(problem.structure) != "practice":
            return HELD_OUT
        truth = domain.solve(problem.question)
        if truth is None:
            return STANDS
        outcome = same_answer(problem, truth, problem.answer, domain)
        return {"right": ACCEPTED, "wrong": WRONG_ANSWER, "error": CHECKER_FAILED}[outcome]

    def _admit(self, row: GivenRow, problem: Problem, reason: str) -> Admitted:
        own = Lineage(run=self.run, cycle=0) if row.record is None else row.record.lineage
        lineage = own.model_copy(update={"verdict": own.verdict or content_hash(own.run, example_id(problem), reason)})
        example = Example(
            id=example_id(problem),
            problem=problem,
            source=row.source,
            teacher=row.teacher or ("student" if row.source == "self" else self._teacher),
            lineage=lineage,
        )
        verdict = Verdict(
            id=lineage.verdict,
            teacher_call=lineage.teacher_call,
            subject="problem" if row.source == "teacher_problem" else "solution",
            question=problem.question,
            accepted=True,
            reason=reason,
        )
        return Admitted(line=row.line, example=example, verdict=verdict)


def _fault(row: GivenRow, problem: Problem, domain: Domain) -> str:
    """What is wrong with a row as it stands; empty for nothing."""
    if row.record is not None and row.record.id != example_id(problem):
        return OTHER_CONTENT
    if len(problem.question) not in QUESTION_LENGTH:
        return INSANE_QUESTION
    return fault_of(problem.question, problem.steps, problem.answer, problem, domain)


def _described(problem: Problem, domain: Domain) -> Problem:
    """The problem with what the domain says of it in place of what a file says."""
    known = problem.skill in domain.skills
    return problem.model_copy(
        update={
            "skill": problem.skill if known else domain.skill_of(problem.question, problem.steps),
            "difficulty": len(problem.steps),
            "structure": _structure(problem, domain),
        }
    )


def _structure(problem: Problem, domain: Domain) -> str:
    """The structure that decides the problem's split.

    A drawn problem belongs where its first solution put it, however it is solved later: it is drawn again to see.
    """
    seen = domain.structure(problem.question, problem.steps)
    origin = problem.provenance
    if problem.structure in ("", seen) or origin.generator != domain.name:
        return seen
    try:
        drawn = domain.draw(origin.seed, origin.parameters)
    except (ValueError, TypeError, KeyError):
        return seen
    return drawn.structure if drawn.question == problem.question else seen
