"""CRUXEval (Gu et al. 2024, arXiv:2401.03065) by its own prompts and rules: predict an output, or find an input.

Prompts and the reading of answers are those of the authors' repository (prompts.py, inference/tasks, its commit
190faf1). The verdict is stricter than theirs in what only a cheat meets: an answer never runs beside the function.
A predicted output is evaluated alone and its value is compared with the published one; of a predicted input only the
values of the arguments are taken, and the published function is called with them. An argument that is a function itself
cannot be taken out of a process and is wrong (2 of the first 400 published inputs).
"""

from collections.abc import Callable
from pathlib import Path

from reasoner.data.row import Row
from reasoner.domains.code.question import asked
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.cruxeval_prompts import EXAMPLES_I, EXAMPLES_O, TASK_I, TASK_O
from reasoner.evaluation.benchmarks.definition import FileBenchmark, cut_at, info_of
from reasoner.evaluation.benchmarks.programs import fenced, graded_programs
from reasoner.evaluation.benchmarks.rows import in_folder, raw_text, read_rows, with_own_ids
from reasoner.sandbox.unit_tests import UnitTests
from reasoner.types.benchmark import BenchmarkInfo, Item

_STOPS = ("[/ANSWER]",)
_TAG = "[ANSWER]"
_ANSWER = "answer"


def _shown(task: str, examples: tuple[str, ...], shots: int) -> str:
    if not 0 <= shots <= len(examples):
        raise DataError(f"given {shots} shots, expected 0 to {len(examples)}: the protocol's examples are fixed")
    return "\n\n".join([task, *examples[:shots]]) + "\n\n"


def _read_outputs(path: Path, shots: int) -> list[Item]:
    shown = _shown(TASK_O, EXAMPLES_O, shots)
    return with_own_ids(read_rows(in_folder(path, ("cruxeval.jsonl",)), lambda row: _output_item(row, shown)))


def _read_inputs(path: Path, shots: int) -> list[Item]:
    shown = _shown(TASK_I, EXAMPLES_I, shots)
    return with_own_ids(read_rows(in_folder(path, ("cruxeval.jsonl",)), lambda row: _input_item(row, shown)))


def _fields(row: Row) -> tuple[str, str, str, str]:
    code = raw_text(row, "code", "a function f in Python")
    given = row.fields.get("input")
    if not isinstance(given, str):  # a function without arguments has an empty one
        row.fail("input", "the arguments of f, as Python")
    return row.text("id", "an id such as 'sample_0'"), code, given, raw_text(row, "output", "f's result, as Python")


def _output_item(row: Row, shown: str) -> Item:
    name, code, given, output = _fields(row)
    shown += f"[PYTHON]\n{code}\nassert f({given}) == ??\n[/PYTHON]\n{_TAG}\n"
    call = f"f({given})"
    return Item(id=name, question=asked(code, call), prompt=shown, gold=output, material={"call": call})


def _input_item(row: Row, shown: str) -> Item:
    name, code, given, output = _fields(row)
    question = f"[PYTHON]\n{code}\nassert f(??) == {output}\n[/PYTHON]\n"
    return Item(
        id=name, question=question.strip(), prompt=f"{shown}{question}{_TAG}\n", gold=f"f({given})",
        material={"code": code, "output": output},
    )  # fmt: skip


def _predicted_output(text: str) -> str:
    parts = text.split("==")
    return (parts[1] if len(parts) > 1 else text).strip()


def _predicted_call(text: str) -> str:
    said = text.partition("==")[0].strip()
    return (f"f{said.split('assert f')[1].strip()}" if "assert f" in said else said).strip()


def _output_programs(item: Item, text: str) -> dict[str, str]:
    def program(said: str) -> str:
        answer = _predicted_output(said)
        refused = not answer or item.material["call"] in answer
        return "" if refused else f"def {_ANSWER}():\n    return (\n{answer}\n)\n"

    return _by_filter(program, text)


def _input_programs(item: Item, text: str) -> dict[str, str]:
    def program(said: str) -> str:
        call = _predicted_call(said)
        # Arguments may be made of what stands beside the function in its module.
        collects = f"{item.material['code']}\ndef f(*arguments, **named):\n    return (arguments, named)\n"
        return f"{collects}def {_ANSWER}():\n    return (\n{call}\n)\n" if "f(" in call else ""

    return _by_filter(program, text)


def _by_filter(program: Callable[[str], str], text: str) -> dict[str, str]:
    strict = cut_at(text, _STOPS)
    within = strict.rpartition(_TAG)[2]
    return {"pass@1": program(strict), "pass@1/flexible": program(fenced(within) or within)}


def _output_tests(item: Item) -> UnitTests:
    return UnitTests(id=item.id, names=(_ANSWER,), tests=(f"assert {_ANSWER}() == (\n{item.gold}\n)",))


def _input_tests(item: Item) -> UnitTests:
    return UnitTests(
        id=item.id,
        names=(_ANSWER,),
        setup=item.material["code"],
        tests=(f"arguments, named = {_ANSWER}()", f"assert f(*arguments, **named) == (\n{item.material['output']}\n)"),
    )


def _info(name: str, title: str) -> BenchmarkInfo:
    return info_of(
        __name__,
        name=name,
        title=title,
        source="facebookresearch/cruxeval, commit 190faf1; Gu et al. 2024, arXiv:2401.03065",
        license="MIT",
        forms=("generate",),
        metrics=("pass@1", "pass@1/flexible"),
        shots=2,
        stops=_STOPS,
        most_tokens=256,
    )


CRUXEVAL_O = FileBenchmark(
    _info("cruxeval_o", "CRUXEval-O: what a short Python function returns"),
    read=_read_outputs,
    score_all=graded_programs(_output_programs, _output_tests),
)
CRUXEVAL_I = FileBenchmark(
    _info("cruxeval_i", "CRUXEval-I: an input for which a short Python function returns that"),
    read=_read_inputs,
    score_all=graded_programs(_input_programs, _input_tests),
)
