"""check: nothing teaches before it is verified. Verdicts are kept with their reasons."""

from collections import Counter
from collections.abc import Mapping

from agents.checking import Checked, Opinions, check_lesson
from agents.confirming import ask_again
from agents.judging import example_id
from agents.parts import Parts
from agents.refusals import refusals, shortened
from agents.run_folder import read_records, write_records
from agents.state import Change, ImproveState
from agents.teachers.failures import summarise_failures
from reasoner.data.files import is_worked
from reasoner.domains.solutions import tried_fault
from reasoner.types.example import Example, Lineage
from reasoner.types.teaching import TeacherCall, TeacherRequest, Verdict


def check(state: ImproveState, parts: Parts) -> Change:
    """Verifies every lesson of the cycle; without a teacher, takes gold solutions or the student's own right answers.

    What the student found by searching has been judged already.
    """
    cycle = state["cycle"]
    calls = read_records(parts.folder.lessons(cycle), TeacherCall)
    verdicts, examples = _taught(calls, cycle, parts)
    if parts.settings.lessons != "teacher":
        examples = _own(cycle, parts) if parts.settings.lessons == "own" else _gold(cycle, parts)
    examples += read_records(parts.folder.searched(cycle), Example)
    parts.verdicts.add(verdicts, run=parts.run, cycle=cycle)
    write_records(parts.folder.examples(cycle), examples)
    _tell(verdicts, cycle, parts)
    return {"accepted": len(examples)}


def _taught(calls: list[TeacherCall], cycle: int, parts: Parts) -> tuple[list[Verdict], list[Example]]:
    """Checks every lesson, and once more those with problems that only a second asking can confirm."""
    requests = read_records(parts.folder.requests(cycle), TeacherRequest)
    problems = {r.problem.id: r.problem for r in requests}

    def judge(call: TeacherCall, opinions: Mapping[str, Opinions]) -> Checked:
        problem = problems[call.problem_id]
        return check_lesson(
            call,
            problem,
            parts.domain,
            held_out=parts.held_out,
            run=parts.run,
            cycle=cycle,
            opinions=opinions,
            failure=problem.id if parts.settings.mine.strategy == "failures" else "",
        )

    first = [judge(call, {}) for call in calls]
    calls_left = parts.settings.teacher.confirmations
    opinions = ask_again([c.unconfirmed for c in first], left=calls_left, cycle=cycle, parts=parts)
    checked = [judge(call, opinions) if c.unconfirmed else c for call, c in zip(calls, first, strict=True)]
    examples: dict[str, Example] = {}
    for example in (e for c in checked for e in c.examples):
        examples.setdefault(example.id, example)
    return [v for c in checked for v in c.verdicts], list(examples.values())


def _own(cycle: int, parts: Parts) -> list[Example]:
    """The student's right answers on the practice pool whose steps hold, as its own examples."""
    examples: dict[str, Example] = {}
    for one in parts.practised(cycle):
        if not tried_fault(one, parts.domain):
            solved = one.problem.model_copy(update={"steps": one.attempt.steps})
            name, lineage = example_id(solved), Lineage(run=parts.run, cycle=cycle)
            examples[name] = Example(id=name, problem=solved, source="self", teacher="student", lineage=lineage)
    return list(examples.values())


def _gold(cycle: int, parts: Parts) -> list[Example]:
    """The worked solutions of the failed practice problems, or of those asked for, where they stand by themselves."""
    examples: dict[str, Example] = {}
    asked = {request.problem.id for request in read_records(parts.folder.requests(cycle), TeacherRequest)}
    for one in parts.practised(cycle):
        problem = one.problem
        chosen = problem.id in asked if parts.settings.asks_for_gold else one.wrong
        if chosen and is_worked(problem, parts.domain):
            name, lineage = example_id(problem), Lineage(run=parts.run, cycle=cycle, failure=problem.id)
            author = problem.provenance.generator
            examples[name] = Example(id=name, problem=problem, source="practice", teacher=author, lineage=lineage)
    return list(examples.values())


def _tell(verdicts: list[Verdict], cycle: int, parts: Parts) -> None:
    """Counts from the books: they are the same whether or not the run was killed on the way."""
    calls = parts.ledger(cycle).calls(cycle)
    failures, reasons = summarise_failures(calls), Counter(v.reason for v in verdicts)
    parts.events.write(
        f"{cycle}/teacher",
        "teacher",
        cycle,
        model=parts.settings.teacher.model,
        calls=sum(not c.cached for c in calls),
        cached=sum(c.cached for c in calls),
        failed=failures.failed,
        accepted=sum(v.accepted for v in verdicts),
        rejected=sum(not v.accepted for v in verdicts),
        failures=dict(failures.reasons),
        example=shortened(failures.example),
        reasons=dict(sorted(reasons.items())),
        refused=[refusal.model_dump(mode="json") for refusal in refusals(verdicts, calls)],
        usd=round(sum(c.usd for c in calls if not c.cached), 9),
        tokens=sum(c.prompt_tokens + c.completion_tokens for c in calls if not c.cached),
    )
