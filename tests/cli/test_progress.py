"""The live table: what it shows while a loop is at work, after a resumption too."""

import io
from typing import Any

import pytest
from rich.console import Console

from reasoner.cli.pace import CYCLE_SHARE, Pace
from reasoner.cli.progress import LiveView, PlainView, render
from reasoner.cli.voice import Voice
from reasoner.types.loop import Progress
from reasoner.types.trace import TraceEvent

Event = dict[str, Any]


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def at(cycle: int, node: str, done: int = 0, total: int = 0) -> Progress:
    return Progress(cycle=cycle, node=node, done=done, total=total)


def sealed(cycle: int, checkpoint: str, accuracy: float) -> Event:
    rate = {"n": 600, "accuracy": accuracy, "ci95": [accuracy - 0.04, accuracy + 0.04]}
    return {"event": "evaluation", "run": "r", "cycle": cycle, "checkpoint": checkpoint, "split": "sealed", **rate}


def decision(cycle: int, verdict: str, champion: str) -> Event:
    body = {"verdict": verdict, "candidate": f"c{cycle}", "champion": champion, "wins": 9, "losses": 1, "reason": "So."}
    return {"event": "decision", "run": "r", "cycle": cycle, **body}


def shown(pace: Pace, width: int) -> str:
    console = Console(width=width, color_system=None, force_terminal=True, record=True)
    with console.capture() as captured:
        console.print(render(pace))
    return captured.get()


def a_pace_in_its_third_cycle() -> Pace:
    clock = Clock()
    pace = Pace(5, clock)
    pace.see(at(0, "prepare"))
    clock.seconds = 20
    pace.hear(sealed(0, "base", 0.41))
    pace.see(at(1, "mine", 10, 100))
    clock.seconds = 60
    pace.hear(decision(1, "promote", "base"))
    pace.hear(sealed(1, "c1", 0.63))
    clock.seconds = 100
    pace.hear(decision(2, "keep", "c1"))
    pace.see(at(3, "teach", 30, 120))
    clock.seconds = 110
    return pace


def test_finished_cycles_keep_their_verdict_and_the_figure_of_their_champion() -> None:
    lines = shown(a_pace_in_its_third_cycle(), 80).splitlines()
    assert [line.split()[1] for line in lines[2:6]] == ["base", "promote", "keep", "teach"]
    assert ["41.0%" in lines[2], *("63.0%" in line for line in lines[3:6])] == [True] * 4
    assert "30/120" in lines[5]


def test_every_row_is_one_line_at_eighty_columns() -> None:
    assert len(shown(a_pace_in_its_third_cycle(), 80).splitlines()) == len(
        shown(a_pace_in_its_third_cycle(), 120).splitlines()
    )


def test_the_remaining_time_is_that_of_the_cycles_to_come() -> None:
    assert a_pace_in_its_third_cycle().remaining == 3 * 40 - 10


def test_nothing_is_promised_before_anything_has_been_timed() -> None:
    assert Pace(5, Clock()).remaining is None


def test_cycle_0_tells_the_remaining_time_as_soon_as_its_training_moves() -> None:
    clock = Clock()
    pace = Pace(5, clock)
    pace.see(at(0, "prepare", 0, 100))
    clock.seconds = 30
    pace.see(at(0, "prepare", 25, 100))
    assert pace.remaining == 90 + 5 * CYCLE_SHARE * 120
    clock.seconds = 40
    assert pace.remaining == 80 + 5 * CYCLE_SHARE * 120, "time goes by between two signs of progress"


def test_the_first_cycle_is_judged_by_cycle_0_and_never_promised_to_end_before_its_node() -> None:
    clock = Clock()
    pace = Pace(2, clock)
    pace.see(at(0, "prepare", 0, 100))
    pace.see(at(0, "prepare", 100, 100))
    clock.seconds = 100
    pace.see(at(1, "teach", 0, 10))
    assert pace.remaining == 2 * CYCLE_SHARE * 100
    clock.seconds = 200
    pace.see(at(1, "teach", 1, 10))
    assert pace.remaining == 900 + CYCLE_SHARE * 100


def test_plain_lines_tell_the_remaining_time_of_a_node_that_takes_long(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    view = PlainView(Voice(), 1, clock)
    for done in range(0, 101, 10):
        view.progress(at(0, "prepare", done, 100))
        clock.seconds += 6
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "cycle 0  prepare (0 of 100) ..."
    assert [line.partition(" ...")[0] for line in lines[1:]] == [
        f"cycle 0  prepare ({done} of 100)" for done in (30, 50, 80, 100)
    ]
    assert lines[1].endswith("about 1 min 18 s left")


def test_money_is_summed_over_the_cycles() -> None:
    pace = a_pace_in_its_third_cycle()
    counts = {"calls": 1, "cached": 0, "accepted": 1, "rejected": 0}
    for cycle in (1, 2):
        pace.hear({"event": "teacher", "run": "r", "cycle": cycle, **counts, "usd": 0.25})
    assert "$0.50 spent" in shown(pace, 80)


def test_a_resumed_loop_begins_where_it_was_left() -> None:
    pace = Pace(5, Clock())
    pace.see(at(3, "train"))
    pace.hear(decision(3, "keep", "c1"))
    pace.see(at(4, "evaluate"))
    assert [line.split()[:2] for line in shown(pace, 80).splitlines()[2:4]] == [["3", "keep"], ["4", "evaluate"]]


def test_what_was_looked_at_and_calls_that_failed_are_told_on_a_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    voice: Any = Voice()
    voice.console = Console(width=120, color_system=None, force_terminal=True, file=io.StringIO(), record=True)
    failed = {"failed": 6, "failures": {"no answer": 6}, "example": "no answer from 'm'"}
    counts = {"calls": 6, "cached": 0, "accepted": 0, "rejected": 6, "usd": 0.0}
    with LiveView(voice, 1) as view:
        looks = [{"what": "disk", "found": "enough"}, {"what": "teacher", "found": "answers"}]
        view.event(TraceEvent(key="p", event="preflight", run="r", cycle=None, body={"looks": looks}))
        view.event(TraceEvent(key="t", event="teacher", run="r", cycle=1, body={**counts, **failed}))
    said = voice.console.export_text()
    assert "  disk: enough\n" in said
    assert "  teacher: answers\n" in said
    assert "6 of 6 calls failed: no answer (6)" in said
