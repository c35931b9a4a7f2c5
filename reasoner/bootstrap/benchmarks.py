"""Public benchmarks put to a model: a folder of answers that any start of the same command goes on with.

benchmarks/<id>/asked.json      what is asked of whom; the id is made from it
                raw/<name>.jsonl    a line for each item: reply, extracted answers, scores
                answers.jsonl       an endpoint's answers, each written before it is booked
                result.json, report.md
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reasoner.bootstrap.answerers import Say, Source, Who, clock_of, source_of
from reasoner.bootstrap.home import Place, home_at
from reasoner.bootstrap.known_questions import KnownQuestions, known_questions
from reasoner.config.settings import Settings
from reasoner.errors import BudgetReached, UsageError
from reasoner.evaluation.asking.forms import How, form_for
from reasoner.evaluation.asking.measures import measures_of
from reasoner.evaluation.asking.raw_file import RawFile
from reasoner.evaluation.asking.report import report_of
from reasoner.evaluation.asking.rounds import answer_all
from reasoner.types.benchmark import Benchmark, Form, Item
from reasoner.types.benchmark_report import Answered, BenchmarkReport, BenchmarkRun, Plan
from reasoner.types.loop import Progress
from reasoner.types.problem import Mode
from reasoner.types.record import Record

Watcher = Callable[[Progress], None]

FOLDER = "benchmarks"
ASKED, RESULT, REPORT = "asked.json", "result.json", "report.md"


DRAWN = 0.8
"""Temperature of several texts for one question."""


class Wish(Record):
    """What a door asks for."""

    names: tuple[str, ...]
    paths: tuple[Path, ...] = ()
    """One for each name, in their order."""
    limit: int | None = None
    """The first so many rows."""
    shots: int | None = None
    """None keeps the protocol's."""
    samples: int = 1
    temperature: float | None = None
    """None: the likeliest text, or `DRAWN` where several are drawn."""
    max_tokens: int | None = None
    """None keeps the protocol's."""


class Opened:
    """A benchmark with its rows read."""

    def __init__(self, benchmark: Benchmark, path: Path, wish: Wish) -> None:
        self.benchmark, self.info, self.path = benchmark, benchmark.info, path
        self.shots = self.info.shots if wish.shots is None else wish.shots
        self.rows = list(benchmark.read(path, shots=self.shots))
        if not self.rows:
            raise UsageError(f"--path {str(path)!r} holds no rows of {self.info.name}")
        self.items: list[Item] = self.rows[: wish.limit]
        self.how = How(
            stops=self.info.stops,
            most_tokens=wish.max_tokens or self.info.most_tokens,
            samples=wish.samples,
            temperature=_usual(wish.samples) if wish.temperature is None else wish.temperature,
        )

    @property
    def identity(self) -> dict[str, object]:
        """Everything that its answers depend on, beside the model."""
        return {
            "name": self.info.name,
            "fingerprint": self.info.fingerprint,
            "rows_sha256": digest_of(self.path),
            "shots": self.shots,
            "items": len(self.items),
            **self.how.model_dump(mode="json"),
        }


def _usual(samples: int) -> float:
    return DRAWN if samples > 1 else 0.0


def list_benchmarks() -> list[dict[str, Any]]:
    """Name, title, form, metrics, shots, licence and source of each benchmark."""
    from reasoner.evaluation.benchmarks.registry import benchmark_names, get_benchmark

    found = [get_benchmark(name).info for name in benchmark_names()]
    return [info.model_dump(mode="json", exclude={"stops", "chance", "most_tokens"}) for info in found]


