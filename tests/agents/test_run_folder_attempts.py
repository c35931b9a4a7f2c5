"""Attempts in a run's folder: what is kept beside the outcome, and attempts that belong to other problems."""

from pathlib import Path

import pytest
from failures import problem

from agents.run_folder import RunFolder, read_records, read_tried, write_records
from reasoner.errors import DamagedError
from reasoner.types.problem import Attempt, Problem


def attempt(at: Problem, **beside: object) -> Attempt:
    told = {"problem_id": at.id, "skill": at.skill, "difficulty": at.difficulty, "mode": "talk", "steps": ()}
    return Attempt.model_validate({**told, "answer": "1", "outcome": "wrong", **beside})


def test_problems_meet_the_attempts_that_were_made_at_them(tmp_path: Path) -> None:
    path, asked = RunFolder(tmp_path, "run").attempts(1, "practice"), [problem(0), problem(1)]
    write_records(path, [attempt(one) for one in asked])
    assert [(t.problem, t.attempt.problem_id, t.wrong) for t in read_tried(path, asked)] == [
        (one, one.id, True) for one in asked
    ]


def test_attempts_at_other_problems_are_refused_by_name(tmp_path: Path) -> None:
    path, asked = RunFolder(tmp_path, "run").attempts(1, "practice"), [problem(0), problem(1)]
    write_records(path, [attempt(asked[0]), attempt(problem(2))])
    with pytest.raises(DamagedError, match=f"{problem(2).id!r} in place of {asked[1].id!r}"):
        read_tried(path, asked)
    with pytest.raises(DamagedError, match="2 attempts at a set of 1 problems"):
        read_tried(path, asked[:1])


def test_an_attempt_without_grade_and_reason_is_written_as_it_ever_was(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    write_records(path, [attempt(problem(0)), attempt(problem(0), score=0.4, reason="half of it")])
    plain, graded = path.read_text().splitlines()
    assert "score" not in plain
    assert "reason" not in plain
    assert [(a.score, a.reason) for a in read_records(path, Attempt)] == [(None, ""), (0.4, "half of it")]
    assert '"score":0.4,"reason":"half of it"' in graded
