"""The public functions and classes of every room. `python tests/house/names.py > tests/house/names.txt` renews them.

Read from the source text, so that listing a room imports nothing.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "reasoner/types", "reasoner/errors.py", "reasoner/plugins.py", "reasoner/storage", "reasoner/config",
    "reasoner/domains", "reasoner/data", "reasoner/models", "reasoner/diagnostics", "reasoner/sandbox",
    "reasoner/training", "reasoner/search", "reasoner/students", "reasoner/evaluation", "reasoner/bootstrap",
    "reasoner/api", "memory", "jobs", "agents",
)  # fmt: skip


def public_names() -> list[str]:
    """Dotted names of all public functions and classes, sorted."""
    return sorted(name for room in ROOMS for path in _files(ROOT / room) for name in _names(path))


def _files(room: Path) -> list[Path]:
    files = [room] if room.is_file() else sorted(room.rglob("*.py"))
    return [path for path in files if not path.stem.startswith("_") or path.stem == "__init__"]


def _names(path: Path) -> list[str]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    return [f"{module}.{node.name}" for node in nodes if isinstance(node, kinds) and not node.name.startswith("_")]


if __name__ == "__main__":
    print(*public_names(), sep="\n")
