"""A loop that asks again what it has taught, and what it must not forget, through kills."""

import json
import signal
from pathlib import Path

import pytest
from loop_runs import command, loop, loop_until, run_folder

from agents.run_folder import read_records
from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.types.problem import Attempt
from reasoner.types.tried import Tried

pytestmark = pytest.mark.slow


def suite(path: Path) -> str:
    source = open_source(load_settings("tiny", ["data.practice_size=30", "seed=77"], {}, None))
    rows = [{"question": p.question, "steps": list(p.steps), "answer": p.answer} for p in source.practice(1)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"gate.retention=[{path}]"


LEARNS = (
    "data.base_difficulties=[1]",
    "data.difficulties=[1]",
    "data.practice_size=200",
    "data.gate_size=100",
    "train.base_updates=180",
    "train.decoder_updates=50",
    "train.finetune_updates=200",
    "train.finetune_epochs=20",
    "teacher.calls=40",
    "teacher.problems_per_call=20",
)
"""A base that can do next to nothing, so that whoever learns from it is promoted."""


def test_every_gate_after_a_promotion_asks_what_it_taught_and_a_kill_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    given = (*LEARNS, suite(tmp_path / "old.jsonl"), "gate.retention_size=20")
    assert loop_until(home, '"retention"', *given, cycles=3) == -signal.SIGKILL
    ended = loop(home, *given, cycles=3)
    assert ended.code == 0, ended.words
    folder = run_folder(home)
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    promoted = [e["cycle"] for e in events if e["event"] == "decision" and e["verdict"] == "promote"]
    assert promoted[0] < 3, "somebody was promoted whose lessons a later gate asks about"
    retained = [e for e in events if e["event"] == "retention"]
    assert [e["cycle"] for e in retained] == sorted({e["cycle"] for e in retained})
    assert {(e["suite"], e["asked"], e["items"]) for e in retained} == {("old.jsonl", 20, 30)}
    assert [e["cycle"] for e in events if e["event"] == "taught"] == promoted
    for cycle in promoted:
        assert read_records(folder / "dataset" / f"taught-{cycle}.jsonl", Tried) != []
    asked = [e for e in events if e["event"] == "repairs"]
    assert [e["cycle"] for e in asked] == [c for c in (1, 2, 3) if any(p < c for p in promoted)]
    for told in asked:
        for name in (told["champion"], told["candidate"]):
            path = folder / "evals" / str(told["cycle"]) / f"repairs-{name}.jsonl"
            assert len(read_records(path, Attempt)) == told["asked"]
    report = (folder / "report.md").read_text()
    assert ("## Repairs" in report, "## Retention" in report) == (bool(asked), True)
    shown = command(home, "runs", "show", folder.name)
    assert [e["keeping"][-1]["retention"][0]["suite"] for e in shown.of("run")] == ["old.jsonl"]
