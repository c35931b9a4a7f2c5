"""`reasoner benchmark` with real students, language models and servers, on rows made here."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from completion_server import CompletionServer, completing
from played import Command
from tiny_writer import tiny_writer
from trained_student import trained_student

from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from reasoner.models.checkpoints import save_student
from reasoner.types.checkpoint import Checkpoint

ROWS = 12


@pytest.fixture
def sums(tmp_path: Path) -> str:
    """Rows in GSM8K's form."""
    rows = [
        {
            "question": f"Ann has {i} apples. She buys 4 more. How many has she?",
            "answer": f"{i}+4={i + 4}\n#### {i + 4}",
        }
        for i in range(3, 3 + ROWS)
    ]
    file = tmp_path / "test.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(file)


@pytest.fixture
def choices(tmp_path: Path) -> str:
    """Rows in MMLU's form, of two subjects."""
    rows = [
        {"question": f"Which is {i}?", "subject": ["numbers", "signs"][i % 2], "choices": list("wxyz"), "answer": i % 4}
        for i in range(8)
    ]
    file = tmp_path / "mmlu.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(file)


@pytest.fixture
def champion(tmp_path: Path) -> str:
    """A home whose champion has learnt sums."""
    home = tmp_path / "home"
    fingerprint = save_student(trained_student(), home / "checkpoints" / "base", about={"task": "math"})
    database = open_database(home)
    record = Checkpoint(id="base", fingerprint=fingerprint, parent="", kind="base", run="made", cycle=0)
    CheckpointStore(database).add(record)
    enthrone_base(database, record)
    database.close()
    return "base"


@pytest.fixture
def server() -> Iterator[CompletionServer]:
    with completing() as server:
        yield server


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_the_champion_reads_the_questions_alone(command: Command, champion: str, sums: str, tmp_path: Path) -> None:
    ran = command("benchmark", "gsm8k", "--path", sums, "--limit", "6", "--json", "--quiet")
    assert ran.exit_code == 0, ran.output
    strict, flexible = events(ran.stdout)
    assert (flexible["event"], flexible["name"], flexible["metric"], flexible["filter"]) == (
        "benchmark",
        "gsm8k",
        "exact_match",
        "flexible",
    )
    assert flexible["checkpoint"] == champion
    assert (flexible["n"], flexible["errors"], flexible["interval"]) == (6, 0, "wilson")
    assert {"value", "ci95", "chance", "majority"} <= set(strict)
    folder = tmp_path / "home" / "benchmarks" / flexible["run"]
    lines = [json.loads(line) for line in (folder / "raw" / "gsm8k.jsonl").read_text().splitlines()]
    assert len(lines) == 6
    assert json.loads((folder / "result.json").read_text())["reports"][0]["rows_in_all"] == ROWS
    assert "the first 6 of 12 rows" in (folder / "report.md").read_text()


def test_a_language_model_weighs_the_options(command: Command, choices: str, tmp_path: Path) -> None:
    folder = tiny_writer(tmp_path / "model", positions=256)
    asked = ("benchmark", "mmlu", "--path", choices, "--shots", "0", "--student", folder)
    (event,) = events(command(*asked, "--json", "--quiet").stdout)
    assert (event["form"], event["n"], event["chance"], event["majority"]) == ("loglikelihood", 8, 0.25, 0.25)
    assert set(event["by_subject"]) == {"numbers", "signs"}
    assert event["checkpoint"] == folder
    table = command(*asked).stdout
    assert "mmlu" in table
    assert "25.0%" in table


def test_several_benchmarks_take_a_path_each(command: Command, choices: str, sums: str, tmp_path: Path) -> None:
    folder = tiny_writer(tmp_path / "model", positions=256)
    ran = command(
        *("benchmark", "gsm8k", "mmlu", "--path", sums, "--path", choices, "--shots", "0", "--limit", "3"),
        *("--max-tokens", "8", "--student", folder, "--json", "--quiet"),
    )
    assert [event["name"] for event in events(ran.stdout)] == ["gsm8k", "gsm8k", "mmlu"]


def test_an_endpoint_that_cannot_weigh_is_asked_for_written_answers(
    command: Command, choices: str, server: CompletionServer
) -> None:
    server.echoes = "bare"
    server.says = lambda prompt: " A"
    asked = ("benchmark", "mmlu", "--path", choices, "--shots", "0", "--endpoint", server.address, "--model", "m")
    (event,) = events(command(*asked, "--json", "--quiet").stdout)
    assert (event["form"], event["protocol_form"], event["value"]) == ("generate", "loglikelihood", 0.25)
    assert "asked in the form generate" in command(*asked).stdout


def test_a_limit_ends_with_its_own_code_and_a_higher_one_goes_on(
    command: Command, sums: str, server: CompletionServer
) -> None:
    asked = ("benchmark", "gsm8k", "--path", sums, "--shots", "0", "--endpoint", server.address, "--model", "m")
    stopped = command(*asked, "--max-calls", "5")
    assert stopped.exit_code == 5
    assert "run the same command to continue" in stopped.output
    ran = command(*asked, "--max-calls", str(ROWS), "--json", "--quiet")
    assert ran.exit_code == 0, ran.output
    assert len(server.requests) == ROWS
    (strict, _) = events(ran.stdout)
    assert strict["value"] == pytest.approx(1 / ROWS)


