"""The house keeps its plan: floors and doors, frozen names, commands, and where things lie."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import typer.main
from api_names import public_api
from names import ROOMS, ROOT, public_names

from reasoner.cli.main import COMMANDS, app

COMMANDS_TABLE = {
    "init": set(),
    "loop": set(),
    "solve": set(),
    "train": set(),
    "evaluate": set(),
    "benchmark": set(),
    "tasks": {"list", "show", "check"},
    "verify": set(),
    "memory": {
        "search",
        "stats",
        "export",
        "reindex",
        "audit",
        "contamination",
        "mend",
        "log",
        "diff",
        "revert",
        "prune",
        "import",
        "backup",
        "restore",
    },
    "runs": {"diff", "export-spans", "fork", "list", "prune", "report", "show"},
    "trace": set(),
    "lineage": set(),
    "models": {"list", "promote", "record", "rollback", "seal", "show"},
    "proposals": {"approve", "deny", "list", "show"},
    "diagnose": set(),
    "jobs": {"add", "cancel", "list", "logs", "show", "work"},
    "selftest": {"code", "crash", "decisions", "gate", "graders", "leaks"},
    "schedule": {"add", "list", "show", "remove", "run"},
    "scheduler": set(),
    "doctor": set(),
}
"""Commands and subcommands that users and scripts rely on."""

TOP = {
    "reasoner", "agents", "memory", "jobs", "configs", "tests", "docs", "benchmarks", "examples",
    "pyproject.toml", "constraints.txt", "Makefile", "README.md", "AGENTS.md", "CHANGELOG.md", "LICENSE",
    "langgraph.json",
}  # fmt: skip
"""The top level, hidden files apart."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(line) for line in listed.splitlines()]


def test_imports_go_down_and_through_the_doors() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    linted = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout[linted.stdout.find("Contracts") :]


def test_the_public_names_are_frozen() -> None:
    frozen = Path(__file__).with_name("names.txt").read_text().split()
    now = public_names()
    gone, new = sorted(set(frozen) - set(now)), sorted(set(now) - set(frozen))
    renew = "python tests/house/names.py > tests/house/names.txt"
    assert not gone + new, f"gone: {gone}\nnew: {new}\nif that is meant, renew the list with: {renew}"


def test_what_scripts_in_python_rely_on_is_frozen() -> None:
    frozen = Path(__file__).with_name("api.txt").read_text().splitlines()
    now = public_api()
    renew = "python tests/house/api_names.py > tests/house/api.txt"
    assert now == frozen, f"if that is meant, say it in CHANGELOG.md and renew the list with: {renew}"
    assert len(now) <= 120


def test_every_room_is_in_the_list_of_names() -> None:
    rooms = {f"reasoner/{path.name}" for path in (ROOT / "reasoner").iterdir() if not path.name.startswith("__")}
    without_names = {"reasoner/cli", "reasoner/service"}
    assert {room for room in rooms if any((ROOT / room).rglob("*.py")) or room.endswith(".py")} - without_names <= set(
        ROOMS
    )


def test_the_commands_are_those_of_the_interface() -> None:
    group = typer.main.get_command(app)
    context = typer.Context(group)
    found = {name: group.get_command(context, name) for name in COMMANDS}  # pyright: ignore[reportAttributeAccessIssue]
    assert {name: set(getattr(command, "commands", {})) for name, command in found.items()} == COMMANDS_TABLE


def test_the_changelog_names_every_command() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert [name for name in COMMANDS_TABLE if not re.search(rf"\b{name}\b", changelog)] == []


def test_the_top_level_is_fixed() -> None:
    top = {path.parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_reasoner_itself_holds_the_version_the_variables_that_libraries_read_and_the_python_door() -> None:
    body = ast.parse((ROOT / "reasoner" / "__init__.py").read_text()).body[1:]
    calls = [
        ast.unparse(line.value.func) for line in body if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)
    ]
    named = [ast.unparse(line).split(" = ")[0] for line in body if isinstance(line, ast.Assign)]
    assert calls == ["os.environ.setdefault", "keep_exporters_off"]
    assert named == ["__version__", "_MODULES", "_MODULE_OF", "__all__"]
    assert [line.name for line in body if isinstance(line, ast.FunctionDef | ast.ClassDef)] == ["__getattr__"]


def test_every_name_of_the_python_door_is_there_and_seen_by_type_checkers() -> None:
    import reasoner

    body = ast.parse((ROOT / "reasoner" / "__init__.py").read_text()).body
    (checked,) = [line for line in body if isinstance(line, ast.If)]
    seen = [alias.name for line in checked.body if isinstance(line, ast.ImportFrom) for alias in line.names]
    assert sorted([*seen, "__version__"]) == sorted(reasoner.__all__)
    assert all(getattr(reasoner, name) is not None for name in reasoner.__all__)


def test_each_package_says_that_it_is_typed() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in ("reasoner", "agents", "memory", "jobs"))


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [str(path) for path in tracked() if path.suffix == ".py" and path.stem in empty] == []


def test_every_test_file_has_a_name_of_its_own() -> None:
    # Test folders are no packages: two files of one name would be one module.
    names = [
        path.name for path in tracked() if path.parts[0] == "tests" and path.suffix == ".py" and path.stem != "conftest"
    ]
    assert sorted(names) == sorted(set(names))


def test_continuous_integration_runs_make_test() -> None:
    run = (ROOT / ".ci" / "run").read_text().split("\n")
    assert [line for line in run if "make" in line and line[0] != "#"] == ["make test", "exec make test-slow"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
