"""Single students: train one, evaluate one, ask one."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from reasoner.bootstrap.home import open_home
from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.loop import Progress
from reasoner.types.problem import Mode, Problem, Split
from reasoner.types.report import EvalReport
from reasoner.types.solution import Solution, SolvedStep

Watcher = Callable[[Progress], None]


def train(settings: Settings, *, home: Path, out: Path | None, progress: Watcher) -> Checkpoint:
    """Trains a base in a child process; the home's first one becomes its champion. Goes on where it was stopped.

    Args:
        settings: what decides the base.
        home: its folder.
        out: a copy of the checkpoint's files goes there; the folder must be new.
        progress: told how far it is.
    """
    from jobs.queue import run_job
    from memory.promotion import enthrone_base
    from memory.store.checkpoints import CheckpointStore
    from reasoner.training.threads import choose_threads
    from reasoner.training.work import base_spec

    if out is not None and out.exists():
        raise UsageError(f"--out {str(out)!r} exists; checkpoints are never overwritten, name a new folder")
    place = open_home(home)
    spec = base_spec(settings, threads=settings.compute.threads or choose_threads())
    job = run_job(
        place.database(),
        place.root,
        spec,
        on_progress=lambda share, note: progress(
            Progress(cycle=0, node="base", done=round(share * 100), total=100, note=note)
        ),
    )
    store = CheckpointStore(place.database())
    made = Checkpoint(id=spec.key, fingerprint=job.result["fingerprint"], parent="", kind="base", run="train", cycle=0)
    checkpoint = store.add(made)
    if store.home_champion() is None:
        enthrone_base(place.database(), checkpoint, run=f"train/{checkpoint.id}")
    if out is not None:
        shutil.copytree(place.checkpoints / checkpoint.id, out)
    return checkpoint


def evaluate(
    settings: Settings,
    *,
    home: Path,
    checkpoint: str | None,
    split: Split,
    mode: Mode,
    n: int | None,
    progress: Watcher,
    data: Path | None = None,
) -> EvalReport:
    """A checkpoint (the home's champion by default) on one of the sets or on a whole file, in one mode.

    Args:
        settings: say where problems come from.
        home: its folder.
        checkpoint: an id.
        split: `sealed`, or the first cycle's `practice` or `gate` set.
        mode: `talk` or `think`.
        n: only the first n problems.
        progress: told how far it is.
        data: a file whose rows are all evaluated, in place of a set; training must not have seen them.
    """
    from agents.run_folder import write_records
    from reasoner.data.files import read_problems
    from reasoner.domains.registry import get_domain
    from reasoner.evaluation.attempts import attempt_all
    from reasoner.evaluation.reports import summarise

    place = open_home(home)
    picked = place.choose(checkpoint)
    chosen = picked.checkpoint
    domain = get_domain(settings.data.domain)
    problems = _problems_of(settings, split) if data is None else read_problems(data, domain)
    name = split if data is None else "file"
    tried = attempt_all(
        picked.student(),
        domain,
        problems[:n],
        mode,
        on_progress=lambda done, total: progress(Progress(cycle=0, node="evaluate", done=done, total=total)),
    )
    path = place.root / "evaluations" / f"{chosen.id}-{data.stem if data else split}-{mode}.jsonl"
    write_records(path, tried.attempts)
    return summarise(
        tried.attempts,
        checkpoint=chosen.id,
        split=name,
        cycle=chosen.cycle,
        mode=mode,
        attempts_file=path.relative_to(place.root).as_posix(),
        seconds=round(tried.seconds, 3),
    )


def _problems_of(settings: Settings, split: Split) -> list[Problem]:
    """The sealed set, or the first cycle's practice or gate set."""
    from reasoner.data.sources import open_source

    source = open_source(settings.data, settings.seed)
    return source.sealed() if split == "sealed" else getattr(source, split)(1)


def solve(settings: Settings, *, home: Path, question: str, checkpoint: str | None, mode: Mode) -> Solution:
    """A checkpoint's (the home's champion's by default) answer to a question."""
    from reasoner.domains.registry import get_domain
    from reasoner.search.greedy import solve as think

    place = open_home(home)
    picked = place.choose(checkpoint)
    chosen = picked.checkpoint
    domain = get_domain(settings.data.domain)
    began = time.monotonic()
    solved = think(picked.student(), [question], mode)[0]
    steps = tuple(
        SolvedStep(text=text, holds=domain.check_step(text), logprob=round(logprob, 4))
        for text, logprob in zip(solved.steps, solved.logprobs, strict=False)
    )
    return Solution(
        question=question,
        steps=steps,
        answer=domain.answer_of(solved.steps),
        checkpoint=chosen.id,
        mode=mode,
        seconds=round(time.monotonic() - began, 3),
    )
