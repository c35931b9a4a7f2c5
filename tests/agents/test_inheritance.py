"""Where a fork begins, and what it takes over."""

import json
from pathlib import Path
from typing import Any

import pytest
from failures import problem

from agents.inheritance import Inheritance, inherit, inherited, take_over
from agents.reporting.events import Event, read_events
from agents.run_folder import RunFolder, read_records, write_records
from reasoner.errors import NotFoundError
from reasoner.storage.writing import write_text
from reasoner.types.example import Example, Lineage

ORDER = ("evaluate", "mine", "teach", "check", "report")
OUT: dict[str, Any] = {
    "prepare": {"run": "parent", "cycle": 0, "champion": "base"},
    "evaluate": {"failures": 3},
    "mine": {"requests": 2},
    "teach": {},
    "check": {"accepted": 1},
    "report": {},
}


def event(cycle: int, node: str) -> Event:
    out = OUT[node] | ({"cycle": cycle} if node == "evaluate" else {})
    return {"event": "node", "run": "parent", "cycle": cycle, "node": node, "seconds": 1.0, "out": out}


@pytest.fixture
def events() -> list[Event]:
    """Of a run that was broken off in `teach` of its second cycle, and begun anew within the first."""
    launch = {"event": "launch", "run": "parent"}
    first = [launch, event(0, "prepare"), *(event(1, n) for n in ORDER[:2]), launch, *(event(1, n) for n in ORDER[2:])]
    mined = {"event": "failures", "run": "parent", "cycle": 2, "mined": 3}
    return [*first, event(2, "evaluate"), mined, event(2, "mine")]


def begin(events: list[Event], node: str, cycle: int) -> tuple[Inheritance, list[Event]]:
    return inherit(events, ORDER, parent="parent", fork="fork", node=node, cycle=cycle, kin=("grandparent",))


def test_a_fork_has_the_state_that_the_nodes_before_it_gave_back(events: list[Event]) -> None:
    found, shared = begin(events, "check", 1)
    assert (found.after, found.done) == ("teach", ("evaluate", "mine", "teach"))
    assert found.state == {"run": "fork", "cycle": 1, "champion": "base", "failures": 3, "requests": 2}
    assert found.kin == ("parent", "grandparent")
    assert [(e["cycle"], e["node"]) for e in shared] == [(0, "prepare"), *((1, n) for n in ORDER[:3])]
    assert (found.taken_over("teach"), found.taken_over("check")) == (1, 0)


def test_a_fork_may_begin_with_a_node_that_its_parent_never_ended(events: list[Event]) -> None:
    found, shared = begin(events, "teach", 2)
    assert (found.after, found.state["cycle"]) == ("mine", 2)
    assert [e["event"] for e in shared][-3:] == ["node", "failures", "node"], "milestones belong to it too"


def test_a_fork_of_a_cycles_first_node_begins_after_the_cycle_before(events: list[Event]) -> None:
    assert begin(events, "evaluate", 2)[0].after == "report"
    assert begin(events, "evaluate", 1)[0].after == "prepare"


@pytest.mark.parametrize(("node", "cycle"), [("evaluate", 3), ("report", 7), ("dream", 1), ("prepare", 0)])
def test_where_the_parent_never_came_nothing_begins(events: list[Event], node: str, cycle: int) -> None:
    with pytest.raises(NotFoundError, match="its last node was mine of cycle 2"):
        begin(events, node, cycle)


def test_files_are_shared_and_what_names_the_run_is_the_forks_own(events: list[Event], tmp_path: Path) -> None:
    parent, fork = RunFolder(tmp_path, "parent"), RunFolder(tmp_path, "fork")
    lineage = Lineage(run="parent", cycle=1, failure="f", teacher_call="c", verdict="v")
    example = Example(id="e", problem=problem(1), source="teacher_solution", teacher="t", lineage=lineage)
    write_records(parent.examples(1), [example])
    for path in (
        parent.attempts(1, "practice"),
        parent.requests(1),
        parent.requests(2),
        parent.attempts(2, "practice"),
    ):
        write_text(path, "{}\n")
    write_text(parent.lessons(1), '{"id": "c"}\n')
    write_text(parent.latents(1, "mine", "failures"), "vectors")
    found, shared = begin(events, "mine", 2)
    for _ in range(2):
        take_over(found, shared, parent, fork)
    assert fork.attempts(1, "practice").samefile(parent.attempts(1, "practice"))
    assert fork.latents(1, "mine", "failures").is_file()
    assert fork.attempts(2, "practice").is_file()
    assert not fork.requests(2).exists(), "that comes after the point"
    assert [e.lineage.run for e in read_records(fork.examples(1), Example)] == ["fork"]
    assert [e.lineage.run for e in read_records(parent.examples(1), Example)] == ["parent"]
    assert fork.calls.read_text() == '{"id": "c"}\n'
    told = read_events(fork.root)
    assert (told[0]["event"], told[0]["from_cycle"]) == ("fork", 2)
    assert {e["run"] for e in told} == {"fork"}
    assert inherited(fork) == found
    assert inherited(parent) is None
    assert json.loads(fork.fork.read_text())["parent"] == "parent"
