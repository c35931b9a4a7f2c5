"""The start of the command: quick, light, and every help with an example."""

import os
import subprocess
import sys

import pytest
import typer.main
from played import Command

from reasoner import bootstrap
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


def test_python_with_the_module_is_the_same_command() -> None:
    said = [
        subprocess.run([sys.executable, *how, "--version"], capture_output=True, text=True, check=True).stdout
        for how in (["-m", "reasoner"], ["-m", "reasoner.cli.main"])
    ]
    assert said[0] == said[1] != ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("reasoner mem", ["memory"]), ("reasoner runs f", ["fork"]), ("reasoner solve --se", ["--search", "--seed"])],
)
def test_a_shell_completes_commands_subcommands_and_options(typed: str, offered: list[str]) -> None:
    asked = {"_REASONER_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    command = [sys.executable, "-m", "reasoner"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | asked)
    assert done.stdout.split() == offered


@pytest.mark.parametrize(
    ("words", "near"), [(["lop"], "loop"), (["memory", "serch"], "search"), (["loop", "--cycels", "2"], "--cycles")]
)
def test_a_mistyped_word_is_answered_with_the_one_that_was_meant(command: Command, words: list[str], near: str) -> None:
    result = command(*words)
    assert result.exit_code == 2
    assert near in result.stderr


def test_every_name_of_the_services_is_what_its_module_calls_so() -> None:
    for name in bootstrap.__all__:
        assert getattr(bootstrap, name).__name__ == name
    with pytest.raises(AttributeError, match="nosuch"):
        getattr(bootstrap, "nosuch")  # noqa: B009 - a type checker would refuse the plain form
