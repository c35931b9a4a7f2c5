"""Small programs: what the interpreter says is what Python does, and what is asked about them can be judged."""

import ast
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reasoner.data.files import read_problems
from reasoner.domains.code.domain import CodeDomain
from reasoner.domains.code.drawing import SKILLS
from reasoner.domains.code.interpreter import Unreadable, trace
from reasoner.domains.code.question import asked, parts_of, traced
from reasoner.domains.code.values import NoValue, read, same, written
from reasoner.errors import DataError
from reasoner.types.problem import Problem

CODE = CodeDomain()


def drawn(count: int, **recipe: Any) -> list[Problem]:
    found = list[Problem]()
    for seed in range(20 * count):
        try:
            cell = {"skill": SKILLS[seed % len(SKILLS)], "difficulty": 1 + seed // len(SKILLS) % 6, **recipe}
            found.append(CODE.draw(seed, cell))
        except ValueError:
            continue
        if len(found) == count:
            break
    return found


def python_says(program: str, call: str) -> object:
    """Only for programs that the generator wrote or this file holds."""
    names: dict[str, Any] = {}
    exec(program, names)
    return eval(call, names)


def test_drawn_programs_return_what_python_returns() -> None:
    for problem in drawn(1500):
        parts = parts_of(problem.question)
        assert parts is not None
        assert same(read(problem.answer), python_says(*parts)), problem.question  # pyright: ignore[reportArgumentType]
        _, _, given = parts[1].partition("(")
        assert len(problem.steps) == problem.difficulty + len(read(f"({given[:-1]},)"))  # pyright: ignore[reportArgumentType]


def test_each_executed_assignment_is_a_line() -> None:
    program = (
        "def f(x, n):\n    for v in x:\n        n = n + v\n    if n > 5:\n        n = n - 5\n    return [n, 'a b']"
    )
    found = trace(program, "f([2, 4], 1)")
    assert found.lines == ("x=[2,4]", "n=1", "n=1+2=3", "n=3+4=7", "n=7-5=2", "=[2,'a b']")
    assert found.value == "[2,'a b']"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("    y = x\n    y += [4]\n    return x", [1, 2, 3, 4]),
        ("    y = x\n    y = y + [4]\n    return x", [1, 2, 3]),
        ("    for v in x:\n        x.remove(v)\n    return x", [2]),
        ("    x.append(len(x))\n    return x", [1, 2, 3, 3]),
        ("    return [v for v in x if v % 2 == 1]", [1, 3]),
        ("    return x[-1] if not x[0] else x[0:2]", [1, 2]),
        ("    n = 0\n    for v in range(4):\n        if v == 2 or v > 2:\n            n += v\n    return n", 5),
        ("    return ','.join([str(v) for v in x]).replace('2', 'b').split(',')", ["1", "b", "3"]),
        ("    return sum(v * v for v in x) // -3", -5),
    ],
)
def test_lists_are_shared_and_changed_as_python_does_it(body: str, value: object) -> None:
    program = f"def f(x):\n{body}"
    assert python_says(program, "f([1, 2, 3])") == value
    assert read(trace(program, "f([1, 2, 3])").value) == value


@pytest.mark.parametrize(
    "program",
    [
        "def f(x):\n    return x.__class__",
        "def f(x):\n    return open('a')",
        "def f(x):\n    return [0] * 10 ** 9",
        "def f(x):\n    return 'a' * 999999999",
        "def f(x):\n    n = 9\n    for v in range(2000):\n        n = n * n\n    return n",
        "def f(x):\n    for v in x:\n        x.append(v)\n    return x",
        "def f(x):\n    while True:\n        x = x\n    return x",
        "def f(x):\n    for v in range(60):\n        x = [x, x]\n    return 1",
        "def f(x):\n    for v in range(60):\n        x = (x, x)\n    return str(x)",
        "def f(x):\n    x.append(x)\n    return x",
        f"def f(x):\n    return {'[' * 4}v for v in range(900)] for v in range(900)] for v in range(900)] for v in x]",
        f"def f(x):\n    return {'-' * 1500}1",
        "def f(x):\n    return x[9]",
        "def f(x):\n    return lambda: x",
        "import os\ndef f(x):\n    return x",
        "def f(x, y):\n    return x",
        "def f(x):\n    pass",
        "def f(x:\n",
    ],
)
def test_what_is_not_known_or_goes_beyond_the_limits_is_unreadable(program: str) -> None:
    with pytest.raises(Unreadable):
        trace(program, "f([1, 2])")


def test_values_are_the_same_only_with_their_types() -> None:
    assert same([1, "a"], [1, "a"])
    for one, other in ((1, True), (1, 1.0), ([1], (1,)), ({"a": 1}, {"a": True}), ("1", 1)):
        assert not same(one, other)
    for value in ([1, "a, b"], (1,), {"a": [None]}, {3, 1}, set(), "it's", -2.5):
        assert ast.literal_eval(written(value)) == value if value else written(value) == "set()"
    with pytest.raises(NoValue):
        read("1 + f(2)")


