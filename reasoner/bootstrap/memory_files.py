"""Rows of files into the memory of a home, each only if the domain finds that it holds."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agents.importing import Admitted, Inspector, Refusal
from agents.judging import STANDS
from memory.store.examples import ExampleStore
from memory.store.runs import RunStore
from memory.store.verdicts import VerdictStore
from reasoner.bootstrap.domains import domains_of, task_of
from reasoner.bootstrap.held_out import held_out_of
from reasoner.bootstrap.home import Home, existing_home
from reasoner.bootstrap.recall import encoder_of, memory_of
from reasoner.data.open_rows import open_rows
from reasoner.data.row_files import no_rows
from reasoner.data.row_forms import GivenRow, read_form
from reasoner.errors import NotFoundError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.loop import Progress
from reasoner.types.record import Record

BATCH = 256
"""Rows that are remembered in one transaction."""


class Imported(Record):
    """What became of a file's rows; accepted, known, merged and refused are all of them."""

    file: str
    sha256: str
    run: str
    """In the lineage of every row that was accepted."""
    rows: int
    accepted: int
    unread: int
    """Of the accepted: their solutions hold, but the domain could not read their questions."""
    known: int
    """Remembered already (or dropped since, which an import does not undo), or met twice in the file."""
    merged: int
    """The same but for writing, or nearly, as something remembered, and counted under it; a dry run cannot tell them
    from accepted ones."""
    refused: dict[str, int]
    """By reason."""
    dry_run: bool


def import_memory(
    home: Path,
    file: Path,
    *,
    domain: str | None,
    usual_domain: str,
    teacher: str | None,
    dry_run: bool,
    refused: Callable[[Refusal], None],
    progress: Callable[[Progress], None],
) -> Imported:
    """Takes the rows of a file into the memory, each only if it holds. The same command again adds nothing twice.

    Args:
        home: its folder.
        file: JSON lines or Parquet, as `export_memory` makes rows.
        domain: of rows that name none; by default that of the champion's run.
        usual_domain: where neither says it.
        teacher: who wrote the rows that name nobody; by default the file.
        dry_run: judge everything, keep nothing.
        refused: told each row that does not enter.
        progress: told how far it is.

    Raises:
        NotFoundError: there is no such home, or it has no student to encode with.
        DataError: the file cannot be read.
    """
    from reasoner.domains.registry import get_domain

    place = existing_home(home)
    rows = open_rows(file)
    progress(Progress(cycle=0, node="import", done=0, total=rows.most))
    encoder = student_for(place)
    default = get_domain(domain or _domain_of(place, encoder) or usual_domain).info.name
    domains = domains_of(place)
    inspector = Inspector(
        file.name, rows.sha256, domains, default=default, teacher=teacher, held_out=held_out_of(place)
    )
    desk = _Desk(place, None if dry_run else encoder, refused)
    for batch in _batches(read_form(row) for row in rows):
        desk.take([inspector.judge(row) for row in batch])
        progress(Progress(cycle=0, node="import", done=desk.rows, total=rows.most))
    if not desk.rows:
        raise no_rows(file)
    return Imported(
        file=file.name,
        sha256=rows.sha256,
        run=inspector.run,
        rows=desk.rows,
        accepted=desk.accepted,
        unread=desk.unread,
        known=desk.known,
        merged=desk.merged,
        refused=dict(sorted(desk.reasons.items())),
        dry_run=dry_run,
    )


class _Desk:
    """Takes judged rows, batch by batch, and counts; keeps them where there is an encoder to keep them with."""

    def __init__(self, place: Home, encoder: Checkpoint | None, refused: Callable[[Refusal], None]) -> None:
        self._refused = refused
        self._examples = ExampleStore(place.database())
        self._verdicts = VerdictStore(place.database())
        if encoder is not None:
            self._student = place.student(encoder.id)
            self._memory = memory_of(place, encoder)
        self._keeps = encoder is not None
        self._met: set[str] = set()
        self.reasons: Counter[str] = Counter()
        self.rows = self.accepted = self.unread = self.known = self.merged = 0

    def take(self, judged: Sequence[Admitted | Refusal]) -> None:
        """One batch, kept in one transaction."""
        self.rows += len(judged)
        for one in judged:
            if isinstance(one, Refusal):
                self.reasons[one.reason] += 1
                self._refused(one)
        fresh = self._fresh([one for one in judged if isinstance(one, Admitted)])
        accepted = self._keep(fresh) if fresh and self._keeps else fresh
        self.accepted += len(accepted)
        self.merged += len(fresh) - len(accepted)
        self.unread += sum(one.verdict.reason == STANDS for one in accepted)

    def _fresh(self, admitted: Sequence[Admitted]) -> list[Admitted]:
        known = self._examples.ever_learnt([one.example.id for one in admitted])
        fresh: list[Admitted] = []
        for one in admitted:
            if one.example.id in known or one.example.id in self._met:
                self.known += 1
            else:
                fresh.append(one)
            self._met.add(one.example.id)
        return fresh

    def _keep(self, fresh: Sequence[Admitted]) -> list[Admitted]:
        """Remembers them; gives back those that were not counted under something alike.

        Verdicts come first: what is remembered always has one, even where the process dies in between.
        """
        lineage = fresh[0].example.lineage
        self._verdicts.add([one.verdict for one in fresh], run=lineage.run, cycle=lineage.cycle)
        latents = self._student.embed([one.example.problem.question for one in fresh])
        added = set(self._memory.remember([one.example for one in fresh], latents, kind="imported").added)
        return [one for one in fresh if one.example.id in added]


def student_for(place: Home) -> Checkpoint:
    """The checkpoint in whose space the home remembers; its champion where it remembers nothing yet.

    Raises:
        NotFoundError: there is no champion yet.
    """
    try:
        return encoder_of(place)
    except NotFoundError:
        return place.checkpoint(None)


def _domain_of(place: Home, encoder: Checkpoint) -> str | None:
    """What the run that made a checkpoint was about; None where no run did."""
    found = next((row for row in RunStore(place.database()).list() if row.id == encoder.run), None)
    return task_of(found) if found is not None else None


def _batches(rows: Iterator[GivenRow]) -> Iterator[list[GivenRow]]:
    batch: list[GivenRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
