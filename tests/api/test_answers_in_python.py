"""`reasoner.open(...).solve`, `stream`, `evaluate`: what the terminal says, as records, from any thread."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from typer.testing import CliRunner
from whole_home import STUDENT

import reasoner
from reasoner.bootstrap.home import Chosen
from reasoner.bootstrap.loaded import LoadedStudents
from reasoner.cli.main import app

QUESTION = "Ann has 3 apples. She buys 4 more. How many apples does Ann have?"
QUESTIONS = [f"Ann has {n} pens and buys {n + 2} more. How many pens does Ann have?" for n in range(2, 12)]
SMALL = ["--config", "tiny", "search.width=2", "search.candidates=4", "data.sealed_size=50"]


def terminal(folder: Path, *words: str) -> dict[str, Any]:
    ended = CliRunner().invoke(app, [*words, "--home", str(folder), *SMALL, "domains.math.max_number=20", "--json"])
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_an_answer_is_the_terminals(opened: reasoner.Reasoner, folder: Path) -> None:
    said = terminal(folder, "solve", QUESTION)
    found = opened.solve(QUESTION).model_dump(mode="json", exclude={"trace", "seconds"})
    assert found == {key: said[key] for key in found}
    assert opened.solve(QUESTION).checkpoint == STUDENT


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_a_trace_is_kept_where_it_is_asked_for_and_changes_no_answer(opened: reasoner.Reasoner, search: Any) -> None:
    plain, traced = opened.solve(QUESTION, search=search), opened.solve(QUESTION, search=search, trace=True)
    assert plain.trace is None
    assert traced.trace is not None
    assert traced.trace.searcher == search
    assert [step.text for step in traced.steps] == [step.text for step in plain.steps]
    assert (traced.guess, traced.doubt) == (plain.guess, plain.doubt)


def test_a_stream_tells_rounds_then_steps_then_the_answer(opened: reasoner.Reasoner) -> None:
    told = list(opened.stream(QUESTION, search="beam"))
    kinds = [event.event for event in told]
    assert kinds == sorted(kinds, key=["round", "step", "answer"].index)
    rounds = tuple(event.round for event in told if isinstance(event, reasoner.RoundSeen))
    steps = tuple(event.step for event in told if isinstance(event, reasoner.StepTaken))
    last = told[-1]
    assert isinstance(last, reasoner.Answered)
    assert last.solution.trace is not None
    assert rounds == last.solution.trace.rounds
    assert steps == last.solution.steps
    assert last.solution.guess == opened.solve(QUESTION, search="beam").guess


def test_a_stream_that_is_left_early_leaves_nothing_behind(opened: reasoner.Reasoner) -> None:
    assert next(iter(opened.stream(QUESTION, search="beam"))).event == "round"
    assert opened.solve(QUESTION).question == QUESTION


def test_thinking_without_words_streams_what_it_ends_with(opened: reasoner.Reasoner) -> None:
    told = list(opened.stream(QUESTION, mode="think"))
    assert {event.event for event in told} <= {"step", "answer"}
    assert isinstance(told[-1], reasoner.Answered)
    assert told[-1].solution.mode == "think"


def test_many_questions_come_back_in_their_order(opened: reasoner.Reasoner) -> None:
    found = list(opened.solve_many(iter(QUESTIONS)))
    assert [one.question for one in found] == QUESTIONS
    assert [one.guess for one in found] == [opened.solve(question).guess for question in QUESTIONS]


def test_threads_that_ask_at_once_get_what_one_gets_and_load_the_student_once(
    folder: Path, opened: reasoner.Reasoner, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    real = Chosen.student

    def student(self: Chosen, *, device: str = "cpu") -> Any:
        loaded.append(self.checkpoint.id)
        return real(self, device=device)

    monkeypatch.setattr(Chosen, "student", student)
    monkeypatch.setattr("reasoner.bootstrap.loaded.LOADED", LoadedStudents())
    begin = Barrier(4)

    def ask(place: int) -> list[str]:
        begin.wait()
        return [opened.solve(q, search="beam" if place == 3 else None).guess for q in QUESTIONS[:5]]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))
    assert loaded == [STUDENT]
    alone = [opened.solve(question).guess for question in QUESTIONS[:5]]
    assert found[:3] == [alone] * 3
    assert found[3] == [opened.solve(question, search="beam").guess for question in QUESTIONS[:5]]
    with reasoner.open(folder) as another:
        another.solve(QUESTION)
    assert loaded == [STUDENT]


def test_a_student_that_could_not_be_loaded_is_loaded_by_the_next_who_asks(tmp_path: Path) -> None:
    students = LoadedStudents(most=1)
    with pytest.raises(OSError, match="disk"):
        students.get(tmp_path, "0f", "cpu", lambda: (_ for _ in ()).throw(OSError("disk")))
    made: Any = object()
    assert students.get(tmp_path, "0f", "cpu", lambda: made) is made
    other: Any = object()
    assert students.get(tmp_path, "1f", "cpu", lambda: other) is other
    assert students.get(tmp_path, "0f", "cpu", lambda: other) is other  # the first had to go


def test_an_evaluation_is_the_terminals(opened: reasoner.Reasoner, folder: Path) -> None:
    seen: list[reasoner.Progress] = []
    report = opened.evaluate(n=8, search="beam", progress=seen.append)
    said = terminal(folder, "evaluate", "--n", "8", "--search", "beam")
    assert report.search == "beam"
    assert report.overall.model_dump(mode="json") == {key: said[key] for key in reasoner.Rate.model_fields}
    assert seen[-1].done == 8


def test_a_benchmark_gives_measures(opened: reasoner.Reasoner, tmp_path: Path) -> None:
    rows = [{"question": question, "answer": "It is so.\n#### 9"} for question in QUESTIONS[:3]]
    (tmp_path / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    run = opened.benchmark("gsm8k", paths=[tmp_path / "rows.jsonl"])
    (report,) = run.reports
    assert (report.items, report.temperature, run.checkpoint) == (3, 0.0, STUDENT)
    assert isinstance(report.measures[0], reasoner.Measure)


def test_settings_are_changed_beside_the_others(opened: reasoner.Reasoner) -> None:
    other = opened.with_settings("search.searcher=beam", "seed=7")
    assert (other.settings.search.searcher, other.settings.seed) == ("beam", 7)
    assert (other.settings.search.width, opened.settings.search.searcher) == (2, "greedy")
    assert other.home == opened.home
    assert other.with_settings("seed=8").settings.search.searcher == "beam"