def plan_benchmarks(settings: Settings, wish: Wish, who: Who, *, home: Place, mode: Mode) -> list[Plan]:
    """What would be asked and what it would cost at most. Asks nobody, loads no model, writes nothing."""
    source = source_of(settings, home, who, mode=mode, say=lambda _: None)
    opened = _open(wish, source)
    plans: list[Plan] = []
    for one in opened:
        given: list[Form] = [form for form in one.info.forms if form in source.forms]
        form, first = (given or one.info.forms)[0], one.items[0]
        usd = source.most_usd(one.items, form, most_tokens=one.how.most_tokens, samples=one.how.samples)
        each = len(first.options) if form == "loglikelihood" else one.how.samples
        calls = sum(len(i.options) for i in one.items) if form == "loglikelihood" else len(one.items) * each
        plans.append(
            Plan(
                name=one.info.name,
                form=form,
                items=len(one.items),
                rows_in_all=len(one.rows),
                calls=calls if source.kind == "endpoint" else 0,
                most_usd=usd,
                first_prompt=first.question if source.kind == "checkpoint" else first.prompt,
                first_options=first.options if form == "loglikelihood" else (),
            )
        )
    return plans


def run_benchmarks(
    settings: Settings,
    wish: Wish,
    who: Who,
    *,
    home: Place,
    mode: Mode,
    out: Path | None,
    progress: Watcher,
    say: Say,
) -> BenchmarkRun:
    """Asks a model all items that no earlier start of the same command has asked, and sums up.

    Args:
        settings: the task of a checkpoint, how it searches; the device; how an endpoint is called; the limits.
        wish: which benchmarks, and how they are asked.
        who: the model.
        home: whose champion answers, whose ledger pays, and whose memory is looked through for the questions.
        mode: of a checkpoint.
        out: the folder of the results; None makes one below the home.
        progress: told how far it is.
        say: told what people should hear.

    Raises:
        UsageError: a benchmark without its file, a model that cannot answer, a folder of other results.
        BudgetReached: a limit forbids the next request; what was answered is kept.
        BusyError: another process asks the same.
    """
    from memory.locks import exclusive
    from reasoner.storage.writing import write_json, write_text

    began, out_of_time = time.monotonic(), clock_of(settings.limits)
    source = source_of(settings, home, who, mode=mode, say=say)
    opened = _open(wish, source)
    identity = _identity(opened, source, settings.seed)
    id = _id_of(identity)
    folder = out if out is not None else home_at(home).root / FOLDER / id
    known = known_questions(home_at(home), settings)
    with exclusive(folder / "lock", patience=1.0):
        _require_same(folder, identity)
        write_json(folder / ASKED, identity)
        answerer = source.open(f"benchmark/{id}", folder)
        reports = []
        for one in opened:
            form = form_for(one.info, answerer)
            raw = RawFile(folder / "raw" / f"{one.info.name}.jsonl", form)
            answered = answer_all(
                one.benchmark,
                one.items,
                answerer,
                form=form,
                how=one.how,
                raw=raw,
                together=source.together,
                on_progress=_watched(one.info.name, progress, out_of_time, settings),
            )
            reports.append(_report(one, form, answered, known, raw=raw.path.relative_to(folder).as_posix()))
        spent = source.spent()
        run = BenchmarkRun(
            id=id,
            folder=str(folder),
            answerer=source.name,
            answerer_fingerprint=source.fingerprint,
            checkpoint=source.name,
            seed=settings.seed,
            reports=tuple(reports),
            usd=spent.usd,
            requests=spent.requests,
            seconds=round(time.monotonic() - began, 3),
        )
        write_json(folder / RESULT, run.model_dump(mode="json"))
        write_text(folder / REPORT, report_of(run))
    return run


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file, or of the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        if path.is_dir():
            digest.update(f"{file.relative_to(path).as_posix()}\0".encode())
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _open(wish: Wish, source: Source) -> list[Opened]:
    from reasoner.evaluation.benchmarks.registry import get_benchmark

    if source.kind == "checkpoint" and wish.shots is None:
        # It reads questions alone, so that nobody need have the files of the examples.
        wish = wish.model_copy(update={"shots": 0})

    if doubled := {name for name in wish.names if wish.names.count(name) > 1}:
        raise UsageError(f"{', '.join(sorted(doubled))}: named twice; name each benchmark once")
    found = [get_benchmark(name) for name in wish.names]
    return [Opened(one, path, wish) for one, path in zip(found, _paths(found, wish), strict=True)]


