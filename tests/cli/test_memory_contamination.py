"""`memory contamination`: a leak is shown with what both say and fails a build; looking makes no home."""

import json
from pathlib import Path

from played import Command
from problem_settings import of_problems

from reasoner.data.generated_source import GeneratedSource

SMALL = ["data.sealed_size=50", "data.practice_size=100"]
LOOKS = ["exact", "words", "copies", "twins", "solutions", "latents"]


def leaked_file(folder: Path) -> Path:
    """Three sealed problems in other writing."""
    problems = GeneratedSource(of_problems(sealed_size=50, practice_size=100)).sealed()[:3]
    known = {"answer", "steps", "skill", "difficulty"}
    rows = [
        {**p.model_dump(mode="json", include=known), "id": f"leak-{p.id}", "question": p.question.upper()}
        for p in problems
    ]
    (folder / "leak.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "leak.jsonl"


def test_a_leak_is_counted_shown_and_fails_a_build_and_no_home_is_made(command: Command, tmp_path: Path) -> None:
    ended = command("memory", "contamination", "sealed", str(leaked_file(tmp_path)), *SMALL, "--json")
    assert ended.exit_code == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert (found["first_count"], found["second_count"], found["certain"]) == (50, 3, 3)
    assert [look["look"] for look in found["looks"]] == LOOKS
    assert found["looks"][-1]["note"]
    match = found["looks"][0]["matches"][0]
    assert match["second"] == f"leak-{match['first']}"
    assert match["span"]
    strict = command("memory", "contamination", "sealed", str(leaked_file(tmp_path)), *SMALL, "--require-clean")
    assert strict.exit_code == 1
    assert "exact          3  6.0%" in strict.stdout
    assert not (tmp_path / "home").exists()


def test_clean_splits_pass(command: Command) -> None:
    ended = command("memory", "contamination", "sealed", "practice", *SMALL, "--require-clean", "--json")
    assert ended.exit_code == 0
    assert json.loads(ended.stdout)["certain"] == 0


def test_what_is_not_there_is_named(command: Command, tmp_path: Path) -> None:
    ended = command("memory", "contamination", "sealed", "memory", *SMALL)
    assert ended.exit_code == 2
    assert str(tmp_path / "home") in ended.stderr.replace("\n", "")
    ended = command("memory", "contamination", "sealed", "nowhere.jsonl", *SMALL)
    assert ended.exit_code == 2
    assert "'nowhere.jsonl': expected practice, gate, sealed, memory" in ended.stderr.replace("\n", " ")
