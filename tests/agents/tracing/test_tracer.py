"""The trace as it is written: in order, through kills, within bounds."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from agents.events import EventLog
from agents.run_folder import RunFolder
from agents.tracing import tracer
from agents.tracing.tracer import Tracer
from agents.tracing.visits import read_events, read_visits, scanned
from reasoner.config.secrets import Redactor
from reasoner.errors import BudgetReached
from reasoner.storage.writing import write_text


class Pause(Exception):
    """Waits for a person."""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path, "r")


def told(folder: RunFolder) -> list[dict[str, Any]]:
    return list(read_events(folder.trace))


def work(trace: Tracer, node: str, error: BaseException | None = None, cycle: int = 1) -> None:
    with trace.visit(cycle, node, {"cycle": cycle, "champion": "base"}, pauses=(Pause,)) as outcome:
        trace.tell("thought", cycle, n=1)
        if error:
            raise error
        outcome.out = {"done": node}


def test_a_visit_tells_what_came_in_what_happened_and_what_went_out_in_order(folder: RunFolder) -> None:
    write_text(folder.requests(1), "{}\n")
    trace = Tracer(folder)
    trace.tell("launch", start=0)
    work(trace, "teach")
    launch, start, thought, end = told(folder)
    assert [e["seq"] for e in told(folder)] == [1, 2, 3, 4]
    assert (launch["event"], launch["run"]) == ("launch", "r")
    assert (start["event"], start["in"]) == ("start", {"cycle": 1, "champion": "base"})
    (read,) = start["reads"]
    assert read == {"file": "teacher/requests-1.jsonl", "bytes": 3, "sha256": hashlib.sha256(b"{}\n").hexdigest()[:16]}
    assert (end["event"], end["status"], end["out"]) == ("node", "ok", {"done": "teach"})
    assert all((e["cycle"], e["node"], e["attempt"]) == (1, "teach", 1) for e in (start, thought, end))


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ValueError("12 given,\n 13 expected"), "failed", "ValueError: 12 given, 13 expected"),
        (BudgetReached("no money"), "stopped", "BudgetReached: no money"),
        (KeyboardInterrupt(), "stopped", "KeyboardInterrupt"),
        (Pause("approval"), "waiting", "for a person's yes or no"),
    ],
)
def test_how_a_visit_ended_is_told_in_words(folder: RunFolder, error: BaseException, status: str, words: str) -> None:
    with pytest.raises(type(error)):
        work(Tracer(folder), "train", error)
    (visit,) = read_visits(folder.trace, folder.visits)
    assert (visit.status, visit.error, visit.events) == (status, words, 1)
    assert told(folder)[-1]["error"] == words


def test_a_killed_writer_loses_no_line_and_the_node_runs_again_as_attempt_two(folder: RunFolder) -> None:
    work(Tracer(folder), "mine")
    whole = folder.trace.read_bytes()
    work(Tracer(folder), "teach")
    lines = folder.trace.read_bytes()[len(whole) :].splitlines(keepends=True)
    # As a kill within the second event of `teach` leaves it; the list of visits had not been told either.
    folder.trace.write_bytes(whole + lines[0] + lines[1] + lines[2][:20])
    folder.visits.write_text(folder.visits.read_text().splitlines(keepends=True)[0])
    (_, dead) = read_visits(folder.trace, folder.visits)
    assert (dead.node, dead.status, dead.events) == ("teach", "open", 1)
    trace = Tracer(folder)
    work(trace, "teach")
    found = read_visits(folder.trace, folder.visits)
    assert [(v.node, v.attempt, v.status) for v in found] == [
        ("mine", 1, "ok"),
        ("teach", 1, "open"),
        ("teach", 2, "ok"),
    ]
    assert [e["seq"] for e in told(folder)] == list(range(1, 9))


def test_the_list_of_visits_says_what_the_trace_says_and_leads_to_each_visits_events(folder: RunFolder) -> None:
    trace = Tracer(folder)
    for node in ("mine", "teach", "check"):
        work(trace, node)
        trace.tell("between")
    listed = read_visits(folder.trace, folder.visits)
    read = list(scanned(folder.trace))
    assert [(v.node, v.start, v.end, v.first, v.status) for v in listed] == [
        (v.node, v.start, v.end, v.first, v.status) for v in read
    ]
    teach = listed[1]
    assert {e["node"] for e in read_events(folder.trace, teach.start, teach.end)} == {"teach"}
    folder.visits.unlink()
    assert len(read_visits(folder.trace, folder.visits)) == 3


def test_big_values_stand_by_beginning_size_and_hash_and_a_flood_is_counted(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracer, "MOST_EVENTS", 3)
    trace, text = Tracer(folder), "x" * 10_000
    with trace.visit(1, "train", {"text": text, "many": list(range(1000))}):
        for _ in range(10):
            trace.tell("flood", 1)
    start, *floods, end = told(folder)
    assert start["in"]["text"] == {
        "begins": "x" * 300,
        "characters": 10_000,
        "sha256": hashlib.sha256(text.encode()).hexdigest()[:16],
    }
    assert start["in"]["many"][-1] == {"more": 976}
    assert (len(floods), end["dropped"]) == (3, 7)


def test_latents_are_kept_in_a_file_with_ids_and_hash_and_no_more_than_allowed(folder: RunFolder) -> None:
    trace = Tracer(folder, latents=4)
    with trace.visit(1, "mine", {}):
        trace.keep_latents("failures", [f"p{i}" for i in range(100)], question_ND=np.ones((100, 8), np.float32))
    event = told(folder)[1]
    assert (event["event"], event["rows"], event["of"], event["shapes"]) == ("latents", 4, 100, {"question_ND": [4, 8]})
    path = folder.root / event["file"]
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:16] == event["sha256"]
    with safe_open(path, "np") as kept:
        assert json.loads(kept.metadata()["ids"]) == ["p0", "p33", "p66", "p99"]
    assert event["file"] in [one["file"] for one in told(folder)[-1]["writes"]]


def test_what_is_switched_off_writes_nothing(folder: RunFolder) -> None:
    work(Tracer(None), "mine")
    assert not folder.root.exists()


def test_events_are_traced_with_their_node_and_again_when_it_runs_again(folder: RunFolder) -> None:
    for _ in range(2):
        trace = Tracer(folder)
        events = EventLog(folder.root, "r", lambda event: None, trace=trace)
        with trace.visit(1, "mine", {}):
            events.write("1/failures", "failures", 1, mined=3)
        events.write("1/node/mine", "node", 1, node="mine", seconds=0.1, out={})
    assert [(e["node"], e["attempt"]) for e in told(folder) if e["event"] == "failures"] == [("mine", 1), ("mine", 2)]
    assert len((folder.root / "events.jsonl").read_text().splitlines()) == 2


def test_secrets_are_blotted_out_of_trace_list_and_events(folder: RunFolder) -> None:
    redactor = Redactor(['swordfish"7'])
    trace = Tracer(folder, redactor=redactor)
    heard: list[Any] = []
    events = EventLog(folder.root, "r", heard.append, trace=trace, redactor=redactor)
    with trace.visit(1, "mine", {"key": 'swordfish"7'}):
        events.write("a", "limit", 1, reason='said swordfish"7 and Bearer abcdefgh12345678')
    with pytest.raises(LookupError):
        work(trace, "teach", LookupError('swordfish"7, sk-abcdefghijklmnop'))
    for path in folder.root.iterdir():
        text = path.read_text()
        assert not [word for word in ("swordfish", "abcdefgh") if word in text], path
        assert "(redacted)" in text
    assert "swordfish" not in str(heard)
