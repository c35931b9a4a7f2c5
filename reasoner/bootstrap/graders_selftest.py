"""`reasoner selftest graders`: right programs are found right, cheats are not, and no attack on a sandbox succeeds.

Own programs, and all canonical solutions of a user's files, are graded in the sandbox that grades in earnest.
"""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from reasoner.bootstrap.grader_attacking_programs import TARGET, attacking_programs
from reasoner.bootstrap.grader_attacks import BROKEN, SOON, Attack, attacks
from reasoner.bootstrap.grader_cheats import CHEATS, cheat
from reasoner.bootstrap.grader_programs import own_programs
from reasoner.data.row_files import RowFile
from reasoner.errors import DataError, SandboxError
from reasoner.sandbox.batch import Grading, grade_all
from reasoner.sandbox.choosing import choose
from reasoner.sandbox.fingerprint import verdict_fingerprint
from reasoner.sandbox.running import run
from reasoner.sandbox.task_rows import humaneval_task, mbpp_task
from reasoner.sandbox.unit_tests import UnitTests, limits_for
from reasoner.types.record import Record
from reasoner.types.sandbox import Sandbox

Watch = Callable[[float, str], None]
CHEATED = 5
"""Tasks that each cheat is tried on, spread over all."""
MBPP_SHARE = 0.99
"""Of MBPP's canonical programs: a few return objects of their own classes, which cannot cross."""
TOGETHER = 4
"""Attacks at the same time: many of them sleep until they are stopped."""
MISTAKES = ("NameError", "SyntaxError", "TypeError", "AttributeError", "ImportError", "struct.error", "IndexError")
"""What shows that a script failed before it attacked anything."""
SLACK = 15.0
"""Seconds, beyond its limits, in which an attacking script must be gone on a busy machine."""


class Misjudged(Record):
    """Something that did not come out as it must."""

    what: str
    name: str
    said: str


