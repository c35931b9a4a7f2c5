"""The checkpoints of a home: all with what a run measured of them, and one with the decisions about it."""

from pathlib import Path

from memory.store.checkpoints import CheckpointStore
from memory.store.decisions import DecisionStore
from memory.store.ids import IdStore
from memory.store.runs import RunStore
from reasoner.bootstrap.home import Place, home_at
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.record import Record
from reasoner.types.report import Decision, Rate


class ListedModel(Record):
    """A checkpoint among the others."""

    checkpoint: Checkpoint
    champion: bool
    """Whether it is the home's."""
    sealed: Rate | None
    """On the sealed set; None where no run has measured it."""
    added_at: str
    """ISO text in UTC."""


class ShownModel(Record):
    """One checkpoint."""

    checkpoint: Checkpoint
    decisions: tuple[Decision, ...]
    """Of its run, for or against it."""
    folder: Path
    """Of its files."""


def list_models(home: Place, *, run: str | None = None) -> list[ListedModel]:
    """Checkpoints as they were made.

    Args:
        home: its folder.
        run: only of this run: its id, or part of it; None for all.

    Raises:
        NotFoundError: there is nothing in this home yet.
    """
    from agents.reporting.sealed_rates import sealed_rates

    place = home_at(home).begun()
    database = place.database()
    store = CheckpointStore(database)
    meant = IdStore(database).full(run, "run", or_as_typed=True) if run else None
    champion, added = store.home_champion(), store.added()
    rates = sealed_rates(place.root, [row.id for row in RunStore(database).list()])
    return [
        ListedModel(
            checkpoint=one,
            champion=champion is not None and one.id == champion.id,
            sealed=rates[one.id].rate if one.id in rates else None,
            added_at=added[one.id],
        )
        for one in store.list(meant)
    ]


def show_model(home: Place, checkpoint: str) -> ShownModel:
    """One checkpoint and the decisions about it.

    Args:
        home: its folder.
        checkpoint: id, all of it or part of one, or `latest`.

    Raises:
        NotFoundError: there is no such checkpoint.
    """
    place = home_at(home).begun()
    found = CheckpointStore(place.database()).get(IdStore(place.database()).full(checkpoint, "checkpoint"))
    about = DecisionStore(place.database()).for_run(found.run)
    decisions = tuple(one for one in about if found.id in (one.candidate, one.champion))
    return ShownModel(checkpoint=found, decisions=decisions, folder=place.checkpoints / found.id)
