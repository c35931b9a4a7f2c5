"""Docstrings and functions of Python's standard library, a stand-in for CodeSearchNet where its files are not at hand.

Read by `ast` from the source files of a folder (default: the installed library); nothing is imported. What counts as a
pair follows CodeSearchNet's filters (Husain et al. 2019, section 2): a docstring of three words or more, of which the
first paragraph counts; three lines of code or more without it; no tests, no `__methods__`. Results of two versions of
Python cannot be compared.
"""

import ast
import os
import platform
import sysconfig
import textwrap
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, info_of
from reasoner.evaluation.benchmarks.retrieval import CHANCE, METRIC, Pair, pooled, rank_scores
from reasoner.types.benchmark import Item

_LEFT_OUT = frozenset({"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__", "lib2to3"})
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where statements hold statements."""
_LEAST_WORDS, _LEAST_LINES = 3, 3


def _read(path: Path, shots: int) -> list[Item]:
    if shots:
        raise DataError(f"given {shots} shots, expected 0: nothing stands before what is searched with")
    if not path.is_dir():
        raise DataError(f"{path}: given no folder, expected one of Python source files, such as {_installed()}")
    return pooled(list(_pairs(path)), prefix="stdlib", where=str(path))


def _pairs(folder: Path) -> Iterator[Pair]:
    for root, inner, names in os.walk(folder):
        inner[:] = sorted(set(inner) - _LEFT_OUT)
        for file in (Path(root, name) for name in sorted(names) if name.endswith(".py")):
            yield from _pairs_of(file, file.relative_to(folder).parts[0].removesuffix(".py"))


def _pairs_of(file: Path, module: str) -> Iterator[Pair]:
    try:
        with tokenize.open(file) as opened:
            source = opened.read()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of old escapes
            tree = ast.parse(source)
    except (SyntaxError, ValueError):  # the library holds files for tests of the parser, and for other versions
        return
    lines = source.splitlines()
    for node in _functions(tree):
        if _counts(node.name):
            query = " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
            if len(query.split()) >= _LEAST_WORDS:
                text = _without_docstring(node, lines)
                if text.count("\n") + 1 >= _LEAST_LINES:
                    yield Pair(query, text, module)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions, those in functions and branches, too; expressions hold none and are not looked through."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        for block in _BLOCKS:
            waiting += getattr(node, block, ())


def _counts(name: str) -> bool:
    return "test" not in name.lower() and not (name.startswith("__") and name.endswith("__"))


def _without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: Sequence[str]) -> str:
    """The function's lines from its first decorator on, without indentation, blank lines and those of its docstring."""
    begin = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
    docstring = range(node.body[0].lineno - 1, node.body[0].end_lineno or 0)
    kept = [lines[at] for at in range(begin, node.end_lineno or 0) if at not in docstring and lines[at].strip()]
    return textwrap.dedent("\n".join(kept))


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
