"""`train --verifier`, what a search makes of it, and `verify FILE`, on a tiny student that has learnt a little."""

import json
from pathlib import Path

import pytest
from played import Command
from trained_student import PROBLEMS, sealed_problems, trained_student

from reasoner.models.checkpoints import save_student

pytestmark = pytest.mark.slow

SETTINGS = [
    "data.difficulties=[1]",
    "data.base_difficulties=[1]",
    "domains.math.max_number=20",
    "domains.math.distractor_rate=0",
    "data.practice_size=60",
    "data.sealed_size=50",
    "search.width=2",
    "search.candidates=4",
    "verifier.pools=1",
    "verifier.updates=10",
    "verifier.candidates=4",
    "verifier.questions=8",
    "compute.threads=1",
]


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    folder = tmp_path / "student"
    save_student(trained_student(), folder, about={"parent": ""})
    return str(folder)


def test_a_verifier_is_trained_measured_and_asked_by_every_search(command: Command, checkpoint: str) -> None:
    assert PROBLEMS.options["max_number"] == 20, "the settings above are those of the student's own training"
    words = ["train", "--verifier", "--checkpoint", checkpoint, *SETTINGS]
    made = command(*words, "--json")
    assert made.exit_code == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["event"] == "verifier"
    assert {q["name"] for q in told["quality"]} == {"verifier", "energy", "energy, symbolic"}
    assert all(0 <= q["calibration_error"] <= 1 for q in told["quality"])
    again = command(*words)
    assert "steps judged" in again.stdout
    assert "reliability.png" in again.stdout
    picture = Path("home") / told["folder"] / "reliability.png"
    assert picture.read_bytes().startswith(b"\x89PNG")

    table = command("evaluate", "--checkpoint", checkpoint, "--ablate", "--n", "6", *SETTINGS, "--json")
    names = [json.loads(line)["name"] for line in table.stdout.splitlines()]
    assert [name for name in names if "verifier" in name][-1] == "beam, verifier, refined"
    question = sealed_problems()[0].question
    asked = ["solve", "--checkpoint", checkpoint, "--search", "beam", "--trace", question, *SETTINGS]
    assert "belief" in command(*asked).stdout
    assert "belief" not in command(*asked, "search.verifier=false").stdout


def test_solutions_of_others_are_ranked(command: Command, checkpoint: str, tmp_path: Path) -> None:
    rows = []
    for problem in sealed_problems()[:12]:
        wrong = {"steps": ["1+1=3"], "correct": False}
        rows.append({"question": problem.question, "solutions": [wrong, {"steps": problem.steps, "correct": True}]})
    file = tmp_path / "solutions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    told = json.loads(command("verify", str(file), "--checkpoint", checkpoint, *SETTINGS, "--json").stdout)
    assert (told["questions"], told["solutions"], told["scored"]) == (12, 24, 24)
    assert told["judge"] == "log-probability, symbolic check"
    assert told["single"]["accuracy"] == 0.5
    assert told["oracle"]["accuracy"] == 1
    assert told["best"]["accuracy"] == 1, "a false equation never outranks a true one here"
    assert told["auc"] > 0.9

    known = {"question": "Ann has 3 apples and buys 4. How many?", "ground_truth": "7"}
    known |= {"6b_finetuning": {"solution": "She has <<3+4=7>>7.\n#### 7", "is_correct": True}}
    known |= {"6b_verification": {"solution": "No marks here, only words.", "is_correct": False}}
    file.write_text(json.dumps(known))
    shown = command("verify", str(file), "--checkpoint", checkpoint, *SETTINGS)
    assert "1 of them this student could not have written" in shown.stdout
    assert "AUC 1.000 over 2 solutions" in shown.stdout


def test_a_file_without_flags_says_where(command: Command, checkpoint: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    for row, field in (
        ({"question": "Q?", "solutions": [{"steps": ["1+1=2"]}]}, "solutions"),
        ({"question": "Q?"}, "answer"),
        ({"question": "Q?", "6b": {"solution": "x"}}, "6b"),
    ):
        file.write_text(json.dumps(row))
        refused = command("verify", str(file), "--checkpoint", checkpoint)
        assert refused.exit_code != 0
        assert f"line 1, field '{field}'" in refused.stderr


def test_options_that_a_verifier_would_ignore_are_refused(command: Command, checkpoint: str) -> None:
    assert command("train", "--checkpoint", checkpoint).exit_code == 2
    assert command("train", "--verifier", "--dry-run").exit_code == 2
    assert command("train", "--verifier", "--out", "x").exit_code == 2
