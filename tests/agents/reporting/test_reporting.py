"""The report, the plot and the table over all runs, built from events alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from a_run import RUN, fruitless_run, whole_run

from agents.reporting.events import read_events
from agents.reporting.figures import dollars, duration, probability
from agents.reporting.markdown import headline, write_report
from agents.reporting.plot import plot_accuracy, spread
from agents.reporting.results import COLUMNS, append_results
from agents.reporting.summary import cycle_rows, summarise
from reasoner.errors import DamagedError
from reasoner.types.loop import CycleRow


def rows(count: int) -> list[CycleRow]:
    return cycle_rows(summarise(whole_run()))[:count]


def add(path: Path, run: str, count: int) -> int:
    champions = [f"c{number}" for number in range(count)]
    return append_results(path, rows(count), run=run, config_hash="0123456789ab", seed=0, champions=champions)


def test_a_kept_champion_keeps_its_figure() -> None:
    cycles = summarise(whole_run()).cycles
    assert [cycle.champion for cycle in cycles] == ["base", "c1", "c1", "c3", "c3", "c5"]
    assert [round(cycle.sealed.overall.accuracy, 2) for cycle in cycles if cycle.sealed] == [
        0.41,
        0.63,
        0.63,
        0.84,
        0.84,
        0.93,
    ]


def test_a_cycle_takes_as_long_as_its_nodes_worked() -> None:
    assert [row.seconds for row in rows(3)] == [0, 50, 50]


def test_a_cycle_that_was_broken_off_is_not_written_before_it_is_whole(tmp_path: Path) -> None:
    path, events = tmp_path / "results.tsv", whole_run()
    cut = next(place for place, event in enumerate(events) if event["event"] == "decision" and event["cycle"] == 2)
    broken = summarise(events[:cut])
    champions = [cycle.champion for cycle in broken.cycles]
    assert append_results(path, cycle_rows(broken), run="a", config_hash="0", seed=0, champions=champions) == 2
    assert add(path, "a", 3) == 1


def test_the_other_mode_does_not_replace_the_main_figure() -> None:
    events = whole_run()
    think = {**events[1], "mode": "think", "accuracy": 0.1, "right": 60}
    sealed = summarise([*events[:2], think, *events[2:]]).cycles[0].sealed
    assert sealed is not None
    assert sealed.overall.accuracy == 0.41


def test_the_headline_of_a_gain_names_interval_and_test() -> None:
    text = headline(summarise(whole_run()))
    assert "got better: from 41.0% to 93.0%" in text
    assert "[47.0, 57.0]" in text
    assert "3 of 5 candidates" in text
    assert "McNemar" in text


def test_the_headline_says_when_the_sealed_set_does_not_confirm_a_gain() -> None:
    events = whole_run()
    events[-1]["sealed"] = {"first": 0.41, "last": 0.42, "gain": 0.01, "ci95": [-0.02, 0.04]}
    assert "does not confirm" in headline(summarise(events))


def test_nothing_promoted_is_told_with_its_reason() -> None:
    text = headline(summarise(fruitless_run()))
    assert text.startswith("**Nothing promoted**, because the difference could be chance: p=0.252")


def test_the_report_holds_its_sections_and_can_be_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"git": "abc", "hashes": {"sealed": "0f0f"}}))
    plot_accuracy(tmp_path, whole_run())
    text = write_report(tmp_path, whole_run()).read_text()
    assert "17 of the " in text
    assert "have a step that is not true or uses a quantity that nothing gives" in text
    assert write_report(tmp_path, whole_run()).read_text() == text
    assert "plots/accuracy.png" in text
    assert "| 4 | reject | 84.0% [81.1, 86.9] | 20 / 48 |" in text
    assert "94.7% passed the check" in text
    assert "Cycle 2, keep: The difference could be chance" in text
    assert "| `hashes.sealed` | `0f0f` |" in text
    assert list(tmp_path.glob("*.tmp")) == []


def test_the_coverage_of_every_cycle_is_told(tmp_path: Path) -> None:
    text = write_report(tmp_path, whole_run()).read_text()
    assert "within a cosine distance of 0.0125" in text
    assert "| 4 | +850 | 82.0% | 0.0050 |" in text
    assert [row.covered and round(row.covered, 2) for row in rows(4)] == [None, 0.58, 0.66, 0.74]


def test_a_run_of_before_coverage_was_measured_is_read_all_the_same(tmp_path: Path) -> None:
    events = [{k: v for k, v in event.items() if k != "coverage"} for event in whole_run()]
    assert "## Coverage" not in write_report(tmp_path, events).read_text()
    assert plot_accuracy(tmp_path, events).read_bytes() != plot_accuracy(tmp_path, whole_run()).read_bytes()
    assert {row.covered for row in cycle_rows(summarise(events))} == {None}


def test_where_nothing_was_learnt_there_is_no_distance(tmp_path: Path) -> None:
    events = whole_run()
    nothing = {"questions": 1000, "radius": 0.0125, "covered": 0.0, "distance": None}
    next(event for event in events if event["event"] == "examples").update(added=0, coverage=nothing)
    assert "| 1 | +0 | 0.0% | - |" in write_report(tmp_path, events).read_text()


def test_a_skill_that_fell_and_a_broken_job_are_among_what_did_not_work(tmp_path: Path) -> None:
    events = whole_run()
    events[1]["by_skill"]["take"] = {"n": 150, "accuracy": 0.99, "ci95": [0.97, 1.0]}
    events.insert(5, {"event": "job", "run": RUN, "cycle": 1, "job": "j9", "state": "failed", "error": "out of memory"})
    text = write_report(tmp_path, events).read_text()
    assert "`take` fell from 99.0%" in text
    assert "job j9 failed. out of memory" in text


def test_the_report_of_a_run_that_has_only_begun_says_so(tmp_path: Path) -> None:
    assert "No candidate has been examined yet" in write_report(tmp_path, whole_run()[:1]).read_text()


def test_the_plot_is_a_png_and_the_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    first = plot_accuracy(tmp_path, whole_run()).read_bytes()
    assert first.startswith(b"\x89PNG")
    assert plot_accuracy(tmp_path, whole_run()).read_bytes() == first


def test_a_plot_can_be_drawn_before_anything_is_measured(tmp_path: Path) -> None:
    assert plot_accuracy(tmp_path, whole_run()[:1]).exists()


def test_the_same_cycle_is_never_written_twice(tmp_path: Path) -> None:
    path = tmp_path / "results.tsv"
    assert add(path, "a", 2) == 2
    assert add(path, "a", 3) == 1
    assert add(path, "b", 1) == 1
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert lines[0] == list(COLUMNS)
    assert [line[:2] for line in lines[1:]] == [["a", "0"], ["a", "1"], ["a", "2"], ["b", "0"]]
    assert {len(line) for line in lines} == {len(COLUMNS)}


def test_a_torn_last_line_is_replaced_by_the_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "results.tsv"
    add(path, "a", 2)
    path.write_text(path.read_text()[:-9])
    assert add(path, "a", 2) == 1
    assert len(path.read_text().splitlines()) == 3


def test_two_processes_that_add_the_same_cycles_leave_each_once(tmp_path: Path) -> None:
    path = tmp_path / "results.tsv"
    code = f"import sys; sys.path[:0] = {sys.path!r}\nfrom pathlib import Path\nfrom test_reporting import add\n"
    code += f"for count in (1, 2, 3, 4, 5, 6): add(Path({str(path)!r}), 'a', count)"
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [line.split("\t")[1] for line in path.read_text().splitlines()[1:]] == list("012345")


def test_events_are_read_back_and_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    text = "".join(json.dumps(event) + "\n" for event in whole_run())
    (tmp_path / "events.jsonl").write_text(text + '{"event": "do')
    assert read_events(tmp_path) == whole_run()


def test_a_broken_line_is_told_by_file_and_number(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text('{"event": "launch"}\nnonsense\n')
    with pytest.raises(DamagedError, match=r"events\.jsonl.* line 2"):
        read_events(tmp_path)


def test_figures_read_as_people_write_them() -> None:
    assert [probability(p) for p in (None, 0.0123, 1.2e-12)] == ["-", "0.0123", "1.2e-12"]
    assert [dollars(usd) for usd in (0, 0.00012, 1.5)] == ["$0.00", "$0.000120", "$1.50"]
    assert [duration(seconds) for seconds in (4.21, 185, 7620)] == ["4.2 s", "3 min 05 s", "2 h 07 min"]


def test_labels_of_equal_height_are_set_apart() -> None:
    lifted = spread({"1": 0.6, "3": 0.05, "4": 0.04, "2": 0.055}, gap=0.04)
    assert lifted == pytest.approx({"4": 0.04, "3": 0.08, "2": 0.12, "1": 0.6})
