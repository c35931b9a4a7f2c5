"""The structure of a program: its syntax tree without the names that it chose and the constants that it holds."""

import ast
import hashlib
import re

from reasoner.domains.code.question import parts_of
from reasoner.domains.structures import structure_of_text


class _Folded(ast.NodeTransformer):
    """Numbers variables as they appear, and leaves of each constant its type."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(id=self._names.get(node.id, node.id), ctx=node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(arg=self._names[node.arg])

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(value=type(node.value).__name__)

    def fold(self, tree: ast.Module) -> str:
        """The tree as text."""
        chosen = [node.arg if isinstance(node, ast.arg) else node.id for node in _bound(tree)]
        self._names = {name: f"v{place}" for place, name in enumerate(dict.fromkeys(chosen))}
        return ast.dump(self.visit(tree))


def _bound(tree: ast.Module) -> list[ast.arg | ast.Name]:
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    ]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


_PROGRAM = re.compile(r"^def [^\n]*(?:\n[ \t]+[^\n]*)*", re.MULTILINE)
_EXAMPLE, _NAME = re.compile(r"^f\(.*\) must return .*$", re.MULTILINE), re.compile(r"\b(?:[a-z]|\d+)\b")


def structure_of(question: str) -> str:
    """16 hex digits: of the first program in a question, whatever it is called with.

    Of a text without one: of its words, without names of variables, numbers and examples.
    """
    parts, shown = parts_of(question), _PROGRAM.search(question)
    try:
        tree = ast.parse(parts[0]) if parts else ast.parse(shown[0]) if shown else None
        folded = _Folded().fold(tree) if tree else ""
    except (SyntaxError, ValueError, KeyError, RecursionError, MemoryError):
        folded = ""
    if folded:
        return hashlib.sha256(folded.encode()).hexdigest()[:16]
    return structure_of_text(_NAME.sub("x", _EXAMPLE.sub("", question)) or question)
