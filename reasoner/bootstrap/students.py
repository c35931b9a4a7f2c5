"""Single students: train one, evaluate one, ask one."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.bootstrap.home import Home, home_at, open_home
from reasoner.bootstrap.judging import judged_domain
from reasoner.bootstrap.recall import recall_of
from reasoner.config.packages import require_packages
from reasoner.config.settings import Settings
from reasoner.domains.powers import judge_steps
from reasoner.errors import UsageError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.domain import Domain, JudgesSteps, power
from reasoner.types.loop import Progress
from reasoner.types.ports import Recall
from reasoner.types.problem import Mode, Problem, Split
from reasoner.types.report import EvalReport
from reasoner.types.search import SearchTable, SearchTrace
from reasoner.types.solution import Solution, SolvedStep
from reasoner.types.student import Doubts, TellsUnread
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from reasoner.evaluation.attempts import Solver
    from reasoner.types.student import Solved, Student

Watcher = Callable[[Progress], None]

BLOCK = 512
"""Questions that are solved together and told of as soon as they are."""
FEW = 8
"""Questions that one thread solves faster than several."""


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
    home: Path,
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
    """
    from agents.run_folder import write_records
    from reasoner.evaluation.attempts import attempt_all
    from reasoner.evaluation.reports import summarise

    place = home_at(home)
    picked = place.choose(checkpoint)
    chosen = picked.checkpoint
    domain = judged_domain(settings, place)
    problems = _problems_of(settings, split, data, domain)
    name = split if data is None else "file"
    settings = settings if recall else by_itself(settings)
    searcher = settings.search.searcher
    asks = f"-recall{settings.search.recall}" if settings.search.recall else ""
    student, began = picked.student(), time.monotonic()
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
    home: Path,
    checkpoint: str | None,
    split: Split,
    n: int | None,
    progress: Watcher,
    data: Path | None = None,
    recall: bool = False,
) -> SearchTable:
    """Every way of searching on the same problems, beside greedy. Arguments as in `evaluate`."""
    from agents.search_table import compare_all
    from reasoner.students.latent.asked_for import as_latent

    place = home_at(home)
    picked = place.choose(checkpoint)
    domain = judged_domain(settings, place)
    problems = _problems_of(settings, split, data, domain)
    student = as_latent(picked.student(), "a search")
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
    from reasoner.students.latent.asked_for import as_latent

    recall = _recall(place, domain, settings)

    def solve(student: "Student", questions: Sequence[str], mode: Mode) -> "list[Solved]":  # noqa: ARG001 (a `Solver`)
        pupil = as_latent(student, "a search")
        verifier = place.verifier(checkpoint.fingerprint, pupil)
        found = search_all(
            pupil, domain, questions, settings.search, seed=settings.seed, verifier=verifier, recall=recall
        )
        return [f.solved for f in found]

    return solve


def search(settings: Settings, *, home: Path, question: str, checkpoint: str | None) -> SearchTrace:
    """What a checkpoint (the home's champion by default) sees while it looks for a question's answer."""
    from agents.searching import search_one
    from reasoner.domains.registry import get_domain
    from reasoner.students.latent.asked_for import as_latent

    place = home_at(home)
    picked = place.choose(checkpoint)
    domain, student = get_domain(picked.task(settings.task.name)), as_latent(picked.student(), "a search")
    verifier = place.verifier(picked.checkpoint.fingerprint, student)
    recall = _recall(place, domain, settings)
    return search_one(student, domain, question, settings.search, seed=settings.seed, verifier=verifier, recall=recall)


def _recall(place: Home, domain: Domain, settings: Settings) -> Recall | None:
    """The memory, for the one searcher that it seeds."""
    return recall_of(place, domain, settings.search.recall if settings.search.searcher == "beam" else 0)


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


def solve(settings: Settings, *, home: Path, question: str, checkpoint: str | None, mode: Mode) -> Solution:
    """Answers a question with a checkpoint (default: the home's champion)."""
    return next(solve_many(settings, home=home, questions=[question], checkpoint=checkpoint, mode=mode))


def solve_many(
    settings: Settings, *, home: Path, questions: Sequence[str], checkpoint: str | None, mode: Mode
) -> Iterator[Solution]:
    """Answers questions with one checkpoint (default: the home's champion), in order, `BLOCK` at a time.

    A solution's `seconds` are its share of those of its block.
    """
    from reasoner.domains.registry import get_domain
    from reasoner.evaluation.attempts import solve_all
    from reasoner.evaluation.understanding import doubt
    from reasoner.training.threads import computing_with

    place = home_at(home)
    picked = place.choose(checkpoint)
    domain, student = get_domain(picked.task(settings.task.name)), picked.student()
    solver = solver_of(place, picked.checkpoint, settings, domain, mode)
    for block in (questions[start : start + BLOCK] for start in range(0, len(questions), BLOCK)):
        began = time.monotonic()
        # A few short questions are no work that threads could share: they only wait for one another.
        with computing_with(1) if len(block) <= FEW else nullcontext():
            solved = solver(student, block, mode) if solver else solve_all(student, domain, block, mode)
        seconds = round((time.monotonic() - began) / len(block), 3)
        for question, one in zip(block, solved, strict=True):
            why = doubt(domain, question, one.steps, unknown=_unread(student, question)) or _own(student, question, one)
            solution = _solution(domain, question, one, checkpoint=picked.checkpoint.id, mode=mode, seconds=seconds)
            yield solution.model_copy(update={"doubt": why, "answer": ""}) if why else solution


def _own(student: "Student", question: str, solved: "Solved") -> str:
    """What it says itself against its answer, as far as it can tell."""
    doubts = power(student, Doubts)
    return doubts.doubts(question, solved) if doubts else ""


def _unread(student: "Student", question: str) -> Sequence[str]:
    """Words that it cannot read, as far as it knows."""
    tells = power(student, TellsUnread)
    return tells.unread(question) if tells else ()


def _solution(
    domain: Domain, question: str, solved: "Solved", *, checkpoint: str, mode: Mode, seconds: float
) -> Solution:
    """A solved question as people see it, its answer not doubted yet."""
    verdicts, judged = judge_steps(domain, question, solved.steps), power(domain, JudgesSteps) is not None
    steps = tuple(
        SolvedStep(text=text, holds=verdict.holds if judged else None, fault=verdict.fault, logprob=round(logprob, 4))
        for text, verdict, logprob in zip(solved.steps, verdicts, solved.logprobs, strict=False)
    )
    guess = domain.answer_of(solved.steps) if solved.finished else ""
    return Solution(
        question=question, steps=steps, answer=guess, guess=guess, checkpoint=checkpoint, mode=mode, seconds=seconds
    )
