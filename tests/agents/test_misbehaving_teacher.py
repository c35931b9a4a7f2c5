"""A teacher that misbehaves in every way: what it sends is data, and nothing of it ends or blocks a run."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from failures import request
from misbehaving_server import (
    ANSWERED,
    BEHAVIOURS,
    INPUT_PRICE,
    OUTPUT_PRICE,
    SLOW,
    USAGE,
    MisbehavingServer,
    misbehaving,
)

from agents.run_folder import read_records, write_records
from agents.teachers.litellm_teacher import LiteLLMTeacher
from agents.teachers.parameters import parameters_of
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.errors import TeacherError
from reasoner.types.teaching import TeacherCall

KEY = "sk-0123456789abcdef0123"
MAX_USD = 0.08
"""Enough for an answer and its repair at their worst price, and for little more."""
USELESS = {"redirect", "redirect_odd", "status_401", "status_404"}
DONE = {
    *(name for name in BEHAVIOURS if name.startswith(("usage_", "no_", "retry_after_")) and name != "no_http"),
    *("surrogate_critique", "surrogate_step", "surrogate_key", "nul_critique", "escapes_critique", "list_content"),
    *("object_content", "tool_call", "odd_finish_reason", "body_bad_utf8", "body_bom", "wrong_kind", "gzip_honest"),
    *("http_1_0", "interim_100", "status_429_gzip_lie"),
} - {"retry_after_huge", "retry_after_second"}


class Outcome(NamedTuple):
    """Two starts on one behaviour."""

    call: TeacherCall | None
    error: str
    again: TeacherCall | None
    sent: int
    sent_again: int
    served: float
    booked: float


def teacher(
    server: MisbehavingServer,
    name: str,
    ledger: CallLedger,
    *,
    say: Callable[[str], None] = lambda _: None,
    **settings: Any,
) -> LiteLLMTeacher:
    given = TeacherSettings(
        model="openai/misbehaving",
        api_base=server.address(name),
        api_key=KEY,
        max_tokens=600,
        usd_per_million_input=INPUT_PRICE,
        usd_per_million_output=OUTPUT_PRICE,
        **{"timeout": 0.5 if name in SLOW else 20.0, "retries": 1, **settings},
    )
    return LiteLLMTeacher(given, LimitSettings(max_usd=MAX_USD), ledger, seed=0, first_delay=0.01, say=say)


@pytest.fixture(scope="module")
def server() -> Iterator[MisbehavingServer]:
    with misbehaving() as running:
        yield running


@pytest.fixture(scope="module")
def outcomes(server: MisbehavingServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    database = open_database(tmp_path_factory.mktemp("home"))

    def ask(name: str) -> Outcome:
        ledger = CallLedger(database, f"run-{name}")
        call = again = None
        error = ""
        try:
            (call,) = teacher(server, name, ledger).teach([request()])
        except TeacherError as refused:
            error = str(refused)
        sent = server.requests[name]
        if call is not None:
            (again,) = teacher(server, name, ledger).teach([request()])
        served, booked = server.usd[name], ledger.spent().usd
        return Outcome(call, error, again, sent, server.requests[name] - sent, served, booked)

    LiteLLMTeacher(TeacherSettings(), LimitSettings(), CallLedger(database, "warm"), seed=0).teach([request()])
    with ThreadPoolExecutor(8) as pool:
        found = dict(zip(BEHAVIOURS, pool.map(ask, BEHAVIOURS), strict=True))
    database.close()
    return found


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_whatever_a_server_does_the_call_ends_in_a_lesson_or_in_words_and_is_paid_once(
    name: str, outcomes: dict[str, Outcome], tmp_path: Path
) -> None:
    found = outcomes[name]
    assert found.served - 1e-7 <= found.booked <= MAX_USD
    if name in USELESS:
        assert found.error
        assert found.booked == 0
        return
    assert found.call is not None
    assert found.call.lesson or (found.call.error and name not in DONE), found.call.error
    assert KEY not in found.call.error
    assert found.sent <= 3
    assert found.sent_again == 0, "a second start sends nothing again"
    assert found.again == found.call
    write_records(tmp_path / "calls.jsonl", [found.call])
    assert read_records(tmp_path / "calls.jsonl", TeacherCall) == [found.call]


def test_there_are_at_least_fifty_behaviours() -> None:
    assert len(BEHAVIOURS) >= 50


def test_usage_that_cannot_be_true_is_charged_at_the_worst_price(outcomes: dict[str, Outcome]) -> None:
    usual = (INPUT_PRICE * USAGE["prompt_tokens"] + OUTPUT_PRICE * USAGE["completion_tokens"]) / 1e6
    worst = {outcomes[name].booked for name in ANSWERED if name.startswith("usage_")}
    assert len(worst) == 1
    assert worst.pop() > 2 * usual
    assert outcomes["list_content"].booked == pytest.approx(usual, abs=1e-8)


def test_a_redirect_is_not_followed_and_said(outcomes: dict[str, Outcome]) -> None:
    assert "sends us on to 'http://localhost:9/v1'" in outcomes["redirect"].error
    assert "teacher.api_base" in outcomes["redirect"].error


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("drip_headers", "no whole answer within 0.5 seconds"),
        ("drip_body", "no whole answer within 0.5 seconds"),
        ("endless", "larger than 1,086,976 bytes"),
        ("gzip_bomb", "larger than 1,086,976 bytes once decompressed"),
        ("refusal", "the model refused: 'I cannot help with that'"),
        ("cut_in_half", "the answer was cut; raise teacher.max_tokens"),
        ("error_in_200", "status 200 with an error: 'Rate limit exceeded'"),
        ("stream", "the answer is a stream"),
        ("retry_after_huge", "too long for this run"),
    ],
)
def test_a_failed_call_says_what_came(name: str, words: str, outcomes: dict[str, Outcome]) -> None:
    call = outcomes[name].call
    assert call is not None
    assert words in call.error


def test_what_is_sent_again_after_silence_has_the_same_name_and_what_follows_an_answer_another(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    database = open_database(tmp_path)

    def names(behaviour: str) -> list[str]:
        before = len(server.names)
        teacher(server, behaviour, CallLedger(database, behaviour), retries=2).teach([request(7)])
        return server.names[before:]

    silent, refused, unusable = names("close_at_once"), names("status_500"), names("prose")
    database.close()
    assert len(silent) == 3
    assert len(set(silent)) == 1, "a provider that takes such names answers them once"
    assert len(set(refused)) == 3
    assert len(set(unusable)) == 2


def test_a_refused_parameter_is_said_once_and_never_sent_again(server: MisbehavingServer, ledger: CallLedger) -> None:
    said: list[str] = []
    server.bodies.clear()
    parameters_of.cache_clear()
    asking = teacher(server, "no_temperature", ledger, say=said.append)
    asking.teach([request(1)])
    asking.teach([request(2)])
    assert ["temperature" in body for body in server.bodies] == [True, False, False]
    assert said == ["the teacher takes no temperature from us; its own is used"]
