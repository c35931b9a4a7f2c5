"""How long the teacher is waited for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from agents.teachers.patience import LONGEST_DELAY, LONGEST_WAIT, Patience
from agents.teachers.refusal import send_error

PATIENCE = Patience(retries=9, first_delay=0.5, seed=0)


def test_delays_double_with_a_jitter_of_a_half_up_to_the_longest() -> None:
    for tries in range(1, 10):
        middle = min(0.5 * 2 ** (tries - 1), LONGEST_DELAY)
        delays = [PATIENCE.delay(str(key), tries=tries, retry_after=0) or 0 for key in range(50)]
        assert all(0.5 * middle <= delay <= 1.5 * middle for delay in delays)
        assert len(set(delays)) == 50
        assert delays == [PATIENCE.delay(str(key), tries=tries, retry_after=0) for key in range(50)]


def test_the_wait_that_a_server_asks_for_is_kept_within_reason() -> None:
    assert PATIENCE.delay("k", tries=1, retry_after=17) == 17
    assert PATIENCE.delay("k", tries=1, retry_after=LONGEST_WAIT + 1) is None
    assert PATIENCE.delay("k", tries=10, retry_after=0) is None


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("-3", 0, 0),
        ("soon", 0, 0),
        (format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True), 100, 301),
        (format_datetime(datetime.now(UTC) - timedelta(seconds=300), usegmt=True), 0, 0),
    ],
    # Named, since workers that collect at different seconds must find the same tests.
    ids=["seconds", "seconds gone by", "no number", "a date to come", "a date gone by"],
)
def test_retry_after_may_be_seconds_or_a_date(header: str, low: float, high: float) -> None:
    request = httpx.Request("POST", "http://127.0.0.1/")
    response = httpx.Response(429, headers={"Retry-After": header}, request=request)
    found = send_error(httpx.HTTPStatusError("slow down", request=request, response=response), model="m", api_base=None)
    assert low <= found.retry_after <= high
    assert (found.retry, found.charged, found.useless) == (True, False, False)
