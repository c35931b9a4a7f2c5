"""Money and calls: reserved before they are spent, never more than allowed, never lost from sight."""

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from memory_parts import answered

from memory.store.database import Database, open_database
from memory.store.ledger import CallLedger
from reasoner.config.settings import LimitSettings
from reasoner.errors import BudgetReached
from reasoner.types.teaching import CallState, TeacherCall

NO_LIMITS = LimitSettings()


def reserve(ledger: CallLedger, key: str, *, usd: float = 0.1, limits: LimitSettings = NO_LIMITS) -> None:
    ledger.reserve(key, model="m", problem_id="p", usd=usd, limits=limits)


def pay(ledger: CallLedger, key: str, *, usd: float = 0.1) -> None:
    reserve(ledger, key, usd=usd)
    ledger.settle(key, answered(key, usd=usd))


def try_to_reserve(ledger: CallLedger, key: str, *, usd: float, limits: LimitSettings) -> bool:
    try:
        reserve(ledger, key, usd=usd, limits=limits)
    except BudgetReached:
        return False
    return True


def reserve_many(home: Path, url: str, name: str) -> int:
    limits = LimitSettings(max_usd=1.0)
    with closing(open_database(home, url)) as database, ThreadPoolExecutor(16) as pool:
        ledger = CallLedger(database, "r1")
        return sum(pool.map(lambda n: try_to_reserve(ledger, f"{name}-{n}", usd=0.03, limits=limits), range(40)))


def test_sixteen_threads_never_reserve_more_than_the_limit(database: Database) -> None:
    assert reserve_many(database.home, database.url, "a") == 33
    assert CallLedger(database, "r1").spent().usd == pytest.approx(0.99)


def test_processes_of_sixteen_threads_never_reserve_more_than_the_limit(database: Database) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert sum(pool.map(reserve_many, [database.home] * 2, [database.url] * 2, ["a", "b"])) == 33
    assert CallLedger(database, "r1").spent().usd == pytest.approx(0.99)


def test_threads_that_settle_fail_and_lose_keep_the_limit_at_every_moment(database: Database) -> None:
    limits = LimitSettings(max_usd=1.0, max_calls=1000)

    def call(number: int) -> float:
        ledger = CallLedger(database, "r1")
        key = f"k{number}"
        if try_to_reserve(ledger, key, usd=0.05, limits=limits):
            if number % 4 == 0:
                ledger.fail(key, "refused", usd=0.0)
            elif number % 4 == 1:
                ledger.fail(key, "timed out", usd=None)
            else:
                ledger.settle(key, answered(key, usd=0.02))
        return ledger.spent().usd

    with ThreadPoolExecutor(16) as pool:
        assert max(pool.map(call, range(120))) <= 1.0
    calls = CallLedger(database, "r1").calls()
    assert {call.state for call in calls} == {"done", "failed", "lost"}
    assert sum(call.usd for call in calls) == pytest.approx(CallLedger(database, "r1").spent().usd)


def test_tenths_of_a_dollar_fill_a_dollar_exactly(database: Database) -> None:
    ledger = CallLedger(database, "r1")
    limits = LimitSettings(max_usd=1.0)
    assert [try_to_reserve(ledger, str(n), usd=0.1, limits=limits) for n in range(11)] == [True] * 10 + [False]


def test_the_refusal_names_the_numbers_and_the_remedy(database: Database) -> None:
    ledger = CallLedger(database, "r1")
    pay(ledger, "a", usd=0.4)
    with pytest.raises(BudgetReached, match=r"0\.200000.*0\.400000.*max_usd=0\.5.*raise limits\.max_usd"):
        reserve(ledger, "b", usd=0.2, limits=LimitSettings(max_usd=0.5))
    assert ledger.spent().requests == 1


def test_retries_count_as_calls(database: Database) -> None:
    ledger = CallLedger(database, "r1")
    limits = LimitSettings(max_calls=2)
    for _ in range(2):
        reserve(ledger, "a", limits=limits)
        ledger.fail("a", "429", usd=0.0)
    with pytest.raises(BudgetReached, match="max_calls=2"):
        reserve(ledger, "a", limits=limits)


def test_a_limit_is_a_runs_own(database: Database) -> None:
    pay(CallLedger(database, "r1"), "a", usd=0.9)
    other = CallLedger(database, "r2")
    reserve(other, "b", usd=0.9, limits=LimitSettings(max_usd=1.0, max_calls=1))
    assert other.spent().usd == 0.9


def test_real_dollars_replace_the_reservation(database: Database) -> None:
    ledger = CallLedger(database, "r1")
    reserve(ledger, "a", usd=0.5)
    assert ledger.spent().usd == 0.5
    ledger.settle("a", answered("a", usd=0.01))
    assert ledger.spent().usd == 0.01


def test_a_request_of_unknown_charge_stays_spent(database: Database) -> None:
    ledger = CallLedger(database, "r1")
    reserve(ledger, "a", usd=0.5)
    ledger.fail("a", "timed out", usd=None)
    assert ledger.spent().usd == 0.5
    assert [call.state for call in ledger.calls()] == ["lost"]


