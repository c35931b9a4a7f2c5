"""The ledger of calls to teachers and judges: what was reserved, what was paid, what may be answered from the cache.

One row is one reservation, made before a request goes out. It ends as `done` or `failed` with the real dollars, or as
`lost`, when nobody can know whether it was charged: a lost reservation stays spent. Where that request was also the end
of its call the row says so: a cycle that runs again after a crash recalls the call, answered or not, and pays nothing.
So at any moment

    dollars of finished requests + open reservations + lost reservations <= max_usd

whoever reserves at the same time, as long as no request costs more than was reserved for it.
"""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar, cast

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.locks import is_alive, process_mark
from memory.store.database import Database
from memory.store.tables import CacheHitTable, RequestTable, now
from reasoner.config.settings import LimitSettings
from reasoner.errors import BudgetReached
from reasoner.types.record import Record
from reasoner.types.teaching import Call, JudgeCall, Judgement, Lesson, Purpose, TeacherCall
from reasoner.types.text import storable

NANO = 1_000_000_000

_FOR_GOOD: dict[str, str] = {"done": "done", "failed": "failed for good", "lost": "lost for good"}
"""States of the row that ended its call, by the state of the call."""
_STATE_OF_CALL = {row: call for call, row in _FOR_GOOD.items()}


C = TypeVar("C", TeacherCall, JudgeCall)


class Spending(Record):
    """What a run has asked of its teachers and judges."""

    calls: int
    """Distinct calls that this run sent requests for."""
    requests: int
    """Requests sent, or about to be: retries, failed and lost ones included."""
    cached: int
    """Calls answered without a request, because they had been answered before."""
    usd: float
    """Dollars paid, reserved or lost."""


class CallTimes(NamedTuple):
    """ISO moments of a call."""

    began: str
    """Its first request was reserved."""
    ended: str
    """Its last request was settled; empty while one is open."""


