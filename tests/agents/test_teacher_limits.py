"""Prices, limits, what a kill can lose, parameters that a server refuses, the tiny call before a run, what failed."""

import math
from pathlib import Path
from typing import Any

import pytest
from failures import call_with, request, requests
from model_server import INPUT_PRICE, OUTPUT_PRICE, ModelServer
from pydantic import ValidationError
from sqlalchemy import update

from agents.teachers.failures import summarise_failures
from agents.teachers.litellm_teacher import LiteLLMTeacher, price
from agents.teachers.parameters import Parameters, parameters_of
from agents.teachers.preflight import preflight_call
from agents.teachers.pricing import price_of
from agents.teachers.provider import Price
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from memory.store.tables import RequestTable
from reasoner.config.exporters import keep_exporters_off
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.errors import BudgetReached, TeacherError

PRICED = {"usd_per_million_input": INPUT_PRICE, "usd_per_million_output": OUTPUT_PRICE}
OPTIONS = {"temperature": 0.7, "max_tokens": 600, "response_format": {"type": "json_object"}}


def served(server: ModelServer, **settings: Any) -> TeacherSettings:
    return TeacherSettings(model="openai/whatever", api_base=server.address, max_tokens=600, **{**PRICED, **settings})


@pytest.mark.parametrize("listed", [Price(input=0, output=0), Price(input=1, output=0), Price(input=-1, output=2)])
def test_a_listed_price_of_nothing_is_unknown_until_the_user_says_that_it_is_free(listed: Price) -> None:
    asked = TeacherSettings(model="somebody/free-for-now")
    with pytest.raises(TeacherError, match=r"price of 0, .*usd_per_million_output \(both 0 if it is free\)"):
        price_of(asked, lambda _: listed)
    free = asked.model_copy(update={"usd_per_million_input": 0.0, "usd_per_million_output": 0.0})
    assert price_of(free, lambda _: listed) == Price(input=0, output=0)
    here = asked.model_copy(update={"api_base": "http://127.0.0.1:8000/v1"})
    assert price_of(here, lambda _: listed) == Price(input=0, output=0)


def test_no_model_of_the_list_writes_for_nothing() -> None:
    with pytest.raises(TeacherError, match="price of 0"):
        price(TeacherSettings(model="gemini/gemini-exp-1206"))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0])
@pytest.mark.parametrize("name", ["max_usd", "max_minutes", "max_calls"])
def test_a_limit_that_is_not_finite_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValidationError):
        LimitSettings.model_validate({name: value})


