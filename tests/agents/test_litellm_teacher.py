"""Any model behind litellm: the built-in expert, and a real server that misbehaves."""

from pathlib import Path
from typing import Any

import pytest
from failures import request, requests
from model_server import INPUT_PRICE, OUTPUT_PRICE, ModelServer

from agents.teachers.crowd import TeachingStopped
from agents.teachers.litellm_teacher import LiteLLMTeacher, preflight, price
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.errors import BudgetReached, TeacherError

PRICED = {"usd_per_million_input": INPUT_PRICE, "usd_per_million_output": OUTPUT_PRICE}


@pytest.fixture(autouse=True)
def _no_key_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def teacher(ledger: CallLedger, limits: dict[str, Any] | None = None, **settings: Any) -> LiteLLMTeacher:
    return LiteLLMTeacher(TeacherSettings(**settings), LimitSettings(**limits or {}), ledger, seed=0, first_delay=0.01)


def served(server: ModelServer, **settings: Any) -> dict[str, Any]:
    return {"model": "openai/whatever", "api_base": server.address, "max_tokens": 600, **settings}


def test_the_builtin_expert_answers_in_order_and_alike_every_time(ledger: CallLedger, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    wanted = requests(12)
    first = LiteLLMTeacher(
        TeacherSettings(), LimitSettings(), ledger, seed=0, on_progress=lambda done, total: told.append((done, total))
    ).teach(wanted)
    assert [c.problem_id for c in first] == [r.problem.id for r in wanted]
    assert all(
        c.state == "done" and c.usd == 0 and c.requests == 1 and len(c.lesson.problems) == 2 for c in first if c.lesson
    )
    assert sorted(told) == [(n, 12) for n in range(1, 13)]
    elsewhere = open_database(tmp_path / "other")
    again = teacher(CallLedger(elsewhere, "run-2"), concurrency=1).teach(wanted)
    elsewhere.close()
    assert [c.lesson for c in again] == [c.lesson for c in first]


def test_seed_error_rate_and_sample_ask_another_question_of_the_builtin_expert(ledger: CallLedger) -> None:
    asked = [request(3), request(3, sample=1)]
    calls = teacher(ledger).teach(asked)
    calls += teacher(ledger, error_rate=1.0).teach(asked)
    calls += LiteLLMTeacher(TeacherSettings(), LimitSettings(), ledger, seed=1).teach(asked)
    assert len({c.id for c in calls}) == 6
    assert len({c.lesson.model_dump_json() for c in calls if c.lesson}) == 6


def test_equal_requests_are_sent_once(ledger: CallLedger, server: ModelServer) -> None:
    calls = teacher(ledger, **served(server)).teach([request(1), request(2), request(1)])
    assert len(server.requests) == 2
    assert calls[0] == calls[2]


def test_answers_of_a_server_are_used_after_429_500_timeout_broken_lines_and_invalid_json(
    ledger: CallLedger, server: ModelServer
) -> None:
    server.script.extend(["429", "500", "503", "slow", "drop", "html", "prose"])
    wanted = requests(6)
    calls = teacher(ledger, **served(server, timeout=0.4, retries=8, concurrency=3)).teach(wanted)
    assert [c.state for c in calls] == ["done"] * 6
    assert all(len(c.lesson.problems) == 2 for c in calls if c.lesson)
    assert len(server.requests) == 13
    assert sum(c.requests for c in calls) == 13
    assert ledger.spent().requests == 13


def test_a_repair_shows_the_model_its_answer_and_what_is_wrong_with_it(ledger: CallLedger, server: ModelServer) -> None:
    server.script.append("wrong")
    (call,) = teacher(ledger, **served(server)).teach([request()])
    assert call.state == "done"
    assert call.requests == 2
    messages = server.requests[1]["messages"]
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
    assert messages[2]["content"] == '{"critique": "", "steps": "12+7=19"}'
    assert "answer is missing; steps: expected a list, got a text" in messages[3]["content"]


def test_an_answer_that_stays_unusable_is_a_failed_call_and_is_paid(ledger: CallLedger, server: ModelServer) -> None:
    server.always = "prose"
    (call,) = teacher(ledger, **served(server, **PRICED)).teach([request()])
    assert call.state == "failed"
    assert call.lesson is None
    assert "expected one JSON object" in call.error
    assert call.usd == pytest.approx(server.usd)
    assert ledger.spent().usd == pytest.approx(server.usd, abs=1e-8)


def test_a_single_call_that_fails_after_its_retries_is_data(ledger: CallLedger, server: ModelServer) -> None:
    server.script.extend(["500", "500", "500"])
    calls = teacher(ledger, **served(server, retries=2, concurrency=1)).teach(requests(2))
    assert [c.state for c in calls] == ["failed", "done"]
    assert "status 500" in calls[0].error
    assert calls[0].requests == 3


def test_a_timeout_is_lost_and_its_reservation_stays_spent(ledger: CallLedger, server: ModelServer) -> None:
    server.always = "slow"
    (call,) = teacher(ledger, **served(server, timeout=0.2, retries=1, **PRICED)).teach([request()])
    assert call.state == "lost"
    assert call.requests == 2
    assert call.usd > 2 * 600 * OUTPUT_PRICE / 1e6
    assert ledger.spent().usd == pytest.approx(call.usd, abs=1e-8)


def test_a_cycle_that_runs_again_recalls_every_call_as_it_ended_and_asks_nothing(
    ledger: CallLedger, server: ModelServer
) -> None:
    server.script.extend(["ok", "500", "500", "prose", "prose", "500", "ok", "slow", "slow"])
    settings = served(server, timeout=0.2, retries=1, concurrency=1, **PRICED)
    wanted = requests(5)
    first = teacher(ledger, **settings).teach(wanted)
    assert [(c.state, c.requests) for c in first] == [
        ("done", 1),
        ("failed", 2),
        ("failed", 2),
        ("done", 2),
        ("lost", 2),
    ]
    sent = len(server.requests)
    assert teacher(ledger, **settings).teach(wanted) == first
    assert len(server.requests) == sent
    assert not any(c.cached for c in first)


def test_a_call_broken_off_by_a_limit_is_asked_again(ledger: CallLedger, server: ModelServer) -> None:
    server.script.append("prose")
    with pytest.raises(BudgetReached):
        teacher(ledger, {"max_calls": 1}, **served(server)).teach([request()])
    (call,) = teacher(ledger, {"max_calls": 2}, **served(server)).teach([request()])
    assert call.state == "done"
    assert call.requests == 2, "the books hold what was sent before"


def test_a_teacher_that_could_not_be_used_is_asked_again_once_it_can(ledger: CallLedger, server: ModelServer) -> None:
    server.script.append("401")
    with pytest.raises(TeacherError):
        teacher(ledger, **served(server)).teach([request()])
    assert [c.state for c in teacher(ledger, **served(server)).teach([request()])] == ["done"]


def test_when_the_minutes_are_used_up_no_request_goes_out_and_what_is_done_is_kept(
    ledger: CallLedger, server: ModelServer
) -> None:
    timed = LiteLLMTeacher(
        TeacherSettings(**served(server, concurrency=1)),
        LimitSettings(max_minutes=3),
        ledger,
        seed=0,
        out_of_time=lambda: len(server.requests) >= 2,
    )
    with pytest.raises(TeachingStopped, match=r"limits\.max_minutes=3 reached.*2 of 6") as stopped:
        timed.teach(requests(6))
    assert len(server.requests) == 2
    assert [c.state for c in stopped.value.calls] == ["done", "done"]


def test_a_limit_met_by_whoever_watches_ends_teaching_with_what_is_done(
    ledger: CallLedger, server: ModelServer
) -> None:
    def watch(done: int, total: int) -> None:
        raise BudgetReached("no minutes left")

    watched = LiteLLMTeacher(
        TeacherSettings(**served(server, concurrency=1)), LimitSettings(), ledger, seed=0, on_progress=watch
    )
    with pytest.raises(TeachingStopped, match="no minutes left") as stopped:
        watched.teach(requests(20))
    assert 1 <= len(stopped.value.calls) == len(server.requests) < 20


def test_a_server_that_asks_for_patience_beyond_reason_fails_the_call(ledger: CallLedger, server: ModelServer) -> None:
    server.script.append("429")
    server.retry_after = "86400"
    (call,) = teacher(ledger, **served(server)).teach([request()])
    assert call.state == "failed"
    assert "asks to wait 86400 s, which is too long" in call.error
    assert len(server.requests) == 1


def test_calls_in_flight_never_pass_the_dollars_and_a_higher_limit_asks_only_the_rest(
    ledger: CallLedger, server: ModelServer
) -> None:
    server.together = 8
    wanted = requests(60, new_problems=6)
    settings = served(server, concurrency=16, max_tokens=1200, **PRICED)
    with pytest.raises(BudgetReached) as stopped:
        teacher(ledger, {"max_usd": 0.55}, **settings).teach(wanted)
    assert isinstance(stopped.value, TeachingStopped)
    kept = stopped.value.calls
    assert f"{len(kept)} of 60" in str(stopped.value)
    assert 0.55 - 0.04 < server.usd <= 0.55, "the limit is used, up to the price of one request"
    assert ledger.spent().usd == pytest.approx(server.usd, abs=1e-6)
    calls = teacher(ledger, {"max_usd": 50}, **settings).teach(wanted)
    assert [c.state for c in calls] == ["done"] * 60
    assert len(server.requests) == 60
    assert not any(c.cached for c in calls)
    assert [c for c in calls if c.id in {k.id for k in kept}] == list(kept)


def test_max_calls_counts_every_request(ledger: CallLedger, server: ModelServer) -> None:
    server.script.extend(["500", "prose"])
    with pytest.raises(BudgetReached, match="max_calls=5"):
        teacher(ledger, {"max_calls": 5}, **served(server)).teach(requests(9))
    assert len(server.requests) == 5


def test_a_second_run_finds_all_answers_in_the_cache(server: ModelServer, tmp_path: Path) -> None:
    database = open_database(tmp_path)
    first = teacher(CallLedger(database, "a"), **served(server)).teach(requests(5))
    before = len(server.requests)
    again = teacher(CallLedger(database, "b"), {"max_calls": 0}, **served(server)).teach(requests(5))
    database.close()
    assert len(server.requests) == before
    assert [c.lesson for c in again] == [c.lesson for c in first]
    assert all(c.cached and c.usd == 0 and c.requests == 0 for c in again)


def test_without_the_cache_another_run_pays_and_the_same_run_does_not(server: ModelServer, tmp_path: Path) -> None:
    database = open_database(tmp_path)
    for run, expected in (("a", 3), ("a", 3), ("b", 6)):
        teacher(CallLedger(database, run), **served(server, cache=False)).teach(requests(3))
        assert len(server.requests) == expected
    database.close()


@pytest.mark.parametrize(
    ("status", "advice"), [("401", "teacher.api_key"), ("403", "teacher.api_key"), ("404", "teacher.model")]
)
def test_a_refused_key_or_model_ends_teaching_with_advice(
    ledger: CallLedger, server: ModelServer, status: str, advice: str
) -> None:
    server.always = status
    with pytest.raises(TeacherError, match=advice):
        teacher(ledger, **served(server, concurrency=2)).teach(requests(9))
    assert len(server.requests) <= 3
    assert ledger.spent().usd == 0


def test_a_refusal_after_answers_is_data(ledger: CallLedger, server: ModelServer) -> None:
    server.script.extend(["ok", "403", "ok"])
    calls = teacher(ledger, **served(server, concurrency=1)).teach(requests(3))
    assert [c.state for c in calls] == ["done", "failed", "done"]


def test_nobody_at_the_address_ends_teaching_with_advice(ledger: CallLedger) -> None:
    settings = {"model": "openai/whatever", "api_base": "http://127.0.0.1:9/v1", "retries": 1, "concurrency": 1}
    with pytest.raises(TeacherError, match="start the server or correct the address"):
        teacher(ledger, **settings).teach(requests(3))


def test_json_is_asked_for_until_a_server_says_that_it_knows_no_response_format(
    ledger: CallLedger, server: ModelServer
) -> None:
    server.script.append("format")
    (call,) = teacher(ledger, **served(server)).teach([request()])
    assert call.state == "done"
    assert [r.get("response_format") for r in server.requests] == [{"type": "json_object"}, None]


def test_the_request_carries_the_settings_and_nothing_of_the_gold(ledger: CallLedger, server: ModelServer) -> None:
    wanted = request(7, difficulty=4)
    teacher(ledger, **served(server, temperature=0.3)).teach([wanted])
    (body,) = server.requests
    assert body["model"] == "whatever"
    assert (body["temperature"], body["max_tokens"]) == (0.3, 600)
    said = body["messages"][-1]["content"]
    assert not any(step in said for step in wanted.problem.steps)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"model": "openai/whatever", "api_base": "http://example.invalid/v1"},
            "usd_per_million_input and teacher.usd_per",
        ),
        (
            {"model": "openai/whatever", "api_base": "http://127.0.0.1:1/v1", "usd_per_million_input": 1.0},
            "usd_per_million_output",
        ),
        ({"model": "gpt-4o-mini"}, "set OPENAI_API_KEY, or teacher.api_key"),
        ({"model": "nonsense", **PRICED}, "names no provider"),
        ({"model": "builtin/oracle"}, "expected builtin/expert"),
    ],
)
def test_a_teacher_that_cannot_be_used_says_what_to_set(
    ledger: CallLedger, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(TeacherError, match=message):
        teacher(ledger, **settings).teach([request()])
    with pytest.raises(TeacherError, match=message):
        preflight(TeacherSettings(**settings))


@pytest.mark.parametrize(
    "settings", [{}, {"model": "none"}, {"model": "openai/x", "api_base": "http://127.0.0.1:9/v1"}]
)
def test_a_teacher_that_can_be_used_passes_until_its_name_is_misspelt(settings: dict[str, Any]) -> None:
    preflight(TeacherSettings(**settings))
    with pytest.raises(TeacherError, match="does not exist"):
        preflight(TeacherSettings(**{**settings, "model": "builtin/exprt"}))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (0, 0)),
        ({"model": "openai/whatever", "api_base": "http://localhost:8000/v1"}, (0, 0)),
        ({"model": "openai/whatever", "api_base": "http://[::1]:8000/v1"}, (0, 0)),
        ({"model": "gpt-4o-mini"}, (0.15, 0.6)),
        ({"model": "gpt-4o-mini", "usd_per_million_input": 1.0, "usd_per_million_output": 2.0}, (1, 2)),
    ],
)
def test_a_stated_price_wins_then_the_listed_one_then_a_server_of_ones_own_is_free(
    settings: dict[str, Any], expected: tuple[float, float]
) -> None:
    found = price(TeacherSettings(**settings))
    assert (found.input, found.output) == pytest.approx(expected)


def test_an_interruption_ends_waiting_and_keeps_what_is_done(ledger: CallLedger, server: ModelServer) -> None:
    def interrupt(done: int, total: int) -> None:
        server.always = "500"
        raise KeyboardInterrupt

    patient = LiteLLMTeacher(
        TeacherSettings(**served(server, concurrency=2)),
        LimitSettings(),
        ledger,
        seed=0,
        on_progress=interrupt,
        first_delay=30,
    )
    with pytest.raises(KeyboardInterrupt):
        patient.teach(requests(20))
    assert len(server.requests) < 8
    assert ledger.spent().requests == len(server.requests)
