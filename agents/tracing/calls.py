"""Teacher calls as a trace tells them: figures in the event, prompt and answer by reference to where they lie."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.run_folder import RESTORE, RunFolder
from agents.teachers import prompt
from agents.tracing.tracer import Tracer
from reasoner.storage.json_lines import numbered_lines
from reasoner.types.teaching import TeacherCall

ERROR = 200
"""Characters of an error that are kept; the whole stands in the answer's file."""


def tell_calls(trace: Tracer, calls: Sequence[TeacherCall], *, cycle: int, asked: Path, folder: RunFolder) -> None:
    """One `call` event for each call of a cycle.

    Args:
        trace: of the run.
        calls: as they were kept, in their order.
        cycle: that they were made in.
        asked: file of the requests that they answer, a request a line; may be missing.
        folder: of the run; its `teacher/calls.jsonl` holds the calls already.
    """
    if not trace.on or not calls:
        return
    answers, requests = _lines_by_id(folder.calls), _lines_by_problem(asked)
    for call in calls:
        request = requests.get(call.problem_id)
        trace.tell(
            "call",
            cycle,
            call=call.id,
            model=call.model,
            problem=call.problem_id,
            state=call.state,
            cached=call.cached,
            requests=call.requests,
            prompt_tokens=call.prompt_tokens,
            completion_tokens=call.completion_tokens,
            usd=call.usd,
            seconds=round(call.seconds, 3),
            prompt={"file": folder.below_root(asked), "line": request, "version": prompt.VERSION} if request else None,
            answer={"file": folder.below_root(folder.calls), "line": answers.get(call.id)},
            **({"error": call.error[:ERROR]} if call.error else {}),
        )


def _lines_by_id(path: Path) -> dict[str, int]:
    """Newest line of each call, counted from 1."""
    return {row["id"]: number for number, row in _rows(path)}


def _lines_by_problem(path: Path) -> dict[str, int]:
    return {row["problem"]["id"]: number for number, row in _rows(path)}


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    return list(numbered_lines(path, mend=RESTORE)) if path.exists() else []
