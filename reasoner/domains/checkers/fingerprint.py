"""What decides a checker's verdicts, as one hash for manifests: its source, what that imports of ours, its options."""

import ast
import hashlib
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from reasoner.domains.checkers.base import AnswerChecker

_ROOMS = ("reasoner.domains.",)


def fingerprint(checker: AnswerChecker) -> str:
    """SHA-256 (hex) over the source of a checker and of all modules of `reasoner.domains` that it imports, its options,
    the versions of the packages that judge with it and, for a user's function, the bytes of the file.
    """
    digest = hashlib.sha256(_all_sources(type(checker).__module__, _ROOMS))
    options = checker.settings.model_dump(mode="json", by_alias=True)
    packages = {name: _version(name) for name in getattr(checker, "packages", ())}
    told = [checker.name, checker.version, options, packages, getattr(checker, "sha256", "")]
    digest.update(json.dumps(told, sort_keys=True).encode())
    return digest.hexdigest()


def sources_digest(module: str, rooms: tuple[str, ...]) -> str:
    """SHA-256 (hex) of the source of a module and of all modules in `rooms` that it imports, directly or not.

    Args:
        module: its full name.
        rooms: beginnings of names, such as `reasoner.domains.`.
    """
    return hashlib.sha256(_all_sources(module, rooms)).hexdigest()


def _all_sources(module: str, rooms: tuple[str, ...]) -> bytes:
    return b"".join(f"{name}\0".encode() + _source(name) + b"\0" for name in sorted(_imported(module, rooms)))


def _imported(start: str, rooms: tuple[str, ...]) -> set[str]:
    """The module and those of the rooms that it imports, directly or not; read from their source."""
    found, todo = {start}, [start]
    while todo:
        for node in ast.walk(ast.parse(_source(todo.pop()))):
            for name in _names(node, rooms):
                if name.startswith(rooms) and name not in found and _is_module(name):
                    found.add(name)
                    todo.append(name)
    return found


def _names(node: ast.AST, rooms: tuple[str, ...]) -> list[str]:
    """Module names that an import may mean: `from a import b` is `a` or `a.b`. A text `a.b` or `a.b:c` counts, too."""
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(rooms):
        return [node.value.partition(":")[0]] if node.value.replace(".", "").replace(":", "").isidentifier() else []
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # `a.b.c` where `a.b` is a module and `c` a name in it
        return False


def _source(name: str) -> bytes:
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None) or find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_bytes().replace(b"\r\n", b"\n")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
