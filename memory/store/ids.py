"""What a person means who types an id: all of it, `latest`, or the beginning or the end of one and no other.

The one place for this rule: commands and services hand over what was typed and get the whole id back.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.tables import (
    CheckpointTable,
    DecisionTable,
    ExampleTable,
    JobTable,
    ProposalTable,
    RequestTable,
    RunTable,
    VerdictTable,
    WrongTable,
)
from reasoner.errors import NotFoundError, UsageError

Kind = Literal[
    "run",
    "checkpoint",
    "job",
    "proposal",
    "decision",
    "example",
    "failed attempt",
    "verdict",
    "teacher call",
    "problem",
]
LATEST = "latest"
SHOWN = 8
"""Ids that an ambiguous one lists at the most."""
COMPARED = 2000
"""Ids, the newest ones, among which the nearest to an unknown one is looked for."""
LONGEST = 255
"""Characters of an id; what is longer is none, and is not looked for."""


class _Place(NamedTuple):
    """Where ids of a kind stand."""

    ids: Any
    newest_last: Any
    listed_by: str


_PLACES: dict[Kind, _Place] = {
    "run": _Place(RunTable.id, RunTable.number, "reasoner runs list"),
    "checkpoint": _Place(CheckpointTable.id, CheckpointTable.number, "reasoner models list"),
    "job": _Place(JobTable.id, JobTable.number, "reasoner jobs list"),
    "proposal": _Place(ProposalTable.id, ProposalTable.number, "reasoner proposals list"),
    "decision": _Place(DecisionTable.id, DecisionTable.number, "reasoner models show CHECKPOINT"),
    "example": _Place(ExampleTable.id, ExampleTable.learnt_at, "reasoner memory search TEXT"),
    "failed attempt": _Place(WrongTable.id, WrongTable.learnt_at, "reasoner memory search TEXT --wrong"),
    "verdict": _Place(VerdictTable.id, VerdictTable.id, "reasoner trace RUN --node check --json"),
    "teacher call": _Place(RequestTable.key, RequestTable.number, "reasoner trace RUN --node teach --json"),
    "problem": _Place(RequestTable.problem_id, RequestTable.number, "reasoner trace RUN --node mine --json"),
}


class IdStore:
    """The ids of a home."""

    def __init__(self, database: Database):
        self._database = database

    def full(self, typed: str, *kinds: Kind, or_as_typed: bool = False) -> str:
        """The whole id of what was typed.

        Args:
            typed: an id, the beginning or the end of one, or `latest`.
            kinds: what it may be an id of; the first is what `latest` means.
            or_as_typed: an unknown id is returned as it is, for callers that know of more places or filter by it.

        Raises:
            NotFoundError: nothing of these kinds has such an id; names the nearest.
            UsageError: several have; lists them.
        """
        found = self.like(typed, *kinds)
        if len(found) == 1:
            return found[0]
        noun = " or ".join(kinds)
        if found:
            more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            raise UsageError(
                f"{noun} {typed!r} could be any of {len(found)}: {', '.join(found[:SHOWN])}{more}; type more of the id"
            )
        if or_as_typed:
            return typed
        lists = f"`{_PLACES[kinds[0]].listed_by}` shows those that are"
        if typed == LATEST:
            raise NotFoundError(f"there is no {kinds[0]} in this home yet, so none is the latest; {lists}")
        with self._database.reading() as session:
            nearest = _nearest(session, typed, kinds)
        near = f"did you mean {nearest!r}? " if nearest else ""
        raise NotFoundError(f"{noun} {typed[:80]!r} is not in this home; {near}{lists}")

    def like(self, typed: str, *kinds: Kind) -> list[str]:
        """The id that is exactly this; else, oldest first, all that begin or end with it."""
        if not 0 < len(typed) <= LONGEST:
            return []
        with self._database.reading() as session:
            for kind in kinds:
                if session.scalars(select(_PLACES[kind].ids).where(_PLACES[kind].ids == typed).limit(1)).first():
                    return [typed]
            if typed == LATEST:
                return list(session.scalars(_newest(kinds[0]).limit(1)))
            found = [id for kind in kinds for id in session.scalars(_partly(kind, typed))]
        # LIKE does not tell large letters from small ones in every database.
        return list(dict.fromkeys(id for id in found if id.startswith(typed) or id.endswith(typed)))


def _newest(kind: Kind) -> Select[Any]:
    place = _PLACES[kind]
    return select(place.ids).order_by(place.newest_last.desc(), place.ids)


def _partly(kind: Kind, typed: str) -> Select[Any]:
    place = _PLACES[kind]
    begins, ends = place.ids.startswith(typed, autoescape=True), place.ids.endswith(typed, autoescape=True)
    return select(place.ids).where(or_(begins, ends)).order_by(place.newest_last, place.ids)


def _nearest(session: Session, typed: str, kinds: Sequence[Kind]) -> str:
    """The id most like what was typed; empty where none is."""
    known = [id for kind in kinds for id in session.scalars(_newest(kind).limit(COMPARED))]
    return next(iter(get_close_matches(typed[:LONGEST], dict.fromkeys(known), n=1)), "")
