"""Keeps an answer from being run: some scorers of reasoning-gym hand it to `eval`, directly or through SymPy.

While an answer is scored, `eval` in the modules of reasoning-gym reads literals alone, and what SymPy's parser
evaluates must be a formula: numbers, symbols, and functions of the list below. Runs in the child process of
`reasoner.domains.checkers.limited`, which also bounds time and memory.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

_ROOT = "reasoning_gym"
_EVALUATES = re.compile(r"\b(?:eval|exec)\b")
_OWN_TEXT = frozenset({"reasoning_gym.arithmetic.bitwise_arithmetic"})
"""Modules whose scorer evaluates the problem that it drew itself, and never the answer."""
_NAMES = frozenset((
    "Integer", "Float", "Rational", "Symbol", "Add", "Mul", "Pow", "sqrt", "exp", "log", "ln", "sin", "cos", "tan",
    "cot", "sec", "csc", "asin", "acos", "atan", "acot", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "Abs",
    "pi", "E", "I",
))  # fmt: skip
_FORMULA = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant, ast.Load, ast.operator, ast.unaryop,
)  # fmt: skip
_WITH_TEXT = frozenset({"Integer", "Float", "Rational", "Symbol"})


class NotData(ValueError):
    """A text that is neither a literal nor a formula."""


@contextmanager
def answers_are_data() -> Iterator[None]:
    """While it lasts, no scorer of reasoning-gym runs a text that it was given."""
    parser = import_module("sympy.parsing.sympy_parser")
    undo = [_set(parser, "eval_expr", _formula_only(parser.eval_expr))]
    for module in _evaluating():
        undo += [_set(module, "eval", _literal), _set(module, "exec", _refused)]
    try:
        yield
    finally:
        for back in undo:
            back()


@lru_cache(maxsize=1)
def _evaluating() -> tuple[Any, ...]:
    """The modules of reasoning-gym that name `eval` or `exec`; all of them are loaded with the package."""
    import_module(_ROOT)
    ours = [module for name, module in sys.modules.items() if name.startswith(f"{_ROOT}.") and name not in _OWN_TEXT]
    written = [module for module in ours if module.__file__]  # a folder without `__init__.py` has no text
    return tuple(module for module in written if _EVALUATES.search(Path(str(module.__file__)).read_text("utf-8")))


def _set(module: Any, name: str, value: object) -> Callable[[], None]:
    """Sets a name of a module; gives what sets it back."""
    space = vars(module)
    had, before = name in space, space.get(name)
    space[name] = value
    return lambda: space.update({name: before}) if had else space.pop(name)


def _literal(text: str, *_: object) -> Any:
    return ast.literal_eval(text)


def _refused(*_: object) -> None:
    raise NotData("a text was to be executed")


def _formula_only(evaluate: Callable[..., Any]) -> Callable[..., Any]:
    """SymPy's last step, which evaluates the Python text that its parser made of an expression."""

    def guarded(code: str, local_dict: dict[str, Any], global_dict: dict[str, Any]) -> Any:
        require_formula(code, frozenset(local_dict))
        return evaluate(code, local_dict, global_dict)

    return guarded


def require_formula(code: str, known: frozenset[str] = frozenset()) -> None:
    """Fails unless the Python text is a formula of numbers, symbols and known functions.

    Args:
        code: as SymPy's parser writes it: `Integer (2 )*Symbol ('x' )`.
        known: further names that it may use.

    Raises:
        NotData: it is anything else.
    """
    try:
        tree = ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotData("not an expression") from error
    texts = set[int]()
    for node in ast.walk(tree):
        if not isinstance(node, _FORMULA):
            raise NotData(f"a {type(node).__name__} is no part of a formula")
        if isinstance(node, ast.Name) and node.id not in _NAMES | known:
            raise NotData(f"the name {node.id!r:.40} is not known")
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.keywords:
                raise NotData("only functions with a name are called")
            texts |= {id(argument) for argument in node.args} if node.func.id in _WITH_TEXT else set()
        if isinstance(node, ast.Constant) and not _is_number(node.value) and id(node) not in texts:
            raise NotData("a text is no part of a formula")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, complex)) and not isinstance(value, bool)
