"""Proposals and what was ruled on them: each is ruled on once, and every ruling is chained to the one before.

A ruling's digest covers who, when, why, the proposal's own text and the digest of the ruling before it. Whoever reads
rulings checks the whole chain and its head (`memory.store.chain`).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.chain import BEGINNING, digest_of, link, move_head, readable, require_head
from memory.store.database import Database
from memory.store.tables import ProposalTable, RulingTable, now
from reasoner.errors import GateError, NotFoundError
from reasoner.types.proposal import Denial, Proposal, Ruling, RulingVerdict
from reasoner.types.record import Record

BEARING = 5
"""Earlier denials that a proposal quotes at the most, the newest ones."""


class Filed(Record):
    """A proposal as it stands."""

    proposal: Proposal
    written_at: str
    ruling: Ruling | None
    """None while it waits."""

    @property
    def state(self) -> str:
        """`waiting`, `approved`, `denied` or `lapsed`."""
        return self.ruling.verdict if self.ruling else "waiting"


class ProposalStore:
    """The proposals of a home. Every method that reads raises GateError if a text or the chain was changed."""

    def __init__(self, database: Database):
        self._database = database

    def record(self, proposal: Proposal) -> Proposal:
        """Keeps a proposal; one with its id stands as it was first written, and is returned."""
        with self._database.session() as session:
            row = _row(session, proposal.id)
            if row is None:
                record = proposal.model_dump(mode="json")
                row = ProposalTable(
                    id=proposal.id,
                    run=proposal.run,
                    candidate=proposal.candidate,
                    record=record,
                    digest=digest_of(record),
                    written_at=now(),
                )
                session.add(row)
            return _proposal(row)

    def get(self, id: str) -> Filed:
        """One proposal.

        Raises:
            NotFoundError: the store does not know it.
        """
        with self._database.reading() as session:
            return _filed(_require(session, id), rulings(session))

    def list(self, run: str | None = None) -> list[Filed]:
        """The proposals of a run, or of the home, in the order in which they were written."""
        query = select(ProposalTable).order_by(ProposalTable.number)
        query = query if run is None else query.where(ProposalTable.run == run)
        with self._database.reading() as session:
            ruled = rulings(session)
            return [_filed(row, ruled) for row in session.scalars(query)]

    def waiting(self, run: str) -> Filed | None:
        """The proposal that a run waits for; None for none."""
        return next((filed for filed in self.list(run) if filed.ruling is None), None)

    def rule(self, id: str, verdict: RulingVerdict, *, by: str, reason: str) -> Ruling:
        """Rules on a proposal, once and for ever; the same verdict again changes nothing and returns the first ruling.

        Raises:
            NotFoundError: the store does not know it.
            GateError: it was ruled otherwise.
        """
        with self._database.session() as session:
            proposal, ruled = _require(session, id), rulings(session)
            if id in ruled:
                return _same(ruled[id], verdict)
            before = list(ruled.values())[-1].digest if ruled else BEGINNING
            row = RulingTable(proposal=id, verdict=verdict, by=by, at=now(), reason=reason, digest="")
            row.digest = _link(row, proposal, before)
            session.add(row)
            move_head(session, "rulings", length=len(ruled) + 1, digest=row.digest)
            return _ruling(row)

    def denials(self, kind: str) -> "list[Denial]":
        """The newest denials of proposals of a kind, the newest first."""
        denied = [f for f in self.list() if f.proposal.kind == kind and f.ruling and f.ruling.verdict == "denied"]
        denied.sort(key=lambda f: f.ruling.at if f.ruling else "", reverse=True)
        return [
            Denial(
                proposal=filed.proposal.id,
                candidate=filed.proposal.candidate,
                by=filed.ruling.by,
                at=filed.ruling.at,
                reason=filed.ruling.reason,
            )
            for filed in denied[:BEARING]
            if filed.ruling
        ]


def rulings(session: Session, *, may_lack_seal: bool = False) -> dict[str, Ruling]:
    """All rulings by proposal, in their order.

    Raises:
        GateError: one of them, or the proposal that it is about, is not what it was, or one is missing.
    """
    found, before = dict[str, Ruling](), BEGINNING
    with readable("rulings"):
        for row in session.scalars(select(RulingTable).order_by(RulingTable.number)):
            proposal = _row(session, row.proposal)
            if proposal is None or row.digest != _link(row, proposal, before):
                raise GateError(
                    f"the record of rulings was changed: that on proposal {row.proposal!r} ({row.verdict} by {row.by}, "
                    f"{row.at}) does not match its digest; nobody is promoted on it. Restore the store from a backup"
                )
            found[row.proposal], before = _ruling(row), row.digest
    require_head(session, "rulings", length=len(found), digest=before, may_lack_seal=may_lack_seal)
    return found


def proposals_about(session: Session, candidate: str, *, run: str) -> list[Filed]:
    """What was proposed about a candidate in a run, as the transaction sees it."""
    query = select(ProposalTable).where(ProposalTable.candidate == candidate, ProposalTable.run == run)
    ruled = rulings(session)
    return [_filed(row, ruled) for row in session.scalars(query.order_by(ProposalTable.number))]


def _same(ruling: Ruling, verdict: RulingVerdict) -> Ruling:
    if ruling.verdict == verdict:
        return ruling
    undo = "`reasoner models rollback` takes back what it did" if ruling.verdict == "approved" else "that stands"
    raise GateError(
        f"proposal {ruling.proposal!r} was {ruling.verdict} by {ruling.by} at {ruling.at} and cannot be {verdict} now; "
        f"{undo}"
    )


def _link(row: RulingTable, proposal: ProposalTable, before: str) -> str:
    return link([row.proposal, row.verdict, row.by, row.at, row.reason, digest_of(proposal.record)], before)


def _row(session: Session, id: str) -> ProposalTable | None:
    return session.scalars(select(ProposalTable).where(ProposalTable.id == id)).one_or_none()


def _require(session: Session, id: str) -> ProposalTable:
    row = _row(session, id)
    if row is None:
        raise NotFoundError(f"proposal {id!r} is not in this home; `reasoner proposals list` shows those that are")
    return row


def _proposal(row: ProposalTable) -> Proposal:
    if row.digest != digest_of(row.record):
        raise GateError(
            f"proposal {row.id!r} was changed after it was written: its text does not match its digest; "
            "restore the store from a backup"
        )
    return Proposal.model_validate(row.record)


def _filed(row: ProposalTable, ruled: dict[str, Ruling]) -> Filed:
    return Filed(proposal=_proposal(row), written_at=row.written_at, ruling=ruled.get(row.id))


def _ruling(row: RulingTable) -> Ruling:
    return Ruling.model_validate({name: getattr(row, name) for name in Ruling.model_fields})