class GradersSelftest(Record):
    """What became of all programs, cheats and attacks."""

    backend: str
    version: str
    fingerprint: str
    canonical: int
    """Canonical solutions of HumanEval that were found right; of the own programs where no such file was given."""
    of: int
    humaneval: bool
    """Whether there was such a file."""
    own: int
    own_of: int
    mbpp: int
    mbpp_of: int
    cheats: int
    cheats_passed: int
    attacks: int
    attacks_held: int
    misjudged: tuple[Misjudged, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every bar is met."""
        right = self.canonical == self.of and self.own == self.own_of and self.mbpp >= MBPP_SHARE * self.mbpp_of
        return right and self.cheats_passed == 0 and self.attacks_held == self.attacks


def selftest_graders(
    *,
    humaneval: Path | None = None,
    mbpp: Path | None = None,
    backend: str = "",
    watch: Watch = lambda _share, _note: None,
) -> GradersSelftest:
    """Grades programs, cheats and attacks, one after the other on one core.

    Args:
        humaneval: file of rows; default: `canonical` counts the own programs instead.
        mbpp: file of rows; default: none are graded.
        backend: a sandbox by name; default: the one that grades here.
        watch: told the share that is done.

    Raises:
        SandboxError: no sandbox works here, or not the named one.
        DataError: a row of a file is no task.
    """
    began, sandbox = time.monotonic(), choose(backend)
    own, asked = own_programs(), read_tasks(humaneval, humaneval_task)
    rows = read_tasks(mbpp, mbpp_task)
    judged = _Judged(sandbox, watch, len(own) + len(asked) + len(rows) + CHEATED * len(CHEATS) + len(attacks()))
    own_right, asked_right, rows_right = (judged.canonical(tasks) for tasks in (own, asked, rows))
    cheats, cheats_passed = judged.cheats([*own, *asked])
    tried, held = judged.attacks()
    return GradersSelftest(
        backend=sandbox.name,
        version=sandbox.version,
        fingerprint=verdict_fingerprint(sandbox),
        canonical=asked_right if asked else own_right,
        of=len(asked) or len(own),
        humaneval=bool(asked),
        own=own_right,
        own_of=len(own),
        mbpp=rows_right,
        mbpp_of=len(rows),
        cheats=cheats,
        cheats_passed=cheats_passed,
        attacks=tried,
        attacks_held=held,
        misjudged=tuple(judged.misjudged),
        seconds=round(time.monotonic() - began, 1),
    )


def read_tasks(path: Path | None, read: Callable[[dict[str, Any]], UnitTests]) -> tuple[UnitTests, ...]:
    """The tasks of a user's file; none without one. Raises DataError with file and line."""
    if path is None:
        return ()
    file, found = RowFile(path), []
    for row in file:
        if row.fault:
            raise DataError(file.where(row, row.fault))
        try:
            found.append(read(row.fields))
        except DataError as error:
            raise DataError(file.where(row, str(error))) from error
    return tuple(found)


class _Judged:
    """Grades, and keeps what was misjudged."""

    def __init__(self, sandbox: Sandbox, watch: Watch, total: int) -> None:
        self._sandbox, self._watch, self._total, self._done = sandbox, watch, total, 0
        self.misjudged: list[Misjudged] = []

    def canonical(self, tasks: Sequence[UnitTests]) -> int:
        """How many programs that are right are found right."""
        gradings = [Grading(task, task.canonical) for task in tasks]
        right = 0
        # A canonical program sets the limits of others and has generous ones itself.
        for grading, graded in zip(gradings, self._all(gradings, 1.0), strict=True):
            right += graded == "right"
            self._note("canonical program", grading.task.id, graded, expected=("right",))
        return right

    def cheats(self, tasks: Sequence[UnitTests]) -> tuple[int, int]:
        """How many were tried, and how many were found right."""
        step = max(1, len(tasks) // CHEATED)
        chosen = [task for task in tasks[::step] if task.id not in _TRIVIAL][:CHEATED]
        pairs = [(name, Grading(task, cheat(task, name))) for name in CHEATS for task in chosen]
        passed = 0
        outcomes = self._all([grading for _, grading in pairs], 0.0)
        for (name, grading), outcome in zip(pairs, outcomes, strict=True):
            passed += outcome == "right"
            self._note("cheat", f"{name} at {grading.task.id}", outcome, expected=("wrong",))
        return len(pairs), passed

    def attacks(self) -> tuple[int, int]:
        """How many were tried, and how many were held."""
        held = 0
        with ThreadPoolExecutor(max_workers=TOGETHER) as pool:
            for attack, said in zip(attacks(), pool.map(self._attacked, attacks()), strict=True):
                held += said == ""
                self._note("attack", attack.name, said, expected=("",))
        programs = attacking_programs()
        gradings = [Grading(TARGET, program) for program in programs.values()]
        verdicts = grade_all(self._sandbox, gradings, limits=lambda _: SOON, workers=TOGETHER)
        for name, graded in zip(programs, verdicts, strict=True):
            held += graded.check.outcome == "wrong"
            self._note("attack", name, graded.check.outcome, expected=("wrong",))
        return len(attacks()) + len(programs), held

    def _attacked(self, attack: Attack) -> str:
        """What an attack came to; empty where it was held."""
        with tempfile.TemporaryDirectory(prefix="selftest-graders-") as folder:
            path, secret = Path(folder, "secret"), secrets.token_hex(16)
            path.write_text(secret, encoding="utf-8")
            before = path.stat()
            script = attack.script.replace("SECRET", str(path))
            try:
                ran = run(self._sandbox, {"attack.py": script}, "attack.py", limits=attack.limits)
            except SandboxError as error:
                return str(error)
            if any(mistake in ran.stderr for mistake in MISTAKES):
                return f"the attack itself is broken: {ran.stderr.strip().splitlines()[-1]}"
            if BROKEN in ran.stdout or secret in ran.stdout + ran.stderr:
                return "it did what it must not"
            if ran.seconds > attack.limits.wall_seconds + SLACK:
                return f"it ran for {ran.seconds:.0f} s"
            after = path.stat() if path.exists() else None
            same = after is not None and before[:9] == after[:9] and path.read_text(encoding="utf-8") == secret
            return "" if same and [*Path(folder).iterdir()] == [path] else "a file of the user changed"

    def _all(self, gradings: Sequence[Grading], canonical_seconds: float) -> Iterator[str]:
        limits = limits_for(canonical_seconds)
        for graded in grade_all(self._sandbox, gradings, limits=lambda _: limits, workers=1):
            yield graded.check.outcome

    def _note(self, what: str, name: str, said: str, *, expected: tuple[str, ...]) -> None:
        self._done += 1
        self._watch(min(0.99, self._done / self._total), f"{what}: {name}")
        if said not in expected:
            self.misjudged.append(Misjudged(what=what, name=name, said=said))


_TRIVIAL = frozenset({"nothing", "undefined"})
"""Own tasks that a stub, or an answer that equals nothing, solves honestly."""
