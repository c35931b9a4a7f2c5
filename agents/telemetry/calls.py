"""The teacher calls of a node as spans: `teach` asks for lessons, `check` has new problems confirmed.

Prompts are built from the requests that the run has kept. When a request went out and was answered stands in the
ledger; a call from the cache took no time and is put at its node's beginning.
"""

from collections.abc import Callable, Mapping

from agents.reporting.events import Event
from agents.run_folder import RunFolder, read_records
from agents.teachers.prompt import Messages, build_messages
from agents.telemetry.redaction import safe
from agents.telemetry.spans import ModelCall, Span, nanoseconds
from memory.store.ledger import CallTimes
from reasoner.types.domain import TeacherBrief
from reasoner.types.teaching import TeacherCall, TeacherRequest


class NodeCalls:
    """Finds the calls of a node in a run's folder.

    Args:
        folder: the run's.
        times_of: when the calls of a cycle were made, by their ids.
        brief: what was asked for.
    """

    def __init__(
        self, folder: RunFolder, times_of: Callable[[int], Mapping[str, CallTimes]], brief: TeacherBrief
    ) -> None:
        self._folder, self._times_of, self._brief = folder, times_of, brief

    def __call__(self, event: Event, node: Span) -> list[Span]:
        """Spans of the calls, in the order in which they were asked for."""
        cycle = int(event["cycle"])
        path = {"teach": self._folder.lessons, "check": self._folder.confirmations}.get(event["node"])
        calls = read_records(path(cycle), TeacherCall) if path else []
        if not calls:
            return []
        kept = read_records(self._folder.requests(cycle), TeacherRequest) if event["node"] == "teach" else []
        requests = {request.problem.id: request for request in kept}
        times = self._times_of(cycle)
        return [
            _span(place, call, node, self._asked(requests.get(call.problem_id)), times.get(call.id))
            for place, call in enumerate(calls)
        ]

    def _asked(self, request: TeacherRequest | None) -> Messages:
        return build_messages(request, self._brief) if request else []


def _span(place: int, call: TeacherCall, node: Span, messages: Messages, times: CallTimes | None) -> Span:
    start, end = _between(call, node, times)
    return Span(
        run=node.run,
        key=f"{node.key}/call/{place}/{call.id}",
        parent=node.key,
        name=f"teacher {call.model}",
        kind="LLM",
        start=start,
        end=end,
        input=safe(messages[-1]["content"]) if messages else "",
        output=safe(call.lesson.model_dump_json()) if call.lesson else "",
        error=safe(call.error) if call.state != "done" else "",
        attributes={
            **{key: value for key, value in node.attributes.items() if key == "reasoner.cycle"},
            "reasoner.problem": call.problem_id,
            "reasoner.call": call.id,
            "reasoner.cached": call.cached,
            "reasoner.requests": call.requests,
        },
        call=ModelCall(
            model=call.model,
            messages=tuple((message["role"], safe(message["content"])) for message in messages),
            prompt_tokens=0 if call.cached else call.prompt_tokens,
            completion_tokens=0 if call.cached else call.completion_tokens,
            usd=0.0 if call.cached else call.usd,
        ),
    )


def _between(call: TeacherCall, node: Span, times: CallTimes | None) -> tuple[int, int]:
    """Within its node: clocks of the store and of the events are one, but are read at other moments."""
    if call.cached or times is None:
        return node.start, node.start
    began = min(max(nanoseconds(times.began), node.start), node.end)
    ended = nanoseconds(times.ended) if times.ended else began + round(call.seconds * 1e9)
    return began, min(max(ended, began), node.end)