def test_a_call_adds_up_its_requests(database: Database) -> None:
    ledger = CallLedger(database, "r1")
    reserve(ledger, "a")
    ledger.fail("a", "invalid JSON", usd=0.02, prompt_tokens=1, completion_tokens=2, seconds=0.5)
    pay(ledger, "a", usd=0.03)
    (call,) = ledger.calls()
    assert (call.state, call.requests, call.usd) == ("done", 2, pytest.approx(0.05))
    assert (call.prompt_tokens, call.completion_tokens, call.seconds) == (11, 22, 1.0)


def test_an_answered_call_serves_every_run_for_nothing(database: Database) -> None:
    pay(CallLedger(database, "r1", cycle=1), "a")
    other = CallLedger(database, "r2", cycle=1)
    found = other.cached("a")
    assert found is not None
    assert found.lesson == answered("a", usd=0).lesson
    assert (found.cached, found.usd, found.requests) == (True, 0.0, 0)
    assert other.spent().model_dump() == {"calls": 0, "requests": 0, "cached": 1, "usd": 0.0}
    assert [call.cached for call in other.calls(1)] == [True]
    assert other.cached("a", own=True) is None


def failed(key: str, *, state: CallState = "failed", usd: float = 0.01) -> TeacherCall:
    return answered(key, usd=usd).model_copy(update={"state": state, "lesson": None, "error": "junk"})


def test_a_call_that_failed_for_good_is_recalled_in_its_cycle_and_served_to_nobody_else(database: Database) -> None:
    ledger = CallLedger(database, "r1", cycle=2)
    reserve(ledger, "a")
    ledger.fail("a", "invalid JSON", usd=0.02)
    assert ledger.cached("a") is None, "a request that failed is not the end of its call"
    reserve(ledger, "a")
    ledger.settle("a", failed("a"))
    (call,) = ledger.calls(2)
    assert (call.state, call.error, call.usd, call.requests) == ("failed", "junk", pytest.approx(0.03), 2)
    assert CallLedger(database, "r1", cycle=2).cached("a", own=True) == call
    assert CallLedger(database, "r1", cycle=3).cached("a") is None
    assert CallLedger(database, "r2", cycle=2).cached("a") is None


def test_a_call_that_was_lost_for_good_stays_spent(database: Database) -> None:
    ledger = CallLedger(database, "r1", cycle=2)
    reserve(ledger, "a", usd=0.5)
    ledger.settle("a", failed("a", state="lost", usd=0.0))
    assert ledger.spent().usd == 0.5
    known = ledger.cached("a", own=True)
    assert known is not None
    assert (known.state, known.usd, known.cached) == ("lost", 0.5, False)


def test_what_a_cycle_paid_before_a_crash_is_recalled_as_it_was_and_the_books_stay_the_same(database: Database) -> None:
    ledger = CallLedger(database, "r1", cycle=2)
    reserve(ledger, "a")
    ledger.fail("a", "429", usd=0.0, seconds=0.25)
    pay(ledger, "a", usd=0.03)
    before = (ledger.spent(), ledger.calls(2))
    again = CallLedger(database, "r1", cycle=2)
    known = again.cached("a", own=True)
    assert known is not None
    assert (known.cached, known.usd, known.requests, known.seconds) == (False, 0.03, 2, 0.75)
    assert (again.spent(), again.calls(2)) == before == (ledger.spent(), [known])


def test_the_same_question_in_a_later_cycle_is_a_hit(database: Database) -> None:
    pay(CallLedger(database, "r1", cycle=1), "a")
    later = CallLedger(database, "r1", cycle=2)
    for _ in range(2):
        later.cached("a")
    assert later.spent().cached == 1
    assert [call.cached for call in later.calls(2)] == [True]
    assert [call.cached for call in later.calls()] == [False, True]


KILLED = """
import os, signal, sys
from pathlib import Path
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from reasoner.config.settings import LimitSettings
ledger = CallLedger(open_database(Path(sys.argv[1]), sys.argv[2]), "r1")
ledger.reserve("a", model="m", problem_id="p", usd=0.5, limits=LimitSettings())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_reservations_of_a_killed_process_are_swept_and_stay_spent(database: Database) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(database.home), database.url], check=False)
    ledger = CallLedger(database, "r1")
    reserve(ledger, "mine", usd=0.1)
    assert ledger.sweep_lost() == 1
    assert ledger.sweep_lost() == 0
    assert {call.id: call.state for call in ledger.calls()} == {"a": "lost", "mine": "reserved"}
    assert ledger.spent().usd == 0.6
    with pytest.raises(BudgetReached):
        reserve(ledger, "b", usd=0.5, limits=LimitSettings(max_usd=1.0))


def test_settling_what_was_never_reserved_is_a_programmers_fault(database: Database) -> None:
    with pytest.raises(AssertionError, match="no open reservation"):
        CallLedger(database, "r1").settle("a", answered("a", usd=0.1))
