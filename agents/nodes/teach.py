"""teach: asks the teacher for this cycle's lessons. What has been paid for is never asked again."""

from agents.parts import Parts
from agents.run_folder import concatenate, read_records, write_records
from agents.state import Change, ImproveState
from agents.teachers.crowd import TeachingStopped
from reasoner.types.teaching import TeacherCall, TeacherRequest


def teach(state: ImproveState, parts: Parts) -> Change:
    """Keeps the answers; a limit on the way ends the asking, not the cycle."""
    cycle = state["cycle"]
    requests = read_records(parts.folder.requests(cycle), TeacherRequest)
    calls: list[TeacherCall] = []
    stopped = False
    if requests:
        teacher = parts.teacher_for(parts.ledger(cycle), lambda d, total: parts.tell(cycle, "teach", d, total))
        try:
            calls = teacher.teach(requests)
        except TeachingStopped as limit:
            calls, stopped = list(limit.calls), True
            parts.events.write(f"{cycle}/limit", "limit", cycle, reason=str(limit))
    write_records(parts.folder.lessons(cycle), calls)
    concatenate(parts.folder.calls, [parts.folder.lessons(c) for c in range(1, cycle + 1)])
    return {"budget_reached": stopped}
