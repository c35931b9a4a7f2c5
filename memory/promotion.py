"""The only way to a throne: a champion is replaced on a recorded decision, it is the first, or a person goes back.

The gate bites here, below the improve graph: whoever calls, no checkpoint becomes champion without a decision that
names it, nor, where the run's `approval` asks for one, without a person's recorded yes. Before a pointer moves the
record of decisions is verified as a whole, and the decision is computed again from the attempts that it rests on.
"""

from memory.store.approval import require_approval
from memory.store.checkpoints import (
    HOME,
    find_checkpoint,
    move_pointer,
    newest_move,
    require_checkpoint,
    was_moved_by,
    whom_to_restore,
)
from memory.store.database import Database
from memory.store.decisions import require_promoting
from memory.store.spaces import Serving, switch_if_complete
from reasoner.errors import GateError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.ports import DecisionCheck
from reasoner.types.record import Record
from reasoner.types.report import Change

CAUSES: dict[Change, str] = {"promotion": "promoted", "merge": "merged", "revert": "reverted"}
"""What a move of a pointer is called."""


class RolledBack(Record):
    """A way back that was gone."""

    former: str
    """The champion until then."""
    champion: str
    lacking: int
    """Remembered items that have no latent in its space yet; 0 if that serves now."""


def promote(database: Database, decision_id: str, *, check: DecisionCheck) -> Checkpoint:
    """Makes a decision's candidate the champion of its run, and of the home if it beat that one; done once.

    Args:
        database: the store.
        decision_id: a recorded decision with verdict `promote`.
        check: computes the decision again; asked before the pointer moves for the first time.

    Returns:
        The candidate.

    Raises:
        GateError: no such decision, another verdict, a person's yes is missing, the candidate was compared with a
            champion of the past, the record was changed, or the decision does not follow from the attempts.
        NotFoundError: the candidate is not in the store.
    """
    with database.reading() as session:
        decision = require_promoting(session, decision_id)
        candidate = require_checkpoint(session, decision.candidate)
        if was_moved_by(session, decision.id):
            return candidate
    # It reads files and takes its time: nobody who writes waits for it.
    check(decision)
    with database.session() as session:
        if require_promoting(session, decision_id) != decision:
            raise GateError(f"decision {decision_id!r} was changed while it was verified; nobody was promoted on it")
        if was_moved_by(session, decision.id):
            return candidate
        require_approval(session, decision, candidate, find_checkpoint(session, decision.champion))
        move = newest_move(session, decision.run)
        reigning = "" if move is None else move.checkpoint
        if reigning != decision.champion:
            raise GateError(
                f"decision {decision_id!r} compared {decision.candidate!r} with {decision.champion!r}, but the "
                f"champion of run {decision.run!r} is {reigning!r}; examine the candidate against it"
            )
        # The home's champion was beaten only if it is the one that the candidate was compared with.
        home = newest_move(session, HOME)
        beaten = home is None or home.checkpoint == decision.champion
        for scope in (decision.run, HOME) if beaten else (decision.run,):
            move_pointer(session, scope, checkpoint=candidate.id, cause=CAUSES[decision.kind], decision=decision.id)
        return candidate


def roll_back(database: Database, *, to: str | None, by: str, reason: str) -> RolledBack:
    """Makes a former champion the home's champion again, and lets its latent space serve if that holds everything.

    Args:
        database: the store.
        to: checkpoint id; None for the champion before the present one.
        by: who says so.
        reason: why, in words; may be empty.

    Raises:
        UsageError: there is nobody to go back to, or it is champion already, or never was.
        NotFoundError: the checkpoint is not in the store.
    """
    with database.session() as session:
        present, target = whom_to_restore(session, to)
        move_pointer(session, HOME, checkpoint=target.id, cause="rolled back", by=by, reason=reason)
        lacking = switch_if_complete(session, Serving(space=target.fingerprint, checkpoint=target.id))
        return RolledBack(former=present, champion=target.id, lacking=lacking)


def enthrone_base(database: Database, checkpoint: Checkpoint, *, run: str | None = None) -> Checkpoint:
    """Makes a checkpoint the first champion of a run, and of the home if that has none; done once.

    Args:
        database: the store.
        checkpoint: a base, or the checkpoint that the run starts from; must be in the store.
        run: the run that gets its first champion; the checkpoint's own run by default.

    Raises:
        GateError: the run has another champion already.
        NotFoundError: the checkpoint is not in the store.
    """
    run = checkpoint.run if run is None else run
    with database.session() as session:
        require_checkpoint(session, checkpoint.id)
        move = newest_move(session, run)
        if move is not None and move.checkpoint != checkpoint.id:
            raise GateError(
                f"run {run!r} has champion {move.checkpoint!r}; {checkpoint.id!r} can replace it only by a decision"
            )
        if move is None:
            move_pointer(session, run, checkpoint=checkpoint.id, cause="enthroned")
        if newest_move(session, HOME) is None:
            move_pointer(session, HOME, checkpoint=checkpoint.id, cause="enthroned")
    return checkpoint
