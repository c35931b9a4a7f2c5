"""Clears up after runs: graph states, traces and latents of runs that nobody needs; never what a champion came from."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.pruning import forget, graph_size, trim, vacuum
from agents.run_folder import RunFolder
from memory.locks import claimed, is_held
from memory.store.checkpoints import CheckpointStore
from memory.store.runs import RunRow, RunStore
from reasoner.bootstrap.home import Home, existing_home
from reasoner.types.record import Record

ENDED = ("finished", "failed")
"""States of runs that wait for nobody."""


class PrunedRun(Record):
    """What becomes of one run."""

    run: str
    fate: str
    """`whole`: untouched. `newest state`: it can be gone on with. `set aside`: its graph states, trace and latents are
    gone; events, evaluations, teacher calls, rows and report stay, and so does every row of the store."""
    why: str
    states: int
    """Of the graph, before."""
    bytes: int
    """Of files that go."""


class Pruned(Record):
    """A pruning, done or planned."""

    runs: tuple[PrunedRun, ...]
    states_before: int
    states_after: int
    bytes_before: int
    """Of the graph database."""
    bytes_after: int
    """As it is; the same as before where nothing was done."""


def prune_runs(home: Path, *, keep: int, older_than: float | None, dry_run: bool) -> Pruned:
    """Leaves every run at rest one graph state, and those that are not kept none.

    Kept are the `keep` newest, those younger than `older_than`, those at work or broken off, and those that any
    champion of the home, present or former, comes from.

    Args:
        home: its folder.
        keep: how many of the newest runs stay as they are but for older graph states.
        older_than: days since its end before a run may be set aside; None for any.
        dry_run: says what would be done.

    Raises:
        BusyError: a run writes so much that the file could not be made smaller; all else is done.
    """
    place = existing_home(home)
    rows = RunStore(place.database()).list()
    before = graph_size(place.root)
    plan = _plan(place, rows, before.states, keep=keep, older_than=older_than)
    if not dry_run:
        plan = [_do(place, one) for one in plan]
        if before.states:
            vacuum(place.root)
    after = graph_size(place.root)
    left = {"whole": lambda n: n, "newest state": lambda n: min(n, 1), "set aside": lambda _: 0}
    planned = sum(left[one.fate](one.states) for one in plan)
    return Pruned(
        runs=tuple(plan),
        states_before=sum(before.states.values()),
        states_after=planned if dry_run else sum(after.states.values()),
        bytes_before=before.bytes,
        bytes_after=after.bytes,
    )


def _plan(
    place: Home, rows: list[RunRow], states: dict[str, int], *, keep: int, older_than: float | None
) -> list[PrunedRun]:
    ancestors = _of_champions(place)
    newest = {row.id for row in rows[max(0, len(rows) - keep) :]}
    found: list[PrunedRun] = []
    for row in rows:
        folder = RunFolder(place.root, row.id)
        fate, why = "newest state", ""
        if is_held(folder.root / "lock"):
            fate, why = "whole", "at work"
        elif row.id in ancestors:
            why = "a champion comes from it"
        elif not row.superseded and row.state not in ENDED:
            why = f"{row.state}: it may be gone on with"
        elif row.id in newest:
            why = f"among the {keep} newest"
        elif older_than is not None and not _is_older(row, older_than):
            why = f"younger than {older_than:g} days"
        else:
            fate, why = "set aside", "not kept"
        size = sum(path.stat().st_size for path in _details(folder)) if fate == "set aside" else 0
        found.append(PrunedRun(run=row.id, fate=fate, why=why, states=states.get(row.id, 0), bytes=size))
    return found


def _do(place: Home, planned: PrunedRun) -> PrunedRun:
    """Does what is planned for a run, unless somebody has begun to work on it since."""
    if planned.fate == "whole":
        return planned
    folder = RunFolder(place.root, planned.run)
    with claimed(folder.root / "lock", patience=0.0) as ours:
        if not ours:
            return planned.model_copy(update={"fate": "whole", "why": "at work", "bytes": 0})
        if planned.fate == "newest state":
            if planned.states > 1:
                trim(place.root, planned.run)
            return planned
        # First of all: what is set aside is never taken up again without its state.
        RunStore(place.database()).supersede(planned.run)
        if planned.states:
            forget(place.root, planned.run)
        for path in _details(folder):
            path.unlink()
        shutil.rmtree(folder.root / "latents", ignore_errors=True)
    return planned


def _details(folder: RunFolder) -> list[Path]:
    """Files that tell more than a lineage needs."""
    found = [folder.trace, folder.visits, *(folder.root / "latents").glob("*.safetensors")]
    return [path for path in found if path.is_file()]


def _of_champions(place: Home) -> set[str]:
    """Runs in which any champion of the home was made, or anything that it was made from."""
    store = CheckpointStore(place.database())
    known = {checkpoint.id: checkpoint for checkpoint in store.list()}
    open_ids = [move.checkpoint for move in store.history()]
    seen: set[str] = set()
    while open_ids:
        id = open_ids.pop()
        if id in known and id not in seen:
            seen.add(id)
            open_ids += [known[id].parent, known[id].core]
    return {known[id].run for id in seen}


def _is_older(row: RunRow, days: float) -> bool:
    ended = datetime.fromisoformat(row.ended_at or row.started_at)
    return datetime.now(UTC) - ended > timedelta(days=days)