def test_a_killed_command_goes_on_and_pays_nothing_twice(sums: str, server: CompletionServer, tmp_path: Path) -> None:
    line = ["benchmark", "gsm8k", "--path", sums, "--shots", "0", "--endpoint", server.address, "--model", "m"]
    line += ["--home", str(tmp_path / "home"), "--json", "--quiet", "teacher.concurrency=1"]
    whole = [sys.executable, "-m", "reasoner", *line]
    free = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI")}
    server.script.extend(["ok"] * 4)
    killed = subprocess.Popen(whole, env=free, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(server.requests) < 4 and killed.poll() is None:
        time.sleep(0.02)
    server.hold.clear()
    while len(server.requests) < 5 and killed.poll() is None:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    server.hold.set()
    answered = len((next((tmp_path / "home" / "benchmarks").iterdir()) / "answers.jsonl").read_text().splitlines())
    assert answered >= 3
    before = len(server.requests)
    ended = subprocess.run(whole, env=free, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert len(server.requests) - before == ROWS - answered
    assert events(ended.stdout)[0]["n"] == ROWS


def test_a_dry_run_shows_the_first_prompt_and_asks_nobody(
    command: Command, sums: str, server: CompletionServer, tmp_path: Path
) -> None:
    ran = command(
        *("benchmark", "gsm8k", "--path", sums, "--shots", "0", "--endpoint", server.address, "--model", "m"),
        *("--dry-run", "teacher.usd_per_million_input=10", "teacher.usd_per_million_output=10"),
    )
    assert ran.exit_code == 0, ran.output
    assert "Question: Ann has 3 apples" in ran.stdout
    assert f"{ROWS} requests" in ran.stdout
    assert "$0." in ran.stdout
    assert server.requests == []
    assert not (tmp_path / "home" / "benchmarks").exists()


def test_what_is_practised_is_counted_and_left_out_of_a_second_value(
    command: Command, champion: str, sums: str, tmp_path: Path
) -> None:
    # Half of the benchmark's rows are practised.
    rows = [json.loads(line) for line in Path(sums).read_text().splitlines()[: ROWS // 2]]
    rows = [{"question": row["question"], "answer": "7", "split": "practice"} for row in rows]
    for i in range(240):
        asked_for = f"In town {i} a shop sold {7 * i} pens and {5 * i + 1} cups. How many things did it sell?"
        rows.append({"question": asked_for, "answer": str(12 * i + 1), "split": ["practice", "gate", "sealed"][i % 3]})
    (tmp_path / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    task = tmp_path / "shop.task.yaml"
    task.write_text(
        "name: shop\nrows: rows.jsonl\ncolumns: {question: question, answer: answer, split: split}\n"
        "splits: {practice: practice, gate: gate, sealed: sealed}\n"
    )
    asked = ("benchmark", "gsm8k", "--path", sums, "--json", "--quiet")
    (alone, _) = events(command(*asked).stdout)
    assert alone["known"] is None
    ran = command(*asked, "--task", str(task))
    assert ran.exit_code == 0, ran.output
    (known, _) = events(ran.stdout)
    assert (known["known"]["practice"], known["known"]["memory"]) == (ROWS // 2, 0)
    assert known["clean"]["n"] == ROWS // 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["gsm8k"], "--path FILE"),
        (["nothing"], "nothing"),
        ([], "no benchmark is named"),
        (["gsm8k", "--path", "missing.jsonl"], "no such file or folder"),
        (["gsm8k", "--path", "a", "--path", "b"], "give one for each"),
        (["gsm8k", "gsm8k", "--path", "a", "--path", "b"], "named twice"),
        (["gsm8k", "--path", "a", "--student", "b", "--endpoint", "http://127.0.0.1:1/v1"], "different models"),
        (["gsm8k", "--path", "a", "--endpoint", "http://127.0.0.1:1/v1"], "--endpoint without --model"),
        (["gsm8k", "--path", "a", "--model", "b"], "--student"),
        (["gsm8k", "--path", "a", "--student", "./nothing/here"], "no such folder"),
    ],
)
def test_a_wrong_command_is_said_with_what_to_do(
    asked: list[str], said: str, command: Command, champion: str, sums: str, tmp_path: Path
) -> None:
    line = [sums if word == "a" else word for word in asked]
    ran = command("benchmark", *line)
    assert ran.exit_code == 2, ran.output
    assert said in ran.output


def test_a_folder_of_other_answers_is_refused(command: Command, champion: str, sums: str, tmp_path: Path) -> None:
    out = str(tmp_path / "results")
    assert command("benchmark", "gsm8k", "--path", sums, "--limit", "2", "--out", out).exit_code == 0
    other = command("benchmark", "gsm8k", "--path", sums, "--limit", "3", "--out", out)
    assert other.exit_code == 2
    assert "answers to something else" in other.output


def test_samples_of_a_checkpoint_are_refused(command: Command, champion: str, sums: str) -> None:
    ran = command("benchmark", "gsm8k", "--path", sums, "--samples", "4")
    assert ran.exit_code == 2
    assert "leave out --samples" in ran.output


def test_the_list_says_how_each_is_asked(command: Command) -> None:
    told = {event["name"]: event for event in events(command("benchmark", "list", "--json").stdout)}
    assert told["gsm8k"]["metrics"] == ["exact_match/strict", "exact_match/flexible"]
    assert "mmlu" in command("benchmark", "--list").stdout
