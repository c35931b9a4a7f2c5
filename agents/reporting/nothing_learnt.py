"""Cycles that asked the teacher and from which nothing was accepted: why, with an example, and what to change."""

from typing import Any

from agents.reporting.events import Event
from agents.reporting.summary import Cycle, Summary
from agents.teachers.failures import Failures


def nothing_learnt(summary: Summary) -> tuple[Cycle, ...]:
    """The cycles that asked the teacher and from which nothing at all was accepted."""
    return tuple(cycle for cycle in summary.cycles if _asked_in_vain(cycle))


def record_of(cycle: Cycle) -> dict[str, Any]:
    """Such a cycle for programs."""
    teacher = cycle.teacher or {}
    return {
        "cycle": cycle.cycle,
        "model": teacher.get("model", ""),
        "calls": _asked(teacher),
        "failed": teacher.get("failed", 0),
        "rejected": teacher.get("rejected", 0),
        "refused": teacher.get("refused", []),
    }


def lines_of(cycle: Cycle) -> list[str]:
    """Such a cycle for people: a sentence, then for each reason its count, an example, and what to change."""
    told = record_of(cycle)
    pieces = f"{told['rejected']} piece" + ("" if told["rejected"] == 1 else "s")
    lines = [
        f"cycle {told['cycle']} learnt nothing: none of {pieces} from {told['calls']} calls of {told['model']} taught"
    ]
    for refusal in told["refused"]:
        lines.append(f"  {refusal['reason']}: {refusal['count']} of {told['rejected']}")
        asked = f"asked {refusal['question']!r}, " if refusal["question"] else ""
        lines += [f"    {asked}the teacher said {refusal['said']!r}"] if refusal["said"] else []
        lines.append(f"    what to change: {refusal['change']}")
    return lines


def failure_words(teacher: Event) -> str:
    """`6 of 6 calls failed: unusable answer (6), such as '...'`; empty where none failed."""
    reasons, example = tuple(teacher.get("failures", {}).items()), teacher.get("example", "")
    failures = Failures(calls=_asked(teacher), failed=teacher.get("failed", 0), reasons=reasons, example=example)
    return f"{failures.sentence}, such as {example!r}" if failures.failed and example else failures.sentence


def _asked(teacher: Event) -> int:
    return teacher.get("calls", 0) + teacher.get("cached", 0)


def _asked_in_vain(cycle: Cycle) -> bool:
    if cycle.teacher is None or not _asked(cycle.teacher) or cycle.teacher.get("accepted", 0):
        return False
    # What a search has found teaches too.
    examples = cycle.examples or {}
    return not examples.get("added", 0) and not examples.get("duplicates", 0)