class _Books(Generic[C]):
    """The calls of one run for one purpose; its limits hold for all purposes together.

    Safe between threads and between processes.

    Args:
        database: the store.
        run: id of the run that pays.
        cycle: the cycle that the calls are booked under.
        kin: runs whose answers count as this run's own: a fork does not pay again what its parent has paid.
    """

    purpose: Purpose

    def __init__(self, database: Database, run: str, *, cycle: int | None = None, kin: Collection[str] = ()):
        self._database = database
        self._run = run
        self._cycle = cycle
        self._own = {run, *kin}
        self._process = process_mark()

    def cached(self, key: str, *, own: bool = False) -> C | None:
        """The call with this key as it ended in this run and cycle, paid or failed; else an answer given to any other.

        Answers of other runs and cycles are marked as cached and cost nothing; their failures are not served.

        Args:
            key: the call's id.
            own: only what this run or its kin has paid, such as before a crash.
        """
        with self._database.reading() as session:
            query = select(RequestTable).where(RequestTable.key == key).order_by(RequestTable.number)
            rows = session.scalars(query).all()
        here = [row for row in rows if row.run == self._run and row.cycle == self._cycle]
        if any(row.state in _STATE_OF_CALL for row in here):
            return cast("C", _paid(here))
        answers = [row for row in rows if row.state == "done" and _answer(row) is not None]
        mine = [row for row in answers if row.run in self._own]
        row = next(iter(mine or ([] if own else answers)), None)
        if row is None:
            return None
        self._note_hit(row)
        return cast("C", _call(row, (), cached=True))

    def reserve(
        self, key: str, *, model: str, problem_id: str, usd: float, limits: LimitSettings, requests: int = 1
    ) -> None:
        """Books what a request may cost at most, before it is sent. A retry is a new reservation of the same key.

        Args:
            key: the call's id.
            model: model string of the teacher.
            problem_id: what it is asked about.
            usd: upper bound of the request's price in dollars.
            limits: the run's hard limits.
            requests: how many requests may be sent under this reservation.

        Raises:
            BudgetReached: a limit would be passed; nothing is booked.
        """
        assert usd >= 0, f"a reservation of {usd!r} dollars"
        assert requests >= 1, f"a reservation of {requests!r} requests"
        with self._database.session() as session:
            self._require_room(session, usd=usd, requests=requests, limits=limits)
            earlier = select(func.count()).where(RequestTable.run == self._run, RequestTable.key == key)
            session.add(
                RequestTable(
                    run=self._run,
                    key=key,
                    attempt=session.execute(earlier).scalar_one() + 1,
                    cycle=self._cycle,
                    model=model,
                    problem_id=problem_id,
                    state="reserved",
                    requests=requests,
                    nano_usd=_nano(usd),
                    process=self._process,
                    lesson=None,
                    error="",
                    prompt_tokens=0,
                    completion_tokens=0,
                    seconds=0.0,
                    reserved_at=now(),
                    ended_at="",
                    purpose=self.purpose,
                )
            )

    def settle(self, key: str, call: C) -> None:
        """Books the last request of a call. From now on this run and cycle recall how the call ended.

        Args:
            key: the call's id.
            call: state `done` with an answer, which the cache serves to all from now on, or `failed`, or `lost`, whose
                reservation stays spent. Its dollars, tokens and seconds are those of this one request; earlier requests
                of the call were booked by `fail`.
        """
        assert call.state in _FOR_GOOD, f"cannot settle a {call.state!r} call"
        assert (call.state == "done") == (call.answer is not None), f"a {call.state!r} call with answer {call.answer!r}"
        with self._database.session() as session:
            row = self._open(session, key)
            row.state, row.error = _FOR_GOOD[call.state], call.error
            row.nano_usd = row.nano_usd if call.state == "lost" else _nano(call.usd)
            row.lesson = None if call.answer is None else call.answer.model_dump(mode="json")
            row.prompt_tokens, row.completion_tokens = call.prompt_tokens, call.completion_tokens
            row.seconds, row.ended_at = call.seconds, now()

    def fail(
        self,
        key: str,
        error: str,
        *,
        usd: float | None,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Books a request without a usable answer, after which the call goes on, now or in a later start.

        Args:
            key: the call's id.
            error: what happened, for people.
            usd: dollars charged, 0 if surely none; None if nobody knows (a timeout): then the reservation stays spent.
            prompt_tokens: tokens read, where the answer said so.
            completion_tokens: tokens written, where the answer said so.
            seconds: time waited.
        """
        with self._database.session() as session:
            row = self._open(session, key)
            row.state = "lost" if usd is None else "failed"
            row.nano_usd = row.nano_usd if usd is None else _nano(usd)
            row.prompt_tokens, row.completion_tokens = prompt_tokens, completion_tokens
            row.error, row.seconds, row.ended_at = storable(error), seconds, now()

    def sweep_lost(self) -> int:
        """Marks open reservations of this run whose process is dead as lost; returns how many."""
        with self._database.session() as session:
            query = select(RequestTable).where(RequestTable.run == self._run, RequestTable.state == "reserved")
            dead = [row for row in session.scalars(query) if not is_alive(row.process)]
            for row in dead:
                row.state, row.error, row.ended_at = "lost", "the process died while it waited for the answer", now()
            return len(dead)

    def spent(self) -> Spending:
        """The run's spending so far."""
        mine = RequestTable.run == self._run
        with self._database.reading() as session:
            calls, requests, nano_usd = session.execute(
                select(
                    func.count(RequestTable.key.distinct()),
                    func.coalesce(func.sum(RequestTable.requests), 0),
                    func.coalesce(func.sum(RequestTable.nano_usd), 0),
                ).where(mine)
            ).one()
            cached = session.execute(select(func.count()).where(CacheHitTable.run == self._run)).scalar_one()
        return Spending(calls=calls, requests=int(requests), cached=cached, usd=int(nano_usd) / NANO)

    def calls(self, cycle: int | None = None) -> list[C]:
        """The run's calls for this purpose, of one cycle or of all, by id.

        Those answered from the cache come last and cost nothing. The same list comes out whether or not the run was
        interrupted between the calls.
        """
        ours = RequestTable.purpose == self.purpose
        paid = select(RequestTable).where(RequestTable.run == self._run, ours)
        hits = select(RequestTable).join(CacheHitTable, CacheHitTable.request == RequestTable.number)
        hits = hits.where(CacheHitTable.run == self._run, ours).order_by(CacheHitTable.cycle, CacheHitTable.key)
        if cycle is not None:
            paid, hits = paid.where(RequestTable.cycle == cycle), hits.where(CacheHitTable.cycle == cycle)
        with self._database.reading() as session:
            rows = session.scalars(paid.order_by(RequestTable.key, RequestTable.attempt)).all()
            cached = [_call(row, (), cached=True) for row in session.scalars(hits)]
        made = [_paid(list(group)) for _, group in groupby(rows, key=lambda row: row.key)]
        return cast("list[C]", made + cached)

    def times(self, cycle: int) -> dict[str, CallTimes]:
        """When the calls of a cycle were made that this run paid for, by their ids."""
        mine = select(RequestTable).where(RequestTable.run == self._run, RequestTable.cycle == cycle)
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(RequestTable.key, RequestTable.attempt)).all()
        return {
            key: CallTimes(group[0].reserved_at, group[-1].ended_at)
            for key, group in ((key, list(of)) for key, of in groupby(rows, key=lambda row: row.key))
        }

    def _require_room(self, session: Session, *, usd: float, requests: int, limits: LimitSettings) -> None:
        spent, sent = session.execute(
            select(
                func.coalesce(func.sum(RequestTable.nano_usd), 0), func.coalesce(func.sum(RequestTable.requests), 0)
            ).where(RequestTable.run == self._run)
        ).one()
        if limits.max_usd is not None and int(spent) + _nano(usd) > _nano(limits.max_usd):
            raise BudgetReached(
                f"the next request may cost {usd:.6f} dollars and {int(spent) / NANO:.6f} are spent or reserved: more "
                f"than max_usd={limits.max_usd:g}; raise limits.max_usd and run the same command to continue"
            )
        if limits.max_calls is not None and int(sent) + requests > limits.max_calls:
            raise BudgetReached(
                f"{int(sent)} requests are sent or reserved and {requests} more would pass "
                f"max_calls={limits.max_calls}; raise limits.max_calls and run the same command to continue"
            )

    def _open(self, session: Session, key: str) -> RequestTable:
        query = select(RequestTable).where(
            RequestTable.run == self._run,
            RequestTable.key == key,
            RequestTable.process == self._process,
            RequestTable.state.in_(("reserved", "lost")),
        )
        row = session.scalars(query.order_by(RequestTable.number.desc()).limit(1)).one_or_none()
        assert row is not None, f"no open reservation of call {key!r}: reserve before the request is sent"
        return row

    def _note_hit(self, row: RequestTable) -> None:
        # The primary key takes no NULL; cycles count from 0.
        hit = (self._run, -1 if self._cycle is None else self._cycle, row.key)
        with self._database.session() as session:
            if session.get(CacheHitTable, hit) is None:
                session.add(CacheHitTable(run=hit[0], cycle=hit[1], key=hit[2], request=row.number))


