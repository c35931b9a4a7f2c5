"""What was taught stays taught: later gates ask again, name what was lost and veto who forgets."""

from dataclasses import replace
from pathlib import Path

import pytest
from parts_maker import after, crown, keep, make_parts, state_of
from student_maker import small_student

from agents.beside import extra_file, extras_of
from agents.nodes.decide import decide
from agents.nodes.examine import examine
from agents.parts import Parts
from agents.repairs import taught_before, try_taught
from agents.reporting.events import of_kind, read_events
from agents.run_folder import read_records, write_records
from agents.state import ImproveState
from memory.promotion import enthrone_base
from reasoner.errors import GateError
from reasoner.models.student import Student
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Attempt, Problem
from reasoner.types.student import Solved
from reasoner.types.tried import Tried

pytestmark = pytest.mark.slow

SMALL = ("data.practice_size=40", "data.gate_size=50", "gate.alpha=0.499")


class Scripted:
    """A student that solves what it is told to and counts what it is asked; everything else is a real one's."""

    def __init__(self, solves: dict[str, Problem]) -> None:
        self._student: Student = small_student(0)
        self._solves = solves
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._student, name)

    def solve(self, questions: list[str], _mode: str) -> list[Solved]:
        self.asked += questions
        known = [self._solves.get(question) for question in questions]
        return [Solved(p.steps, (0.0,) * len(p.steps), True) if p else Solved((), (), True) for p in known]


def tried(problem: Problem, right: bool) -> Tried:
    attempt = Attempt(
        problem_id=problem.id,
        mode="talk",
        steps=problem.steps if right else (),
        answer=problem.answer if right else "",
        outcome="right" if right else "wrong",
        skill=problem.skill,
        difficulty=problem.difficulty,
    )
    return Tried(problem=problem, attempt=attempt)


def repaired(home: Path, *settings: str, right: int = 30) -> tuple[Parts, list[Problem]]:
    """`new` reigns since cycle 1, which taught 40 failures; so many of them it then solved."""
    parts = make_parts(home, *SMALL, *settings)
    keep(parts, "new", parent="base", number=1)
    crown(parts, "new", "base", cycle=1)
    problems = parts.source.practice(1)
    write_records(parts.folder.taught(1), [tried(p, at < right) for at, p in enumerate(problems)])
    return parts, problems


def examined(
    parts: Parts, problems: list[Problem], *, champion: int, candidate: int
) -> tuple[Parts, ImproveState, dict[str, Scripted]]:
    """The gate of cycle 2: `next` solves the whole gate set, `new` none; of what was taught each so many."""
    gate = parts.source.gate(2)
    keep(parts, "next", parent="new", number=2)
    students = {
        "new": Scripted({p.question: p for p in problems[:champion]}),
        "next": Scripted({p.question: p for p in (*gate, *problems[:candidate])}),
    }
    rehearsed = parts.student_of
    parts = replace(parts, student_of=lambda id: students[id])
    state = state_of("new", cycle=2, candidate="next")
    state = after(state, examine(state, parts))
    return replace(parts, student_of=rehearsed), state, students


def events(parts: Parts, kind: str) -> list[dict]:
    return of_kind(read_events(parts.folder.root), kind)


def test_a_candidate_that_forgets_what_was_taught_is_vetoed_and_the_lost_are_named(tmp_path: Path) -> None:
    parts, problems = repaired(tmp_path)
    parts, state, _ = examined(parts, problems, champion=30, candidate=12)
    changed = decide(state, parts)
    assert (changed["champion"], changed["verdict"]) == ("new", "reject")
    said = parts.decisions.for_run(parts.run)[-1]
    assert "vetoed: worse in repairs (0 wins, 18 losses on 40 items" in said.reason
    (told,) = events(parts, "repairs")
    assert (told["asked"], told["repairs"], told["held_before"], told["held"], told["lost"]) == (40, 30, 30, 12, 18)
    assert {one["id"] for one in told["lost_items"]} == {p.id for p in problems[12:30]}
    assert all(
        p.question.startswith(one["question"].rstrip("…"))
        for one in told["lost_items"]
        for p in problems
        if p.id == one["id"]
    )


