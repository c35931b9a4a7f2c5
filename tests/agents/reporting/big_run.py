"""A run's folder of 50 cycles and 100,000 events, as a long run leaves it; quick to write."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from a_run import RUN, rate
from safetensors.numpy import save_file

from agents.reporting.page.flips import Flip
from agents.reporting.page.latents import NAME
from reasoner.types.problem import Attempt, Problem, Provenance

CYCLES, EVENTS, SEALED = 50, 100_000, 600
NODES = ("evaluate", "mine", "teach", "check", "remember", "train", "examine", "decide", "report")
SKILLS = ("add", "compare", "share", "times")
HOSTILE = "</script><script>window.stolen = 1</script><img src='http://example.invalid/x' onerror='window.stolen = 1'>"
"""What a question must not be able to do."""


def problem(place: int, question: str = "") -> Problem:
    return Problem(
        id=f"math-1-{place:012x}-10",
        domain="math",
        skill=SKILLS[place % 4],
        difficulty=1 + place // 4 % 4,
        question=question or f"Mia has {place} pens. Leo has 3 more. How many has Leo?",
        steps=(f"{place}+3={place + 3}",),
        answer=str(place + 3),
        structure=f"{place:016x}",
        provenance=Provenance(generator="math", version="1", seed=0, parameters={}),
    )


def attempt(of: Problem, right: bool) -> Attempt:
    answer = of.answer if right else "7"
    steps = of.steps if right else ("1+1=3", "<b>2</b>")
    return Attempt(
        problem_id=of.id, mode="talk", steps=steps, answer=answer, outcome="right" if right else "wrong",
        skill=of.skill, difficulty=of.difficulty,
    )  # fmt: skip


def sealed_set(*, hostile: bool = False) -> list[Problem]:
    return [problem(place, HOSTILE if hostile and place % 7 == 0 else "") for place in range(SEALED)]


class _Log:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)

    def write(self, event: str, cycle: int | None = None, after: float = 0.1, **body: Any) -> None:
        self.now += timedelta(seconds=after)
        head = {"event": event, "run": RUN} | ({} if cycle is None else {"cycle": cycle})
        key = f"{len(self.lines)}"
        self.lines.append(json.dumps({**head, **body, "key": key, "time": self.now.isoformat(timespec="milliseconds")}))


def write_big_run(home: Path, *, hostile: bool = False, cycles: int = CYCLES, events: int = EVENTS) -> Path:
    """Writes the run and returns its folder."""
    folder = home / "runs" / RUN
    folder.mkdir(parents=True)
    log = _Log()
    log.write("launch", home="home", config_hash="0123456789ab", git="abc", start=0)
    _evaluation(log, 0, "base", "sealed", 0.4)
    log.write("node", 0, 100, node="prepare", seconds=100.0, out={"champion": "base"})
    each = (events - 3 - cycles * 17) // cycles // len(NODES)
    for cycle in range(1, cycles + 1):
        _cycle(log, cycle, each, hostile=hostile)
    sealed = {"first": 0.4, "last": 0.9, "gain": 0.5, "ci95": [0.45, 0.55], "n": SEALED, "wins": 310, "losses": 10}
    log.write(
        "done",
        cycles=cycles,
        champion=f"c{cycles}",
        fingerprint="f" * 16,
        sealed=sealed,
        teacher_calls=9,
        usd=1.5,
        seconds=9e3,
    )
    (folder / "events.jsonl").write_text("\n".join(log.lines) + "\n")
    _records(folder, cycles, hostile=hostile)
    return folder


def _cycle(log: _Log, cycle: int, each: int, *, hostile: bool) -> None:
    words = HOSTILE if hostile else "something was seen"
    verdict = "promote" if cycle % 5 == 0 else "keep"
    for node in NODES:
        for place in range(each):
            log.write("noted", cycle, 0.01, node=node, place=place, words=words)
        if node == "teach":
            _harvest(log, cycle, hostile=hostile)
        if node == "decide":
            log.write(
                "decision", cycle, candidate=f"c{cycle}", champion="base", verdict=verdict, n=600, wins=60, losses=30,
                gain=0.05, ci95=[0.02, 0.08], p=0.001, alpha=0.05 / cycle / (cycle + 1), vetoes=[], reason=words,
            )  # fmt: skip
        if node == "report" and verdict == "promote":
            _evaluation(log, cycle, f"c{cycle}", "sealed", 0.4 + 0.01 * cycle)
        log.write("node", cycle, 5, node=node, seconds=5.0 + cycle % 3, out={"done": True})


def _harvest(log: _Log, cycle: int, *, hostile: bool) -> None:
    reasons = {"accepted": 900, HOSTILE if hostile else "false step": 100}
    coverage = {"questions": 500, "radius": 0.01, "covered": min(0.95, 0.4 + 0.01 * cycle), "distance": 0.02}
    judged = {"n": 900, "right": 500, "auc": 0.97, "calibration_error": 0.02}
    bins = [{"n": 90, "believed": 0.05 + k / 10, "right": 0.05 + k / 10} for k in range(10)]
    _evaluation(log, cycle, "base", "practice", 0.5)
    judges: dict[str, Any] = {name: {**judged, "bins": bins} for name in ("verifier", "energy")}
    log.write(
        "verifier", cycle, checkpoint="base", problems=800, held_out=200, updates=9, margin=0.5, plot="x.png", **judges
    )
    log.write(
        "search", cycle, checkpoint="base", tried=500, right=100, examples=90, decodes=60000, by_skill={"add": 90}
    )
    log.write(
        "failures", cycle, mined=500, clusters=8, asked=120, strategy="failures", pick="draw", by_skill={"add": 9}
    )
    counts = {"calls": 120, "cached": 0, "failed": 0, "accepted": 900, "rejected": 100, "tokens": 9000}
    log.write("teacher", cycle, model="builtin/expert", **counts, reasons=reasons, usd=0.03)
    log.write("examples", cycle, added=900, duplicates=3, wrong=9, memory_size=900 * cycle, coverage=coverage)


def _evaluation(log: _Log, cycle: int, checkpoint: str, split: str, accuracy: float) -> None:
    log.write(
        "evaluation", cycle, checkpoint=checkpoint, split=split, mode="talk", **rate(accuracy, 600),
        by_skill={skill: rate(accuracy, 150) for skill in SKILLS},
        by_difficulty={str(steps): rate(max(0.02, accuracy - 0.1 * steps), 150) for steps in (1, 2, 3, 4)},
    )  # fmt: skip


def _records(folder: Path, cycles: int, *, hostile: bool) -> None:
    problems = sealed_set(hostile=hostile)
    _write(folder / "evals/0/sealed.jsonl", [attempt(p, i % 5 < 2) for i, p in enumerate(problems)])
    last = cycles - cycles % 5
    _write(folder / f"evals/{last}/sealed.jsonl", [attempt(p, i % 10 != 0) for i, p in enumerate(problems)])
    flipped = [
        Flip(
            kind="lost", problem_id=p.id, skill=p.skill, difficulty=p.difficulty, question=p.question, steps=p.steps,
            answer=p.answer, before=attempt(p, True), after=attempt(p, False),
        )
        for p in problems[:40]
    ]  # fmt: skip
    for cycle in range(1, cycles + 1):
        _write(folder / f"evals/{cycle}/flips.jsonl", flipped)
    spread = np.random.default_rng(0).normal(size=(SEALED, 32)).astype(np.float32)
    (folder / "latents").mkdir()
    for name in ("base", f"c{last}"):
        save_file({NAME: spread}, folder / "latents" / f"sealed-{name}.safetensors")
    (folder / "manifest.json").write_text(json.dumps({"run": RUN, "seed": 0, "packages": {"torch": "2"}}))
    (folder / "config.resolved.yaml").write_text("name: nano\nseed: 0\n")


def _write(path: Path, records: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{record.model_dump_json()}\n" for record in records))
