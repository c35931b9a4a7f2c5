"""teach: asks the teacher for this cycle's lessons. What has been paid for is never asked again."""

from agents.asking import ask, collect_calls
from agents.parts import Parts
from agents.run_folder import read_records, write_records
from agents.state import Change, ImproveState
from reasoner.types.teaching import TeacherRequest


def teach(state: ImproveState, parts: Parts) -> Change:
    """Keeps the answers; a limit on the way ends the asking, not the cycle."""
    cycle = state["cycle"]
    # Gold answers are asked of nobody: `check` takes them from the rows.
    asks = parts.settings.lessons == "teacher"
    requests = read_records(parts.folder.requests(cycle), TeacherRequest) if asks else []
    write_records(parts.folder.lessons(cycle), ask(requests, cycle=cycle, node="teach", parts=parts))
    collect_calls(cycle, parts, latest=parts.folder.lessons(cycle), asked=parts.folder.requests(cycle))
    return {}