def test_an_answer_is_judged_by_its_value() -> None:
    problem = next(p for p in drawn(200) if p.answer.startswith("['") or p.answer.startswith("["))
    gold = read(problem.answer)
    assert CODE.check(problem, repr(gold)).outcome == "right"
    assert CODE.check(problem, f" {problem.answer}\n").outcome == "right"
    for said in ("", "[]", problem.answer[:-1], f"answer: {problem.answer}", f"{problem.answer} {problem.answer}"):
        assert CODE.check(problem, said).outcome == "wrong"


def test_a_structure_forgets_names_and_constants_and_nothing_else() -> None:
    first = asked("def f(a, b):\n    c = a + 3\n    return c * b", "f(1, 2)")
    again = asked("def f(x, k):\n    d = x + 9\n    return d * k", "f(7, 5)")
    other = asked("def f(a, b):\n    c = a + 3\n    return b * c", "f(1, 2)")
    assert CODE.structure(first, ()) == CODE.structure(again, ()) != CODE.structure(other, ())


def test_lines_of_another_call_do_not_hold() -> None:
    problem = next(p for p in drawn(50) if p.difficulty == 3)
    judged = CODE.judge_steps(problem.question, (problem.steps[0], "a=1000", problem.steps[2], "7"))
    assert [one.holds for one in judged] == [True, False, True, False]


@pytest.mark.parametrize("ask", ["repair", "write"])
def test_a_program_that_was_asked_for_passes_its_tests_and_a_stub_does_not(ask: str) -> None:
    problem, *_ = drawn(1, ask=ask, difficulty=3)
    assert CODE.answer_of(problem.steps) == problem.answer
    assert CODE.check(problem, problem.answer).outcome == "right"
    assert CODE.check(problem, f"```python\n{problem.answer}\n```").outcome == "right"
    stub = CODE.check(problem, "def f(*given):\n    return 0")
    assert (stub.outcome, stub.score) == ("wrong", 0)
    shown = problem.question.partition("wrong:\n")[2].partition("\nf(")[0]
    assert ask == "write" or CODE.check(problem, shown).outcome == "wrong"


def test_published_rows_of_programs_are_read(tmp_path: Path) -> None:
    output = {"code": "def f(s):\n    t = s[1:]\n    return t + 'x'", "input": "'abc'", "output": "'bcx'", "id": "one"}
    prompt = 'def double(n):\n    """Twice n."""\n'
    body = {"task_id": "Own/1", "prompt": prompt, "canonical_solution": "    return 2 * n\n", "entry_point": "double"}
    body["test"] = "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(0) == 0\n"
    asserts = {"task_id": 3, "text": "Write a function triple.", "code": "def triple(n):\n    return 3 * n"}
    own = {"question": "Write four().", "answer": "def four():\n    return 4", "tests": "assert four() == 4"}
    rows = [output, body, asserts | {"test_list": ["assert triple(2) == 6"]}, own]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    problems = read_problems(file, CODE)
    assert problems[0].steps == ("s='abc'", "t='bc'", "='bcx'")
    assert [CODE.check(p, p.answer).outcome for p in problems] == ["right"] * 4
    assert CODE.check(problems[1], "    return n + n").outcome == "right"
    assert CODE.check(problems[1], "def double(n):\n    return 4").outcome == "wrong"
    assert CODE.check(problems[2], "def triple(n):\n    return 6 if n else 1").outcome == "right"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"code": "def f(s):\n    return s", "input": "1", "output": "2"}, "1, which the program returns"),
        ({"code": "def f(s):\n    return s", "input": "1", "output": "return"}, "a Python literal"),
        ({"code": "", "input": "1", "output": "2"}, "'code'"),
        ({"question": "q", "answer": "def g(): pass", "tests": []}, "'tests'"),
        ({"question": "q", "answer": "def g(): pass", "tests": ["assert 1"]}, "call no function"),
        ({"text": "q", "code": "def g(: pass", "test_list": ["assert g()"]}, "not Python"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_field(tmp_path: Path, row: dict[str, Any], told: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row) + "\n")
    with pytest.raises(DataError, match=r"rows\.jsonl, line 1, field") as refused:
        read_problems(file, CODE)
    assert told in str(refused.value)


def test_the_expert_names_the_first_wrong_line() -> None:
    from reasoner.types.domain import Exercise

    problem = next(p for p in drawn(60) if p.difficulty == 3)
    exercise = Exercise(question=problem.question, student_steps=problem.steps[:1], student_answer="", new_problems=3)
    lesson = CODE.lesson(exercise, Random(0), error_rate=0.0)
    assert repr(problem.steps[1]) in lesson.critique
    assert lesson.steps == problem.steps
    for new in lesson.problems:
        found = traced(new.question)
        assert found is not None
        assert found.value == new.answer
