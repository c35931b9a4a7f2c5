import json
from pathlib import Path

import pytest

from reasoner.data.files import is_worked, read_problems
from reasoner.domains.prosqa.domain import ProsqaDomain
from reasoner.errors import DataError

DOMAIN = ProsqaDomain()
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "prosqa" / "prosqa_valid.json"
ROW = {
    "question": "Every bempus is a rumpus. Bob is a tilpus. Ann is a bempus. Is Ann a rumpus or tilpus?",
    "answer": "Ann is a rumpus.",
    "steps": ["Ann is a bempus.", "Every bempus is a rumpus."],
    "root": 0,
}


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_a_published_row_becomes_a_problem_worked_as_a_search(tmp_path: Path) -> None:
    (problem,) = read_problems(write(tmp_path / "rows.json", [ROW]), DOMAIN)
    assert problem.steps == ("bempus", "so: rumpus")
    assert (problem.id, problem.answer, problem.difficulty) == ("rows-1", "Ann is a rumpus.", 2)
    assert problem.provenance.license == "unknown"
    assert is_worked(problem, DOMAIN)


def test_rows_may_also_stand_one_a_line_and_without_steps(tmp_path: Path) -> None:
    row = {k: v for k, v in ROW.items() if k != "steps"}
    (problem,) = read_problems(write(tmp_path / "rows.jsonl", json.dumps(row) + "\n"), DOMAIN)
    assert problem.steps == ("bempus", "so: rumpus")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"question": 7}, "row 2, field 'question': given 7"),
        ({"question": "How many pens?"}, "row 2, field 'question'"),
        ({"question": str(ROW["question"]).replace("rumpus or tilpus", "bempus or rumpus")}, "one true candidate"),
        ({"answer": None}, "row 2, field 'answer'"),
        ({"answer": "Ann is a tilpus."}, "row 2, field 'answer'.*'Ann is a rumpus.'"),
        ({"steps": "Ann is a bempus."}, "row 2, field 'steps'"),
        ({"steps": ["Ann is a bempus."]}, "row 2, field 'steps'"),
        ({"steps": ["Every bempus is a rumpus."]}, "row 2, field 'steps'"),
        ({"steps": ["Ann is a rumpus."]}, "row 2, field 'steps'"),
        ({"steps": [3]}, "row 2, field 'steps'"),
    ],
)
def test_a_bad_row_is_named_with_file_row_and_field(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    with pytest.raises(DataError, match=named):
        read_problems(write(tmp_path / "rows.json", [ROW, ROW | changes]), DOMAIN)


@pytest.mark.parametrize(
    ("text", "named"), [("[{", "a JSON list"), ("[3]", "row 1: given 3"), ("[]", "no rows"), ("", "no rows")]
)
def test_a_file_that_is_no_list_of_rows_is_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(DataError, match=named):
        read_problems(write(tmp_path / "rows.json", text), DOMAIN)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="prosqa_valid.json is not beside this checkout (../shared/data)")
def test_all_published_rows_are_read_and_solved() -> None:
    problems = read_problems(PUBLISHED, DOMAIN)
    assert len(problems) == 300
    assert all(is_worked(p, DOMAIN) for p in problems)
    assert [p.difficulty for p in problems] == [
        len(row["steps"]) for row in json.loads(PUBLISHED.read_text(encoding="utf-8"))
    ]
