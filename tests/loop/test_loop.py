"""The loop as people and scripts meet it: events, folders, continuing, several runs on one home."""

import json
import shutil
import signal
from pathlib import Path

import pytest
from loop_runs import Ended, Running, loop, run_folder

pytestmark = pytest.mark.slow


def test_standard_output_tells_the_run_in_the_agreed_events(undisturbed: tuple[Path, Ended]) -> None:
    _, ended = undisturbed
    assert ended.code == 0, ended.words
    assert ended.events[0]["event"] == "launch"
    assert all(e["run"] == ended.events[0]["run"] for e in ended.events)
    cycle = [e["event"] for e in ended.events if e.get("cycle") == 1 and e["event"] != "node"]
    assert cycle[:4] == ["evaluation", "failures", "teacher", "examples"]
    sealed = next(e for e in ended.of("evaluation") if e["split"] == "sealed")
    assert (sealed["cycle"], sealed["n"]) == (0, 50)
    assert sealed["ci95"][0] <= sealed["accuracy"] <= sealed["ci95"][1]
    assert {d["verdict"] for d in ended.of("decision")} <= {"promote", "keep", "reject"}
    assert all(d["alpha"] > 0 and d["reason"] for d in ended.of("decision"))
    for decision in ended.of("decision"):
        assert (decision["rehearsal"] is not None) == (decision["verdict"] == "promote")
        if decision["rehearsal"]:
            assert decision["rehearsal"]["items"] == 100
            assert decision["rehearsal"]["outputs"] == decision["rehearsal"]["restored"]
    assert ended.done["cycles"] == 1
    assert ended.done["teacher_calls"] == 4
    assert ended.done["usd"] == 0


def test_the_run_folder_holds_what_the_interface_lists(undisturbed: tuple[Path, Ended]) -> None:
    folder = run_folder(undisturbed[0])
    listed = (
        "config.resolved.yaml",
        "manifest.json",
        "events.jsonl",
        "report.md",
        "report.html",
        "evals/0/sealed.jsonl",
        "evals/1/practice.jsonl",
        "teacher/calls.jsonl",
        "dataset/1.jsonl",
    )
    assert [name for name in listed if not (folder / name).is_file()] == []
    assert list(folder.glob("plots/*.png"))
    assert (undisturbed[0] / "runs" / "results.tsv").read_text().count("\n") == 3
    row = json.loads((folder / "dataset" / "1.jsonl").read_text().splitlines()[0])
    assert {"prompt", "completion", "id", "source", "split", "license", "teacher", "verdict", "sha256"} <= set(row)


def test_held_out_structures_never_reach_the_training_rows(undisturbed: tuple[Path, Ended]) -> None:
    rows = (run_folder(undisturbed[0]) / "dataset" / "1.jsonl").read_text().splitlines()
    assert {json.loads(row)["split"] for row in rows} == {"practice"}


def test_more_cycles_go_on_from_a_finished_run(tmp_path: Path, undisturbed: tuple[Path, Ended]) -> None:
    home, first = tmp_path / "home", undisturbed[1]
    shutil.copytree(undisturbed[0], home)
    longer = loop(home, cycles=2)
    assert longer.code == 0, longer.words
    assert {e["run"] for e in longer.events} == {first.done["run"]}
    assert [d["cycle"] for d in longer.of("decision")] == [2]
    assert (longer.done["cycles"], longer.done["teacher_calls"]) == (2, 8)
    assert all((run_folder(home) / "dataset" / f"{cycle}.jsonl").is_file() for cycle in (1, 2))
    assert (home / "runs" / "results.tsv").read_text().count("\n") == 4


def test_without_a_teacher_the_student_learns_from_its_own_checked_answers_only(begun: Path) -> None:
    ended = loop(begun, "teacher.model=none")
    assert ended.code == 0, ended.words
    assert ended.done["teacher_calls"] == 0
    rows = run_folder(begun) / "dataset" / "1.jsonl"
    if rows.exists():
        assert {json.loads(row)["source"] for row in rows.read_text().splitlines()} == {"self"}
    else:
        assert "nothing new passed the check" in ended.of("decision")[0]["reason"]


def test_two_runs_on_one_home_do_not_disturb_each_other(begun: Path, undisturbed: tuple[Path, Ended]) -> None:
    both = [running.ended() for running in [Running(begun, f"seed={seed}") for seed in (0, 7)]]
    assert [ended.code for ended in both] == [0, 0], [ended.words for ended in both]
    marks = [ended.done["fingerprint"] for ended in both]
    assert marks[0] == undisturbed[1].done["fingerprint"] != marks[1]


def test_the_same_run_in_two_processes_is_refused_to_the_second(begun: Path) -> None:
    first = Running(begun, merged=True)
    next(line for line in first.output if "prepare" in line)
    first.send(signal.SIGSTOP)  # however slow the second is to start, the first is at work
    second = loop(begun)
    first.send(signal.SIGCONT)
    assert first.ended().code == 0
    assert second.code == 1
    assert "another process" in second.words


def test_minutes_are_a_hard_limit_and_more_of_them_go_on(begun: Path) -> None:
    stopped = loop(begun, "--max-minutes", "0.03")
    assert stopped.code == 5, stopped.words
    again = loop(begun, "--max-minutes", "0.03")
    assert again.code == 5
    assert "raise one" in again.words
    whole = loop(begun, "--max-minutes", "60")
    assert whole.code == 0, whole.words
    assert whole.done["run"] == stopped.events[0]["run"]


def test_a_file_that_changes_under_a_run_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    rows = [
        {"question": f"A jar holds {n} beans and {k} more are put in. How many {word} beans?", "answer": n + k}
        for n in range(20, 60)
        for k in (3, 4)
        for word in ("red", "blue", "green", "black", "white", "brown", "pink", "grey", "round", "flat")
    ]
    file.write_text(
        "".join(
            json.dumps(row | {"question": f"{row['question']} {chr(97 + i % 26) * (i // 26 + 1)}"}) + "\n"
            for i, row in enumerate(rows)
        )
    )
    home = tmp_path / "home"
    given = (f"task.rows={file}", "teacher.model=none", "--max-minutes", "0.03")
    assert loop(home, *given).code == 5
    with file.open("a") as handle:
        handle.write(json.dumps({"question": "One more bean falls on 2 beans. How many?", "answer": 3}) + "\n")
    refused = loop(home, f"task.rows={file}", "teacher.model=none")
    assert refused.code == 2
    assert "data_hash" in refused.words


def test_a_missing_file_leaves_no_run_behind(tmp_path: Path) -> None:
    ended = loop(tmp_path, "task.rows=nowhere.jsonl")
    assert ended.code == 2
    assert "nowhere.jsonl" in ended.words
    assert not list(tmp_path.glob("runs/*/"))
