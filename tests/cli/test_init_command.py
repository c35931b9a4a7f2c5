"""`reasoner init`: rows in, a task file and settings out, nothing guessed in silence and nothing overwritten."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from played import Command

from reasoner.config.loading import load_settings
from reasoner.data.file_source import FileSource
from reasoner.domains.powers import offered
from reasoner.domains.registry import get_domain

DATA = Path(__file__).parents[3] / "shared" / "data"


def rows(path: Path, count: int = 420, *, bad: str = "") -> Path:
    """Questions with three labels, in a form that the path's end names."""
    made = [{"text": f"What of item {n} and {n * 7}?", "label": "abc"[n % 3]} for n in range(count)]
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in made) + bad)
        return path
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, ["text", "label"])
        table.writeheader()
        table.writerows(made)
    return path


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.csv"])
def test_what_init_writes_is_loaded_and_gives_every_set_its_rows(command: Command, tmp_path: Path, name: str) -> None:
    rows(tmp_path / name)
    result = command("init", "--task", name)
    assert result.exit_code == 0, result.stderr
    for word in ("called 'text'", "3 labels in", "written: mine.task.yaml, mine.yaml"):
        assert word in result.stdout
    settings = load_settings("mine.yaml", [], {}, None)
    assert (settings.task.name, settings.lessons, settings.student.step_text) == ("mine.task.yaml", "gold", "words")
    source = FileSource(settings)
    sizes = len(source.practice(1)), len(source.gate(1)), len(source.sealed())
    assert sizes[0] >= 20
    assert min(sizes[1:]) >= 50
    assert all(problem.answer in "abc" for problem in source.sealed())
    assert offered(get_domain("mine.task.yaml"), ["?"]) == [("a", "b", "c")]


def test_one_event_says_everything_with_its_reasons(command: Command, tmp_path: Path) -> None:
    rows(tmp_path / "mine.jsonl")
    (line,) = command("init", "--task", "mine.jsonl", "--json", "--quiet").stdout.splitlines()
    event: dict[str, Any] = json.loads(line)
    assert (event["event"], event["read"], event["refused"], event["written"]) == ("init", 420, 0, True)
    assert event["proposed"]["answer"]["value"] == "label"
    assert event["proposed"]["student.max_question_tokens"]["reason"]


def test_a_dry_run_prints_both_files_and_writes_none(command: Command, tmp_path: Path) -> None:
    rows(tmp_path / "mine.jsonl")
    result = command("init", "--task", "mine.jsonl", "--dry-run")
    assert "# mine.task.yaml" in result.stdout
    assert "from: gold" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["mine.jsonl"]


def test_nothing_is_overwritten_without_force(command: Command, tmp_path: Path) -> None:
    rows(tmp_path / "mine.jsonl")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mine.yaml").write_text("mine\n")
    refused = command("init", "--task", "mine.jsonl", "--out", "sub")
    assert (refused.exit_code, "sub/mine.yaml would be overwritten; add --force" in refused.stderr) == (2, True)
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["mine.yaml"]
    assert command("init", "--task", "mine.jsonl", "--out", "sub", "--force").exit_code == 0
    assert "rows: ../mine.jsonl" in (tmp_path / "sub" / "mine.task.yaml").read_text()
    assert load_settings("sub/mine.yaml", [], {}, None).task.rows == "sub/../mine.jsonl"


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (
            '{"text": "q?"}\n',
            "line 61, field 'label': given nothing, expected a text or a number; the columns are 'text'",
        ),
        ('{"text": " ", "label": "a"}\n', "line 61, field 'text': given ' '"),
        ('{"text": ["q?"], "label": "a"}\n', "line 61, field 'text': given ['q?']"),
        ('{"text": "q?", "label": true}\n', "line 61, field 'label': given True"),
        ('{"text": "q?", "label": NaN}\n', "line 61, field 'label': given nan, expected a number that is finite"),
        ('{"text": "\\ud83d", "label": "a"}\n', "line 61, field 'text': given half a character"),
        ('{"text": "q?", "text": "r?", "label": "a"}\n', "the field 'text' stands twice"),
        ('{"text": "q?", "label": {"a": 1}}\n', "line 61, field 'label': given {'a': 1}"),
        ("not json\n", "line 61: given 'not json', expected a JSON object"),
    ],
)
def test_a_bad_row_is_told_with_file_line_and_column_and_a_loop_would_refuse_it(
    command: Command, tmp_path: Path, bad: str, told: str
) -> None:
    rows(tmp_path / "mine.jsonl", 60, bad=bad)
    result = command("init", "--task", "mine.jsonl", "--dry-run", "--quiet")
    assert result.exit_code == 0, result.stderr
    assert "the first of 1: mine.jsonl, " in result.stdout
    assert told in result.stdout