def _paths(benchmarks: Sequence[Benchmark], wish: Wish) -> list[Path]:
    """The path of each benchmark's rows: the one that is named, or where its rows always are.

    Raises:
        UsageError: they are missing or too many, or name nothing.
    """
    usual = [getattr(one, "default_path", None) for one in benchmarks]
    needed = [one for one, path in zip(benchmarks, usual, strict=True) if path is None]
    given = list(wish.paths)
    if not given and needed:
        first = needed[0].info
        raise UsageError(
            f"{first.name} needs its rows: --path FILE. They are those of {first.source} ({first.license}); "
            "docs/benchmarks.md says which file, and where its publisher gives it"
        )
    if len(given) not in (len(benchmarks), len(needed)):
        names = ", ".join(one.info.name for one in needed)
        raise UsageError(
            f"{len(given)} times --path for {len(needed)} benchmarks ({names}); give one for each, in order"
        )
    if len(given) == len(benchmarks):
        paths = given
    else:
        rest = iter(given)
        paths = [path if path is not None else next(rest) for path in usual]
    if lost := next((path for path in paths if not path.exists()), None):
        raise UsageError(f"--path {str(lost)!r}: there is no such file or folder")
    return [path.absolute() for path in paths]


def _identity(opened: Sequence[Opened], source: Source, seed: int) -> dict[str, object]:
    return {
        "benchmarks": [one.identity for one in opened],
        "answerer": {"kind": source.kind, "name": source.name, "fingerprint": source.fingerprint},
        "seed": seed,
    }


def _id_of(identity: dict[str, Any]) -> str:
    """Readable, and other for whatever else is asked."""
    mark = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:8]
    names = "+".join(one["name"] for one in identity["benchmarks"])
    return f"{names[:40]}-{mark}"


def _require_same(folder: Path, identity: dict[str, object]) -> None:
    from reasoner.storage.json_files import read_object

    if not (folder / ASKED).exists():
        return
    kept = read_object(folder / ASKED, mend="name a new folder with --out, or delete this one")
    if kept != json.loads(json.dumps(identity)):
        differing = [key for key in identity if kept.get(key) != json.loads(json.dumps(identity[key]))]
        raise UsageError(
            f"{str(folder)!r} holds answers to something else ({', '.join(differing)} differ); name another --out"
        )


def _watched(
    name: str, progress: Watcher, out_of_time: Callable[[], bool], settings: Settings
) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        progress(Progress(cycle=0, node=name, done=done, total=total))
        if done < total and out_of_time():
            raise BudgetReached(
                f"limits.max_minutes={settings.limits.max_minutes:g} reached at item {done} of {total} of {name}; "
                "raise the limit and run the same command to continue"
            )

    return told


def _report(
    one: Opened, form: Form, answered: Sequence[Answered], known: KnownQuestions, *, raw: str
) -> BenchmarkReport:
    found = known.among(one.items)
    return BenchmarkReport(
        name=one.info.name,
        title=one.info.title,
        source=one.info.source,
        fingerprint=one.info.fingerprint,
        rows=str(one.path),
        rows_sha256=str(one.identity["rows_sha256"]),
        form=form,
        protocol_form=one.info.forms[0],
        shots=one.shots,
        protocol_shots=one.info.shots,
        samples=one.how.samples,
        temperature=one.how.temperature,
        most_tokens=one.how.most_tokens,
        items=len(one.items),
        rows_in_all=len(one.rows),
        cut=sum(line.cut for line in answered),
        measures=measures_of(one.info, one.items, answered, known=found[0] if found else None),
        known=found[1] if found else None,
        first_error=next(filter(None, map(_error_of, answered)), ""),
        raw=raw,
    )


def _error_of(line: Answered) -> str:
    """Why an item has no answer or no verdict; empty where it has both."""
    said = (error for score in line.scores for error in score.errors.values())
    return line.reply.error or next(said, "")
