"""The run graph with its times: how often each node worked, how long, and where the time of each cycle went."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.reporting.figures import duration
from agents.reporting.page.markup import Markup, element, together
from agents.reporting.page.svg import Frame, drawing, text, titled
from agents.reporting.page.tape import Visit

ORDER = (
    "prepare", "evaluate", "verifier", "search", "mine", "teach", "check", "remember", "train", "examine", "watch",
    "decide", "reflect", "approve", "report",
)  # fmt: skip
"""As the graph has them; nodes that are not in this list follow in the order in which they were met."""
ROW = 58
"""Pixels of a node in the drawn graph; `page.css` knows it too."""
NAMED = 5
"""Nodes with a colour of their own; the rest is one colour."""


@dataclass(frozen=True)
class NodeTimes:
    """One node over the whole run."""

    name: str
    visits: tuple[Visit, ...]

    @property
    def seconds(self) -> float:
        """In all."""
        return sum(visit.seconds for visit in self.visits)

    @property
    def slowest(self) -> Visit:
        """The longest visit."""
        return max(self.visits, key=lambda visit: visit.seconds)


def node_times(visits: Sequence[Visit]) -> list[NodeTimes]:
    """The nodes in the order of the graph."""
    met = dict.fromkeys(visit.node for visit in visits)
    names = [*(name for name in ORDER if name in met), *(name for name in met if name not in ORDER)]
    return [NodeTimes(name, tuple(v for v in visits if v.node == name)) for name in names]


def loop_drawing(nodes: Sequence[NodeTimes]) -> Markup:
    """Arrows beside the nodes: down from each to the next, and the loop back to the first node of a cycle."""
    names = [node.name for node in nodes]
    height = ROW * len(nodes)
    middle = [ROW * place + ROW / 2 - 4 for place in range(len(nodes))]
    parts = [
        element("line", x1=44, x2=44, y1=here + 9, y2=there - 13, cls="arrow")
        + element("path", d=f"M40 {there - 15:.0f}h8l-4 7z", cls="head")
        for here, there in itertools.pairwise(middle)
    ]
    parts += [element("circle", cx=44, cy=y, r=5, cls="stop") for y in middle]
    if "evaluate" in names and names.index("evaluate") < len(names) - 1:
        top, foot = middle[names.index("evaluate")], middle[-1]
        line = f"M36 {foot:.0f}H20q-10 0 -10 -10V{top + 10:.0f}q0 -10 10 -10h10"
        parts += [
            element("path", d=line, cls="arrow"),
            element("path", d=f"M28 {top - 4:.0f}v8l7 -4z", cls="head"),
        ]
    return element("svg", *parts, viewBox=f"0 0 56 {height}", width=56, height=height, aria_hidden="true", cls="loop")


def time_chart(nodes: Sequence[NodeTimes], width: int) -> Markup:
    """A bar for each cycle, parted by nodes; those that took most have colours (classes `k0` ...)."""
    cycles = sorted({visit.cycle for node in nodes for visit in node.visits})
    shown = [node.name for node in by_time(nodes)[:NAMED]]
    totals = {c: sum(v.seconds for node in nodes for v in node.visits if v.cycle == c) for c in cycles}
    row = 28 if len(cycles) <= 12 else 14
    frame = Frame(
        width, row * len(cycles) + 34, x=(0, max([*totals.values(), 0.001])), y=(0, 1), left=66, right=14, top=4
    )
    bars = [_bar(frame, place, cycle, nodes, shown, row) for place, cycle in enumerate(cycles)]
    ticks = [
        (share * frame.x[1], duration(share * frame.x[1]))
        for share in ((0, 0.5, 1) if width < 500 else (0, 0.25, 0.5, 0.75, 1))
    ]
    said = "; ".join(f"cycle {c}: {duration(s)}" for c, s in list(totals.items())[:60])
    axis = together([_tick(frame, value, words, ticks[-1][0]) for value, words in ticks])
    return drawing(width, frame.height, axis, *bars, label=f"Time of each cycle by node. {said}")


def by_time(nodes: Sequence[NodeTimes]) -> list[NodeTimes]:
    """The longest first."""
    return sorted(nodes, key=lambda node: -node.seconds)


def _tick(frame: Frame, value: float, words: str, last: float) -> Markup:
    anchor = "end" if value == last else "start" if not value else "middle"
    return text(frame.at_x(value), frame.height - 10, words, anchor=anchor)


def _bar(frame: Frame, place: int, cycle: int, nodes: Sequence[NodeTimes], shown: list[str], row: int) -> Markup:
    y, start = frame.top + row * place + 2, 0.0
    parts = [
        text(frame.left - 10, y + row / 2 + 2, f"cycle {cycle}" if row > 20 or not cycle % 5 else "", anchor="end")
    ]
    for node in nodes:
        seconds = sum(v.seconds for v in node.visits if v.cycle == cycle)
        if not seconds:
            continue
        width = frame.at_x(start + seconds) - frame.at_x(start)
        cls = f"bar k{shown.index(node.name)}" if node.name in shown else "bar rest"
        bar = element("rect", x=frame.at_x(start), y=y, width=max(width, 0.4), height=row - 5, cls=cls)
        parts.append(titled(bar, f"cycle {cycle}, {node.name}: {duration(seconds)}"))
        start += seconds
    return together(parts)


def island_of(nodes: Sequence[NodeTimes]) -> list[dict[str, Any]]:
    """What the page's script shows of a node that is chosen."""
    return [
        {
            "name": node.name,
            "visits": [
                {
                    "cycle": v.cycle,
                    "took": duration(v.seconds),
                    "ended": v.ended,
                    "slow": len(node.visits) > 1 and v is node.slowest,
                    "quoted": v.quoted,
                    "more": v.events - len(v.quoted),
                }
                for v in node.visits
            ],
        }
        for node in nodes
    ]
