"""The checkpoints of a home, and who is its champion."""

from typing import TYPE_CHECKING

from reasoner import bootstrap
from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home
from reasoner.bootstrap.model_lists import ListedModel, ShownModel, list_models, show_model
from reasoner.types.checkpoint import Checkpoint

if TYPE_CHECKING:
    from memory.store.ids import Kind
    from reasoner.bootstrap.rollback import Rollback


class Models:
    """`Reasoner.models`. An id may be part of one, or `latest`."""

    def __init__(self, place: Home) -> None:
        self._place = place

    @in_words()
    def list(self, *, run: str | None = None) -> tuple[ListedModel, ...]:
        """Checkpoints as they were made; of one run, or of all."""
        return tuple(list_models(self._place, run=run))

    @in_words()
    def show(self, checkpoint: str) -> ShownModel:
        """One checkpoint and the decisions about it."""
        return show_model(self._place, checkpoint)

    @in_words()
    def champion(self) -> Checkpoint:
        """The home's champion.

        Raises:
            NotFoundError: there is none yet.
        """
        return self._place.checkpoint(None)

    @in_words()
    def promote(self, decision: str) -> Checkpoint:
        """Makes a candidate champion on a recorded decision, which is computed again first; refused without one.

        Raises:
            GateError: the decision cannot be verified, or does not promote.
        """
        return bootstrap.promote_decision(self._place, self._full(decision, "decision"))

    @in_words()
    def rollback(
        self, to: str | None = None, *, reason: str = "", by: str | None = None, dry_run: bool = False
    ) -> "Rollback":
        """Makes a former champion the home's again: pointer, fast weights and memory in one step.

        Args:
            to: checkpoint; the champion before this one by default.
            reason: kept with the move.
            by: who says so; user and host by default.
            dry_run: looks at everything, moves nothing.
        """
        target = None if to is None else self._full(to, "checkpoint")
        return bootstrap.roll_back_champion(self._place, to=target, reason=reason, by=by, dry_run=dry_run)

    def _full(self, typed: str, kind: "Kind") -> str:
        from memory.store.ids import IdStore

        return IdStore(self._place.begun().database()).full(typed, kind)
