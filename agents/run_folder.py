"""The folder of a run: where each record lies, written whole or not at all."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from reasoner.errors import NotFoundError
from reasoner.storage.json_files import damaged, read_text
from reasoner.storage.json_lines import bad_line
from reasoner.storage.regular import reading
from reasoner.storage.writing import write_text
from reasoner.types.printable import shortened
from reasoner.types.problem import Attempt, Problem
from reasoner.types.record import Record
from reasoner.types.tried import Tried

R = TypeVar("R", bound=Record)

RESTORE = "restore the run's folder from a copy, or start another run with --fresh"
"""What mends a damaged record of a run: nothing else holds it."""

COUNTED = "write the run's seconds so far into it, 0 if nobody knows them"
"""What mends a damaged clock; limits.max_minutes counts from there."""


_NAMED = 3
"""Problems that an error names."""


class RunFolder:
    """`runs/<run id>/` below a home.

    Raises:
        NotFoundError: the id is a path, which could lead anywhere.
    """

    def __init__(self, home: Path, run: str) -> None:
        if run in ("", ".", "..") or Path(run).name != run:
            raise NotFoundError(f"run {shortened(run)}: no id of a run; `reasoner runs list` shows those that are.")
        self.home, self.run = home, run
        self.root = home / "runs" / run

    def attempts(self, cycle: int, name: str) -> Path:
        """Attempts of a cycle on one set: `evals/<cycle>/<name>.jsonl`."""
        return self.root / "evals" / str(cycle) / f"{name}.jsonl"

    def requests(self, cycle: int) -> Path:
        """What the teacher is to be asked in a cycle."""
        return self.root / "teacher" / f"requests-{cycle}.jsonl"

    def lessons(self, cycle: int) -> Path:
        """What the teacher answered in a cycle."""
        return self.root / "teacher" / f"lessons-{cycle}.jsonl"

    def confirmations(self, cycle: int) -> Path:
        """What the teacher answered when its own new problems were put to it again."""
        return self.root / "teacher" / f"confirmations-{cycle}.jsonl"

    @property
    def calls(self) -> Path:
        """All teacher calls of the run."""
        return self.root / "teacher" / "calls.jsonl"

    def examples(self, cycle: int) -> Path:
        """Verified examples of a cycle, with their lineage."""
        return self.root / "dataset" / f"examples-{cycle}.jsonl"

    def searched(self, cycle: int) -> Path:
        """The student's own solutions of failed practice problems, found by searching."""
        return self.root / "dataset" / f"searched-{cycle}.jsonl"

    def taught(self, cycle: int) -> Path:
        """The failures that a cycle taught, tried by the champion that it made."""
        return self.root / "dataset" / f"taught-{cycle}.jsonl"

    def reliability(self, cycle: int) -> Path:
        """Picture of how true the verifier's chances were in a cycle."""
        return self.root / "plots" / f"reliability-{cycle}.png"

    def rows(self, cycle: int) -> Path:
        """Training rows of a cycle: all that has been learnt up to it."""
        return self.root / "dataset" / f"{cycle}.jsonl"

    def latents(self, cycle: int, node: str, what: str) -> Path:
        """Vectors that a node has kept: `latents/<cycle>-<node>-<what>.safetensors`."""
        return self.root / "latents" / f"{cycle}-{node}-{what}.safetensors"

    @property
    def trace(self) -> Path:
        """All events of the run's nodes, in order."""
        return self.root / "trace.jsonl"

    @property
    def visits(self) -> Path:
        """Which part of the trace belongs to which node; made from it."""
        return self.root / "trace.visits.jsonl"

    @property
    def fork(self) -> Path:
        """Of a fork: whence, from which node on, and with which changes."""
        return self.root / "fork.json"

    def below_root(self, path: Path) -> str:
        """A path as it is written into records."""
        return path.relative_to(self.root).as_posix()


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Replaces a JSONL file of records whole."""
    write_text(path, "".join(f"{record.model_dump_json()}\n" for record in records))


def read_records(path: Path, kind: type[R]) -> list[R]:
    """The records of a JSONL file; none if the file is missing.

    Raises:
        DamagedError: a line is none of them; names file and line.
    """
    if not path.exists():
        return []
    found: list[R] = []
    with reading(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                found.append(kind.model_validate_json(line))
            except ValidationError as error:
                said = error.errors(include_url=False, include_input=False)[0]
                wrong = f"no {kind.__name__} ({said['msg']} at {'.'.join(map(str, said['loc'])) or 'its top'})"
                raise bad_line(path, f"line {number}", line, wrong, RESTORE) from error
    return found


def read_tried(path: Path, problems: Sequence[Problem]) -> list[Tried]:
    """Problems with the attempts at them that a file keeps: the one place where the two meet again.

    Args:
        path: see `RunFolder.attempts`.
        problems: the set, in its order.

    Raises:
        DamagedError: the attempts are at other problems; names those that differ.
    """
    attempts = read_records(path, Attempt)
    asked, kept = [problem.id for problem in problems], [attempt.problem_id for attempt in attempts]
    if asked != kept:
        differ = [f"{b!r} in place of {a!r}" for a, b in zip(asked, kept, strict=False) if a != b][:_NAMED]
        told = "; ".join([f"{len(kept)} attempts at a set of {len(asked)} problems", *differ])
        raise damaged(path, f"holds attempts at other problems: {told}", RESTORE)
    return [Tried(problem=p, attempt=a) for p, a in zip(problems, attempts, strict=True)]


def concatenate(path: Path, parts: Sequence[Path]) -> None:
    """Replaces a file by the parts that exist, one after the other."""
    write_text(path, "".join(read_text(p, mend=RESTORE) for p in parts if p.exists()))