def _nano(usd: float) -> int:
    return round(usd * NANO)


class CallLedger(_Books[TeacherCall]):
    """The calls to teachers."""

    purpose = "teach"


class JudgeLedger(_Books[JudgeCall]):
    """The calls to judges: verdicts are remembered like lessons."""

    purpose = "judge"


class BenchmarkLedger(_Books[TeacherCall]):
    """Requests of benchmarks: what they cost. Their answers lie in the folder of the results; no cache serves them."""

    purpose = "benchmark"

    def pay(self, key: str, *, usd: float, prompt_tokens: int, completion_tokens: int, seconds: float) -> None:
        """Books a request that was answered."""
        with self._database.session() as session:
            row = self._open(session, key)
            row.state, row.nano_usd = "done", _nano(usd)
            row.prompt_tokens, row.completion_tokens = prompt_tokens, completion_tokens
            row.seconds, row.ended_at = seconds, now()


def _paid(rows: list[RequestTable]) -> Call:
    """One call out of its attempts, first to last."""
    last = next((row for row in rows if row.state == "done"), rows[-1])
    return _call(last, rows, cached=False)


def _answer(row: RequestTable) -> Lesson | Judgement | None:
    """The answer in a row; None where there is none, or none that can be read any more."""
    try:
        return None if row.lesson is None else _KINDS[row.purpose].answer.model_validate(row.lesson)
    except ValidationError:
        return None


class _Kind(NamedTuple):
    """How calls of a purpose are read."""

    call: type[TeacherCall] | type[JudgeCall]
    answer: type[Lesson] | type[Judgement]
    field: str


_KINDS = {"teach": _Kind(TeacherCall, Lesson, "lesson"), "judge": _Kind(JudgeCall, Judgement, "judgement")}


def _call(row: RequestTable, paid: Iterable[RequestTable], *, cached: bool) -> Call:
    """A paid answer that cannot be read is a failed call: asking again would pay twice."""
    rows, answer, kind = list(paid), _answer(row), _KINDS[row.purpose]
    unreadable = row.state == "done" and answer is None
    told: dict[str, Any] = {
        "id": row.key,
        "model": row.model,
        "problem_id": row.problem_id,
        "state": "failed" if unreadable else _STATE_OF_CALL.get(row.state, row.state),
        "cached": cached,
        kind.field: answer,
        "error": "the stored answer cannot be read" if unreadable else row.error,
        "prompt_tokens": sum(attempt.prompt_tokens for attempt in rows),
        "completion_tokens": sum(attempt.completion_tokens for attempt in rows),
        "usd": sum(attempt.nano_usd for attempt in rows) / NANO,
        "seconds": sum(attempt.seconds for attempt in rows),
        "requests": sum(attempt.requests for attempt in rows),
    }
    return kind.call.model_validate(told)
