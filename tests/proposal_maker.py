"""Proposals for tests, and a home in which one can wait."""

from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from memory.store.runs import RunStore
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.proposal import Consistency, Cost, Evidence, Proposal
from reasoner.types.report import Change, Comparison, Decision

RUN = "r1"


def checkpoint(id: str, *, core: str = "", parent: str = "") -> Checkpoint:
    kind = "candidate" if parent else "base"
    return Checkpoint(id=id, fingerprint="0f" * 8, parent=parent, kind=kind, run=RUN, cycle=0, core=core)


def decision(
    candidate: str, champion: str, *, verdict: str = "await", kind: Change = "promotion", proposal: str = ""
) -> Decision:
    compared = Comparison(n=60, wins=9, losses=0, gain=0.15, ci95=(0.05, 0.25), p=0.002, vetoes=())
    return Decision.model_validate(
        {
            "id": f"{verdict}-{candidate}-{proposal}",
            "run": RUN,
            "cycle": 1,
            "candidate": candidate,
            "champion": champion,
            "verdict": verdict,
            "comparison": compared,
            "alpha": 0.025,
            "reason": "better",
            "kind": kind,
            "proposal": proposal,
        }
    )


def proposal(id: str, candidate: str, champion: str, *, kind: Change = "promotion") -> Proposal:
    return Proposal(
        id=id,
        kind=kind,
        run=RUN,
        cycle=1,
        decision=f"await-{candidate}-",
        candidate=candidate,
        champion=champion,
        home_champion=champion,
        deep=True,
        rationale=f"{candidate} is better.",
        evidence=Evidence(
            n=60, wins=9, losses=0, gain=0.15, ci95=(0.05, 0.25), p=0.002, alpha=0.025, improved=(), regressed=()
        ),
        cost=Cost(calls=4, usd=0.0, seconds=3.0),
        kl=0.1,
        consistency=Consistency(slow=champion, items=100, same=40),
        revert=f"models rollback --to {champion}",
    )


def begin(database: Database, approval: str) -> CheckpointStore:
    """A run with this setting: a core `base`, `fast` of additions to it, `deep` trained whole; `base` reigns."""
    RunStore(database).create(RUN, "0123456789ab", {"approval": approval}, 0)
    store = CheckpointStore(database)
    store.add(checkpoint("base"))
    store.add(checkpoint("fast", core="base", parent="base"))
    store.add(checkpoint("deep", parent="base"))
    enthrone_base(database, checkpoint("base"))
    for candidate in ("fast", "deep"):
        DecisionStore(database).record(decision(candidate, "base"))
    return store


def believe(decision: Decision) -> None:
    """In the place of the check of what a decision rests on, where a test is about something else."""
