"""Decides whether a row of a file may enter the memory. Nothing is believed because it stands in a file.

Every solution must hold by itself, and where the domain can read the question its own answer decides; what is reported
or decides stays out. Every row was learnt from the file: which run, cycle and teacher call a record says it comes from
is a claim that nobody can check, and a run would train on what claims to be its own.
"""

from collections.abc import Mapping

from agents.judging import (
    ACCEPTED,
    INSANE_QUESTION,
    LEAKED,
    OTHER_CONTENT,
    STANDS,
    UNKNOWN_DOMAIN,
    UNREADABLE,
    content_hash,
    example_id,
)
from agents.withholding import HeldOut
from reasoner.data.row_forms import UNKNOWN_LICENSE, GivenRow
from reasoner.domains.powers import read_answer, skill_of
from reasoner.domains.solutions import canonical_steps, fault_of_outcome, is_sane, same_answer, standing_fault
from reasoner.types.domain import Domain, Draws, power
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem, Provenance
from reasoner.types.record import Record
from reasoner.types.teaching import Verdict

READER_VERSION = "1"
SEVERAL = "field 'solutions': several solutions of one question, which `reasoner verify` ranks"


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
        name: of the file.
        sha256: hex, of its bytes; the run that its rows are said to come from is named by it.
        domains: by name.
        default: name of the domain of rows that name none.
        teacher: who is said to have written rows that name nobody; the file by default.
        held_out: what is reported or decides in the home that the rows are for.
    """

    def __init__(
        self,
        name: str,
        sha256: str,
        domains: Mapping[str, Domain],
        *,
        default: str,
        teacher: str | None,
        held_out: HeldOut,
    ) -> None:
        self._name, self._sha256 = name, sha256
        self._domains = domains
        self._default = default
        self._teacher = teacher or f"file:{self._name}"
        self._held_out = held_out
        self.run = f"import:{sha256[:12]}"

    def judge(self, row: GivenRow) -> Admitted | Refusal:
        """The word on one row."""
        if row.fault:
            return Refusal(line=row.line, reason=UNREADABLE, given=row.fault)
        if row.solutions:
            return Refusal(line=row.line, reason=UNREADABLE, given=SEVERAL)
        domain = self._domains.get(row.domain or self._default)
        if domain is None:
            return Refusal(line=row.line, reason=UNKNOWN_DOMAIN, given=str(row.domain))
        problem = self._draft(row, domain)
        asks_held_out = self._held_out.questions.match(problem.question) is not None
        reason = LEAKED if asks_held_out else _fault(row, problem, domain)
        if not reason:
            problem = _described(problem, domain)
            reason = self._word(problem, domain)
        if reason not in (ACCEPTED, STANDS):
            return Refusal(line=row.line, reason=reason, given=f"{row.question:.80}")
        return self._admit(row, problem, reason)

    def _draft(self, row: GivenRow, domain: Domain) -> Problem:
        """The row's problem, before anything is known of its structure."""
        if row.record is not None and _is_drawn(row.record.problem, domain):
            return row.record.problem
        as_exported = row.id == content_hash(row.question, *row.steps)
        steps = row.steps if as_exported or row.record else canonical_steps(row.steps, domain)
        return Problem(
            id=f"import-{content_hash(row.question, *steps)}",
            domain=domain.info.name,
            skill=row.skill,
            difficulty=len(steps),
            question=row.question,
            steps=steps,
            answer=row.answer,
            structure=row.structure,
            provenance=Provenance(
                generator=f"file:{self._name}",
                version=READER_VERSION,
                seed=0,
                parameters={"sha256": self._sha256, "line": row.line},
                license=row.license or UNKNOWN_LICENSE,
            ),
        )

    def _word(self, problem: Problem, domain: Domain) -> str:
        if reason := self._held_out.why_not_problem(problem, domain):
            return reason
        truth = read_answer(domain, problem.question)
        if truth is None:
            return STANDS
        return fault_of_outcome(same_answer(problem, truth, problem.answer, domain)) or ACCEPTED

    def _admit(self, row: GivenRow, problem: Problem, reason: str) -> Admitted:
        verdict = content_hash(self.run, example_id(problem), reason)
        lineage = Lineage(run=self.run, cycle=0, verdict=verdict)
        example = Example(
            id=example_id(problem),
            problem=problem,
            source=row.source,
            teacher=row.teacher or ("student" if row.source == "self" else self._teacher),
            lineage=lineage,
        )
        word = Verdict(
            id=verdict,
            teacher_call=lineage.teacher_call,
            subject="problem" if row.source == "teacher_problem" else "solution",
            question=problem.question,
            accepted=True,
            reason=reason,
        )
        return Admitted(line=row.line, example=example, verdict=word)


def _fault(row: GivenRow, problem: Problem, domain: Domain) -> str:
    """What is wrong with a row as it stands; empty for nothing."""
    if row.record is not None and row.record.id != example_id(problem):
        return OTHER_CONTENT
    if not is_sane(problem.question, domain):
        return INSANE_QUESTION
    return standing_fault(problem, problem.steps, problem.answer, domain)


def _is_drawn(problem: Problem, domain: Domain) -> bool:
    """Whether a record's problem is the one that its recipe draws: then its id and origin are more than a claim."""
    origin, draws = problem.provenance, power(domain, Draws)
    if draws is None or origin.generator != domain.info.name:
        return False
    try:
        drawn = draws.draw(origin.seed, origin.parameters)
    except (ValueError, TypeError, KeyError):
        return False
    return (drawn.id, drawn.question) == (problem.id, problem.question)


def _described(problem: Problem, domain: Domain) -> Problem:
    """The problem with what the domain says of it in place of what a file says.

    Of a text that it cannot read, the structure that the row carries stays: the first solution settled it.
    """
    carried = problem.structure if read_answer(domain, problem.question) is None else ""
    known = problem.skill in domain.info.skills
    return problem.model_copy(
        update={
            "skill": problem.skill if known else skill_of(domain, problem.question, problem.steps),
            "difficulty": len(problem.steps),
            "structure": carried or domain.structure(problem.question, problem.steps),
        }
    )
