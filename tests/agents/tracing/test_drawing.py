"""A run's history read back, and its graph drawn, from visits alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.run_folder import RunFolder
from agents.tracing.drawing import as_mermaid, as_picture, as_text, walked
from agents.tracing.history import read_history
from agents.tracing.tracer import Tracer
from agents.tracing.visits import Visit

LOOP = ("evaluate", "mine", "teach", "report")


def visit(cycle: int, node: str, seconds: float = 1.0, **more: Any) -> Visit:
    common: dict[str, Any] = {"attempt": 1, "began": "", "status": "ok", "error": "", "events": 0}
    return Visit(cycle=cycle, node=node, seconds=seconds, **{**common, "first": 0, "start": 0, "end": 0, **more})


@pytest.fixture
def visits() -> list[Visit]:
    """Two cycles, in the second of which `teach` fails once and `mine` leads past a node."""
    first = [visit(0, "prepare"), *(visit(1, node) for node in LOOP)]
    second = [visit(2, "evaluate"), visit(2, "mine"), visit(2, "teach", status="failed"), visit(2, "teach", attempt=2)]
    return [*first, *second, visit(2, "report")]


def test_the_graph_has_the_nodes_and_ways_that_were_walked_with_counts(visits: list[Visit]) -> None:
    graph = walked(visits)
    assert graph.nodes == ("prepare", *LOOP)
    assert (graph.times["teach"], graph.trouble["teach"], graph.seconds["teach"]) == (3, 1, 3.0)
    assert graph.ways["report", "evaluate"] == 1
    assert ("teach", "teach") not in graph.ways, "running again is no way of its own"


def test_as_text_boxes_fit_the_width_and_every_way_is_shown(visits: list[Visit]) -> None:
    lines = as_text(walked(visits), width=50)
    assert max(map(len, lines)) <= 50
    assert "3x  3.0 s  1!" in "\n".join(lines)
    assert lines[-1] == "report ──▶ evaluate  1x"


def test_as_mermaid_and_as_picture(visits: list[Visit], tmp_path: Path) -> None:
    text = as_mermaid(walked(visits))
    assert text.startswith("flowchart LR")
    assert "n_mine -->|2x| n_teach" in text
    assert "style n_teach stroke" in text
    as_picture(walked(visits), tmp_path / "graph.png", title="r")
    assert (tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG")


def test_a_node_that_later_cycles_bring_stands_where_it_was_come_to() -> None:
    second = ("evaluate", "search", "mine", "teach", "report")
    graph = walked([*(visit(1, n) for n in LOOP), *(visit(2, n) for n in second)])
    assert graph.nodes == second


def test_slow_is_what_took_twice_its_usual_time_and_mattered(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "r")
    folder.root.mkdir(parents=True)
    lines = [
        {
            "event": "node",
            "run": "r",
            "cycle": cycle,
            "node": node,
            "seconds": seconds,
            "out": {},
            "key": f"{cycle}{node}",
        }
        for cycle, teach in ((1, 1.0), (2, 1.1), (3, 5.0))
        for node, seconds in (("mine", 0.001 * cycle), ("teach", teach))
    ]
    (folder.root / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    history = read_history(tmp_path, "r")
    slow = [(v.cycle, v.node) for v in history.visits if history.is_slow(v)]
    assert slow == [(3, "teach")], "thrice as long is nothing where it is three thousandths"


def test_what_was_traced_in_one_start_and_not_in_another_is_all_there_in_order(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "r")
    with Tracer(folder).visit(2, "mine", {}):
        pass
    told = [("failures", 1, {}), ("node", 1, {"node": "mine", "seconds": 1.0, "out": {}})]
    told += [("failures", 2, {}), ("node", 2, {"node": "mine", "seconds": 1.0, "out": {}})]
    lines = [{"event": name, "run": "r", "cycle": cycle, **body} for name, cycle, body in told]
    (folder.root / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    history = read_history(tmp_path, "r")
    assert [(v.cycle, v.end > 0) for v in history.visits] == [(1, False), (2, True)]
    assert [e["event"] for e in history.milestones[1, "mine"]] == ["failures"]
    assert [e["event"] for e in history.told_of(history.visits[1])] == ["start", "node"]
