"""What candidates kept of what was taught before (repairs) and of what must not be forgotten (retention), in rows."""

from collections.abc import Callable

from agents.reporting.events import Event
from agents.reporting.figures import interval, percent, points, probability
from agents.reporting.summary import Summary

REPAIRS_HEADER = ("cycle", "asked", "repairs", "champion", "candidate", "lost", "wins / losses", "p of harm")
RETENTION_HEADER = ("cycle", "suite", "asked", "champion", "candidate", "change", "wins / losses", "p of harm")
REPAIRS_WORDS = (
    "A repair is a practice problem that a champion failed, was taught and then solved. At each gate champion and "
    "candidate are asked a sample of all failures that led to promotions, repaired or not; wins and losses are over "
    "all of it, and the other columns count repairs that hold. They are practice problems: they can veto, and prove no "
    "gain."
)
RETENTION_WORDS = (
    "Champion and candidate on the same items of what must not be forgotten. They can veto, and prove no gain."
)


def repairs_rows(summary: Summary) -> list[list[str]]:
    """One a cycle whose gate asked any, below `REPAIRS_HEADER`."""
    return [
        [
            str(cycle.cycle),
            str(told["asked"]),
            str(told["repairs"]),
            str(told["held_before"]),
            str(told["held"]),
            str(told["lost"]),
            f"{told['wins']} / {told['losses']}",
            probability(told["p_harm"]),
        ]
        for cycle in summary.cycles
        if (told := cycle.repairs)
    ]


def lost_repairs(summary: Summary, *, words: Callable[[str], str] = str) -> list[str]:
    """The newest gate's lost repairs by name, a line each; `words` makes text of others harmless."""
    told = next((cycle.repairs for cycle in reversed(summary.cycles) if cycle.repairs), None)
    if not told:
        return []
    lines = [_lost(one, words) for one in told["lost_items"]]
    more = told["lost"] - len(lines)
    return [*lines, f"{more} more: the attempts name them"] if more else lines


def retention_rows(summary: Summary) -> list[list[str]]:
    """One a cycle and suite, below `RETENTION_HEADER`."""
    return [
        [
            str(cycle.cycle),
            told["suite"],
            str(told["asked"]),
            percent(told["right_before"] / max(told["asked"], 1)),
            percent(told["right"] / max(told["asked"], 1)),
            f"{points(told['gain'])} {interval(told['ci95'])}",
            f"{told['wins']} / {told['losses']}",
            probability(told["p_harm"]),
        ]
        for cycle in summary.cycles
        for told in cycle.retention
    ]


def keeping_lines(summary: Summary) -> list[str]:
    """The newest gate's figures in a line each, for the command line."""
    asked = next((cycle for cycle in reversed(summary.cycles) if cycle.repairs or cycle.retention), None)
    if asked is None:
        return []
    lines = [_retained(asked.cycle, told) for told in asked.retention]
    if told := asked.repairs:
        held = f"{told['held']} of {told['repairs']} hold (champion {told['held_before']}), {told['lost']} lost"
        lost = [f"  lost: {line}" for line in lost_repairs(summary)]
        lines = [f"repairs asked at the gate of cycle {asked.cycle}: {held}", *lost, *lines]
    return lines


def _retained(cycle: int, told: Event) -> str:
    return (
        f"{told['suite']} at the gate of cycle {cycle}: {told['right_before']} to {told['right']} of {told['asked']}, "
        f"{points(told['gain'])} {interval(told['ci95'])}"
    )


def _lost(one: Event, words: Callable[[str], str]) -> str:
    too = ", which the champion had lost too" if one["champion_lost_it_too"] else ""
    return f"{words(one['id'])} (taught in cycle {one['cycle']}{too}): {words(one['question'])}"
