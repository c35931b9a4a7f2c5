"""The folder of a run: where each record lies, written whole or not at all."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reasoner.errors import NotFoundError
from reasoner.types.printable import shortened
from reasoner.types.record import Record

R = TypeVar("R", bound=Record)


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


def write_text(path: Path, text: str) -> None:
    """Replaces a file whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Replaces a JSON file whole."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Replaces a JSONL file of records whole."""
    write_text(path, "".join(f"{record.model_dump_json()}\n" for record in records))


def read_records(path: Path, kind: type[R]) -> list[R]:
    """The records of a JSONL file; none if the file is missing."""
    if not path.is_file():
        return []
    return [kind.model_validate_json(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def concatenate(path: Path, parts: Sequence[Path]) -> None:
    """Replaces a file by the parts that exist, one after the other."""
    write_text(path, "".join(p.read_text(encoding="utf-8") for p in parts if p.is_file()))
