"""A bad row is told with file, line and field, what was given and what was expected; nothing is left out in silence."""

import json
from pathlib import Path

import pytest
from made_up_rows import CHOICES, DOUBLE, FUNCTIONS, HOPS, PAIRS, PROBLEMS, RULES, SCIENCE, SUMS, TASKS, lines, write

from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.registry import get_benchmark

BAD = [
    ("gsm8k", lines([*SUMS[:1], SUMS[1] | {"answer": "18"}]), r"line 2, field 'answer': given '18', expected"),
    ("gsm8k", lines([{"answer": "#### 1"}]), r"line 1, field 'question': given nothing, expected a question"),
    ("gsm8k", "no json\n", r"line 1: given 'no json', expected a JSON object"),
    ("gsm8k", "\n", r"no rows in it"),
    ("math", lines([PROBLEMS[0] | {"solution": "It is 2."}]), r"line 1, field 'solution': given 'It is 2.', expected"),
    ("deepmind_math", "What is 1?\n1\nWhat is 2?\n", r"line 3: given no answer"),
    ("deepmind_math", "What is 1?\n\n", r"line 2: given '', expected an answer"),
    ("mmlu", lines([CHOICES[0] | {"answer": 4}]), r"line 1, field 'answer': given 4, expected a letter A to D"),
    ("mmlu", lines([CHOICES[0] | {"choices": ["a"]}]), r"field 'choices': given \['a'\], expected a list of four"),
    ("arc", lines([SCIENCE[0] | {"answerKey": "9"}]), r"field 'answerKey': given '9', expected one of the labels 1, 2"),
    ("arc", lines([{"question": "What?", "answerKey": "A"}]), r"field 'question': given 'What\?', expected an object"),
    ("bbh", "[]", r"field 'examples': given None, expected a list"),
    ("bbh", json.dumps({"examples": [{"input": "Go."}]}), r"row 1, field 'target': given nothing"),
    ("humaneval", lines([DOUBLE | {"test": ""}]), r"line 1, field 'test'"),
    ("mbpp", lines([TASKS[0] | {"test_list": []}]), r"line 1, field 'test_list': given \[\], expected"),
    ("mbpp", lines([TASKS[0] | {"task_id": "two"}]), r"field 'task_id': given 'two', expected a whole number"),
    ("cruxeval_o", lines([FUNCTIONS[0] | {"output": None}]), r"field 'output': given None, expected"),
    ("hotpotqa", json.dumps([HOPS[0] | {"answer": "the"}]), r"row 1, field 'answer': given 'the'"),
    ("hotpotqa_context", json.dumps([{"question": "Q?", "answer": "b"}]), r"field 'context': given nothing"),
    ("prosqa", json.dumps([RULES[0] | {"answer": "Tom is a rat."}]), r"field 'answer': given 'Tom is a rat.'"),
    ("prosqa", json.dumps([RULES[0] | {"question": "Why?"}]), r"field 'question': given 'Why\?', expected rules"),
    ("banking77", "text,category\nhello\n", r"line 2, field 'category': given nothing"),
    ("banking77", "text,category\nhello,one\n", r"single category 'one'"),
    ("codesearchnet", lines(PAIRS[:9]), r"given 9 pairs of different texts, expected at least 1000"),
    ("codesearchnet", lines([{"code": "x"}]), r"field 'docstring_tokens': given nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "told"), BAD)
def test_a_bad_row_is_told_with_its_place(name: str, text: str, told: str, tmp_path: Path) -> None:
    path = write(name, tmp_path)
    path.write_text(text)
    with pytest.raises(DataError, match=told) as caught:
        get_benchmark(name).read(path, shots=0)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["humaneval", "prosqa", "codesearchnet", "stdlib_pairs", "bbh"])
def test_examples_are_refused_where_the_protocol_has_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="shots"):
        get_benchmark(name).read(write(name, tmp_path), shots=1)


@pytest.mark.parametrize("name", ["math", "mbpp", "cruxeval_i"])
def test_more_examples_than_the_protocol_has_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="examples are fixed"):
        get_benchmark(name).read(write(name, tmp_path), shots=9)


def test_an_unknown_task_of_bbh_is_told_with_those_that_exist(tmp_path: Path) -> None:
    file = tmp_path / "sudoku.json"
    file.write_text('{"examples": []}')
    with pytest.raises(DataError, match=r"no task of BIG-Bench Hard.*web_of_lies"):
        get_benchmark("bbh").read(file, shots=0)


def test_tables_of_mmlu_are_told_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "science_test.csv"
    file.write_text("Which?,w,x,y,z,A\nWhich?,w,x,y,z,E\n")
    with pytest.raises(DataError, match=r"science_test\.csv, line 2, field 'answer': given 'E'"):
        get_benchmark("mmlu").read(file, shots=0)
    file.write_text("Which?,w,x,A\n")
    with pytest.raises(DataError, match=r"line 1: given 4 cells, expected 6"):
        get_benchmark("mmlu").read(file, shots=0)
