import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from reasoner.data.files import is_worked, read_problems
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import DataError

DOMAIN = MathDomain()
GSM8K = Path(__file__).parents[3] / "shared" / "data" / "gsm8k" / "train.jsonl"
PLAIN = {"question": "Mia has 12 pens and buys 7 more. How many?", "answer": 19, "steps": ["12+7=19"]}
MARKED = {"question": "Half of 48 and 48?", "answer": "48/2=<<48/2=24>>24, 48+24=<<48+24=72>>72\n#### 72"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return path


def test_a_plain_row_needs_only_a_question_and_an_answer(tmp_path: Path) -> None:
    (problem,) = read_problems(write(tmp_path / "mine.jsonl", {"question": "Six and 1?", "answer": "7"}), DOMAIN)
    assert (problem.id, problem.answer, problem.steps) == ("mine-1", "7", ())
    assert (problem.skill, problem.difficulty) == ("mixed", 1)
    assert problem.provenance.license == "unknown"
    assert not is_worked(problem, DOMAIN)


def test_a_full_plain_row_keeps_what_it_says(tmp_path: Path) -> None:
    row = PLAIN | {"skill": "shopping", "difficulty": 3, "id": "row-a", "license": "MIT"}
    (problem,) = read_problems(write(tmp_path / "mine.jsonl", row), DOMAIN)
    assert (problem.id, problem.skill, problem.difficulty) == ("row-a", "shopping", 3)
    assert problem.provenance.license == "MIT"
    assert problem.structure == DOMAIN.structure(PLAIN["question"], problem.steps)
    assert is_worked(problem, DOMAIN)


def test_provenance_names_the_file_its_hash_and_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", "", PLAIN)
    (problem,) = read_problems(path, DOMAIN)
    assert problem.provenance.generator == "file:mine.jsonl"
    assert problem.provenance.parameters == {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "line": 2}


def test_gsm8ks_marks_are_the_steps_and_its_last_line_the_answer(tmp_path: Path) -> None:
    (problem,) = read_problems(write(tmp_path / "gsm.jsonl", MARKED), DOMAIN)
    assert problem.steps == ("48/2=24", "48+24=72")
    assert (problem.answer, problem.skill, problem.difficulty) == ("72", "add", 2)
    assert is_worked(problem, DOMAIN)


@pytest.mark.parametrize(
    ("worked", "steps", "skill"),
    [
        ("<<9-2=7>>", ("9-2=7",), "take_away"),
        ("<<3.5*2=7>>", ("3.5*2=7",), "times"),
        ("<<(3+4)*1=7>>", ("(3+4)*1=7",), "times"),
        ("<<9-1-1=7>>", ("9-1-1=7",), "take_away"),
        ("<<14/2=7>> and <<7=7>>", ("14/2=7",), "share"),
        ("seven, as anyone can see", (), "mixed"),
    ],
)
def test_the_last_marks_operator_tells_the_skill(
    tmp_path: Path, worked: str, steps: tuple[str, ...], skill: str
) -> None:
    row = {"question": "How many?", "answer": f"{worked}\n#### 7"}
    (problem,) = read_problems(write(tmp_path / "gsm.jsonl", row), DOMAIN)
    assert (problem.steps, problem.skill, problem.difficulty) == (steps, skill, max(1, len(steps)))


@pytest.mark.parametrize("steps", [["12+7=20"], ["12+7=19", "19+1=20"], ["so it is 19"]])
def test_steps_that_are_false_or_end_elsewhere_may_not_teach(tmp_path: Path, steps: list[str]) -> None:
    (problem,) = read_problems(write(tmp_path / "mine.jsonl", PLAIN | {"steps": steps}), DOMAIN)
    assert not is_worked(problem, DOMAIN)


def test_blank_lines_a_byte_order_mark_and_line_separators_in_texts_are_fine(tmp_path: Path) -> None:
    odd = PLAIN | {"question": "One\u2028two\x85three: how many?"}
    path = tmp_path / "mine.jsonl"
    text = f"\ufeff\n{json.dumps(PLAIN)}\r\n   \n{json.dumps(odd, ensure_ascii=False)}"
    path.write_bytes(text.encode())
    assert [p.id for p in read_problems(path, DOMAIN)] == ["mine-2", "mine-4"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "  "}, r"line 2, field 'question': given '  ', expected the text"),
        ({"question": None}, r"line 2, field 'question': given None"),
        ({"answer": True}, r"line 2, field 'answer': given True, expected a number"),
        (
            {"answer": "many"},
            r"line 2, field 'answer': given 'many', expected one that the task 'math' can check: .* no number",
        ),
        ({"answer": float("nan")}, r"line 2, field 'answer': given nan, expected a number"),
        ({"answer": ["7"]}, r"line 2, field 'answer': given \['7'\]"),
        ({"steps": "12+7=19"}, r"line 2, field 'steps': given '12\+7=19', expected a list of equations"),
        ({"steps": [12]}, r"line 2, field 'steps': given \[12\]"),
        ({"difficulty": 0}, r"line 2, field 'difficulty': given 0, expected a whole number"),
        ({"difficulty": 1.5}, r"line 2, field 'difficulty': given 1.5"),
        ({"difficulty": True}, r"line 2, field 'difficulty': given True"),
        ({"skill": 3}, r"line 2, field 'skill': given 3"),
        ({"id": ""}, r"line 2, field 'id': given ''"),
        ({"id": "first"}, r"line 2, field 'id': given 'first', expected an id of its own; line 1 has 'first'"),
        ({"license": 1}, r"line 2, field 'license': given 1"),
        ({"step": ["12+7=19"]}, r"line 2, field 'step': given .*, expected one of the fields question, answer, steps"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_field(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = write(tmp_path / "mine.jsonl", PLAIN | {"id": "first"}, PLAIN | change)
    with pytest.raises(DataError, match=rf"mine\.jsonl, {message}"):
        read_problems(path, DOMAIN)


def test_a_missing_field_is_told_from_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 1, field 'answer': given nothing"):
        read_problems(write(tmp_path / "mine.jsonl", {"question": "How many?"}), DOMAIN)


@pytest.mark.parametrize("line", ["{", "[1, 2]", "19", "[" * 100_000])
def test_a_line_that_is_no_json_object_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"line 2: given .*, expected a JSON object"):
        read_problems(write(tmp_path / "mine.jsonl", PLAIN, line), DOMAIN)


@pytest.mark.parametrize("answer", ["it is 7", "#### ", "#### many"])
def test_a_gsm8k_row_without_a_number_at_its_end_is_refused(tmp_path: Path, answer: str) -> None:
    path = write(tmp_path / "gsm.jsonl", MARKED, {"question": "How many?", "answer": answer})
    with pytest.raises(DataError, match="line 2, field 'answer'"):
        read_problems(path, DOMAIN)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(json.dumps(PLAIN).encode() + b'\n{"question": "caf\xe9", "answer": 1}\n')
    with pytest.raises(DataError, match=r"line 2: given the byte b'.xe9', expected UTF-8"):
        read_problems(path, DOMAIN)


def test_a_file_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_problems(tmp_path / "none.jsonl", DOMAIN)
    with pytest.raises(DataError, match="no rows in it"):
        read_problems(write(tmp_path / "mine.jsonl", "", " "), DOMAIN)


@pytest.mark.skipif(not GSM8K.exists(), reason="GSM8K's training file is not beside the repository")
def test_all_of_gsm8k_is_read_and_its_marks_are_true() -> None:
    problems = read_problems(GSM8K, DOMAIN)
    steps = [step for problem in problems for step in problem.steps]
    true = sum(DOMAIN.judge_steps("", [step])[0].true for step in steps)
    worked = sum(is_worked(problem, DOMAIN) for problem in problems)
    print(f"{len(problems)} rows, {len(steps)} steps of which {true} true, {worked} worked solutions")
    assert len(problems) == 7473
    assert true >= 0.999 * len(steps)
    assert worked >= 0.65 * len(problems), "the others use numbers that neither the question nor an earlier step gives"
    assert set(Counter(p.skill for p in problems)) == {"add", "take_away", "times", "share", "mixed"}