def test_one_that_keeps_what_was_taught_is_promoted_and_its_repairs_count_too(tmp_path: Path) -> None:
    parts, problems = repaired(tmp_path)
    parts, state, students = examined(parts, problems, champion=30, candidate=40)
    assert decide(state, parts)["champion"] == "next", "ten more are solved, none is lost"
    (told,) = events(parts, "repairs")
    assert (told["held"], told["lost"], told["wins"], told["losses"]) == (30, 0, 10, 0)
    asked = {p.question for p in problems}
    assert not asked & set(students["new"].asked), "the champion answered them when it was made"
    assert asked <= set(students["next"].asked)
    assert len(parts.decisions.for_run(parts.run)[-1].attempts_sha256) == 4


def test_the_sample_is_bounded_and_the_same_again_after_a_crash(tmp_path: Path) -> None:
    parts, problems = repaired(tmp_path, "gate.regression_size=10")
    parts, state, students = examined(parts, problems, champion=30, candidate=30)
    path = extra_file(parts.folder, 2, extras_of(parts.settings.gate)[0], "next")
    first, asked = path.read_bytes(), len(students["next"].asked)
    assert (len(read_records(path, Attempt)), asked) == (10, 60)
    path.unlink()
    again = replace(parts, student_of=lambda id: students[id])
    state = after(state, examine(state, again))
    assert path.read_bytes() == first
    assert len(students["next"].asked) == asked + 10, "only what was not kept is asked again"


def test_zero_asks_nothing(tmp_path: Path) -> None:
    parts, problems = repaired(tmp_path, "gate.regression_size=0")
    parts, _, students = examined(parts, problems, champion=30, candidate=0)
    assert events(parts, "repairs") == []
    assert len(students["next"].asked) == 50


def test_a_veto_that_is_left_out_of_a_decision_is_found_in_the_attempts(tmp_path: Path) -> None:
    parts, problems = repaired(tmp_path)
    parts, state, _ = examined(parts, problems, champion=30, candidate=12)
    silent = {**(state["comparison"] or {}), "vetoes": []}
    with pytest.raises(GateError, match="vetoed in repairs, it says 50 wins and 0 losses"):
        decide(after(state, {"comparison": silent}), parts)


def test_the_new_champion_tries_what_its_cycle_taught_once(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *SMALL)
    keep(parts, "new", parent="base", number=1)
    crown(parts, "new", "base", cycle=1)
    problems = parts.source.practice(1)
    write_records(parts.folder.attempts(1, "practice"), [tried(p, at >= 20).attempt for at, p in enumerate(problems)])
    about = [problems[3], problems[5], problems[30]]
    write_records(parts.folder.examples(1), [lesson(p, parts.run) for p in about])
    student = Scripted({problems[3].question: problems[3]})
    parts = replace(parts, student_of=lambda _: student)
    state = state_of("new", cycle=1, candidate="new", verdict="promote")
    try_taught(state, parts)
    try_taught(state, parts)
    assert student.asked == [problems[3].question, problems[5].question], "what it had solved needed no repair"
    (told,) = events(parts, "taught")
    assert (told["taught"], told["repaired"]) == (2, 1)
    assert [one.repaired for one in taught_before("new", parts)] == [
        id == problems[3].id for id in sorted(p.id for p in (problems[3], problems[5]))
    ]


def test_the_list_follows_the_champion_into_other_runs_and_back_over_a_revert(tmp_path: Path) -> None:
    parts, problems = repaired(tmp_path)
    enthrone_base(parts.database, parts.checkpoints.get("new"), run="another")
    elsewhere = replace(parts, run="another")
    assert {one.tried.problem.id for one in taught_before("new", elsewhere)} == {p.id for p in problems}
    assert taught_before("base", parts) == [], "the former champion was taught nothing"


def lesson(problem: Problem, run: str) -> Example:
    lineage = Lineage(run=run, cycle=1, failure=problem.id)
    return Example(id=problem.id, problem=problem, source="practice", teacher="file", lineage=lineage)
