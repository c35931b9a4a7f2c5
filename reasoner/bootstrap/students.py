"""Single students: train one, evaluate one. How one is asked: `solving`."""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.bootstrap.home import Home, Place, home_at, open_home
from reasoner.bootstrap.judging import judged_domain
from reasoner.bootstrap.recall import recall_of
from reasoner.config.packages import require_packages
from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.domain import Domain
from reasoner.types.loop import Progress
from reasoner.types.ports import Recall
from reasoner.types.problem import Mode, Problem, Split
from reasoner.types.report import EvalReport
from reasoner.types.search import SearcherName, SearchTable
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from reasoner.evaluation.attempts import Solver
    from reasoner.types.student import Solved, Student

Watcher = Callable[[Progress], None]


def train(settings: Settings, *, home: Place, out: Path | None, progress: Watcher) -> Checkpoint:
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
    from reasoner.bootstrap.compute import with_kept_compute
    from reasoner.students import kind_named

    if out is not None and out.exists():
        raise UsageError(f"--out {str(out)!r} exists; checkpoints are never overwritten, name a new folder")
    require_packages(settings)
    place = open_home(home)
    settings = with_kept_compute(settings, place.root)
    spec = kind_named(settings.student.kind).base_spec(settings, threads=settings.compute.threads)
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
    home: Place,
    checkpoint: str | None,
    split: Split,
    mode: Mode,
    n: int | None,
    progress: Watcher,
    data: Path | None = None,
    recall: bool = False,
) -> EvalReport:
    """A checkpoint (the home's champion by default) on one of the sets or on a whole file, in one mode.

    Args:
        settings: say where problems come from, and how it searches.
        home: its folder.
        checkpoint: an id.
        split: `sealed`, or the first cycle's `practice` or `gate` set.
        mode: `talk` or `think`.
        n: only the first n problems.
        progress: told how far it is.
        data: a file whose rows are all evaluated, in place of a set; training must not have seen them.
        recall: whether a search may ask the memory for `search.recall` neighbours.

    Raises:
        UsageError: the memory is to be asked, and the search asks none.
    """
    from agents.run_folder import write_records
    from reasoner.evaluation.attempts import attempt_all
    from reasoner.evaluation.reports import summarise
    from reasoner.training.threads import computing_with, process_threads

    if recall:
        _require_recall(settings, searchers=("beam",))
    place = home_at(home)
    picked = place.choose(checkpoint)
    chosen = picked.checkpoint
    domain = judged_domain(settings, place)
    problems = _problems_of(settings, split, data, domain)
    name = split if data is None else "file"
    settings = settings if recall else by_itself(settings)
    searcher = settings.search.searcher
    asks = f"-recall{settings.search.recall}" if settings.search.recall else ""
    student, began = place.ready(picked), time.monotonic()
    with computing_with(process_threads()):
        tried = attempt_all(
            student,
            domain,
            problems[:n],
            mode,
            solver=solver_of(place, chosen, settings, domain, mode),
            on_progress=lambda done, total: progress(Progress(cycle=0, node="evaluate", done=done, total=total)),
        )
    seconds = time.monotonic() - began
    way = mode if searcher == "greedy" else f"{searcher}{asks}"
    path = place.root / "evaluations" / f"{chosen.id}-{data.stem if data else split}-{way}.jsonl"
    write_records(path, attempts_of(tried))
    return summarise(
        attempts_of(tried),
        checkpoint=chosen.id,
        split=name,
        cycle=chosen.cycle,
        mode=mode,
        attempts_file=path.relative_to(place.root).as_posix(),
        seconds=round(seconds, 3),
        search=f"{searcher}{asks}",
    )


def compare_searchers(
    settings: Settings,
    *,
    home: Place,
    checkpoint: str | None,
    split: Split,
    n: int | None,
    progress: Watcher,
    data: Path | None = None,
    recall: bool = False,
) -> SearchTable:
    """Every way of searching on the same problems, beside greedy. Arguments and errors as in `evaluate`."""
    from agents.search_table import compare_all

    if recall:
        _require_recall(settings, searchers=())
    place = home_at(home)
    picked = place.choose(checkpoint)
    domain = judged_domain(settings, place)
    problems = _problems_of(settings, split, data, domain)
    student = place.ready(picked)
    rows = compare_all(
        student,
        domain,
        problems[:n],
        settings.search,
        seed=settings.seed,
        verifier=place.verifier(picked.checkpoint.fingerprint, student),
        recall=recall_of(place, domain, settings.search.recall) if recall else None,
        on_progress=lambda name, done, total: progress(
            Progress(cycle=0, node="search", done=done, total=total, note=name)
        ),
    )
    return SearchTable(checkpoint=picked.checkpoint.id, split=split if data is None else "file", rows=tuple(rows))


def solver_of(place: Home, checkpoint: Checkpoint, settings: Settings, domain: Domain, mode: Mode) -> "Solver | None":
    """The solve graph as a solver; None for greedy solving, which needs none."""
    if settings.search.searcher == "greedy":
        return None
    if mode != "talk":
        raise UsageError(f"--mode {mode} with search.searcher={settings.search.searcher}: searching goes on from words")
    from agents.searching import search_all

    recall = searched_memory(place, domain, settings)

    def solve(student: "Student", questions: Sequence[str], mode: Mode) -> "list[Solved]":  # noqa: ARG001 (a `Solver`)
        verifier = place.verifier(checkpoint.fingerprint, student)
        found = search_all(
            student, domain, questions, settings.search, seed=settings.seed, verifier=verifier, recall=recall
        )
        return [f.solved for f in found]

    return solve


def searched_memory(place: Home, domain: Domain, settings: Settings) -> Recall | None:
    """The memory, for the one searcher that it seeds."""
    return recall_of(place, domain, settings.search.recall if settings.search.searcher == "beam" else 0)


def searching(settings: Settings, searcher: SearcherName | None) -> Settings:
    """The settings with another searcher; as they are for None."""
    if searcher is None:
        return settings
    return settings.model_copy(update={"search": settings.search.model_copy(update={"searcher": searcher})})


def _require_recall(settings: Settings, *, searchers: Sequence[str]) -> None:
    """Raises UsageError where no neighbours are asked for, or the searcher is none of those named, if any are."""
    if not settings.search.recall:
        raise UsageError("--recall without neighbours; say how many, such as `--recall search.recall=4`")
    if searchers and settings.search.searcher not in searchers:
        raise UsageError(
            f"--recall with search.searcher={settings.search.searcher}; only a beam is seeded: --search beam"
        )


def by_itself(settings: Settings) -> Settings:
    """The settings without the memory: what is measured shall be the student's."""
    return settings.model_copy(update={"search": settings.search.model_copy(update={"recall": 0})})


def _problems_of(settings: Settings, split: Split, data: Path | None, domain: Domain) -> list[Problem]:
    """All rows of a file; else the sealed set, or the first cycle's practice or gate set."""
    from reasoner.data.files import read_problems
    from reasoner.data.sources import open_source

    if data is not None:
        return read_problems(data, domain)
    source = open_source(settings)
    return source.sealed() if split == "sealed" else getattr(source, split)(1)
