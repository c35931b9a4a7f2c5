"""A verifier for a student: train it, and tell how good it is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.bootstrap.home import home_at
from reasoner.bootstrap.judging import judged_domain
from reasoner.config.settings import Settings
from reasoner.types.loop import Progress
from reasoner.types.verifier import JudgeQuality, ScoredSolutions, VerifierReport

if TYPE_CHECKING:
    from reasoner.search.trained_verifier import TrainedVerifier

JUDGES = {"verifier": None, "energy": False, "energy, symbolic": True}
"""What is measured, and whether with the symbolic check; the head knows none."""


def train_verifier(
    settings: Settings, *, home: Path, checkpoint: str | None, progress: Callable[[Progress], None]
) -> VerifierReport:
    """Trains the verifier of a checkpoint (the home's champion by default) on its attempts at practice problems.

    The same command again goes on where it was stopped, and answers at once when all is done.

    Args:
        settings: `verifier`, `search`, `data` and `seed` count.
        home: its folder; the verifier lies there under `verifiers/`.
        checkpoint: an id, or a folder below the home.
        progress: told how far it is.
    """
    from agents.verifying import Pupil, make_trained_verifier
    from jobs.queue import run_job
    from reasoner.bootstrap.compute import kept_compute
    from reasoner.data.sources import open_source
    from reasoner.diagnostics.plots import plot_reliability
    from reasoner.search.trained_verifier import verifier_folder

    place = home_at(home)
    picked = place.choose(checkpoint)
    source = open_source(settings)
    inside = picked.folder.is_relative_to(place.root)
    where = picked.folder.relative_to(place.root) if inside else picked.folder.resolve()
    made = make_trained_verifier(
        Pupil(picked.student(), picked.checkpoint.fingerprint, where.as_posix()),
        judged_domain(settings, place),
        [p for pool in range(1, settings.verifier.pools + 1) for p in source.practice(pool)],
        settings,
        home=place.root,
        threads=kept_compute(place.root, settings.compute)["threads"],
        run_job=lambda spec, on_progress: run_job(place.database(), place.root, spec, on_progress=on_progress),
        watch=lambda note, done, total: progress(Progress(cycle=0, node="verifier", done=done, total=total, note=note)),
    )
    folder = verifier_folder(place.root, made.student, made.about["work"])
    plot_reliability(
        folder / "reliability.png", {name: made.quality(symbolic=s)["all"]["bins"] for name, s in JUDGES.items()}
    )
    return VerifierReport(
        checkpoint=picked.checkpoint.id,
        fingerprint=made.student,
        folder=folder.relative_to(place.root).as_posix(),
        problems=made.about["problems"],
        held_out=made.about["held_out"],
        quality=tuple(_qualities(made)),
        margin=made.judging[False].margin,
        margin_symbolic=made.judging[True].margin,
        seconds=made.about["seconds"],
    )


def verify_file(
    settings: Settings, *, home: Path, checkpoint: str | None, file: Path, progress: Callable[[Progress], None]
) -> ScoredSolutions:
    """Ranks the solutions of a file by a checkpoint's verifier (by its decoder's belief where it has none).

    Args:
        settings: `search.symbolic`, `search.verifier` and `task.name` count.
        home: its folder.
        checkpoint: an id or a folder; the home's champion by default.
        file: a question with several solutions a row; see docs/data-format.md.
        progress: told how far it is.

    Raises:
        DataError: the file cannot be used.
    """
    from agents.scoring import score_solutions
    from reasoner.data.files import read_solutions
    from reasoner.domains.registry import get_domain
    from reasoner.evaluation.ranking import rank_solutions

    place = home_at(home)
    picked = place.choose(checkpoint)
    rows, student = read_solutions(file), picked.student()
    verifier = place.verifier(picked.checkpoint.fingerprint, student) if settings.search.verifier else None
    scores = score_solutions(
        student,
        get_domain(settings.task.name),
        [row.question for row in rows],
        [[s.steps for s in row.solutions] for row in rows],
        settings.search,
        verifier=verifier,
        on_progress=lambda done, total: progress(Progress(cycle=0, node="verify", done=done, total=total)),
    )
    ranked = rank_solutions(scores, [[s.correct for s in row.solutions] for row in rows])
    judge = "verifier" if verifier else "log-probability"
    return ScoredSolutions(
        checkpoint=picked.checkpoint.id,
        file=file.name,
        judge=f"{judge}, symbolic check" if settings.search.symbolic else judge,
        **ranked,
    )


def _qualities(made: "TrainedVerifier") -> Iterator[JudgeQuality]:
    """All judges, each over all depths and then by depth."""
    for name, symbolic in JUDGES.items():
        measured = made.quality(symbolic=symbolic)
        yield _quality(name, None, measured["all"])
        for depth, found in measured["by_depth"].items():
            yield _quality(name, int(depth), found)


def _quality(name: str, depth: int | None, found: dict[str, Any]) -> JudgeQuality:
    return JudgeQuality(
        name=name,
        depth=depth,
        n=found["n"],
        right=found["right"],
        auc=found["auc"],
        calibration_error=found["error"],
    )
