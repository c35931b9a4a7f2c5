"""Rows about programs: CRUXEval's, HumanEval's, MBPP's, and any with `question`, `answer` and `tests`."""

from collections.abc import Mapping
from typing import Any

from reasoner.domains.checkers.unit_tests import task_of
from reasoner.domains.code.question import asked, traced, worked
from reasoner.domains.code.values import NoValue, read, written
from reasoner.errors import DataError
from reasoner.sandbox.task_rows import humaneval_task, mbpp_task
from reasoner.sandbox.unit_tests import UnitTests
from reasoner.types.domain import RowRefused


def read_row(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the domain makes of a row; None of one in another form.

    Raises:
        RowRefused: a field is missing, or is not what its form needs.
    """
    if "code" in fields and "output" in fields:
        return _output(fields)
    if "entry_point" in fields and "test" in fields:
        return _tested(fields, "prompt", _made(humaneval_task, fields, "test"), prompt=fields["prompt"])
    if "test_list" in fields:
        return _tested(fields, "prompt" if "prompt" in fields else "text", _made(mbpp_task, fields, "test_list"))
    if "tests" in fields:
        answer = _text(fields, "answer")
        try:
            return _tested(fields, "question", task_of(fields, answer))
        except DataError as error:
            raise RowRefused("tests", f"asserts that call a function of the answer ({error})") from error
    return None


def _output(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A function with an input and its output; steps are the lines where it can be run line by line."""
    program, given, output = (_text(fields, name) for name in ("code", "input", "output"))
    try:
        answer = written(read(output))
    except NoValue as error:
        raise RowRefused("output", f"a Python literal; {error}") from error
    question = asked(program, f"f({given})")
    found = traced(question)
    if found is not None and found.value != answer:
        raise RowRefused("output", f"{found.value}, which the program returns")
    steps = worked(found) if found else (answer,)
    return {"question": question, "steps": steps, "answer": answer, "skill": "", "id": _id(fields)}


def _tested(fields: Mapping[str, Any], name: str, task: UnitTests, prompt: str = "") -> dict[str, Any]:
    material = {"tests": list(task.tests), "setup": task.setup, "names": list(task.names)}
    return {
        "question": _text(fields, name),
        "steps": (task.canonical,),
        "answer": task.canonical,
        "skill": "",
        "id": _id(fields),
        "material": {**material, "prompt": prompt} if prompt else material,
    }


def _made(reader: Any, fields: Mapping[str, Any], name: str) -> UnitTests:
    try:
        return reader(fields)
    except DataError as error:
        raise RowRefused(name, f"tests and a program in Python ({error})") from error


def _id(fields: Mapping[str, Any]) -> str:
    value = fields.get("id", fields.get("task_id", ""))
    return str(value) if isinstance(value, str | int) else ""


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RowRefused(name, "a text")
    return value
