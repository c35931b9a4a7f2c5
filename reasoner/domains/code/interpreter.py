"""Runs small programs line by line without executing them as Python: a walk over the syntax tree of what it knows.

It knows assignments, `for` over texts, lists and ranges, `if`, `return`, the operators and some thirty functions and
methods of whole numbers, texts and lists; of anything else it says that it cannot read it. Everything is bounded:
executed lines, sizes of numbers, texts and lists. A test compares it with Python over thousands of drawn programs.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from reasoner.domains.code.values import written
from reasoner.types.record import Record

MOST_LINES = 500
"""Executed lines."""
MOST_EVALUATED = 20_000
"""Expressions that are evaluated: comprehensions within comprehensions are one line."""
LARGEST = 10**15
"""Of a whole number, without its sign."""
LONGEST = 2_000
"""Members and characters of a value with all that is in it, and characters of a program."""


class Unreadable(ValueError):
    """A program uses what is not known here, fails, or goes beyond the limits."""


class Traced(Record):
    """What a call does."""

    lines: tuple[str, ...]
    """`name=value` of each argument and of each executed assignment, and last `=value`, which is returned.

    What is reckoned with numbers alone is shown with its operands: `c=3+5=8`.
    """
    value: str
    """What it returns, as `values.written` writes it."""
    values: tuple[str, ...]
    """All values that occur, in the order of the lines."""


class _Returned(Exception):
    """The program has returned; what, stands in its last line."""


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len, "sum": sum, "min": min, "max": max, "sorted": sorted, "abs": abs, "str": str, "int": int,
    "list": list, "range": range, "bool": bool,
}  # fmt: skip
_SHOWN = frozenset(("max", "min", "abs"))
"""Functions of numbers that are shown with their operands."""
_NAME = re.compile(r"[A-Za-z_]\w*+(?!\()")
"""A variable in an expression over numbers, which holds no other words than names of functions."""
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset((
        "upper", "lower", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip", "replace", "count", "find",
        "index", "startswith", "endswith", "split", "join", "isalpha", "isdigit", "isupper", "islower",
    )),
    list: frozenset(("append", "extend", "insert", "remove", "pop", "reverse", "sort", "index", "count", "copy")),
}  # fmt: skip


def trace(program: str, call: str) -> Traced:
    """The lines that a call of a program's one function executes, and what it returns.

    Raises:
        Unreadable: see there.
    """
    if len(program) > LONGEST or len(call) > LONGEST:
        raise Unreadable("the program or the call is too long")
    try:
        function = _function(ast.parse(program))
        asked = ast.parse(call.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise Unreadable(f"not Python: {error}") from error
    if not isinstance(asked, ast.Call) or not isinstance(asked.func, ast.Name) or asked.func.id != function.name:
        raise Unreadable(f"expected a call of {function.name}")
    run = _Run()
    try:
        given = [run.value(argument) for argument in asked.args]
        names = [argument.arg for argument in function.args.args]
        if len(given) != len(names) or asked.keywords:
            raise Unreadable(f"expected {len(names)} arguments")
        for name, value in zip(names, given, strict=True):
            run.set(name, value)
        run.block(function.body)
    except _Returned:
        return Traced(lines=tuple(run.lines), value=run.values[-1], values=tuple(run.values))
    except Unreadable:
        raise
    except Exception as error:  # whatever the program's own operations raise
        raise Unreadable(f"it fails: {type(error).__name__}: {error}") from error
    raise Unreadable("it returns nothing")


def _function(tree: ast.Module) -> ast.FunctionDef:
    if len(tree.body) != 1 or not isinstance(function := tree.body[0], ast.FunctionDef) or function.decorator_list:
        raise Unreadable("expected one function and nothing else")
    more = function.args
    if more.posonlyargs or more.kwonlyargs or more.vararg or more.kwarg or more.defaults:
        raise Unreadable("expected plain arguments")
    return function


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Unreadable("a number grows too large")
    if isinstance(value, str | list | tuple | range):
        _require_short(value)
    return value


def _require_short(value: Any) -> None:
    """Counts what a value holds, lists in lists included: `x = [x, x]` doubles what is written at each line."""
    left, todo = LONGEST, [value]
    while todo:
        one = todo.pop()
        left -= len(one) if isinstance(one, str | range) else 1
        if isinstance(one, list | tuple):
            if len(one) > left:
                left = -1
            else:
                todo += one
        if left < 0:
            raise Unreadable("a text or list grows too long")


class _Run:
    """One call: the values of names, and what was written down."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.lines, self.values = list[str](), list[str]()
        self._left, self._evaluated = MOST_LINES, 0

    def block(self, body: Iterable[ast.stmt]) -> None:
        """Runs statements in order."""
        for statement in body:
            self._left -= 1
            if self._left < 0:
                raise Unreadable("it runs too many lines")
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Return(value=ast.expr() as result):
                shown = self._shown(result)
                self._note("", self.value(result), shown)
                raise _Returned
            case ast.Assign(targets=[ast.Name(id=name)], value=given):
                shown = self._shown(given)
                self.set(name, self.value(given), shown)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=given):
                shown = self._shown(ast.BinOp(left=ast.Name(id=name, ctx=ast.Load()), op=op, right=given))
                self.set(name, self._changed(name, op, self.value(given)), shown)
            case ast.For(target=ast.Name(id=name), iter=over, body=body, orelse=[]):
                for one in self._items(over):
                    self.names[name] = one
                    self.block(body)
            case ast.If(test=test, body=body, orelse=orelse):
                self.block(body if self.value(test) else orelse)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
                self.value(call)
                self.set(name, self.names[name])
            case _:
                raise Unreadable(f"the statement {ast.unparse(statement)[:60]!r}")

    def set(self, name: str, value: Any, shown: str = "") -> None:
        """Gives a name its value, and notes the line."""
        self.names[name] = _bounded(value)
        self._note(name, value, shown)

    def _note(self, name: str, value: Any, shown: str) -> None:
        if isinstance(value, range):
            raise Unreadable("a range that is no list")
        self.values.append(written(value))
        self.lines.append(f"{name}={shown}{self.values[-1]}")

    def _shown(self, node: ast.expr) -> str:
        """`3+5=` of an expression over numbers alone, with the values of its names; empty for any other."""
        if isinstance(node, ast.Constant | ast.Name) or not all(map(self._is_number, ast.walk(node))):
            return ""
        return _NAME.sub(lambda found: str(self.names[found[0]]), "".join(ast.unparse(node).split())) + "="

    def _is_number(self, node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name):
                return name in _SHOWN or type(self.names.get(name)) is int
            case ast.Constant(value=value):
                return type(value) is int
            case ast.Call(func=ast.Name(id=name)):
                return name in _SHOWN
            case _:
                return isinstance(node, ast.BinOp | ast.UnaryOp | ast.operator | ast.USub | ast.Load)

    def _changed(self, name: str, op: ast.operator, by: Any) -> Any:
        """As `+=` does it: a list changes for all names that share it."""
        if name not in self.names:
            raise Unreadable(f"the name {name!r}")
        old = self.names[name]
        if isinstance(old, list) and isinstance(op, ast.Add):
            old += by
            return _bounded(old)
        return _bounded(self._binary(op, old, by))

    def _items(self, over: ast.expr) -> Sequence[Any]:
        """What a loop goes over: the list itself, which its body may change."""
        items = self.value(over)
        if not isinstance(items, str | list | tuple | range):
            raise Unreadable("a loop over what is no text or list")
        return items

    def value(self, node: ast.expr) -> Any:
        """The value of an expression."""
        self._evaluated += 1
        if self._evaluated > MOST_EVALUATED:
            raise Unreadable("it evaluates too many expressions")
        return _bounded(self._value(node))

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool() | int() | str() | None as constant):
                return constant
            case ast.Name(id=name):
                if name not in self.names:
                    raise Unreadable(f"the name {name!r}")
                return self.names[name]
            case ast.List(elts=elements):
                return [self.value(one) for one in elements]
            case ast.Tuple(elts=elements):
                return tuple(self.value(one) for one in elements)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.value(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.value(operand)
            case ast.BoolOp(op=op, values=values):
                return self._either(isinstance(op, ast.Or), values)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
                return _COMPARED[type(op)](self.value(left), self.value(right))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self.value(test) else orelse)
            case ast.Subscript(value=of, slice=ast.Slice(lower=low, upper=high, step=step)):
                parts = [None if part is None else self.value(part) for part in (low, high, step)]
                return self.value(of)[slice(*parts)]
            case ast.Subscript(value=of, slice=at):
                return self.value(of)[self.value(at)]
            case ast.ListComp(elt=element, generators=[one]) | ast.GeneratorExp(elt=element, generators=[one]):
                return self._gathered(element, one)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
                return self._called(name, [self.value(one) for one in args])
            case ast.Call(func=ast.Attribute(value=of, attr=method), args=args, keywords=[]):
                return self._method(self.value(of), method, [self.value(one) for one in args])
            case _:
                raise Unreadable(f"the expression {ast.unparse(node)[:60]!r}")

    def _binary(self, op: ast.operator, left: Any, right: Any) -> Any:
        if type(op) not in _BINARY or (isinstance(op, ast.Mod) and isinstance(left, str)):
            raise Unreadable(f"the operator {type(op).__name__}")
        if isinstance(op, ast.Mult) and not (isinstance(left, int) and isinstance(right, int)):
            times, text = sorted((left, right), key=lambda one: not isinstance(one, int))
            if isinstance(times, int) and not isinstance(text, int) and len(text) * times > LONGEST:
                raise Unreadable("a text or list grows too long")
        return _BINARY[type(op)](left, right)

    def _either(self, is_or: bool, values: Sequence[ast.expr]) -> Any:
        found: Any = None
        for one in values:
            found = self.value(one)
            if bool(found) is is_or:
                break
        return found

    def _gathered(self, element: ast.expr, over: ast.comprehension) -> list[Any]:
        if not isinstance(over.target, ast.Name) or over.is_async:
            raise Unreadable("a comprehension over several names")
        kept, found = dict(self.names), list[Any]()
        for one in self._items(over.iter):
            self.names[over.target.id] = one
            if all(self.value(test) for test in over.ifs):
                found.append(self.value(element))
        self.names = kept
        return found

    def _called(self, name: str, args: list[Any]) -> Any:
        if name == "range" and any(isinstance(one, int) and abs(one) > LONGEST for one in args):
            raise Unreadable("a range grows too long")
        if name in ("list", "sorted", "sum", "min", "max") and any(isinstance(one, dict | set) for one in args):
            raise Unreadable("dictionaries and sets")
        return _FUNCTIONS[name](*args)

    def _method(self, of: Any, method: str, args: list[Any]) -> Any:
        if method not in _METHODS.get(type(of), ()):
            raise Unreadable(f"the method {method!r} of a {type(of).__name__}")
        if method == "replace" and len(of) * max(1, len(args[1])) > LONGEST:
            raise Unreadable("a text grows too long")
        return getattr(of, method)(*args)
