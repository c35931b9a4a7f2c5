"""The graph that a run went through, as text, as Mermaid and as a picture: drawn from what it did, not from a plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from agents.reporting.figures import duration
from agents.tracing import visits
from agents.tracing.visits import Visit

GAP = "──▶"


@dataclass(frozen=True)
class Walked:
    """The nodes of a graph and the ways between them that were taken."""

    nodes: tuple[str, ...]
    """In the order in which they were first come to."""
    times: dict[str, int]
    seconds: dict[str, float]
    trouble: dict[str, int]
    """Visits that were not done: failed, stopped or killed."""
    ways: dict[tuple[str, str], int]

    def label(self, node: str) -> str:
        """`3x  1.2 s`, and `!` where not every visit was done."""
        marks = f"  {self.trouble[node]}!" if self.trouble[node] else ""
        return f"{self.times[node]}x  {duration(self.seconds[node])}{marks}"

    def is_next(self, here: str, there: str) -> bool:
        """Whether a way leads to the node drawn next."""
        return self.nodes.index(there) == self.nodes.index(here) + 1


def walked(found: Sequence[Visit]) -> Walked:
    """What a run's visits amount to. A node that ran again at once is one step of the way."""
    times: Counter[str] = Counter(visit.node for visit in found)
    trouble: Counter[str] = Counter(visit.node for visit in found if visit.status != visits.OK)
    seconds: dict[str, float] = {}
    path: list[Visit] = []
    for visit in found:
        seconds[visit.node] = seconds.get(visit.node, 0.0) + visit.seconds
        if not path or (path[-1].cycle, path[-1].node) != (visit.cycle, visit.node):
            path.append(visit)
    ways = Counter((here.node, there.node) for here, there in pairwise(path))
    return Walked(tuple(_in_place(path)), dict(times), seconds, {node: trouble[node] for node in times}, dict(ways))


def as_text(graph: Walked, *, width: int) -> list[str]:
    """Boxes in rows, an arrow where the way to the next was taken; all other ways below, with their counts."""
    lines: list[str] = []
    row: list[str] = []
    for node in graph.nodes:
        if row and _row_width(graph, [*row, node]) > width:
            lines += _row(graph, row)
            row = []
        row.append(node)
    lines += _row(graph, row) if row else []
    others = [(ways, count) for ways, count in graph.ways.items() if not graph.is_next(*ways)]
    return lines + [f"{here} {GAP} {there}  {count}x" for (here, there), count in others]


def as_mermaid(graph: Walked) -> str:
    """A Mermaid flowchart, which GitHub and many editors draw."""
    lines = ["flowchart LR"]
    lines += [f'    {_id(node)}["{node}<br/>{graph.label(node)}"]' for node in graph.nodes]
    lines += [f"    {_id(here)} -->|{count}x| {_id(there)}" for (here, there), count in graph.ways.items()]
    lines += [f"    style {_id(node)} stroke:#c0392b,stroke-width:3px" for node in graph.nodes if graph.trouble[node]]
    return "\n".join(lines)


def as_picture(graph: Walked, path: Path, *, title: str) -> None:
    """A PNG: the nodes in a ring from the top, clockwise, as large as the time that they took."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 8), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.35, 1.35)
    axes.set_title(title)
    places = _ring(graph.nodes)
    most_time, most_ways = max(graph.seconds.values()) or 1.0, max(graph.ways.values(), default=1)
    for (here, there), count in graph.ways.items():
        _arrow(axes, places[here], places[there], weight=count / most_ways)
    for node in graph.nodes:
        heat = 0.15 + 0.6 * graph.seconds[node] / most_time
        box = {"boxstyle": "round,pad=0.5", "fc": (1.0, 1 - 0.5 * heat, 1 - heat), "ec": "#444", "lw": 1.2}
        if graph.trouble[node]:
            box |= {"ec": "#c0392b", "lw": 2.5}
        x, y = places[node]
        axes.text(x, y, f"{node}\n{graph.label(node)}", ha="center", va="center", fontsize=10, bbox=box, zorder=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _in_place(path: Sequence[Visit]) -> list[str]:
    """Nodes in the order of their first visits; one that a later cycle brings stands behind where that came from."""
    nodes: list[str] = []
    for at, visit in enumerate(path):
        if visit.node not in nodes:
            before = nodes.index(path[at - 1].node) + 1 if at else 0
            nodes.insert(before, visit.node)
    return nodes


def _box(graph: Walked, node: str) -> tuple[str, str, int]:
    label = graph.label(node)
    inner = max(len(node), len(label))
    return f"{node:^{inner}}", f"{label:^{inner}}", inner


def _row_width(graph: Walked, nodes: Sequence[str]) -> int:
    return sum(_box(graph, node)[2] + 4 for node in nodes) + len(GAP) * (len(nodes) + 1)


def _row(graph: Walked, nodes: Sequence[str]) -> list[str]:
    lines = ["", "", "", ""]
    for node in nodes:
        name, label, inner = _box(graph, node)
        before = graph.nodes[graph.nodes.index(node) - 1] if node != graph.nodes[0] else ""
        joined = bool(graph.ways.get((before, node)))
        blank = " " * len(GAP)
        lines[0] += f"{blank}┌{'─' * (inner + 2)}┐"
        lines[1] += f"{GAP if joined else blank}│ {name} │"
        lines[2] += f"{blank}│ {label} │"
        lines[3] += f"{blank}└{'─' * (inner + 2)}┘"
    return lines


def _id(node: str) -> str:
    """`end` and the like are words of Mermaid's own."""
    return f"n_{node}"


def _ring(nodes: Sequence[str]) -> dict[str, tuple[float, float]]:
    from math import cos, pi, sin

    turns = [2 * pi * place / len(nodes) for place in range(len(nodes))]
    return {node: (1.15 * sin(turn), 1.05 * cos(turn)) for node, turn in zip(nodes, turns, strict=True)}


def _arrow(axes: object, here: tuple[float, float], there: tuple[float, float], *, weight: float) -> None:
    from matplotlib.axes import Axes
    from matplotlib.patches import FancyArrowPatch

    assert isinstance(axes, Axes)
    style = {"arrowstyle": "-|>", "mutation_scale": 16, "shrinkA": 34, "shrinkB": 34, "color": "#555"}
    axes.add_patch(
        FancyArrowPatch(here, there, connectionstyle="arc3,rad=-0.12", lw=0.8 + 1.6 * weight, zorder=1, **style)
    )