def test_questions_that_stand_twice_and_sets_that_are_too_small_are_told(command: Command, tmp_path: Path) -> None:
    again = '{"text": "What of item 1 and 7?", "label": "z"}\n'
    rows(tmp_path / "mine.jsonl", 30, bad=again)
    said = command("init", "--task", "mine.jsonl", "--dry-run").stdout
    assert "1 rows ask a question that an earlier row asks" in said
    assert "1 questions stand several times with different answers; the first is mine-2" in said
    assert "TOO FEW: 50 are needed" in said


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "--task is missing: expected rows"),
        (["--task", "math"], "given a known task"),
        (["--task", "rows.txt"], "given no kind of rows"),
        (["--task", "nosuch.jsonl"], "cannot be read"),
        (["--task", "a.task.yaml"], "is a task file already"),
        (["--task", "hf:csv"], "expected hf:owner/name"),
    ],
)
def test_what_is_no_file_of_rows_is_refused_with_what_is_expected(
    command: Command, given: list[str], told: str
) -> None:
    result = command("init", *given)
    assert result.exit_code == 2
    assert told in result.stderr


def test_rows_that_stand_within_one_object_are_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps({"examples": [{"q": "a"}, {"q": "b"}]}))
    result = command("init", "--task", "all.json")
    assert (result.exit_code, "field 'examples' holds 2 objects" in result.stderr) == (2, True)


def test_a_task_is_never_called_as_one_that_is_built_in(command: Command, tmp_path: Path) -> None:
    rows(tmp_path / "math.jsonl", 60)
    assert "name: math_rows" in command("init", "--task", "math.jsonl", "--dry-run").stdout


def test_numbers_are_said_by_digits_and_the_longest_fits(command: Command, tmp_path: Path) -> None:
    made = [{"question": f"Number {n}?", "answer": n * 10**6} for n in range(60)]
    (tmp_path / "n.json").write_text(json.dumps(made))
    said = command("init", "--task", "n.json", "--dry-run").stdout
    assert "step_text: characters" in said
    assert "max_step_tokens: 9" in said


def test_init_loads_no_torch_and_asks_no_store(tmp_path: Path) -> None:
    rows(tmp_path / "mine.jsonl", 60)
    code = """
import sys
from reasoner.cli.main import main
sys.argv = ["reasoner", "init", "--task", "mine.jsonl", "--quiet"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*{"torch", "numpy", "transformers", "sqlalchemy", "datasets", "pyarrow"} & set(sys.modules))
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == ""


@pytest.mark.skipif(not DATA.is_dir(), reason="the public files of rows are not on this machine")
@pytest.mark.parametrize(
    ("file", "kind", "question"),
    [
        ("svamp/first_500.json", "number", "{Body} {Question}"),
        ("mmlu_stem/dev_half.jsonl", "choice", "question"),
        ("hotpotqa/dev_first_1000.json", "text", "question"),
    ],
)
def test_public_files_are_read_for_what_they_are(command: Command, file: str, kind: str, question: str) -> None:
    result = command("init", "--task", str(DATA / file), "--dry-run", "--json", "--quiet")
    event = json.loads(result.stdout)
    assert (event["proposed"]["checker"]["value"], event["proposed"]["question"]["value"]) == (kind, question)


def test_the_licence_of_a_card_beside_the_rows_is_taken_and_a_licence_text_is_only_told(
    command: Command, tmp_path: Path
) -> None:
    rows(tmp_path / "mine.jsonl", 60)
    (tmp_path / "LICENSE").write_text("\nMIT License\n")
    assert "license: unknown  # a file LICENSE beside the rows begins with 'MIT License'" in (
        command("init", "--task", "mine.jsonl", "--dry-run").stdout
    )
    (tmp_path / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n# Rows\n")
    assert "license: cc-by-4.0" in command("init", "--task", "mine.jsonl", "--dry-run").stdout
