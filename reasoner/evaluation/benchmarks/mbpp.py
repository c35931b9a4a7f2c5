"""MBPP (Austin et al. 2021, arXiv:2108.07732) as lm-eval's `mbpp` 1.0: three examples, `[BEGIN]` and `[DONE]`.

Rows of the test part (task_id 11 to 510) are asked where a file has any, else all of its rows but the examples. Those
are the rows with task_id 2, 3 and 4, of the same file or of `mbpp.jsonl` beside it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reasoner.data.row import Row, RowFault
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, cut_at, info_of
from reasoner.evaluation.benchmarks.programs import fenced, graded_programs
from reasoner.evaluation.benchmarks.rows import in_folder, raw_text, read_rows, texts, with_own_ids
from reasoner.sandbox.task_rows import mbpp_task
from reasoner.sandbox.unit_tests import UnitTests
from reasoner.types.benchmark import Item

_STOPS = ("[DONE]",)
_TEST = range(11, 511)
_EXAMPLES = (2, 3, 4)
_FILE = "mbpp.jsonl"
_SHOWN_TESTS = 3


class _Task(NamedTuple):
    number: int
    text: str
    tests: tuple[str, ...]
    code: str
    judge: UnitTests

    @property
    def asked(self) -> str:
        shown = (*self.tests, "", "", "")[:_SHOWN_TESTS]
        return (
            f"You are an expert Python programmer, and here is your task: {self.text} Your code should pass these "
            "tests:\n\n" + "\n".join(shown) + "\n[BEGIN]\n"
        )


def _of_row(row: Row) -> _Task:
    number = row.fields.get("task_id")
    if not isinstance(number, int) or isinstance(number, bool):
        row.fail("task_id", "a whole number")
    # The sanitized file calls the text `prompt`.
    text = raw_text(row, "prompt" if "prompt" in row.fields and "text" not in row.fields else "text", "a task in words")
    tests = texts(row, "test_list", "a list of asserts")
    try:
        judge = mbpp_task(row.fields)
    except DataError as error:
        raise RowFault(str(error)) from error
    return _Task(number, text, tuple(tests), raw_text(row, "code", "a program"), judge)


def _read(path: Path, shots: int) -> list[Item]:
    file = in_folder(path, (_FILE,))
    tasks = read_rows(file, _of_row)
    shown = "".join(f"{one.asked}{one.code}\n[DONE]\n\n" for one in _examples(file, tasks, shots))
    asked = [one for one in tasks if one.number in _TEST] or [one for one in tasks if one.number not in _EXAMPLES]
    if not asked:
        raise DataError(f"{file}: given no rows but the protocol's examples (task_id 2, 3, 4), expected tasks to ask")
    return with_own_ids([_item(one, shown) for one in asked])


def _examples(file: Path, tasks: Sequence[_Task], shots: int) -> list[_Task]:
    if not 0 <= shots <= len(_EXAMPLES):
        raise DataError(f"given {shots} shots, expected 0 to {len(_EXAMPLES)}: the protocol's examples are fixed")
    wanted = _EXAMPLES[:shots]
    known = {one.number: one for one in tasks}
    beside = file.parent / _FILE
    if not set(wanted) <= set(known) and beside.is_file():
        known = {one.number: one for one in read_rows(beside, _of_row)}
    if missing := [number for number in wanted if number not in known]:
        raise DataError(
            f"{file}: given no row with task_id {missing[0]}, expected the protocol's {shots} examples (task_id "
            f"{', '.join(map(str, wanted))}) there or in {beside}; or ask without examples: --shots 0"
        )
    return [known[number] for number in wanted]


def _item(one: _Task, shown: str) -> Item:
    return Item(
        id=f"MBPP/{one.number}",
        question="\n".join([one.text, *one.tests]),
        prompt=shown + one.asked,
        gold=one.code,
        material={"tests": one.judge.model_dump()},
    )


def _tests(item: Item) -> UnitTests:
    return UnitTests.model_validate(item.material["tests"])


def _programs(_: Item, text: str) -> dict[str, str]:
    strict = cut_at(text, _STOPS)
    return {"pass@1": strict, "pass@1/flexible": fenced(text) or strict.rpartition("[BEGIN]\n")[2]}


MBPP = FileBenchmark(
    info_of(
        __name__,
        name="mbpp",
        title="MBPP: Python functions from a sentence and three asserts",
        source="lm-eval 0.4.13, task mbpp 1.0; Austin et al. 2021, arXiv:2108.07732",
        license="CC BY 4.0",
        forms=("generate",),
        metrics=("pass@1", "pass@1/flexible"),
        shots=3,
        stops=_STOPS,
        most_tokens=256,
    ),
    read=_read,
    score_all=graded_programs(_programs, _tests),
)
