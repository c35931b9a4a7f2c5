"""report: the sealed figure of a new champion, then report, plot and results; reported only, never decided on."""

from agents.parts import Parts
from agents.reporting.events import read_events
from agents.reporting.markdown import write_report
from agents.reporting.plot import plot_accuracy
from agents.state import Change, ImproveState


def report(state: ImproveState, parts: Parts) -> Change:
    """Closes the cycle."""
    cycle = state["cycle"]
    if state["verdict"] == "promote":
        parts.evaluate(state["champion"], parts.source.sealed(), split="sealed", cycle=cycle, node="report")
    parts.events.write(
        f"{cycle}/end", "cycle", cycle, champion=state["champion"], seconds=round(parts.clock.seconds, 3)
    )
    events = read_events(parts.folder.root)
    plot_accuracy(parts.folder.root, events)
    write_report(parts.folder.root, events)
    return {}
