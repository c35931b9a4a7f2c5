"""Ruling on proposals: looked at first, then recorded once; the run carries it out when it is taken up again."""

from memory.store.approval import why_stale
from memory.store.ids import IdStore
from memory.store.proposals import Filed, ProposalStore
from memory.store.runs import RunStore
from reasoner.bootstrap.home import Home, Place, existing_home, home_at
from reasoner.config.places import who
from reasoner.errors import GateError, NotFoundError, UsageError
from reasoner.types.proposal import RulingVerdict
from reasoner.types.record import Record


class Ruled(Record):
    """A ruling, and whether it was made now."""

    filed: Filed
    """The proposal with its ruling."""
    new: bool


class ShownProposal(Filed):
    """A proposal as it stands, looked at now."""

    stale: str
    """Why it can no longer be carried out; empty if it can, or does not wait."""


def rule_on_proposal(home: Place, id: str, verdict: RulingVerdict, *, reason: str, by: str | None = None) -> Ruled:
    """Records a person's yes or no. The same again changes nothing.

    Args:
        home: its folder.
        id: of the proposal.
        verdict: `approved` or `denied`.
        reason: kept for ever, and quoted by later proposals if it was a no.
        by: who says so; user and host by default.

    Raises:
        NotFoundError: there is no such home or proposal.
        UsageError: a no without a reason, or a yes that no run could carry out any more.
        GateError: it was ruled otherwise, or another champion reigns by now.
    """
    place = existing_home(home)
    store = ProposalStore(place.database())
    filed = store.get(id)
    if filed.ruling is None and verdict == "approved":
        _require_run(place, filed)
        _require_fresh(place, filed)
    if filed.ruling is None and verdict == "denied" and not reason.strip():
        raise UsageError("a denial needs a reason, which later proposals quote: --reason 'too slow on my own problems'")
    store.rule(id, verdict, by=by or who(), reason=reason.strip())
    return Ruled(filed=store.get(id), new=filed.ruling is None)


def list_proposals(home: Place, *, waiting: bool = False, run: str | None = None) -> list[Filed]:
    """Proposals in the order in which they were written.

    Args:
        home: its folder.
        waiting: only those that nobody has ruled on.
        run: only of this run: its id, or part of it; None for all.

    Raises:
        NotFoundError: there is nothing in this home yet.
        GateError: a text or the chain of rulings was changed.
    """
    database = home_at(home).begun().database()
    meant = IdStore(database).full(run, "run", or_as_typed=True) if run else None
    return [one for one in ProposalStore(database).list(meant) if not (waiting and one.ruling)]


def show_proposal(home: Place, proposal: str) -> ShownProposal:
    """One proposal, and whether it can still be carried out.

    Args:
        home: its folder.
        proposal: id, all of it or part of one, or `latest`.

    Raises:
        NotFoundError: there is no such proposal.
    """
    place = home_at(home).begun()
    database = place.database()
    found = ProposalStore(database).get(IdStore(database).full(proposal, "proposal"))
    told = {name: getattr(found, name) for name in Filed.model_fields}
    return ShownProposal(**told, stale=_stale_reason(place, found))


def _stale_reason(place: Home, filed: Filed) -> str:
    """Why a waiting proposal can no longer be carried out; empty if it can, or does not wait."""
    return why_stale(place.database(), filed.proposal) if filed.ruling is None else ""


def _require_run(place: Home, filed: Filed) -> None:
    run = filed.proposal.run
    try:
        row = RunStore(place.database()).get(run)
    except NotFoundError:
        row = None
    folder = place.root / "runs" / run
    deny = f"`reasoner proposals deny {filed.proposal.id}`"
    if row is None or not (folder / "manifest.json").exists():
        raise UsageError(
            f"run {run!r} was deleted ({folder} is gone): nothing could carry an approval out, and nothing was "
            f"recorded. Bring its folder back from a backup, or {deny}"
        )
    if row.superseded:
        raise UsageError(
            f"run {run!r} was set aside by --fresh: its command goes on with another run, nothing could carry an "
            f"approval out, and nothing was recorded; {deny}"
        )


def _require_fresh(place: Home, filed: Filed) -> None:
    if stale := why_stale(place.database(), filed.proposal):
        raise GateError(
            f"proposal {filed.proposal.id!r} is stale: {stale}. Nothing was recorded; the same `reasoner loop` command "
            "lets it lapse and goes on"
        )
