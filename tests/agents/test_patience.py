"""How long the teacher is waited for."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from agents.teachers.patience import LONGEST_DELAY, Patience, Pause, sleep
from agents.teachers.refusal import send_error
from reasoner.errors import BudgetReached

PATIENCE = Patience(retries=9, first_delay=0.5, seed=0)


def test_delays_double_with_a_jitter_of_a_half_up_to_the_longest() -> None:
    for tries in range(1, 10):
        middle = min(0.5 * 2 ** (tries - 1), LONGEST_DELAY)
        delays = [PATIENCE.delay(str(key), tries=tries) or 0 for key in range(50)]
        assert all(0.5 * middle <= delay <= 1.5 * middle for delay in delays)
        assert len(set(delays)) == 50
        assert delays == [PATIENCE.delay(str(key), tries=tries) for key in range(50)]
    assert PATIENCE.delay("k", tries=10) is None


def test_a_wait_that_a_server_asks_for_holds_all_calls_and_is_said_once() -> None:
    said: list[str] = []
    pause = Pause(longest=100, say=said.append)
    assert pause.ask(60)
    assert pause.ask(60), "the same wait, asked of another call in flight"
    assert 59 < pause.left <= 60
    assert said == ["the teacher's server asks to wait 60 s; nothing is sent before that"]
    assert not pause.ask(101), "longer than all waits may take together"
    assert pause.left <= 60


def test_a_wait_ends_when_the_minutes_of_the_run_are_used_up_or_it_is_interrupted() -> None:
    def over() -> None:
        raise BudgetReached("no minutes left")

    with pytest.raises(BudgetReached):
        sleep(lambda: 60.0, interrupted=threading.Event(), watch=over)
    interrupted = threading.Event()
    interrupted.set()
    assert not sleep(lambda: 60.0, interrupted=interrupted, watch=lambda: None)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("-3", 0, 0),
        ("soon", 0, 0),
        ("nan", 0, 0),
        ("inf", 0, 0),
        ("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", 0, 0),
        ("Wed, 21 Oct 2026 07:28:00 +9999999999", 0, 0),
        (format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True), 80_000, 86_401),
        (format_datetime(datetime.now(UTC) - timedelta(seconds=300), usegmt=True), 0, 0),
    ],
    # Named, since workers that collect at different seconds must find the same tests.
    ids=[
        "seconds",
        "seconds gone by",
        "no number",
        "nan",
        "inf",
        "a year out of range",
        "a zone out of range",
        "a date to come",
        "a date gone by",
    ],
)
def test_retry_after_may_be_seconds_or_a_date(header: str, low: float, high: float) -> None:
    request = httpx.Request("POST", "http://127.0.0.1/")
    response = httpx.Response(429, headers={"Retry-After": header}, request=request)
    found = send_error(httpx.HTTPStatusError("slow down", request=request, response=response), model="m", api_base=None)
    assert low <= found.retry_after <= high
    assert (found.retry, found.charged, found.useless) == (True, False, False)
