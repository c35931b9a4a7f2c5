"""`memory export` over a real store: which rows, in which form, and where they go."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from played import Command
from student_maker import some_problems

from memory.store.database import open_database
from memory.store.examples import ExampleStore
from reasoner.types.example import Example, Lineage, WrongAttempt

PROBLEMS = some_problems(12)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = ExampleStore(open_database(tmp_path / "home"))
    lineage = Lineage(run="r", cycle=1)
    examples = [
        Example(
            id=p.id[:16],
            problem=p,
            source="self" if i % 3 else "practice",
            teacher="student" if i % 3 else "builtin/expert",
            lineage=lineage.model_copy(update={"cycle": 1 + i % 2}),
        )
        for i, p in enumerate(PROBLEMS)
    ]
    store.add(examples, np.eye(12, dtype=np.float32), space="s")
    wrong = WrongAttempt(id="w", problem=PROBLEMS[0], steps=("1+1=3",), answer="3", lineage=lineage)
    store.add_wrong([wrong], np.ones((1, 12), dtype=np.float32), space="s")
    return tmp_path / "home"


def exported(command: Command, home: Path, *options: str) -> list[dict[str, Any]]:
    ended = command("memory", "export", "--home", str(home), *options)
    assert ended.exit_code == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_every_solution_is_a_prompt_and_its_completion(command: Command, home: Path) -> None:
    rows = {row["prompt"]: row for row in exported(command, home)}
    assert set(rows) == {p.question for p in PROBLEMS}
    for problem in PROBLEMS:
        *steps, last = rows[problem.question]["completion"].splitlines()
        assert (tuple(steps), last) == (problem.steps, f"answer: {problem.answer}")
    (first, *_) = exported(command, home, "--form", "messages")
    assert [turn["role"] for turn in first["messages"]] == ["user", "assistant"]


def test_records_come_back_as_they_were(command: Command, home: Path) -> None:
    kept = ExampleStore(open_database(home)).examples(run=None, up_to_cycle=None)
    assert [Example.model_validate(row) for row in exported(command, home, "--form", "records")] == kept


def test_a_home_that_is_not_there_is_not_made(command: Command, tmp_path: Path) -> None:
    ended = command("memory", "export", "--home", str(tmp_path / "typo"))
    assert ended.exit_code != 0
    assert "holds no runs yet" in ended.stderr
    assert not (tmp_path / "typo").exists()


def test_filters_must_all_agree(command: Command, home: Path) -> None:
    def ids(*only: str) -> set[str]:
        return {row["id"] for row in exported(command, home, *(w for one in only for w in ("--only", one)))}

    own, late = ids("source=self"), ids("cycle=2")
    assert (len(own), len(late)) == (8, 6)
    assert ids("source=self", "cycle=2", "run=r", "domain=math") == own & late
    assert ids("teacher=builtin/expert") == ids() - own
    skill = PROBLEMS[0].skill
    assert ids(f"skill={skill}") == {p.id[:16] for p in PROBLEMS if p.skill == skill}
    assert ids("difficulty=1") == {p.id[:16] for p in PROBLEMS if p.difficulty == 1}
    assert ids("run=another") == set()


@pytest.mark.parametrize("only", ["sourse=self", "skill", "source=selff", "cycle=two"])
def test_a_filter_that_cannot_be_meant_says_what_could(command: Command, home: Path, only: str) -> None:
    ended = command("memory", "export", "--home", str(home), "--only", only)
    assert ended.exit_code == 2
    assert only.partition("=")[0] in ended.stderr
    assert ended.stdout == ""


def test_what_failed_attempts_do_not_have_is_not_asked_of_them(command: Command, home: Path) -> None:
    ended = command("memory", "search", "How many?", "--wrong", "--only", "source=self", "--home", str(home))
    assert ended.exit_code == 2
    assert "failed attempts" in ended.stderr


def test_a_file_is_written_whole_and_never_over_another(command: Command, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    ended = command("memory", "export", "--home", str(home), "--out", str(out))
    assert "12 solutions in" in ended.stderr
    assert ended.stdout == ""
    before = out.read_text()
    assert len(before.splitlines()) == 12
    again = command("memory", "export", "--home", str(home), "--out", str(out))
    assert again.exit_code == 2
    assert "exists" in again.stderr
    assert out.read_text() == before
    lost = command("memory", "export", "--home", str(home), "--out", str(tmp_path / "no" / "rows.jsonl"))
    assert lost.exit_code == 2
    assert "make it first" in lost.stderr
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []
