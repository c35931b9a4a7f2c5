"""Every example of the help and of the README is run, in a copy of a home that a loop of one cycle has left.

An example stays as it stands, but for ids and files of its reader's own, which are filled in, and for long work, which
is made short by what `ADDED` appends. What cannot be run here is at least parsed; `PARSED` says why.
"""

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from loop_runs import Ended
from problem_settings import of_problems
from typer.testing import CliRunner

from memory.store.database import open_database
from memory.store.examples import ExampleStore
from memory.store.jobs import JobStore
from memory.store.runs import RunStore
from reasoner.cli.main import COMMANDS, app
from reasoner.data.generated_source import GeneratedSource

ROOT = Path(__file__).parents[2]
SECTIONS = ("## Two commands", "## Use it", "### Your own teacher", "### Your own database", "### Your own task")
QUESTION = "Ann has 3 apples. She buys 4 more. How many has she?"
OTHER = "20261122-0915-math-nano-0000"
"""A second run, as far as its first cycle."""

ADDED = {
    "loop": "--dry-run",
    "train": "--dry-run",
    "runs fork": "--dry-run",
    "evaluate": "--n 2 --config tiny",
    "jobs add evaluate": "--n 2",
}
"""Command and what makes its examples short."""

PREPARED = {
    "memory import": ["memory export --out solutions.jsonl", "memory export --out solutions.parquet"],
    "memory restore": ["memory backup backups/monday"],
    "tasks check rows.task.yaml": ["init --task rows.jsonl"],
    "loop --cycles 2 --config rows.yaml": ["init --task rows.jsonl"],
    "jobs cancel": ["jobs add synthesize"],
    "schedule show": ["schedule add nightly --cron '0 2 * * *' --config nano"],
    "schedule remove": ["schedule add nightly --cron '0 2 * * *' --config nano"],
}
"""Command and what its reader has done before."""

PARSED = {
    r"loop .*teacher\.(model|api_base)=": "sends a first call to a teacher that is not there",
    r"loop .*gsm8k/train\.jsonl": "the file is GSM8K's",
    r"runs fork .*teacher\.model=": "sends a first call to a teacher that is not there",
    r"train --verifier": "trains for minutes; test_verifying trains one",
    r"train .*compute\.device=cuda": "wants a GPU",
    r"runs export-spans": "wants a collector; test_spans has one",
    r"selftest": "seconds and minutes; the tests of each selftest run short ones",
    r"diagnose": "minutes; test_diagnose runs it on less",
    r"jobs work( --only finetune)?$": "a worker that never ends by itself",
    r"schedule run": "runs a whole night; test_schedule_commands runs a short one",
    r"models seal": "wants a key in the environment; test_other_commands and test_stored_data seal with one",
    r"models promote": "a decision in favour is a chance; test_other_commands makes one",
    r"models rollback": "wants a former champion; test_rollback has one",
    r"proposals (show|approve|deny)": "wants a run that waits; test_approval has one",
    r"memory (diff|revert) (3|7)": "wants a memory of many versions; test_versions makes one",
    r"memory contamination test\.jsonl": "the reader's own test set",
    r"benchmark (gsm8k|mmlu)": "the publishers' rows; test_benchmark_command answers some made there",
}
"""What is only parsed, and why it cannot be run."""


@dataclass(frozen=True)
class Example:
    """One command line."""

    place: str
    line: str


def help_examples() -> list[Example]:
    """Those that stand below the help of a command."""
    group: Any = typer.main.get_command(app)
    context = typer.Context(group)
    found: list[Example] = []
    for name in COMMANDS:
        command = group.get_command(context, name)
        for one in (getattr(command, "commands", None) or {"": command}).values():
            lines = re.findall(r"\[bold\]((?:cat \S+ \| )?reasoner .*?)\[/bold\]", one.epilog or "")
            found += [Example(f"{name} {one.name}", line) for line in lines]
    return found


def readme_examples() -> list[Example]:
    """Those of the README's parts for users, without their remarks."""
    found: list[Example] = []
    section = ""
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        section = line if line.startswith("#") else section
        if section in SECTIONS and re.match(r"    (reasoner|make|cat) ", line):
            found.append(Example(section.strip("# "), re.split(r"\s{2,}#|\s+# ", line.strip())[0]))
    return found


EXAMPLES = list(dict.fromkeys(example.line for example in help_examples() + readme_examples()))


@pytest.fixture(scope="module")
def pattern(undisturbed: tuple[Path, Ended], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A home with a second, unfinished run, and what stands for the words that a reader replaces."""
    home = tmp_path_factory.mktemp("examples") / "home"
    shutil.copytree(undisturbed[0], home)
    database = open_database(home)
    (run,) = RunStore(database).list()
    RunStore(database).create(OTHER, "0" * 12, run.settings, run.seed)
    example = ExampleStore(database).examples(run=run.id, up_to_cycle=None)[0].id
    job = JobStore(database).list()[0].id
    database.close()
    shutil.copytree(home / "runs" / run.id, home / "runs" / OTHER)
    events = home / "runs" / OTHER / "events.jsonl"
    events.write_text(events.read_text().replace(run.id, OTHER))
    words = {
        "20261122-0915-math-nano-k3f9-c2": f"{run.id}-c1",
        "20261122-0915-math-nano-k3f9": run.id,
        "3f9c2a77d01b4e56": example,
        "--cycle 2": "--cycle 1",
        '"..."': f'"{QUESTION}"',
        "OTHER": OTHER,
        "RUN": run.id,
        "CHECKPOINT": "latest",
        "JOB": job,
        " ID": f" {example}",
        "trace latest": f"trace {run.id}",
    }
    return home, words


@pytest.fixture
def place(pattern: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as its reader's, with a home and the files that examples name."""
    shutil.copytree(pattern[0], tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REASONER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "backups").mkdir()
    (tmp_path / "questions.txt").write_text(f"{QUESTION}\nTom has 5 pens and gives 2 away. How many has he?\n")
    (tmp_path / "my-problems.jsonl").write_text("\n".join(own_problems()))
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "rows.jsonl").write_text("".join(own_rows()))
    (tmp_path / "my.task.yaml").write_text("rows: rows.jsonl\n")
    solutions = [{"steps": ["3+4=7"], "correct": True}, {"steps": ["3*4=12"], "correct": False}]
    for name in ("example_model_solutions.jsonl", "solutions.jsonl"):
        (tmp_path / name).write_text(json.dumps({"question": QUESTION, "solutions": solutions}) + "\n")
    return tmp_path


@cache
def own_problems() -> list[str]:
    """Rows of a reader's own file, of many wordings."""
    source = GeneratedSource(of_problems(practice_size=200, gate_size=100, sealed_size=100))
    problems = [*source.practice(1), *source.gate(1), *source.sealed()]
    return [json.dumps({"question": p.question, "answer": p.answer, "steps": p.steps}) for p in problems]


def own_rows() -> list[str]:
    """Rows of a reader's own task."""
    sounds = {"cow": "moo", "cat": "meow", "dog": "woof", "duck": "quack"}
    return [
        json.dumps({"question": f"What does the {animal} of house {n} say?", "answer": sound}) + "\n"
        for n in range(150)
        for animal, sound in sounds.items()
    ]


def run(line: str, *, typed: str = "") -> str:
    """What a command line prints; it must end with 0."""
    words = shlex.split(line)[1:]
    ended = CliRunner().invoke(app, words, prog_name="reasoner", input=typed)
    assert ended.exit_code == 0, f"{line}\n{ended.output}\n{ended.exception!r}"
    return ended.stdout


def parse(line: str) -> None:
    """Takes a command line for what it says, and does nothing."""
    group: Any = typer.main.get_command(app)
    words, context = shlex.split(line)[1:], typer.Context(group, info_name="reasoner")
    while hasattr(group, "resolve_command"):
        _, group, words = group.resolve_command(context, words)
    group.make_context(line, words, parent=context)


def for_command(line: str, table: dict[str, Any]) -> Any:
    """What a table says of a line's command; None where it says nothing."""
    return next((value for name, value in table.items() if line.startswith(f"reasoner {name}")), None)


def test_examples_are_found() -> None:
    assert len(help_examples()) > 50
    assert {example.place for example in readme_examples()} >= {"Two commands", "Use it", "Your own task"}
    unused = [p for p in PARSED if not any(re.search(f"reasoner {p}", line) for line in EXAMPLES)]
    assert not unused, "what is not there any more needs no exception"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_works(example: str, pattern: tuple[Path, dict[str, str]], place: Path) -> None:
    if example.startswith("make "):
        subprocess.run(["make", "--dry-run", *example.split()[1:]], cwd=ROOT, check=True, capture_output=True)
        return
    if any(re.search(f"reasoner {pattern}", example) for pattern in PARSED):
        parse(example)
        return
    file, _, piped = example.rpartition(" | reasoner ")
    line = f"reasoner {piped}" if file else example.partition(" | ")[0]
    for word, meant in pattern[1].items():
        line = line.replace(word, meant)
    if line.startswith("reasoner memory export"):
        Path("solutions.jsonl").unlink()
    if line.startswith("reasoner memory import"):
        Path("solutions.jsonl").unlink()
    for before in for_command(line, PREPARED) or []:
        run(f"reasoner {before}")
    typed = Path(file.removeprefix("cat ")).read_text() if file else ""
    said = run(f"{line} {for_command(line, ADDED) or ''}", typed=typed)
    if line.startswith("reasoner solve"):
        assert "answer" in said
