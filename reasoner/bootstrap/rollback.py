"""Going back to a former champion: its files are read and asked first, then pointer and memory move together."""

from typing import Literal

from memory.promotion import RolledBack, roll_back
from memory.store.checkpoints import whom_to_restore
from memory.store.decisions import DecisionStore
from memory.store.runs import RunStore
from reasoner.bootstrap.home import Home, Place, existing_home
from reasoner.bootstrap.recall import follow_champion
from reasoner.config.places import who
from reasoner.config.settings import Settings
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.record import Record

MemoryState = Literal["in its space", "encoded anew", "being encoded by a job"]


class Rollback(Record):
    """What a rollback did, or would do."""

    former: str
    """The champion until then."""
    champion: str
    probe_items: int
    """Items whose answers were compared with those recorded at the rehearsal; 0 if none were recorded."""
    outputs: str
    """Hash of what it says on them now."""
    recorded: str
    """Hash of what it said at the rehearsal."""
    memory: MemoryState | None
    """None where nothing was done."""
    job: str
    """That encodes the memory."""

    @property
    def same(self) -> bool:
        """Whether it says, to the bit, what it said."""
        return bool(self.recorded) and self.outputs == self.recorded


def roll_back_champion(home: Place, *, to: str | None, reason: str, by: str | None = None, dry_run: bool) -> Rollback:
    """Makes a former champion the home's again.

    Args:
        home: its folder.
        to: checkpoint id; the champion before the present one by default.
        reason: kept with the move.
        by: who says so; user and host by default.
        dry_run: looks at everything and moves nothing.

    Raises:
        UsageError: there is nobody to go back to, or it is champion already, or never was.
        NotFoundError: there is no home, or the checkpoint's files are missing or damaged; nothing has moved.
    """
    place = existing_home(home)
    with place.database().reading() as session:
        present, target = whom_to_restore(session, to)
    items, outputs, recorded = _asked(place, target)
    told = {"probe_items": items, "outputs": outputs, "recorded": recorded}
    if dry_run:
        return Rollback(former=present, champion=target.id, memory=None, job="", **told)
    moved = roll_back(place.database(), to=target.id, by=by or who(), reason=reason)
    job = follow_champion(place)
    memory: MemoryState = "being encoded by a job" if job else _state(moved)
    return Rollback(former=moved.former, champion=moved.champion, memory=memory, job=job.id if job else "", **told)


def _state(moved: RolledBack) -> MemoryState:
    return "encoded anew" if moved.lacking else "in its space"


def _asked(place: Home, target: Checkpoint) -> tuple[int, str, str]:
    """Items of the probe, what the checkpoint says on it now, and what it said when it was rehearsed."""
    from reasoner.evaluation.outputs import outputs_hash, probe_of

    student = place.student(target.id)  # its files are whole, or this raises
    rehearsed = [d for d in DecisionStore(place.database()).about_champion(target.id) if d.rehearsed]
    if not rehearsed:
        return 0, "", ""
    settings = Settings.model_validate(RunStore(place.database()).get(rehearsed[-1].run).settings)
    probe = probe_of(settings)
    return len(probe), outputs_hash(student, probe, settings.student.mode), rehearsed[-1].rehearsed
