"""New problems that the domain cannot read are put to the teacher again; only what most answers agree on teaches."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from failures import requests
from model_server import ModelServer

from agents.confirming import in_turn
from agents.events import EventLog
from agents.nodes.check import check
from agents.nodes.teach import teach
from agents.parts import Clock, Parts
from agents.run_folder import RunFolder, read_records, write_records
from agents.state import ImproveState
from agents.teachers.litellm_teacher import LiteLLMTeacher
from agents.teachers.prompt import read_messages
from memory.store.database import open_database
from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.domains.math.domain import MathDomain
from reasoner.domains.math.reader import read
from reasoner.types.example import Example
from reasoner.types.problem import Problem
from reasoner.types.teaching import Lesson, TeacherCall, Verdict, WrittenProblem

Work = Callable[..., "Worked"]


class Poet:
    """Writes riddles that no parser reads: `true` ones, and `false` ones whose written answer it never finds again."""

    def __init__(self) -> None:
        self.asked_again: Counter[str] = Counter()

    def __call__(self, messages: list[dict[str, str]]) -> str:
        asked = read_messages(messages)
        if "geese" in asked.question:
            return self._solution(asked.question).model_dump_json()
        reading = read(asked.question)
        number = sum(map(ord, asked.question)) % 20 + 30
        problems = [
            WrittenProblem(question=riddle(number, kind), steps=[f"{number}-7={number - 7}"], answer=str(number - 7))
            for kind in ("true", "false")
        ]
        return Lesson(
            critique="", steps=list(reading.steps), answer=str(reading.answer), problems=problems
        ).model_dump_json()

    def _solution(self, question: str) -> Lesson:
        self.asked_again[question] += 1
        number = int("".join(c for c in question if c.isdigit())[:2])
        sign, result = ("-", number - 7) if "true" in question else ("+", number + 7)
        return Lesson(critique="", steps=[f"{number}{sign}7={result}"], answer=str(result))


def riddle(number: int, kind: str) -> str:
    return f"Ah, {number} {kind} geese! Off with the wind went 7. Who is left, who is left?"


class Worked:
    """What teach and check left."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.examples = read_records(parts.folder.examples(1), Example)
        self.confirmations = read_records(parts.folder.confirmations(1), TeacherCall)
        self.calls = read_records(parts.folder.calls, TeacherCall)
        self.verdicts: list[Verdict] = parts.verdicts.for_run(parts.run)

    def reasons(self, kind: str) -> set[str]:
        return {v.reason for v in self.verdicts if f" {kind} geese" in v.question}

    @property
    def riddles(self) -> set[str]:
        return {e.problem.question for e in self.examples if "geese" in e.problem.question}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    database = open_database(tmp_path)

    def do(failures: int = 3, *, limits: dict[str, Any] | None = None, **teacher: Any) -> Worked:
        settings = Settings.model_validate(
            {
                "data": {"gate_size": 50, "sealed_size": 50},
                "teacher": {"max_tokens": 600, "problems_per_call": 2, **teacher},
                "limits": limits or {},
            }
        )
        folder = RunFolder(tmp_path, "r")
        parts = Parts(
            run="r",
            settings=settings,
            cycles=1,
            threads=1,
            database=database,
            folder=folder,
            domain=MathDomain(),
            source=open_source(settings),
            events=EventLog(folder.root, "r", lambda event: None),
            progress=lambda progress: None,
            teacher_for=lambda ledger, told: LiteLLMTeacher(
                settings.teacher, settings.limits, ledger, seed=0, on_progress=told, first_delay=0.01
            ),
            run_job=lambda spec, told: pytest.fail("nothing is trained here"),
            student_of=lambda checkpoint: pytest.fail("no student is needed"),
            clock=Clock(tmp_path / "clock", limit=None),
        )
        write_records(folder.requests(1), requests(failures, new_problems=settings.teacher.problems_per_call))
        state = cast(ImproveState, {"cycle": 1})
        teach(state, parts)
        check(state, parts)
        return Worked(parts)

    yield do
    database.close()


def served(server: ModelServer, poet: Poet, **more: Any) -> dict[str, Any]:
    server.lesson = poet
    return {"model": "openai/poet", "api_base": server.address, "api_key": "none", **more}


def test_agreed_problems_teach_and_disagreeing_ones_do_not(work: Work, server: ModelServer) -> None:
    poet = Poet()
    done = work(3, **served(server, poet, calls=100, samples=3))
    assert done.reasons("true") == {"agreed"}
    assert done.reasons("false") == {"no agreement"}
    assert len(done.riddles) == 3
    assert all(" true " in question for question in done.riddles)
    assert set(poet.asked_again.values()) == {3}
    assert len(done.confirmations) == 18
    assert len(done.calls) == len(server.requests) == 21


def test_the_second_asking_shows_no_solution(work: Work, server: ModelServer) -> None:
    work(1, **served(server, Poet(), calls=100))
    for body in server.requests[1:]:
        asked = json.loads(body["messages"][-1]["content"])
        assert (asked["student_steps"], asked["student_answer"], asked["new_problems"]) == ([], "", 0)


def test_calls_are_spread_over_the_lessons_and_never_pass_those_of_the_cycle(work: Work, server: ModelServer) -> None:
    done = work(3, **served(server, Poet(), calls=3, confirmations=7, samples=2))
    assert len(server.requests) == 9, "three lessons and three problems, twice each"
    assert done.reasons("true") == {"agreed"}
    assert done.reasons("false") == {"unconfirmed"}


def test_without_calls_left_nothing_unconfirmed_teaches(work: Work, server: ModelServer) -> None:
    done = work(3, **served(server, Poet(), calls=3, confirmations=0))
    assert done.reasons("true") == done.reasons("false") == {"unconfirmed"}
    assert done.riddles == set()
    assert len(done.examples) == 3


def test_a_limit_on_the_way_keeps_what_is_confirmed_and_stops_the_run(work: Work, server: ModelServer) -> None:
    settings = served(server, Poet(), calls=100, samples=1, concurrency=1)
    done = work(3, limits={"max_calls": 4}, **settings)
    assert len(server.requests) == 4
    assert len(done.riddles) == 1
    assert done.reasons("false") == {"unconfirmed"}
    assert len(done.parts.stops) == 1
    assert "max_calls=4" in done.parts.stops[0]


def test_a_cycle_that_runs_again_asks_nothing_and_leaves_the_same(work: Work, server: ModelServer) -> None:
    settings = served(server, Poet(), calls=100)
    first = work(2, **settings)
    sent, kept = len(server.requests), first.parts.folder.calls.read_bytes()
    again = work(2, **settings)
    assert len(server.requests) == sent
    assert again.parts.folder.calls.read_bytes() == kept
    assert (again.examples, again.verdicts, again.confirmations) == (
        first.examples,
        first.verdicts,
        first.confirmations,
    )


def test_the_built_in_expert_is_asked_nothing_twice(work: Work) -> None:
    done = work(4, calls=100)
    assert done.parts.ledger(1).spent().calls == 4
    assert not done.parts.folder.confirmations(1).exists()
    assert len(done.examples) > 8


def test_the_first_problem_of_every_lesson_comes_before_any_second_one() -> None:
    one, two, three = (r.problem for r in requests(3))
    lessons: list[list[Problem]] = [[one, two], [], [three, one]]
    assert in_turn(lessons) == [one, three, two]
