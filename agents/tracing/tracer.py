"""Writes a run's trace: `trace.jsonl`, one JSON object a line, in the order in which things happened.

Every visit of a node begins with a `start` event (what came in) and ends with a `node` event (what went out, how it
went, how long it took); what lies between was told while it worked. Each line has `seq`, `time`, `run` and `event`, and
within a visit `cycle`, `node` and `attempt`. Lines are handed to the system one by one, so that a killed process loses
none, and forced to the disk at the end of a visit. Keys and tokens are blotted out, big values stand by reference, and
of one visit at most `MOST_EVENTS` events are kept.
"""

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedWriter
from typing import TYPE_CHECKING, Any

from agents.run_folder import RunFolder
from agents.tracing import visits
from agents.tracing.bounds import bounded
from agents.tracing.node_files import files_read, files_written, references
from agents.tracing.visits import Visit
from reasoner.config.secrets import Redactor
from reasoner.errors import BudgetReached
from reasoner.storage.writing import write_bytes

if TYPE_CHECKING:
    import numpy as np

MOST_EVENTS = 5000
"""Of one visit; the others are counted."""
ERROR = 600
"""Characters of an error that are kept."""


class Outcome:
    """What a visit hands back, once it is known."""

    out: Mapping[str, Any] | None = None


class Tracer:
    """The only writer of one run's trace; the run's lock sees to that.

    Args:
        folder: of the run; None writes nothing anywhere.
        redactor: knows what must not be written.
        latents: vectors that one node keeps of one kind at most.
    """

    def __init__(self, folder: RunFolder | None, *, redactor: Redactor | None = None, latents: int = 256) -> None:
        self._folder, self._latents = folder, latents
        self._redactor = redactor or Redactor()
        self._file: BufferedWriter | None = None
        self._visit: Visit | None = None
        self._dropped = 0
        self._seq, self._attempts = 0, Counter[tuple[int, str]]()
        if folder is not None:
            folder.root.mkdir(parents=True, exist_ok=True)
            known = visits.mend(folder.trace, folder.visits)
            self._attempts.update((visit.cycle, visit.node) for visit in known)
            self._seq = _last_number(folder, known)

    @property
    def on(self) -> bool:
        """Whether anything is written."""
        return self._folder is not None

    @property
    def visiting(self) -> bool:
        """Whether a node is at work."""
        return self._visit is not None

    @contextmanager
    def visit(
        self, cycle: int, node: str, came: Mapping[str, Any], *, pauses: tuple[type[BaseException], ...] = ()
    ) -> Iterator[Outcome]:
        """A node at work.

        Args:
            cycle: in which.
            node: its name.
            came: the state that it is given.
            pauses: exceptions that mean waiting for a person, not failing.
        """
        outcome = Outcome()
        if self._folder is None:
            yield outcome
            return
        with self._folder.trace.open("ab") as self._file:
            self._file.seek(0, os.SEEK_END)
            began = time.monotonic()
            self._begin(cycle, node, came, self._folder)
            try:
                yield outcome
            except BaseException as error:
                status = _status(error, pauses)
                words = "for a person's yes or no" if status == visits.WAITING else _words(error)
                self._end(began, status, self._folder, error=words)
                raise
            else:
                self._end(began, visits.OK, self._folder, out=outcome.out)
            finally:
                self._file, self._visit = None, None

    def tell(self, event: str, cycle: int | None = None, **body: Any) -> None:
        """One thing that happened, within the node at work or between nodes."""
        if self._folder is None:
            return
        if self._file is None:
            with self._folder.trace.open("ab") as self._file:
                self._write(event, {} if cycle is None else {"cycle": cycle}, body)
            self._file = None
            return
        assert self._visit is not None, "a file is open only during a visit"
        if self._visit.events >= MOST_EVENTS:
            self._dropped += 1
            return
        self._visit = replace(self._visit, events=self._visit.events + 1)
        self._write(event, self._where, body)

    def keep_latents(self, what: str, ids: Sequence[str], **vectors: "np.ndarray") -> None:
        """Keeps vectors of the node at work in a file of their own, as float16, evenly drawn where there are too many.

        Args:
            what: names the file and the event.
            ids: of the N items.
            vectors: arrays of N rows each, by name.
        """
        if self._folder is None or self._visit is None or not self._latents or not len(ids):
            return
        import numpy as np
        from safetensors.numpy import save

        chosen = np.unique(np.linspace(0, len(ids) - 1, min(len(ids), self._latents)).astype(int))
        kept = {name: np.ascontiguousarray(rows[chosen].astype(np.float16)) for name, rows in vectors.items()}
        data = save(kept, metadata={"ids": json.dumps([ids[i] for i in chosen.tolist()])})
        path = self._folder.latents(self._visit.cycle, self._visit.node, what)
        write_bytes(path, data)
        self.tell(
            "latents",
            what=what,
            file=self._folder.below_root(path),
            sha256=hashlib.sha256(data).hexdigest()[:16],
            rows=len(chosen),
            of=len(ids),
            shapes={name: list(rows.shape) for name, rows in kept.items()},
        )

    @property
    def _where(self) -> dict[str, Any]:
        assert self._visit is not None
        return {"cycle": self._visit.cycle, "node": self._visit.node, "attempt": self._visit.attempt}

    def _begin(self, cycle: int, node: str, came: Mapping[str, Any], folder: RunFolder) -> None:
        assert self._file is not None
        self._attempts[cycle, node] += 1
        self._dropped = 0
        place = self._file.tell()
        self._visit = Visit(
            cycle=cycle,
            node=node,
            attempt=self._attempts[cycle, node],
            began=_now(),
            seconds=0.0,
            status=visits.OPEN,
            error="",
            events=0,
            first=self._seq + 1,
            start=place,
            end=place,
        )
        reads = references(files_read(node, cycle, folder), folder)
        self._write("start", self._where, {"in": bounded(dict(came)), "reads": reads})

    def _end(
        self, began: float, status: str, folder: RunFolder, *, out: Mapping[str, Any] | None = None, error: str = ""
    ) -> None:
        assert self._file is not None
        assert self._visit is not None
        seconds = round(time.monotonic() - began, 4)
        body: dict[str, Any] = {"seconds": seconds, "status": status}
        if out is not None:
            body["out"] = bounded(dict(out))
        body["writes"] = references(files_written(self._visit.node, self._visit.cycle, folder), folder)
        body |= {"error": error} if error else {}
        body |= {"dropped": self._dropped} if self._dropped else {}
        self._write("node", self._where, body)
        os.fsync(self._file.fileno())
        error = self._redactor.clean(error)
        visits.append_visit(
            folder.visits,
            replace(self._visit, seconds=seconds, status=status, error=error, end=self._file.tell()),
        )

    def _write(self, event: str, where: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        assert self._file is not None
        assert self._folder is not None
        self._seq += 1
        line = {"seq": self._seq, "time": _now(), "event": event, "run": self._folder.run, **where, **body}
        text = json.dumps(line, ensure_ascii=False)
        self._file.write((self._redactor.clean(text) + "\n").encode())
        self._file.flush()


def _last_number(folder: RunFolder, known: Sequence[Visit]) -> int:
    """Of the last event: what follows the last visit's begin is read."""
    if not folder.trace.is_file():
        return 0
    start = known[-1].start if known else 0
    return max((event["seq"] for event in visits.read_events(folder.trace, start)), default=0)


def _status(error: BaseException, pauses: tuple[type[BaseException], ...]) -> str:
    if isinstance(error, pauses):
        return visits.WAITING
    return visits.STOPPED if isinstance(error, BudgetReached | KeyboardInterrupt) else visits.FAILED


def _words(error: BaseException) -> str:
    said = " ".join(str(error).split())[:ERROR]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
