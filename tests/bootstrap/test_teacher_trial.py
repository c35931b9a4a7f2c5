"""A tiny question to a real server before anything is trained: what it shows, what it costs, when it ends the run."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from model_server import INPUT_PRICE, OUTPUT_PRICE, ModelServer, running

from agents.events import EventLog
from agents.reporting.events import read_events
from memory.store.database import open_database
from memory.store.jobs import JobStore
from memory.store.ledger import CallLedger
from memory.store.runs import RunStore
from reasoner.bootstrap.loop import plan_loop, run_loop
from reasoner.bootstrap.run_parts import remarks_of
from reasoner.bootstrap.teacher_trial import try_teacher
from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.errors import TeacherError
from reasoner.types.loop import Progress


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as server:
        yield server


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[CallLedger]:
    database = open_database(tmp_path)
    yield CallLedger(database, "run")
    database.close()


def asking(server: ModelServer, *more: str) -> Settings:
    prices = (f"teacher.usd_per_million_input={INPUT_PRICE}", f"teacher.usd_per_million_output={OUTPUT_PRICE}")
    where = ("teacher.model=openai/m", f"teacher.api_base={server.address}", "teacher.api_key=none")
    return load_settings("tiny", [*where, *prices, "teacher.timeout=5", *more], {}, None)


def test_an_answer_tells_time_cost_and_price_and_is_paid_for_once(server: ModelServer, ledger: CallLedger) -> None:
    (look,) = try_teacher(asking(server), ledger)
    assert look.found.startswith("openai/m answered in ")
    assert "$3 and $15 a million tokens" in look.found
    assert try_teacher(asking(server), ledger) != []
    assert len(server.requests) == 1
    assert 0 < ledger.spent().usd == pytest.approx(server.usd)


def test_an_answer_that_cannot_be_used_ends_the_run_with_what_is_missing(
    server: ModelServer, ledger: CallLedger
) -> None:
    server.always = "wrong"
    with pytest.raises(TeacherError, match=r"before anything is trained.*answer is missing; steps: expected a list"):
        try_teacher(asking(server), ledger)


def test_a_run_whose_teacher_cannot_be_used_has_failed_and_has_trained_nothing(
    server: ModelServer, tmp_path: Path
) -> None:
    server.always = "wrong"
    with pytest.raises(TeacherError):
        run_loop(asking(server), home=tmp_path, cycles=1, fresh=False, listener=print, progress=print)
    database = open_database(tmp_path)
    assert [row.state for row in RunStore(database).list()] == ["failed"]
    assert JobStore(database).list() == []
    database.close()


def test_a_run_that_is_interrupted_while_its_teacher_is_tried_says_so(server: ModelServer, tmp_path: Path) -> None:
    server.always, server.retry_after = "429", "30"

    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_loop(asking(server), home=tmp_path, cycles=1, fresh=False, listener=print, progress=interrupt)
    database = open_database(tmp_path)
    assert [row.state for row in RunStore(database).list()] == ["interrupted"]
    database.close()


def test_a_server_with_a_bad_moment_does_not_end_the_run(server: ModelServer, ledger: CallLedger) -> None:
    server.always = "500"
    (look,) = try_teacher(asking(server), ledger)
    assert "gave no answer to a tiny question" in look.found
    assert "500" in look.found


def test_a_wrong_key_ends_the_run(server: ModelServer, ledger: CallLedger) -> None:
    server.always = "401"
    with pytest.raises(TeacherError, match="401"):
        try_teacher(asking(server), ledger)


@pytest.mark.parametrize("limit", ["limits.max_calls=0", "limits.max_usd=0.0001"])
def test_nothing_is_asked_beyond_the_limits(server: ModelServer, ledger: CallLedger, limit: str) -> None:
    (look,) = try_teacher(asking(server, limit), ledger)
    assert "not asked" in look.found
    assert server.requests == []


@pytest.mark.parametrize("nobody", ["teacher.model=none", "teacher.calls=0"])
def test_where_nobody_teaches_nobody_is_asked(ledger: CallLedger, nobody: str) -> None:
    assert try_teacher(load_settings("tiny", [nobody], {}, None), ledger) == []
    (expert,) = try_teacher(load_settings("tiny", [], {}, None), ledger)
    assert expert.found == "builtin/expert, built in"


def test_a_dry_run_asks_too_tells_the_cost_and_leaves_nothing(server: ModelServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    plan = plan_loop(asking(server), home=home, cycles=1)
    assert len(server.requests) == 1
    assert "for $0.0" in plan.record["preflight"]["teacher"]
    assert any(line.startswith("teacher: openai/m answered") for line in plan.lines)
    assert json.dumps(plan.record)
    assert not home.exists()
    plan_loop(asking(server, "limits.max_calls=0"), home=home, cycles=1)
    assert len(server.requests) == 1


def test_what_the_teachers_threads_remark_is_an_event_once_a_start(tmp_path: Path) -> None:
    heard: list[str] = []
    log = EventLog(tmp_path, "run", lambda event: heard.append(event.body["words"]))
    for start in (0, 1):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(remarks_of(log, start), ["the server asks to wait 9 s", "no temperature is taken"] * 40))
    assert sorted(heard) == ["no temperature is taken"] * 2 + ["the server asks to wait 9 s"] * 2
    assert len(read_events(tmp_path)) == 4
