"""A command line whose heavy work is played from made-up records; stores and files are real."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from typer.testing import Result

from memory.index.kinds import EXACT
from memory.latent_memory import MemoryStats
from reasoner.config.settings import Settings
from reasoner.evaluation.plan import Plan, Price, plan_loop
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.loop import CycleRow, LoopOutcome, Progress
from reasoner.types.report import EvalReport, Rate
from reasoner.types.solution import Solution, SolvedStep
from reasoner.types.trace import TraceEvent

RUN = "20261122-0915-math-nano-k3f9"
SEALED = Rate(n=600, right=246, accuracy=0.41, ci95=(0.37, 0.45))
REASON = "The difference could be chance."

Command = Callable[..., Result]


class Stage(ModuleType):
    """Stands where `reasoner.bootstrap` stands; tests set how it behaves."""

    verdict = "promote"
    finished_before = False
    budget_reached = False
    learnt_nothing = False
    error: BaseException | None = None
    settings: Settings

    def events(self) -> list[TraceEvent]:
        evaluation = {"checkpoint": "base", "split": "sealed", **SEALED.model_dump(mode="json"), "seconds": 3.2}
        gain = {"first": 0.41, "last": 0.93, "gain": 0.52, "ci95": [0.47, 0.57]}
        done = {"cycles": 1, "champion": "c1", "sealed": gain, "teacher_calls": 9, "usd": 0.0, "seconds": 9.0}
        test = {"wins": 71, "losses": 9, "p": 1.2e-12, "alpha": 0.025}
        decision = {"candidate": "c1", "champion": "base", "verdict": self.verdict, **test, "reason": REASON}
        refused = {"reason": "no answer", "count": 45, "question": "How far is it?", "said": "I cannot", "change": "it"}
        vain = {"model": "m", "calls": 45, "cached": 0, "failed": 0, "accepted": 0, "rejected": 45, "usd": 0.0}
        asked = [("teacher", 1, vain | {"refused": [refused]})] if self.learnt_nothing else []
        bodies = [("evaluation", 0, evaluation), *asked, ("decision", 1, decision), ("done", None, done)]
        return [TraceEvent(key=name, event=name, run=RUN, cycle=cycle, body=body) for name, cycle, body in bodies]

    def run_loop(
        self, settings: Settings, *, home: Path, cycles: int, fresh: bool, listener: Any, progress: Any
    ) -> Any:
        self.settings = settings
        if self.error is not None:
            raise self.error
        folder = home / "runs" / RUN
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "events.jsonl").open("w") as file:
            for event in self.events():
                cycle = {"cycle": event.cycle} if event.cycle is not None else {}
                line = {"event": event.event, "run": event.run, **cycle, **event.body, "key": event.key, "time": 1.0}
                file.write(json.dumps(line) + "\n")
        if not self.finished_before:
            progress(Progress(cycle=1, node="mine", done=0, total=60))
            for event in self.events():
                listener(event)
        return self._outcome(folder)

    def _outcome(self, folder: Path) -> LoopOutcome:
        compared: dict[str, Any] = {"wins": 71, "losses": 9, "p": 1.2e-12, "alpha": 0.025}
        spent: dict[str, Any] = {"teacher_calls": 9, "usd": 0.0, "seconds": 9.0}
        row = CycleRow(cycle=1, verdict=self.verdict, sealed=SEALED, covered=0.625, **compared, **spent)
        return LoopOutcome(
            run=RUN, cycles=1, promotions=int(self.verdict == "promote"), champion="c1", table=(row,),
            learnt_nothing=(1,) if self.learnt_nothing else (),
            finished_before=self.finished_before, budget_reached=self.budget_reached, report=folder / "report.md",
        )  # fmt: skip

    def plan_loop(self, settings: Settings, *, home: Path, cycles: int) -> Plan:
        return plan_loop(settings, home=home, cycles=cycles, price_of=lambda _: Price(input=0, output=0))

    def train(self, settings: Settings, *, home: Path, out: Path | None, progress: Any) -> Checkpoint:
        return Checkpoint(id="base", fingerprint="0f" * 8, parent="", kind="base", run=RUN, cycle=0)

    def evaluate(
        self, settings: Settings, *, checkpoint: str | None, split: Any, mode: Any, n: Any, **_: Any
    ) -> EvalReport:
        buckets = {"by_skill": {"add": SEALED}, "by_difficulty": {"1": SEALED}}
        rest: dict[str, Any] = {"errors": 1, "items_hash": "0" * 16, "attempts_file": "", "seconds": 3.2, **buckets}
        return EvalReport(checkpoint=checkpoint or "base", split=split, cycle=0, mode=mode, overall=SEALED, **rest)

    def solve(self, settings: Settings, *, home: Path, question: str, checkpoint: Any, mode: Any) -> Solution:
        steps = (SolvedStep(text="3+4=7", holds=True, logprob=-0.12),)
        return Solution(question=question, steps=steps, answer="7", checkpoint="base", mode=mode, seconds=0.1)

    def solve_many(self, settings: Settings, *, home: Path, questions: Any, checkpoint: Any, mode: Any) -> Any:
        for question in questions:
            yield self.solve(settings, home=home, question=question, checkpoint=checkpoint, mode=mode)

    def memory_stats(self, home: Path) -> MemoryStats:
        counts: dict[str, Any] = {"examples": 3, "wrong_attempts": 1, "vectors": 3, "wrong_vectors": 1, "dimension": 96}
        return MemoryStats(space="0f0f", version=1, by_skill={"add": 3}, index=EXACT, **counts)
