import hashlib
import json
from pathlib import Path

import pytest
from problem_settings import of_problems

from reasoner.data.rows import write_rows
from reasoner.data.sources import open_source
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem

SOURCE = open_source(of_problems(practice_size=20, sealed_size=50))


def example(problem: Problem) -> Example:
    lineage = Lineage(run="r", cycle=1, failure="f", teacher_call="c", verdict="v")
    return Example(id=problem.id, problem=problem, source="teacher_problem", teacher="builtin/expert", lineage=lineage)


def test_a_row_has_trls_fields_and_its_whole_provenance(tmp_path: Path) -> None:
    problems = SOURCE.practice(1)
    path = tmp_path / "dataset" / "1.jsonl"
    digest = write_rows(path, [example(p) for p in problems])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [row["prompt"] for row in rows] == [p.question for p in problems]
    for row, problem in zip(rows, problems, strict=True):
        assert row["completion"] == "\n".join([*problem.steps, f"#### {problem.answer}"])
        assert row["sha256"] == hashlib.sha256(f"{row['prompt']}\n{row['completion']}".encode()).hexdigest()
        assert (row["id"], row["source"], row["split"]) == (problem.id, "teacher_problem", "practice")
        assert (row["license"], row["teacher"], row["verdict"]) == ("generated", "builtin/expert", "v")


def test_writing_the_same_rows_again_changes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    examples = [example(p) for p in SOURCE.practice(1)]
    path = tmp_path / "1.jsonl"
    assert write_rows(path, examples) == write_rows(path, examples)
    assert list(tmp_path.iterdir()) == [path]


def test_a_held_out_problem_is_never_written(tmp_path: Path) -> None:
    examples = [example(p) for p in [*SOURCE.practice(1), SOURCE.sealed()[0]]]
    with pytest.raises(ValueError, match="belongs to the sealed split"):
        write_rows(tmp_path / "1.jsonl", examples)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_attempt_stands_beside_the_solution_of_its_question_alone(tmp_path: Path) -> None:
    problems = SOURCE.practice(1)
    write_rows(tmp_path / "1.jsonl", [example(p) for p in problems], {problems[0].question: ("1+1=3",)})
    first, *rest = [json.loads(line) for line in (tmp_path / "1.jsonl").read_text(encoding="utf-8").splitlines()]
    assert first["wrong"] == ["1+1=3"]
    assert all("wrong" not in row for row in rest)
