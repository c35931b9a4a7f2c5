"""A checkpoint on the bench: all audits in order, and the rival that was given as much."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.bootstrap.home import Home, open_home
from reasoner.bootstrap.judging import judged_domain
from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.types.diagnosis import Diagnosis, Section
from reasoner.types.loop import Progress

if TYPE_CHECKING:
    from reasoner.models.student import Student

PROBE_PROBLEMS = 1000
"""Practice problems whose steps train the probes."""


@dataclass(frozen=True)
class Baseline:
    """Whether the rival is trained, and for how long."""

    skip: bool = False
    seconds: float | None = None
    """None: as long as the student itself was trained."""


@dataclass(frozen=True)
class _Specimen:
    """The student to be examined and what is known of its training."""

    student: "Student"
    id: str
    fingerprint: str
    settings: Settings
    """Of its training where a job tells them, else those given."""
    seconds: float | None
    """Training time over all its ancestors; None where no job tells it."""
    threads: int
    is_base: bool
    place: Home


def diagnose(
    settings: Settings,
    *,
    home: Path,
    checkpoint: str,
    n: int,
    baseline: Baseline,
    out: Path | None,
    on_section: Callable[[Section], None],
    progress: Callable[[Progress], None],
) -> Diagnosis:
    """Runs every audit on a checkpoint.

    Args:
        settings: say where problems come from.
        home: its folder.
        checkpoint: an id of the home, or the folder of a checkpoint.
        n: problems of each evaluation.
        baseline: whether and how long the rival is trained.
        out: folder of pictures and `diagnosis.json`; by default `diagnoses/<id>` of the home.
        on_section: told each section as it is done.
        progress: told what is being done.

    Raises:
        NotFoundError: there is no such checkpoint.
        UsageError: nobody knows how long the student was trained, and no time for the rival was given.
    """
    specimen = _specimen(settings, home, checkpoint)
    seconds = _baseline_seconds(specimen, baseline)
    folder = out or home / "diagnoses" / specimen.id
    sections = list[Section]()
    for name, section in _audits(specimen, settings, n=n, seconds=seconds, progress=progress).items():
        progress(Progress(cycle=0, node=name, done=0, total=0))
        sections.append(section())
        on_section(sections[-1])
    return _keep(specimen, sections, folder)


def _audits(
    specimen: _Specimen, settings: Settings, *, n: int, seconds: float | None, progress: Callable[[Progress], None]
) -> dict[str, Callable[[], Section]]:
    """Every section by name, to be computed in this order."""
    from reasoner.data.sources import open_source
    from reasoner.evaluation import causal, latent_audit, modes, out_of_distribution
    from reasoner.training.feed import derive
    from reasoner.types.domain import WritesEquations, power

    student = specimen.student
    source, domain = open_source(settings), judged_domain(settings, specimen.place)
    problems = source.sealed()[:n]
    held_out = [step for p in (*source.sealed(), *source.gate(1)) for step in p.steps]
    equations = power(domain, WritesEquations)
    largest = equations.largest_number(settings.options) if equations else None
    bench = _Bench(
        student, source.practice(1)[:PROBE_PROBLEMS], source.sealed(), derive(settings.seed, "fresh weights")
    )
    seed = derive(settings.seed, "audit")
    found: dict[str, Callable[[], Section]] = {
        "round_trip": lambda: latent_audit.round_trip_section(
            student, held_out, _base_steps(specimen, held_out, largest), max_number=largest
        ),
        "probes": lambda: latent_audit.probes_section(bench.train, bench.test, bench.random()),
        "spectrum": lambda: latent_audit.spectrum_section(bench.test),
        "references": lambda: latent_audit.references_section(student, bench.test, bench.train, seed=seed),
        "causal": lambda: causal.causal_section(student, domain, problems, seed=seed),
        "modes": lambda: modes.modes_section(student, domain, problems),
    }
    if equations is None:
        del found["probes"]
    if settings.task.is_drawn:
        found["out_of_distribution"] = lambda: out_of_distribution.out_of_distribution_section(
            student, domain, settings, longest=student.shape.max_steps, n=n, seed=seed
        )
    if seconds is not None:
        found["baseline"] = lambda: _baseline(specimen, settings, n=n, seconds=seconds, progress=progress)
    return found


class _Bench:
    """Latents of training and test steps, computed when first asked for."""

    def __init__(self, student: "Student", train: list[Any], test: list[Any], seed: int) -> None:
        from reasoner.diagnostics.latents import collect

        self._student, self._problems, self._seed = student, (train, test), seed
        self.train, self.test = collect(student, train), collect(student, test)

    def random(self) -> Any:
        """The same steps through a student of fresh weights."""
        from reasoner.diagnostics.latents import collect
        from reasoner.evaluation.latent_audit import RandomLatents
        from reasoner.models.network import build_net

        net = build_net(self._student.shape, seed=self._seed, lent=self._student.lent).eval()
        fresh = dataclasses.replace(self._student, net=net)
        return RandomLatents(*(collect(fresh, problems) for problems in self._problems))


def _baseline(
    specimen: _Specimen, settings: Settings, *, n: int, seconds: float, progress: Callable[[Progress], None]
) -> Section:
    from reasoner.data.sources import open_source
    from reasoner.evaluation.rivalry import baseline_section
    from reasoner.training.language import train_rival

    def report(share: float, note: str) -> None:
        progress(Progress(cycle=0, node="baseline", done=round(100 * share), total=100, note=note))

    trained = train_rival(
        specimen.student, _rival_settings(specimen), seconds=seconds, threads=specimen.threads, report=report
    )
    problems = open_source(settings).sealed()[:n]
    domain, parameters = judged_domain(settings, specimen.place), specimen.student.parameters
    return baseline_section(specimen.student, trained, domain, problems, parameters=parameters)


def _rival_settings(specimen: _Specimen) -> Settings:
    """A base's rival learns from what the base did; that of a candidate, taught by the loop, from all difficulties."""
    settings = specimen.settings
    if specimen.is_base:
        return settings
    data = settings.data.model_copy(update={"base_difficulties": settings.data.difficulties})
    return settings.model_copy(update={"data": data})


