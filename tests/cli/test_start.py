"""The start of the command: quick, light, and every help with an example."""

import subprocess
import sys

import pytest
import typer.main
from played import Command

from reasoner.cli.main import COMMANDS, app

HEAVY = {
    "torch",
    "sqlalchemy",
    "litellm",
    "faiss",
    "transformers",
    "matplotlib",
    "numpy",
    "scipy",
    "langgraph",
    "pydantic",
}


def child(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['reasoner', '--help']\nfrom reasoner.cli.main import main\n"
    code += "try: main()\nexcept SystemExit: print('MODULES', *{name.partition('.')[0] for name in sys.modules})"
    loaded = child(code).partition("MODULES")[2].split()
    assert "typer" in loaded
    assert HEAVY.isdisjoint(loaded)


def every_command() -> list[list[str]]:
    group = typer.main.get_command(app)
    context = typer.Context(group)
    found: list[list[str]] = []
    for name in COMMANDS:
        inner = getattr(group.get_command(context, name), "commands", None)  # pyright: ignore[reportAttributeAccessIssue]
        found += [[name, *sub] for sub in ([[one] for one in inner] if inner else [[]])]
    return found


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_every_help_has_an_example_that_begins_with_the_command(path: list[str], command: Command) -> None:
    result = command(*path, "--help")
    assert result.exit_code == 0
    assert f"Example: reasoner {' '.join(path)}" in result.stdout


def test_the_version_is_printed() -> None:
    assert child("import sys; sys.argv = ['reasoner', '--version']\nfrom reasoner.cli.main import main\nmain()").strip()
