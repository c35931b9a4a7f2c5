"""BIG-Bench Hard (Suzgun et al. 2022, arXiv:2210.09261) as lm-eval's `bbh_zeroshot` 3.0 and `bbh_cot_fewshot` 4.0.

A task's published file, `<task>.json`, or the folder of them. The three worked examples of `bbh_cot` are those of the
publication, `cot-prompts/<task>.txt`, in the folder of the files or beside it. Files of rows do not hold them: `bbh` is
asked without.
"""

import re
from pathlib import Path
from typing import Any

from reasoner.data.row import Row, RowFault, checked
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.bbh_filters import flexible
from reasoner.evaluation.benchmarks.bbh_tasks import TASKS
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, each_text, info_of
from reasoner.evaluation.benchmarks.exact_match import is_match, regex_filter
from reasoner.evaluation.benchmarks.rows import raw_text, read_json, text_id, with_own_ids
from reasoner.types.benchmark import Item

_STOPS = ("</s>", "Q:", "<|im_end|>")
_COT_STOPS = ("</s>", "Q", "\n\n")
_IGNORED = tuple(map(re.compile, (r"\.$", ",", "\n", r"\\", '"')))
_SAID = re.compile(r"(?<=the answer is )(.*)(?=.)")
_STEP = "Let's think step by step."
_MARK = re.compile(rf"\nA: {_STEP}\s")
_FOLDER = "cot-prompts"


def _read_zero_shot(path: Path, shots: int) -> list[Item]:
    if shots:
        raise DataError(
            f"given {shots} shots, but bbh is asked without examples (lm-eval's bbh_zeroshot); the protocol with three "
            "worked examples is the benchmark bbh_cot"
        )
    return [item for file in _files(path) for item in _items(file, f"{TASKS[file.stem].description}\n\n", "")]


def _read_worked(path: Path, shots: int) -> list[Item]:
    return [item for file in _files(path) for item in _items(file, _worked(file, shots), f" {_STEP}\n")]


def _files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path}: given a folder without .json files, expected those of BIG-Bench Hard's tasks")
    if unknown := [file for file in files if file.stem not in TASKS]:
        raise DataError(
            f"{unknown[0]}: given no task of BIG-Bench Hard, expected a file called as one: {', '.join(TASKS)}"
        )
    return files


def _items(file: Path, before: str, after: str) -> list[Item]:
    found = read_json(file, "an object with 'examples'")
    rows = found.get("examples") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not rows:
        raise DataError(f"{file}, field 'examples': given {rows!r:.80}, expected a list of objects")
    return with_own_ids([_item(file, number, row, before, after) for number, row in enumerate(rows, start=1)])


def _item(file: Path, number: int, fields: Any, before: str, after: str) -> Item:
    try:
        row = checked(Row(number, fields, unit="row")) if isinstance(fields, dict) else Row(number, fault="no object")
        if row.fault:
            raise RowFault(row.fault)
        question = raw_text(row, "input", "a question")
        target = raw_text(row, "target", "the right answer")
    except RowFault as fault:
        raise DataError(f"{file}, row {number}, {fault}") from fault
    return Item(
        id=f"{file.stem}-{text_id(question)}",
        question=question,
        prompt=f"{before}Q: {question}\nA:{after}",
        gold=target,
        subject=file.stem,
    )


def _worked(file: Path, shots: int) -> str:
    """The task's sentence and its first examples, as published."""
    if not shots:
        return f"{TASKS[file.stem].description}\n\n"
    places = [folder / _FOLDER / f"{file.stem}.txt" for folder in (file.parent, file.parent.parent)]
    source = next((place for place in places if place.is_file()), None)
    if source is None:
        raise DataError(
            f"{places[0]}: no such file, expected BIG-Bench Hard's worked examples, of which {shots} stand before each "
            f"question; put its folder {_FOLDER} there, or ask without: --shots 0, or the benchmark bbh"
        )
    text = source.read_text(encoding="utf-8").replace("\r\n", "\n").rpartition("-----\n")[2].strip()
    sentence, *examples = text.split("\n\nQ: ")
    if len(examples) < shots or not all(map(_MARK.search, examples)):
        raise DataError(f"{source}: given {len(examples)} examples, expected {shots}, each with 'A: {_STEP}'")
    # One task's file has a blank behind that sentence where the others begin a line; lm-eval begins a line in all.
    shown = [_MARK.sub(f"\nA: {_STEP}\n", one, count=1) for one in examples[:shots]]
    return "".join([f"{sentence}\n\n", *(f"Q: {one}\n\n" for one in shown)])


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    text = cut_at(text, _STOPS)
    found = {"strict": text, "flexible": flexible(TASKS[item.subject].kind, item.question, text)}
    return {
        f"exact_match/{filter}": Verdict(is_match(answer, item.gold, ignore=_IGNORED, ignore_case=True), answer)
        for filter, answer in found.items()
    }


def _judge_worked(item: Item, text: str) -> dict[str, Verdict]:
    answer = regex_filter(_SAID, cut_at(text, _COT_STOPS))
    return {"exact_match/strict": Verdict(is_match(answer, item.gold), answer)}


BBH = FileBenchmark(
    info_of(
        __name__,
        name="bbh",
        title="BIG-Bench Hard without examples",
        source="lm-eval 0.4.13, tasks bbh_zeroshot 3.0; Suzgun et al. 2022, arXiv:2210.09261",
        license="MIT",
        forms=("generate",),
        metrics=("exact_match/strict", "exact_match/flexible"),
        shots=0,
        stops=_STOPS,
        most_tokens=256,
    ),
    read=_read_zero_shot,
    score_all=each_text(_judge),
)
BBH_COT = FileBenchmark(
    info_of(
        __name__,
        name="bbh_cot",
        title="BIG-Bench Hard with three worked examples from cot-prompts/",
        source="lm-eval 0.4.13, tasks bbh_cot_fewshot 4.0; Suzgun et al. 2022, arXiv:2210.09261",
        license="MIT",
        forms=("generate",),
        metrics=("exact_match/strict",),
        shots=3,
        stops=_COT_STOPS,
        most_tokens=1024,
    ),
    read=_read_worked,
    score_all=each_text(_judge_worked),
)
