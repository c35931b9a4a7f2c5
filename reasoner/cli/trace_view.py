"""A run's trace for the eye: the graph, then a tree of cycles, nodes and, where few are meant, their events."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from textwrap import wrap
from typing import Any

from rich.text import Text

from agents.reporting.event_text import sentence, words
from agents.reporting.figures import duration
from agents.tracing import visits
from agents.tracing.history import History
from agents.tracing.visits import Visit
from reasoner.cli.voice import json_line

BAR = 12
"""Characters of the longest node's bar."""
SHOWN = 60
"""Events of one visit that are listed."""
EIGHTHS = " ▏▎▍▌▋▊▉█"


def graph_and_tree(
    history: History, drawn: Sequence[str], *, cycle: int | None, node: str | None, width: int
) -> Iterator[Text | str]:
    """What `reasoner trace` prints, part by part."""
    whole = cycle is None and node is None
    if whole:
        yield _head(history)
        yield Text("\n".join(drawn), no_wrap=True)
        yield ""
    meant = [v for v in history.visits if cycle in (None, v.cycle) and node in (None, v.node)]
    longest = max((v.seconds for v in meant), default=0.0)
    outside = [event for event in history.events if whole and event.get("cycle", -1) not in history.cycles]
    # What a run says before its first cycle stands above it; the rest, such as its end, below.
    above = len(list(takewhile(lambda pair: pair[0] is pair[1], zip(outside, history.events, strict=False))))
    yield from filter(None, map(sentence, outside[:above]))
    for number in dict.fromkeys(visit.cycle for visit in meant):
        yield _cycle_line(history, number)
        own = [visit for visit in meant if visit.cycle == number]
        for visit in own:
            yield _visit_lines(history, visit, longest, last=visit is own[-1], told=not whole, width=width)
    # A run that was broken off, or is younger than its first node's end, has told more than its visits hold.
    yield from filter(None, map(sentence, outside[above:]))
    if whole:
        yield f"\nfolder: {history.folder.root}"
        yield "one node in detail: --cycle N --node NAME; one problem across cycles: --problem ID"


def json_lines(history: History, *, cycle: int | None, node: str | None) -> Iterator[str]:
    """The trace as it was written, a JSON object a line; of a run without one its events."""
    trace = history.folder.trace
    if cycle is None and node is None:
        events = visits.read_events(trace) if trace.is_file() else iter(history.events)
    else:
        meant = [v for v in history.visits if cycle in (None, v.cycle) and node in (None, v.node)]
        events = (event for visit in meant for event in history.told_of(visit))
    return (json_line(event) for event in events)


def visit_line(history: History, visit: Visit) -> Text:
    """Name, time and marks of a visit."""
    at_work, open_ = history.at_work(visit), visit.status == visits.OPEN
    text = Text(f"{visit.node:<10}", style="bold")
    text.append(f"{'' if open_ else duration(visit.seconds):>12}", style="none")
    if visit.attempt > 1:
        text.append(f"  attempt {visit.attempt}", style="magenta")
    if at_work:
        text.append("  at work", style="bold cyan")
    elif open_:
        text.append("  KILLED here; it runs again from its beginning", style="bold red")
    elif visit.status == visits.FAILED:
        text.append(f"  FAILED: {visit.error}", style="bold red")
    elif visit.status in (visits.STOPPED, visits.WAITING):
        text.append(f"  {visit.status}: {visit.error}", style="yellow")
    if history.is_slow(visit):
        text.append("  SLOW", style="bold yellow")
    return text


def _head(history: History) -> Text:
    seconds = sum(visit.seconds for visit in history.visits)
    kept = sum(visit.events + 2 for visit in history.visits if visit.end)
    state = "at work" if history.live else ("finished" if _ended(history) else "not finished")
    cycles = max(history.cycles, default=0)
    return Text(
        f"run {history.folder.run}: {state}, {cycles} cycles, {len(history.visits)} visits of nodes, "
        f"{kept} events, {duration(seconds)} at work\n"
    )


def _ended(history: History) -> bool:
    return bool(history.events) and history.events[-1]["event"] == "done"


def _cycle_line(history: History, cycle: int) -> Text:
    text = Text(f"cycle {cycle}", style="bold underline")
    text.append(f"  {duration(history.seconds_of(cycle))}", style="not underline")
    for events in history.milestones.values():
        for event in events:
            if event.get("cycle") == cycle and event["event"] == "decision":
                style = "not bold not underline green" if event["verdict"] == "promote" else "not bold not underline"
                text.append(f"  {event['verdict']} of {event['candidate'] or 'nobody'}", style=style)
    return text


def _visit_lines(history: History, visit: Visit, longest: float, *, last: bool, told: bool, width: int) -> Text:
    text = Text("└─ " if last else "├─ ", style="dim", no_wrap=True, overflow="ignore")
    text.append_text(visit_line(history, visit))
    bar = _bar(visit.seconds / longest if longest else 0.0)
    text.append(f"  {bar}" if bar else "", style="cyan")
    inner = "   " if last else "│  "
    for line in _details(history, visit) if told else _summary(history, visit):
        for part in wrap(line, max(40, width - 6), subsequent_indent="  "):
            text.append(f"\n{inner}   ", style="dim")
            text.append(part, style="default")
    return text


def _summary(history: History, visit: Visit) -> Iterator[str]:
    """The milestones; those of a node that ran again stand with its last attempt."""
    newest = max((v.attempt for v in history.visits if (v.cycle, v.node) == (visit.cycle, visit.node)), default=1)
    if visit.attempt != newest:
        return
    for event in history.milestones.get((visit.cycle, visit.node), []):
        if told := words(event):
            yield told


def _details(history: History, visit: Visit) -> Iterator[str]:
    """Everything that was told within, in order; the solve graph's many nodes in one line."""
    told_of = history.told_of(visit)
    events = [event for event in told_of if event["event"] != "solve"]
    solving = [event for event in told_of if event["event"] == "solve"]
    if solving:
        yield _solving(solving)
    for event in events[:SHOWN]:
        if told := _detail(event):
            yield told
    if len(events) > SHOWN:
        yield f"and {len(events) - SHOWN} more events; --json tells all"


def _solving(events: Sequence[dict[str, Any]]) -> str:
    """How often each node of the solve graph was at work, and how long."""
    parts = dict.fromkeys(event["part"] for event in events)
    took = {part: [e["seconds"] for e in events if e["part"] == part] for part in parts}
    told = ", ".join(f"{part} {len(seconds)}x {duration(sum(seconds))}" for part, seconds in took.items())
    return f"solve graph, {max(event['batch'] for event in events)} batches: {told}"


def _detail(event: dict[str, Any]) -> str | None:
    if event["event"] == "start":
        return f"in:  {_small(event['in'])}{_files(event['reads'], 'reads')}"
    if event["event"] == "node" and "status" in event:
        dropped = f"  ({event['dropped']} events beyond the bound were not kept)" if event.get("dropped") else ""
        return f"out: {_small(event.get('out', {}))}{_files(event['writes'], 'writes')}{dropped}"
    return words(event)


def _small(value: dict[str, Any]) -> str:
    shown = {name: one for name, one in value.items() if name not in ("run", "comparison")}
    return ", ".join(f"{name}={one}" for name, one in shown.items()) or "-"


def _files(files: Sequence[dict[str, Any]], what: str) -> str:
    named = ", ".join(f"{one['file']} ({one.get('sha256', 'unhashed')})" for one in files)
    return f"; {what} {named}" if named else ""


def _bar(share: float) -> str:
    eighths = round(share * BAR * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
