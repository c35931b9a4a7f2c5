"""Docstrings and functions of Python's standard library, the stand-in for CodeSearchNet where its files are not at hand.

Read by `ast` from the source files of a folder (default: the installed library); nothing is imported. What counts as a
pair follows CodeSearchNet's filters (Husain et al. 2019, section 2): a docstring of three words or more, of which the
first paragraph counts; three lines of code or more without it; no tests, no `__methods__`. Results of two versions of
Python cannot be compared.
"""

import ast
import platform
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, info_of
from reasoner.evaluation.benchmarks.retrieval import CHANCE, METRIC, Pair, pooled, rank_scores
from reasoner.types.benchmark import Item

_LEFT_OUT = frozenset({"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__", "lib2to3"})
_LEAST_WORDS, _LEAST_LINES = 3, 3


def _read(path: Path, shots: int) -> list[Item]:
    if shots:
        raise DataError(f"given {shots} shots, expected 0: nothing stands before what is searched with")
    if not path.is_dir():
        raise DataError(f"{path}: given no folder, expected one of Python source files, such as {_installed()}")
    return pooled(list(_pairs(path)), prefix="stdlib", where=str(path))


def _pairs(folder: Path) -> Iterator[Pair]:
    for file in sorted(folder.rglob("*.py")):
        inner = file.relative_to(folder)
        if _LEFT_OUT.isdisjoint(inner.parts):
            yield from _pairs_of(file, inner.parts[0].removesuffix(".py"))


def _pairs_of(file: Path, module: str) -> Iterator[Pair]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):  # the library holds files for tests of the parser, and for other versions
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _counts(node.name):
            query = " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
            text = _without_docstring(node) if query else ""
            if len(query.split()) >= _LEAST_WORDS and text.count("\n") + 1 >= _LEAST_LINES:
                yield Pair(query, text, module)


def _counts(name: str) -> bool:
    return "test" not in name.lower() and not (name.startswith("__") and name.endswith("__"))


def _without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    node.body = node.body[1:]
    return ast.unparse(node) if node.body else ""


def _installed() -> Path:
    return Path(sysconfig.get_path("stdlib"))


STDLIB_PAIRS = FileBenchmark(
    info_of(
        __name__,
        name="stdlib_pairs",
        title="Python's standard library: the function of a docstring among 1,000",
        source=f"Python {platform.python_version()}; measured as CodeSearchNet, arXiv:1909.09436",
        license="PSF-2.0",
        forms=("retrieve",),
        metrics=(METRIC,),
        shots=0,
        chance=CHANCE,
    ),
    read=_read,
    score_all=rank_scores(),
    default_path=_installed(),
)
