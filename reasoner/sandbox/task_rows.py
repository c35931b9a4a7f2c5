"""Rows of HumanEval and MBPP, and of files like them, as tasks with unit tests.

HumanEval (Chen et al. 2021, arXiv:2107.03374): `prompt`, `canonical_solution`, `entry_point`, `test` with a function
`check(candidate)`. MBPP (Austin et al. 2021, arXiv:2108.07732): `code`, `test_list` of asserts, `test_setup_code`.
"""

import ast
import builtins
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from reasoner.errors import DataError
from reasoner.sandbox.unit_tests import UnitTests


def humaneval_task(row: Mapping[str, Any]) -> UnitTests:
    """A task whose tests may use the prompt's helpers, in their canonical form. Raises DataError."""
    prompt, body, test, entry = (_text(row, name) for name in ("prompt", "canonical_solution", "test", "entry_point"))
    canonical = prompt + body
    return UnitTests(
        id=str(row.get("task_id", "")),
        names=(entry,),
        setup=canonical,
        tests=(test, f"check({entry})"),
        canonical=canonical,
    )


def mbpp_task(row: Mapping[str, Any]) -> UnitTests:
    """A task whose names are those that its asserts call and nothing else defines. Raises DataError."""
    tests, setup, code = row.get("test_list"), row.get("test_setup_code") or "", _text(row, "code")
    if not isinstance(tests, list) or not all(isinstance(test, str) for test in tests) or not tests:
        raise DataError(f"field 'test_list': given {tests!s:.80}, expected a list of asserts")
    # Some files name the imports of their tests apart.
    imports = row.get("test_imports") or []
    setup = "\n".join([*map(str, imports), *_imports(code), str(setup)])
    return UnitTests(
        id=f"MBPP/{row.get('task_id', '')}",
        names=called_names(tests, setup, code),
        setup=setup,
        tests=tuple(tests),
        canonical=code,
    )


def called_names(tests: Iterable[str], setup: str, code: str) -> tuple[str, ...]:
    """Functions that tests call and that only a program can define. Raises DataError where tests are not Python."""
    try:
        trees = [_parsed(test) for test in tests]
        defined = _defined(_parsed(setup))
        offered = _defined(_parsed(code))
    except SyntaxError as error:
        raise DataError(f"tests, setup or code are not Python: {error}") from error
    called = [
        node.func.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    wanted = [name for name in called if name in offered or (name not in defined and not hasattr(builtins, name))]
    return tuple(dict.fromkeys(wanted))


def _parsed(text: str) -> ast.Module:
    """The tree of a program, whose old escapes (`'\\.'`) are no concern of ours: Python warns of them, or raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _imports(code: str) -> list[str]:
    """Import lines of the canonical program: MBPP's asserts were written to run below it, and some use its modules."""
    try:
        body = _parsed(code).body
    except SyntaxError:
        return []
    return [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]


def _defined(tree: ast.Module) -> set[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    names = {node.name for node in tree.body if isinstance(node, kinds)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"field {name!r}: given {value!s:.80}, expected a text")
    return value