def _base_steps(specimen: _Specimen, held_out: list[str], largest: int | None) -> set[str] | None:
    """Steps that base training drew, up to where all that is asked for has been drawn.

    None where they cannot be drawn again in reasonable time: a user's rows, and domains whose steps are not numbered.
    """
    from reasoner.data.sources import open_source
    from reasoner.evaluation.latent_audit import all_equations
    from reasoner.training.feed import BLOCK, derive

    settings = specimen.settings
    if largest is None or not settings.task.is_drawn:
        return None
    source, seed = open_source(settings), derive(settings.seed, "base")
    seen, missing = set[str](), {*held_out, *all_equations(0, largest)}
    for number in range(-(-settings.train.base_updates // BLOCK)):
        drawn = source.base_problems(BLOCK * settings.train.batch_size, derive(seed, "fresh", number))
        seen.update(step for problem in drawn for step in problem.steps)
        if missing <= seen:
            break
    return seen


def _specimen(settings: Settings, home: Path, checkpoint: str) -> _Specimen:
    from reasoner.bootstrap.compute import with_kept_compute
    from reasoner.students.latent.asked_for import as_latent
    from reasoner.training.work import threads_in_all

    place = open_home(home)
    picked = place.choose(checkpoint)
    settings, found = with_kept_compute(settings, place.root), picked.checkpoint
    is_base = found.kind == "base"
    # A folder is known to no store; of a candidate's, its own seconds leave out those of its ancestors.
    lineage = _jobs(place, found.id) if found.run else []
    payload = lineage[-1].spec.payload if lineage else {}
    own_seconds = picked.about.get("train_seconds") if is_base else None
    return _Specimen(
        student=as_latent(picked.student(device=settings.compute.device), "a diagnosis"),
        id=found.id,
        fingerprint=found.fingerprint,
        settings=_trained_with(payload) if payload else settings,
        seconds=sum(job.result["train_seconds"] for job in lineage) if lineage else own_seconds,
        threads=threads_in_all(payload) if payload else settings.compute.threads,
        is_base=is_base,
        place=place,
    )


def _trained_with(payload: dict[str, Any]) -> Settings:
    """The settings of a training job, in the precision that it computed in."""
    settings = Settings.model_validate(payload["settings"])
    compute = settings.compute.model_copy(update={"precision": payload.get("precision", "float32")})
    return settings.model_copy(update={"compute": compute})


def _jobs(place: Home, id: str) -> list[Any]:
    """The jobs that made a checkpoint, its own first, its base's last; empty where one is not in this home."""
    from memory.store.jobs import JobStore

    made = {job.result["checkpoint"]: job for job in JobStore(place.database()).list() if "checkpoint" in job.result}
    lineage = []
    while id:
        if id not in made:
            return []
        lineage.append(made[id])
        id = made[id].result["parent"]
    return lineage


def _baseline_seconds(specimen: _Specimen, baseline: Baseline) -> float | None:
    if baseline.skip:
        return None
    seconds = baseline.seconds or specimen.seconds
    if seconds is None:
        raise UsageError(
            f"checkpoint {specimen.id!r}: nothing tells how long it was trained, which is how long its rival may be; "
            "give --baseline-seconds S, or --skip-baseline"
        )
    return seconds


def _keep(specimen: _Specimen, sections: list[Section], folder: Path) -> Diagnosis:
    from reasoner.diagnostics.plots import plot_diagnosis

    plots = plot_diagnosis(folder, sections)
    diagnosis = Diagnosis(
        checkpoint=specimen.id,
        fingerprint=specimen.fingerprint,
        parameters=specimen.student.parameters,
        sections=tuple(sections),
        plots=tuple(str(path) for path in plots),
    )
    (folder / "diagnosis.json").write_text(diagnosis.model_dump_json(indent=2), encoding="utf-8")
    return diagnosis
