"""What must not be forgotten is asked at every gate, can veto by either rule, and never teaches."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from parts_maker import after, crown, keep, make_parts, state_of
from test_repairs import Scripted, events

from agents.judging import LEAKED
from agents.nodes.decide import decide
from agents.nodes.examine import examine
from agents.parts import Parts
from agents.state import ImproveState
from reasoner.bootstrap.held_out import held_out_of
from reasoner.bootstrap.home import home_at
from reasoner.bootstrap.manifest import manifest
from reasoner.bootstrap.preflight import look_at_retention
from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.errors import UsageError
from reasoner.types.problem import Problem

pytestmark = pytest.mark.slow

SMALL = ("data.practice_size=40", "data.gate_size=50", "gate.alpha=0.499", "gate.regression_size=0")


def old_rows(path: Path, size: int = 60) -> tuple[str, list[Problem]]:
    """A file of old problems that the run's own task reads, and them."""
    source = open_source(load_settings("tiny", [f"data.practice_size={size}", "seed=77"], {}, None))
    problems = source.practice(1)
    rows = [{"id": p.id, "question": p.question, "steps": list(p.steps), "answer": p.answer} for p in problems]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path), problems


def examined(home: Path, entry: str, solved: dict[str, list[Problem]], *settings: str) -> tuple[Parts, ImproveState]:
    """The gate of cycle 2: `next` solves all of the gate set, and both what they are said to."""
    parts = make_parts(home, *SMALL, f"gate.retention=[{entry}]", *settings)
    keep(parts, "new", parent="base", number=1)
    crown(parts, "new", "base", cycle=1)
    keep(parts, "next", parent="new", number=2)
    gate = {"new": [], "next": parts.source.gate(2)}
    students = {n: Scripted({p.question: p for p in (*gate[n], *solved[n])}) for n in gate}
    asking = replace(parts, student_of=lambda id: students[id])
    state = state_of("new", cycle=2, candidate="next")
    return parts, after(state, examine(state, asking))


def test_a_suite_that_is_forgotten_vetoes_and_is_named(tmp_path: Path) -> None:
    entry, old = old_rows(tmp_path / "old.jsonl")
    parts, state = examined(tmp_path / "home", entry, {"new": old[:50], "next": old[:20]})
    assert decide(state, parts)["champion"] == "new"
    assert "vetoed: worse in retention old.jsonl (0 wins, 30 losses" in parts.decisions.for_run(parts.run)[-1].reason
    (told,) = events(parts, "retention")
    assert (told["suite"], told["items"], told["right_before"], told["right"]) == ("old.jsonl", 60, 50, 20)


@pytest.mark.parametrize(("rule", "champion"), [("proven", "next"), ("noninferior", "new")])
def test_no_proof_of_a_loss_is_enough_by_one_rule_and_not_by_the_other(
    tmp_path: Path, rule: str, champion: str
) -> None:
    entry, old = old_rows(tmp_path / "old.jsonl")
    given = {"new": old[:50], "next": [*old[:48], *old[50:52]]}
    parts, state = examined(tmp_path / "home", entry, given, f"gate.retention_rule={rule}")
    assert decide(state, parts)["champion"] == champion, "two of sixty won and lost excludes no loss of two points"
    reason = parts.decisions.for_run(parts.run)[-1].reason
    assert ("too much of a loss is not excluded in retention old.jsonl" in reason) == (rule == "noninferior")


def test_a_benchmark_is_asked_as_the_command_asks_a_checkpoint(tmp_path: Path) -> None:
    _, old = old_rows(tmp_path / "old.jsonl", size=40)
    rows = [{"question": p.question, "answer": f"So it is.\n#### {p.answer}"} for p in old]
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    parts, _ = examined(tmp_path / "home", f"gsm8k={tmp_path / 'test.jsonl'}", {"new": old[:30], "next": old[:30]})
    (told,) = events(parts, "retention")
    assert (told["suite"], told["asked"], told["right_before"], told["right"]) == ("gsm8k", 40, 30, 30)


def test_what_is_retained_is_held_out_in_the_run_and_in_its_home(tmp_path: Path) -> None:
    entry, old = old_rows(tmp_path / "old.jsonl")
    parts = make_parts(tmp_path / "home", *SMALL, f"gate.retention=[{entry}]")
    assert parts.held_out.why_not(old[7].question, old[7].steps, parts.domain) == LEAKED
    assert held_out_of(home_at(tmp_path / "home")).why_not(old[7].question, old[7].steps, parts.domain) == LEAKED
    without = make_parts(tmp_path / "other", *SMALL)
    assert without.held_out.why_not(old[7].question, old[7].steps, parts.domain) == ""


def test_practice_rows_that_ask_what_is_retained_are_refused_before_a_run_begins(tmp_path: Path) -> None:
    rows = open_source(
        load_settings("tiny", ["data.practice_size=400", "data.gate_size=80", "data.sealed_size=80"], {}, None)
    )
    written = [
        {"question": p.question, "steps": list(p.steps), "answer": p.answer}
        for p in (*rows.practice(1), *rows.gate(1), *rows.sealed())
    ]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in written))
    (tmp_path / "old.jsonl").write_text("".join(json.dumps(row) + "\n" for row in written[:3]))
    given = [f"task.rows={tmp_path / 'mine.jsonl'}", "data.gate_size=50", f"gate.retention=[{tmp_path / 'old.jsonl'}]"]
    settings = load_settings("tiny", given, {}, None)
    with pytest.raises(UsageError, match=r"3 practice rows of .*mine.jsonl ask what .*old.jsonl' asks"):
        look_at_retention(settings, open_source(settings))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("nowhere.jsonl", "nowhere.jsonl"),
        ("gsm8k=nowhere.jsonl", "there is no such file or folder"),
        ("nonsense=nowhere.jsonl", "nonsense"),
    ],
)
def test_a_suite_that_is_not_there_is_told_before_a_run_begins(entry: str, words: str) -> None:
    settings = load_settings("tiny", [f"gate.retention=[{entry}]"], {}, None)
    with pytest.raises(UsageError, match=words):
        look_at_retention(settings, open_source(settings))


def test_a_suite_that_changes_changes_the_manifest(tmp_path: Path) -> None:
    entry, _ = old_rows(tmp_path / "old.jsonl")
    settings = load_settings("tiny", [f"gate.retention=[{entry}]"], {}, None)
    before = manifest(settings, run="r")["retention_hash"]
    with Path(entry).open("a") as file:
        file.write('{"question": "What is 1 and 2 more?", "answer": 3}\n')
    assert manifest(settings, run="r")["retention_hash"] not in ("", before)
    assert manifest(load_settings("tiny", [], {}, None), run="r")["retention_hash"] == ""
