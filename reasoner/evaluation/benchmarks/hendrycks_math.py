r"""MATH (Hendrycks et al. 2021, arXiv:2103.03874) as lm-eval's `minerva_math` 3.1: four fixed worked examples.

The examples are training rows of MATH, found in its training file by the hash of their problem; Minerva's spelling of
three of them differs in blanks. `exact_match` is Minerva's and `math_verify` that of the package, both as lm-eval has
them. `exact_match/flexible` is ours: the sentence, else the last `\boxed{}`, else the last line, compared as normalised
texts; it needs no package.
"""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from reasoner.data.row import Row, RowFault
from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import LimitReached
from reasoner.domains.checkers.extraction import boxed, last_line
from reasoner.domains.checkers.math_equal import INSTALL, texts_agree
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, each_text, info_of
from reasoner.evaluation.benchmarks.minerva import NO_ANSWER, final_answer, gold_answer, normalised
from reasoner.evaluation.benchmarks.rows import beside, raw_text, read_rows, text_id, with_own_ids
from reasoner.types.benchmark import BenchmarkInfo, Item

_STOPS = ("Problem:",)
_SECONDS = 5.0
_EXAMPLES = (
    ("88e5ad20fa278dcf", ("expression $", "expression  $")),
    ("8dab2730ad83e032", ("", "")),
    ("b85bc186b2da64ef", (": \\begin", ":\n\\begin")),
    ("1c798d1a343c43ec", ("nonzero, find", "nonzero,\nfind")),
)
"""Of each example: the beginning of the SHA-256 of its problem with single blanks; what Minerva spells otherwise."""
_Pair = tuple[str, str, str]
"""Problem, solution, subject."""


def _pair(row: Row) -> _Pair:
    expected = r"a solution with its answer in \boxed{}"
    solution = raw_text(row, "solution", expected)
    if "\\boxed" not in solution and "\\fbox" not in solution:  # some published boxes are empty: nothing is right there
        row.fail("solution", expected)
    subject = row.if_text("type", "a subject") or row.if_text("subject", "a subject")
    return raw_text(row, "problem", "a problem"), solution, subject


def _pairs(path: Path, part: str) -> list[_Pair]:
    """The rows of a file, of `<part>.jsonl` in a folder, or of a folder of files with one row each."""
    if not path.is_dir():
        return read_rows(path, _pair)
    if (path / f"{part}.jsonl").is_file():
        return read_rows(path / f"{part}.jsonl", _pair)
    return list(_single_rows(path / part if (path / part).is_dir() else path))


def _single_rows(folder: Path) -> Iterator[_Pair]:
    files = sorted(folder.rglob("*.json"))
    if not files:
        raise DataError(f"{folder}: given a folder without .json files, expected those of MATH, one problem each")
    for file in files:
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            yield _pair(Row(1, found if isinstance(found, dict) else {}))
        except (RowFault, ValueError) as error:
            raise DataError(f"{file}: {error}") from error


def _asked(problem: str) -> str:
    return f"Problem:\n{problem}\n\nSolution:"


def _read(path: Path, shots: int) -> list[Item]:
    before = "".join(_examples(path, shots))
    return with_own_ids([_item(pair, before) for pair in _pairs(path, "test")])


def _examples(path: Path, shots: int) -> Iterator[str]:
    if shots > len(_EXAMPLES):
        raise DataError(f"given {shots} shots, expected at most {len(_EXAMPLES)}: the protocol's examples are fixed")
    if not shots:
        return
    source = _training_rows(path, shots)
    known = {
        text_id(" ".join(problem.split())): (problem, solution) for problem, solution, _ in _pairs(source, "train")
    }
    for mark, (old, new) in _EXAMPLES[:shots]:
        if mark not in known:
            raise DataError(
                f"{source}: given a file without an example of the protocol (MATH's training rows hold it; its problem "
                f"has the hash {mark}), expected all of MATH's training rows; or ask without examples: --shots 0"
            )
        problem, solution = (text.replace(old, new, 1) if old else text for text in known[mark])
        said = boxed(solution)
        yield f"{_asked(problem)} {solution}\nFinal Answer: The final answer is ${said}$. I hope it is correct.\n\n"


def _training_rows(path: Path, shots: int) -> Path:
    for folder in (path / "train", path.parent / "train"):
        if path.is_dir() and folder.is_dir():
            return folder
    return beside(path, ("train.jsonl",), shots=shots)


def _item(pair: _Pair, before: str) -> Item:
    problem, solution, subject = pair
    return Item(
        id=f"math-{text_id(problem)}",
        question=problem,
        prompt=before + _asked(problem),
        gold=gold_answer(solution),
        subject=subject,
        material={"solution": solution},
    )


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    text = cut_at(text, _STOPS)
    said = final_answer(text)
    answer = normalised(said)
    flexible = normalised(said if said != NO_ANSWER else boxed(text) or last_line(text))
    return {
        "exact_match": _equivalent(answer, item.gold) if said != NO_ANSWER else Verdict(0.0, NO_ANSWER),
        "math_verify": _verified(item.material["solution"], text),
        "exact_match/flexible": Verdict(float(flexible == item.gold != ""), flexible),
    }


def _equivalent(answer: str, gold: str) -> Verdict:
    try:
        same = limited.call(
            "reasoner.evaluation.benchmarks.latex_equality:is_equivalent", answer, gold, seconds=_SECONDS
        )
    except LimitReached as error:
        return Verdict(0.0, answer, error=str(error))
    except RuntimeError as error:
        return Verdict(0.0, answer, error=f"SymPy cannot read LaTeX here ({error!s:.200}); {INSTALL}")
    return Verdict(float(same), answer)


def _verified(solution: str, text: str) -> Verdict:
    if find_spec("math_verify") is None:
        return Verdict(0.0, error=f"the package math-verify is not installed; {INSTALL}")
    try:
        return Verdict(float(texts_agree(solution, text, seconds=_SECONDS)))
    except (LimitReached, RuntimeError) as error:
        return Verdict(0.0, error=str(error))


def _info(name: str, title: str) -> BenchmarkInfo:
    return info_of(
        __name__,
        name=name,
        title=title,
        source="lm-eval 0.4.13, task minerva_math 3.1; Lewkowycz et al. 2022, arXiv:2206.14858",
        license="MIT",
        forms=("generate",),
        metrics=("exact_match", "math_verify", "exact_match/flexible"),
        shots=4,
        stops=_STOPS,
        most_tokens=512,
    )


MATH = FileBenchmark(_info("math", "MATH: competition mathematics"), read=_read, score_all=each_text(_judge))
MATH500 = FileBenchmark(
    _info("math500", "MATH-500: 500 test problems of MATH"), read=_read, score_all=each_text(_judge)
)
