"""Looks before anything is trained: packages, data, whether the teacher can read it, disk, memory, the teacher itself.

What would end the run later ends it here, in words. Done once for every start of a run that has something to do, and by
`--dry-run`. What it looks at comes in through ports: problems, the domain, the books of teacher calls.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.bootstrap.first_contact import first_contact
from reasoner.bootstrap.judging import look_at_judge
from reasoner.bootstrap.run_parts import source_of
from reasoner.bootstrap.teacher_trial import price_of, try_teacher
from reasoner.config.packages import require_packages
from reasoner.config.settings import Settings
from reasoner.domains.powers import read_answer
from reasoner.domains.registry import get_domain
from reasoner.errors import ReasonerError, UsageError
from reasoner.types.domain import BuiltinExpert, Domain, power
from reasoner.types.preflight import Look, Preflight
from reasoner.types.printable import shortened
from reasoner.types.problem import Problem

if TYPE_CHECKING:
    from agents.teachers.provider import Ledger
    from reasoner.data.sources import ProblemSource
    from reasoner.types.teaching import TeacherCall

FEWEST_READABLE = 0.05
"""Share of the practice rows that the built-in expert must be able to read."""

_ROW_BYTES = 4096
"""Of an attempt with its events, trace and latents; reckoned, not measured."""
_STATE_COPIES = 5
"""Weights, two moments, gradients and target encoder in a resumable training state."""
_LEAST_DISK = 64 * 2**20
_PROCESS_BYTES = 400 * 2**20
"""An interpreter with its libraries."""
_SMALLER = {
    "latent": "lower train.batch_size, student.width or the layers",
    "encoder": "name a smaller encoder, --student FOLDER",
    "language": "lower language.batch_size or language.max_prompt_tokens, set language.recompute=true or a "
    "language.lora_rank, or name a smaller model, --student FOLDER",
}
"""What takes less memory, by kind of student."""
_PROCESSES = 2
"""The loop, and the job that trains."""


def preflight_run(
    settings: Settings,
    ledger: "Ledger[TeacherCall]",
    *,
    home: Path,
    cycles: int,
    done: int,
    say: Callable[[str], None],
    show: Callable[[Sequence[Look]], None] = lambda _: None,
) -> Preflight:
    """Looks at everything before a start of a run.

    Args:
        settings: of the run.
        ledger: the run's books, of no cycle.
        home: its folder.
        cycles: that are asked for.
        done: of them, whose files are on the disk already.
        say: told what people should hear while the teacher makes us wait.
        show: told all but the teacher's answer, before anything is paid.

    Raises:
        ReasonerError: the run cannot begin; `look_around` and `try_teacher` say why.
    """
    looks = look_around(settings, home=home, cycles=cycles, done=done)
    if not done:
        looks += first_contact(settings, home=home, cycles=cycles, price_of=price_of)
    show(looks)
    return Preflight(looks=(*looks, *try_teacher(settings, ledger, say=say)))


def look_around(settings: Settings, *, home: Path, cycles: int, done: int = 0) -> list[Look]:
    """Everything but the teacher's answer.

    Args:
        settings: of the run.
        home: its folder, which need not exist.
        cycles: that are asked for.
        done: of them, whose files are on the disk already.

    Raises:
        ConfigError: a package is missing.
        DataError: the practice file cannot be used.
        UsageError: the teacher cannot read the task.
        ReasonerError: disk or memory is too small.
    """
    modules = require_packages(settings)
    source = source_of(settings, cycles)
    looks = [Look(what="packages", found=", ".join(modules))] if modules else []
    looks.append(Look(what="data", found=_data_words(settings, source)))
    if reads := _teacher_reads(settings, source):
        looks.append(Look(what="readable", found=reads))
    looks += look_at_retention(settings, source)
    looks += look_at_judge(settings, source)
    left = max(1, cycles - done)
    return [*looks, look_at_disk(settings, home=home, cycles=left), look_at_memory(settings)]


def look_at_retention(settings: Settings, source: "ProblemSource") -> list[Look]:
    """The suites that a gate asks beside its set.

    Raises:
        ConfigError: an entry names no benchmark or task.
        DataError: its rows cannot be read.
        UsageError: it is named twice, its files are missing, or practice rows ask what it asks: they would teach it.
    """
    from reasoner.data.file_source import FileSource
    from reasoner.data.held_out import HeldOutQuestions
    from reasoner.evaluation.retention import label_of, open_suite

    entries, domain = settings.gate.retention, get_domain(settings.task.name)
    if len(set(entries)) < len(entries):
        raise UsageError(f"gate.retention={list(entries)}: a suite is named twice; name each once")
    practised = source.practice_questions if isinstance(source, FileSource) else []
    found: list[str] = []
    for entry in entries:
        suite = open_suite(entry, domain)
        held_out = HeldOutQuestions(suite.questions.values())
        if copies := [question for question in practised if held_out.match(question) is not None]:
            raise UsageError(
                f"gate.retention: {len(copies)} practice rows of {settings.task.rows} ask what {entry!r} asks, such as "
                f"{shortened(copies[0])}; what is retained must not teach: take them out of one of the two files"
            )
        found.append(
            f"{min(settings.gate.retention_size, len(suite.questions))} of {len(suite.questions)} items of "
            f"{label_of(entry)}"
        )
    return [Look(what="retention", found="; ".join(found))] if found else []


def _data_words(settings: Settings, source: "ProblemSource") -> str:
    from reasoner.data.file_source import LEFT_OUT

    data, task = settings.data, settings.task
    if task.is_drawn:
        sizes = f"{data.practice_size} practice, {data.gate_size} gate and {data.sealed_size} sealed"
        return f"{sizes} problems of {task.name}, generated"
    sizes = f"{len(source.practice(1))} practice, {len(source.gate(1))} gate and {len(source.sealed())} sealed rows"
    found = f"{sizes} of {task.rows}; gate sets for {source.gate_sets} cycles"
    return f"{found}; {LEFT_OUT.format(count=source.left_out)}" if source.left_out else found


def _teacher_reads(settings: Settings, source: "ProblemSource") -> str:
    """What of the task the teacher can read, in words; empty where nobody is asked or only asking would tell.

    Raises:
        UsageError: nothing, or nearly nothing.
    """
    teacher, task = settings.teacher, settings.task
    if settings.lessons != "teacher" or not teacher.calls or not teacher.model.startswith("builtin/"):
        return ""
    domain = get_domain(task.name)
    if power(domain, BuiltinExpert) is None:
        raise UsageError(
            f"teacher.model={teacher.model!r} cannot teach the task {task.name!r}, which has no built-in expert: use "
            "teacher.model=PROVIDER/MODEL, or teacher.model=none, and the student learns from its own checked answers"
        )
    return "" if task.is_drawn else _expert_reads(domain, source.practice(1), teacher=teacher.model, rows=task.rows)


def _expert_reads(domain: Domain, problems: Sequence[Problem], *, teacher: str, rows: str) -> str:
    """The built-in expert reads what the domain itself reads."""
    read = sum(read_answer(domain, problem.question) is not None for problem in problems)
    share = f"{read} of {len(problems)} practice rows of {rows}"
    if read < FEWEST_READABLE * len(problems):
        raise UsageError(
            f"teacher.model={teacher!r} can read {share}: it knows only the wording of generated stories, so nothing "
            "would be learnt. Choose a teacher that reads any text, such as teacher.model=PROVIDER/MODEL (or a server "
            "of your own with teacher.api_base=...; see docs/teachers.md), or teacher.model=none"
        )
    return f"{teacher} can read {share}"


def look_at_disk(settings: Settings, *, home: Path, cycles: int) -> Look:
    """Free space against what a run of these settings leaves at most.

    Raises:
        ReasonerError: there is less.
    """
    needed = disk_needed(settings, cycles=cycles)
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    words = f"about {_size(needed)} needed, {_size(free)} free in {place}"
    if free < needed:
        raise ReasonerError(f"too little disk: {words}; free some, or give --home DIR on another disk")
    return Look(what="disk", found=words)


def disk_needed(settings: Settings, *, cycles: int) -> int:
    """Bytes: a checkpoint a cycle and the base, one training state, and all attempts with what is written of them."""
    from reasoner.students import footprint_of
    from reasoner.training.footprint import FLOAT

    weights, data = footprint_of(settings).weights, settings.data
    rows = cycles * (data.practice_size + 2 * data.gate_size) + (cycles + 1) * data.sealed_size
    return _LEAST_DISK + FLOAT * weights * (cycles + 1 + _STATE_COPIES) + rows * _ROW_BYTES


def look_at_memory(settings: Settings) -> Look:
    """The memory of this machine against what training takes.

    What is free at the moment is only told: others may give theirs back.

    Raises:
        ReasonerError: the machine has less in all.
    """
    from reasoner.students import footprint_of

    on_gpu = settings.compute.device != "cpu"
    needed = _PROCESSES * _PROCESS_BYTES + (0 if on_gpu else footprint_of(settings).total_bytes)
    free, total = available_memory()
    words = f"about {_size(needed)} needed"
    if total is None:
        return Look(what="memory", found=words)
    words += f", {_size(total)} in all" + (f", {_size(free)} of it free" if free is not None else "")
    if total < needed:
        raise ReasonerError(f"too little memory: {words}; {_SMALLER[settings.student.kind]}")
    return Look(what="memory", found=words)


def available_memory(root: Path = Path("/")) -> tuple[int | None, int | None]:
    """Bytes that are free and in all, within the container's limit; None where this system does not tell."""
    told = root / "proc" / "meminfo"
    if not told.is_file():
        return None, None
    fields = dict(line.split(":", 1) for line in told.read_text(encoding="utf-8").splitlines() if ":" in line)
    free, total = (int(fields[name].split()[0]) * 1024 for name in ("MemAvailable", "MemTotal"))
    limit = root / "sys" / "fs" / "cgroup" / "memory.max"
    allowed = limit.read_text(encoding="utf-8").strip() if limit.is_file() else "max"
    if allowed.isdigit():
        free, total = min(free, int(allowed)), min(total, int(allowed))
    return free, total


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