@pytest.mark.parametrize("name", ["usd_per_million_input", "usd_per_million_output", "timeout"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_a_price_or_a_time_that_is_not_finite_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValidationError):
        TeacherSettings.model_validate({name: value})


def test_calls_in_flight_may_lose_at_most_half_of_what_is_left(ledger: CallLedger, server: ModelServer) -> None:
    server.together = 2
    asked = LiteLLMTeacher(served(server, concurrency=8), LimitSettings(max_usd=0.1), ledger, seed=0)
    asked.teach(requests(4))
    assert server.most_in_flight == 2, "a request may cost 0.02 dollars, and half of 0.1 holds two"


def test_refused_parameters_go_one_by_one_and_no_price_is_left_unbounded() -> None:
    known = Parameters()

    def refuse(words: str, status: int = 400) -> bool:
        return known.learn(status, words, options=OPTIONS, version=known.version)

    assert not refuse("context length exceeded")
    assert not refuse("temperature is not supported", status=500)
    assert not refuse("max_tokens is too large: 600. This model supports at most 500 completion tokens")
    assert not refuse("maximum context length is 4096 tokens, you asked for 600 (max_tokens)"), "a cap stays a cap"
    assert refuse("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead")
    assert known.applied(OPTIONS)["max_completion_tokens"] == 600
    assert not refuse("max_completion_tokens is too large: 600"), "it is never dropped"
    assert refuse("json mode is not supported by this model")
    assert refuse("extra inputs are not permitted"), "names none of ours; temperature is the next"
    assert known.applied(OPTIONS) == {"max_completion_tokens": 600}
    assert not refuse("extra inputs are not permitted")
    assert known.learn(400, "whatever", options=OPTIONS, version=0), "another thread has learnt since it was sent"
    assert len(known.said) == 3


def test_a_json_schema_that_is_refused_becomes_any_object_before_the_prompt_alone() -> None:
    known, options = Parameters(), {"response_format": dict}
    assert known.learn(400, "json_schema is not supported", options=options, version=0)
    assert known.applied(options) == {"response_format": {"type": "json_object"}}
    assert known.learn(400, "response_format is not supported", options=options, version=1)
    assert known.applied(options) == {}


def test_a_tiny_call_shows_price_json_and_refusals_and_is_paid_once_a_run(
    ledger: CallLedger, server: ModelServer
) -> None:
    parameters_of.cache_clear()
    server.script.append("format")
    limits = LimitSettings(max_calls=2)
    first = preflight_call(served(server), limits, ledger, seed=0)
    assert (first.called, first.error, first.json_mode, first.requests) == (True, "", "prompt", 2)
    assert first.refused == ("the teacher takes no response_format; the prompt alone asks for JSON",)
    assert (first.usd_per_million_input, first.usd_per_million_output) == (INPUT_PRICE, OUTPUT_PRICE)
    assert first.usd == pytest.approx(server.usd, abs=1e-8)
    assert preflight_call(served(server), limits, ledger, seed=0) == first
    assert len(server.requests) == 2


def test_a_tiny_call_that_failed_is_tried_again_at_the_next_start(ledger: CallLedger, server: ModelServer) -> None:
    server.script.extend(["prose", "prose"])
    asked = served(server)
    assert preflight_call(asked, LimitSettings(), ledger, seed=0).error.startswith("unusable answer: ")
    assert preflight_call(asked, LimitSettings(), ledger, seed=0).error == ""


def test_a_tiny_call_within_no_budget_or_with_a_wrong_key_says_so(ledger: CallLedger, server: ModelServer) -> None:
    with pytest.raises(BudgetReached):
        preflight_call(served(server), LimitSettings(max_usd=0), ledger, seed=0)
    server.always = "401"
    with pytest.raises(TeacherError, match=r"teacher\.api_key"):
        preflight_call(served(server), LimitSettings(), ledger, seed=0)


@pytest.mark.parametrize("model", ["builtin/expert", "none"])
def test_nobody_is_called_where_there_is_no_server(model: str, ledger: CallLedger) -> None:
    assert not preflight_call(TeacherSettings(model=model), LimitSettings(), ledger, seed=0).called
    assert ledger.spent().requests == 0


def test_failures_are_counted_by_reason_the_most_frequent_first() -> None:
    errors = ["status 500 from 'm': a", "no answer from 'm': x", "status 500 from 'm': b", "unusable answer: no: what"]
    calls = [call_with(None).model_copy(update={"error": error}) for error in errors]
    found = summarise_failures([*calls, call_with(None).model_copy(update={"error": ""})])
    assert found.reasons[0] == ("status 500", 2)
    assert found.sentence == (
        "5 of 5 calls failed: status 500 (2), no answer (1), no reason was written down (1), other reasons (1)"
    )
    assert found.example == "status 500 from 'm': a"
    assert summarise_failures([]).sentence == ""


def test_a_stored_answer_that_cannot_be_read_is_a_failed_call_and_is_not_paid_again(
    server: ModelServer, tmp_path: Path
) -> None:
    database = open_database(tmp_path)
    ask = LiteLLMTeacher(served(server), LimitSettings(), CallLedger(database, "a"), seed=0)
    (good,) = ask.teach([request()])
    assert good.lesson is not None
    with database.session() as session:
        session.execute(update(RequestTable).values(lesson={"critique": 5}))
    (bad,) = ask.teach([request()])
    assert (bad.state, bad.error, bad.usd) == ("failed", "the stored answer cannot be read", good.usd)
    assert len(server.requests) == 1
    LiteLLMTeacher(served(server), LimitSettings(), CallLedger(database, "b"), seed=0).teach([request()])
    assert len(server.requests) == 2, "another run is not served it"
    with database.session() as session:
        session.execute(update(RequestTable).values(lesson={**good.lesson.model_dump(), "critique": "cut \ud83d"}))
    (cleaned,) = ask.teach([request()])
    assert cleaned.lesson is not None
    assert cleaned.lesson.critique == "cut \ufffd"
    database.close()


def test_exporters_of_libraries_stay_off_unless_our_own_variable_says_otherwise() -> None:
    environment = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true"}
    asked_for = {**environment, "REASONER_EXPORTERS": "on"}
    keep_exporters_off(asked_for)
    assert asked_for["LANGSMITH_TRACING"] == "true"
    keep_exporters_off(environment)
    assert environment["LANGSMITH_TRACING"] == environment["LANGCHAIN_TRACING_V2"] == "false"
    assert environment["LITELLM_MODE"] == "PRODUCTION"
