"""HumanEval (Chen et al. 2021, arXiv:2107.03374) as lm-eval's `humaneval` 1.0: the body of a function is continued.

The program is the prompt and what was written up to the first stop. It never runs beside its tests: those call it over
a pipe (`reasoner.sandbox`), where lm-eval runs both in one process.
"""

import re
from pathlib import Path

from reasoner.data.row import Row, RowFault
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, cut_at, info_of
from reasoner.evaluation.benchmarks.programs import fenced, graded_programs
from reasoner.evaluation.benchmarks.rows import in_folder, raw_text, read_rows, with_own_ids
from reasoner.sandbox.task_rows import humaneval_task
from reasoner.sandbox.unit_tests import UnitTests
from reasoner.types.benchmark import Item

_STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")


def _read(path: Path, shots: int) -> list[Item]:
    if shots:
        raise DataError(f"given {shots} shots, expected 0: HumanEval has no examples before its questions")
    return with_own_ids(read_rows(in_folder(path, ("HumanEval.jsonl",)), _item))


def _item(row: Row) -> Item:
    try:
        task = humaneval_task(row.fields)
    except DataError as error:
        raise RowFault(str(error)) from error
    prompt = raw_text(row, "prompt", "the beginning of a function")
    return Item(
        id=raw_text(row, "task_id", "an id such as 'HumanEval/0'"),
        question=prompt,
        prompt=prompt,
        gold=row.fields["canonical_solution"],
        material={"tests": task.model_dump(), "entry_point": row.fields["entry_point"]},
    )


def _tests(item: Item) -> UnitTests:
    return UnitTests.model_validate(item.material["tests"])


def _programs(item: Item, text: str) -> dict[str, str]:
    strict = cut_at(text, _STOPS)
    return {
        "pass@1": item.prompt + strict if strict.strip() else "",
        "pass@1/flexible": _whole(item, fenced(text) or _from_definition(item, text)) or _continued(item, strict),
    }


def _continued(item: Item, text: str) -> str:
    return item.prompt + text if text.strip() else ""


def _whole(item: Item, code: str) -> str:
    """A block that defines the function anew, below the prompt for its imports and helpers; or a body."""
    return f"{item.prompt}\n{code}" if code.strip() else ""


def _from_definition(item: Item, text: str) -> str:
    """What begins with the definition of the function, after a chat's preface; empty where it is not defined."""
    found = re.search(rf"^(?:async )?def {re.escape(item.material['entry_point'])}\b", text, re.MULTILINE)
    return text[found.start() :] if found else ""


HUMANEVAL = FileBenchmark(
    info_of(
        __name__,
        name="humaneval",
        title="HumanEval: Python functions from their docstrings",
        source="lm-eval 0.4.13, task humaneval 1.0; Chen et al. 2021, arXiv:2107.03374",
        license="MIT",
        forms=("generate",),
        metrics=("pass@1", "pass@1/flexible"),
        shots=0,
        stops=_STOPS,
        most_tokens=1024,
    ),
    read=_read,
    score_all=graded_programs(_programs, _tests),
)
