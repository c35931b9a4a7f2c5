"""A loop that asks about what is least like all it has learnt, and the coverage that every loop measures."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from loop_runs import Ended, begin, loop, loop_until, run_folder
from shared_folder import shared_folder

from agents.covering import UNMINED
from agents.run_folder import RunFolder, read_records
from memory.locks import exclusive
from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.data.splits import split_of
from reasoner.types.teaching import TeacherRequest

pytestmark = pytest.mark.slow

SPREAD = "mine.pick=farthest"


@pytest.fixture(scope="module")
def spread() -> tuple[Path, Ended]:
    """The home of a run of two cycles that picked the farthest, made once for all test processes, and how it ended."""
    home, told = shared_folder() / "spread", shared_folder() / "spread.json"
    with exclusive(shared_folder() / "spread.lock"):
        if not told.exists():
            told.write_text(json.dumps(asdict(loop(begin(home), SPREAD, cycles=2))))
    return home, Ended(**json.loads(told.read_text()))


def asked(home: Path, cycle: int) -> list[TeacherRequest]:
    return read_records(RunFolder(home, run_folder(home).name).requests(cycle), TeacherRequest)


def coverages(ended: Ended) -> list[dict[str, float]]:
    return [event["coverage"] for event in ended.of("examples")]


def test_killed_before_and_after_it_picks_it_asks_and_ends_alike(spread: tuple[Path, Ended], begun: Path) -> None:
    for said in ("cycle 1  mine ", "cycle 2  mine ", "cycle 2  teach "):
        loop_until(begun, said, SPREAD, cycles=2)
    ended = loop(begun, SPREAD, cycles=2)
    home, expected = spread
    assert ended.code == expected.code == 0, ended.words
    assert [asked(begun, cycle) for cycle in (1, 2)] == [asked(home, cycle) for cycle in (1, 2)]
    assert ended.done["fingerprint"] == expected.done["fingerprint"]
    assert fingerprints(begun) == fingerprints(home)
    assert [e["coverage"] for e in examples_events(begun)] == coverages(expected)


def test_it_asks_about_others_than_a_draw_and_as_many_of_each_skill(
    spread: tuple[Path, Ended], undisturbed: tuple[Path, Ended]
) -> None:
    picked, drawn = asked(spread[0], 1), asked(undisturbed[0], 1)
    assert Counter(r.problem.skill for r in picked) == Counter(r.problem.skill for r in drawn)
    assert {r.problem.id for r in picked} != {r.problem.id for r in drawn}
    assert [e["pick"] for e in spread[1].of("failures")] == ["farthest", "farthest"]


def test_every_run_tells_its_coverage_by_cycle(spread: tuple[Path, Ended], undisturbed: tuple[Path, Ended]) -> None:
    first, second = coverages(spread[1])
    assert (first["questions"], first["radius"]) == (second["questions"], second["radius"]) == (40, second["radius"])
    assert 0 < first["covered"] <= second["covered"] <= 1
    assert first["distance"] >= second["distance"] >= 0
    report = (run_folder(spread[0]) / "report.md").read_text()
    assert "## Coverage" in report
    assert f"{second['covered']:.1%}" in report
    assert f"{second['covered']:.1%} (cycle 2)" in spread[1].words
    (drawn,) = coverages(undisturbed[1])
    assert drawn["radius"] == first["radius"], "runs from one base have one ruler"


def test_the_probe_is_of_the_practice_split_and_mined_in_no_cycle() -> None:
    settings = load_settings("tiny", [], {}, None)
    source = open_source(settings)
    probe = source.practice(UNMINED)
    assert {split_of(problem.structure) for problem in probe} == {"practice"}
    mined = {problem.id for cycle in range(1, 20) for problem in source.practice(cycle)}
    assert mined.isdisjoint(problem.id for problem in probe)


def fingerprints(home: Path) -> list[str]:
    """Of all checkpoints."""
    return sorted(json.loads(p.read_text())["fingerprint"] for p in home.glob("checkpoints/*/checkpoint.json"))


def examples_events(home: Path) -> list[dict[str, object]]:
    lines = (run_folder(home) / "events.jsonl").read_text().splitlines()
    return [e for e in map(json.loads, lines) if e["event"] == "examples"]
