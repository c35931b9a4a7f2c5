"""Asks the teacher within a cycle. A limit on the way ends the asking, not the cycle; the run stops after it."""

from collections.abc import Sequence
from pathlib import Path

from agents.parts import Parts
from agents.run_folder import concatenate, read_records
from agents.teachers.crowd import TeachingStopped
from agents.tracing.calls import tell_calls
from reasoner.types.teaching import TeacherCall, TeacherRequest


def ask(requests: Sequence[TeacherRequest], *, cycle: int, node: str, parts: Parts) -> list[TeacherCall]:
    """The calls in the order of the requests; those that a limit forbade are missing.

    Args:
        requests: nobody is asked where there are none.
        cycle: the cycle that pays.
        node: the node at work, for whoever watches.
        parts: the tools of the run; a limit met on the way goes into its `stops`.
    """
    if not requests:
        return []
    teacher = parts.teacher_for(parts.ledger(cycle), lambda done, total: parts.tell(cycle, node, done, total))
    try:
        return teacher.teach(requests)
    except TeachingStopped as limit:
        parts.stops.append(str(limit))
        parts.events.write(f"{cycle}/limit", "limit", cycle, reason=str(limit))
        return [call for call in limit.calls if isinstance(call, TeacherCall)]


def collect_calls(cycle: int, parts: Parts, *, latest: Path, asked: Path) -> None:
    """Writes `teacher/calls.jsonl` anew: lessons and confirmations of all cycles up to this one.

    Args:
        cycle: at work.
        parts: the tools of the run; its trace is told the latest calls.
        latest: file of the calls that were just made.
        asked: file of the requests that they answer.
    """
    folder = parts.folder
    kept = [path for c in range(1, cycle + 1) for path in (folder.lessons(c), folder.confirmations(c))]
    concatenate(folder.calls, kept)
    tell_calls(parts.trace, read_records(latest, TeacherCall), cycle=cycle, asked=asked, folder=folder)
