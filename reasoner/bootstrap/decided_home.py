"""A small home with decisions in it, made in a second: what the selftest of decisions edits.

Its attempts are made up, everything else is made by the loop's own code: two runs, in the first of which the gate keeps
`base` against `weak` and would promote `strong`; in the second a person has approved `asked`.
"""

from collections.abc import Collection
from pathlib import Path

from agents.beside import REPAIRS
from agents.decision_check import id_of_ruling, said_of, sums_of_attempts
from agents.run_folder import RunFolder, write_records
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.decisions import DecisionStore
from memory.store.proposals import ProposalStore
from memory.store.runs import RunStore
from reasoner.config.resolved import config_hash, dump_yaml
from reasoner.config.settings import Approval, Settings
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import compare
from reasoner.evaluation.gate import decide as judge
from reasoner.storage.writing import write_text
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.problem import Attempt
from reasoner.types.proposal import Consistency, Cost, Evidence, Proposal
from reasoner.types.report import Decision

ITEMS = 60
TAUGHT = 20
"""Items that former promotions were taught; everybody solves them."""
ALONE, ASKED = "alone", "asked"
"""Run ids: in the second a person decides."""

ROLES = {"base": range(20), "weak": range(1, 21), "strong": range(40), "other": range(15, 45)}
"""Checkpoints of a run, and which items each of them solves."""


def make_decided_home(root: Path) -> dict[str, str]:
    """Makes the home; returns the ids of its decisions by what they are.

    `keep` and `promote` are the gate's, `await` is the one that waited, `approved` carries the ruling on it out.
    """
    database = open_database(root)
    try:
        made = {"keep": "", "promote": "", "await": "", "approved": ""}
        _begin(database, ALONE, "auto")
        made["keep"] = _decided(database, ALONE, "weak", cycle=1).id
        made["promote"] = _decided(database, ALONE, "strong", cycle=2).id
        _begin(database, ASKED, "human")
        waited = _decided(database, ASKED, "strong", cycle=1, verdict="await")
        made["await"] = waited.id
        made["approved"] = _approved(database, waited).id
        return made
    finally:
        database.close()


def name_of(run: str, role: str) -> str:
    """Id of a run's checkpoint."""
    return f"{run}-{role}"


def _begin(database: Database, run: str, approval: Approval) -> None:
    settings = Settings(approval=approval, name=run)
    RunStore(database).create(run, config_hash(settings), settings.model_dump(mode="json"), 0)
    write_text(RunFolder(database.home, run).root / "config.resolved.yaml", dump_yaml(settings))
    for role in ROLES:
        parent = "" if role == "base" else name_of(run, "base")
        kind = "candidate" if parent else "base"
        made = Checkpoint(
            id=name_of(run, role), fingerprint="0f" * 8, parent=parent, kind=kind, run=run, cycle=int(bool(parent))
        )
        CheckpointStore(database).add(made)
        if not parent:
            enthrone_base(database, made)


def _decided(database: Database, run: str, role: str, *, cycle: int, verdict: str = "") -> Decision:
    settings, folder = Settings(), RunFolder(database.home, run)
    for one, right in ROLES.items():
        write_records(folder.attempts(cycle, f"gate-{name_of(run, one)}"), _attempts(right, cycle))
        write_records(folder.attempts(cycle, f"{REPAIRS}-{name_of(run, one)}"), _attempts(range(TAUGHT), 0)[:TAUGHT])
    compared = compare(_attempts(ROLES["base"], cycle), _attempts(ROLES[role], cycle), settings.gate)
    decision = judge(
        compared,
        cycle=cycle,
        alpha=alpha_of_cycle(cycle, settings.gate.alpha),
        candidate=name_of(run, role),
        champion=name_of(run, "base"),
        run=run,
    )
    kept = {"attempts_sha256": sums_of_attempts(folder, decision, settings.gate)} | (
        {"verdict": verdict} if verdict else {}
    )
    return DecisionStore(database).record(decision.model_copy(update=kept))


def _attempts(right: Collection[int], cycle: int) -> list[Attempt]:
    return [
        Attempt(
            problem_id=f"math-{cycle}-{number}",
            mode="talk",
            steps=("1+1=2",),
            answer="2" if number in right else "3",
            outcome="right" if number in right else "wrong",
            skill=("add", "times", "share")[number % 3],
            difficulty=1 + number % 4,
        )
        for number in range(ITEMS)
    ]


def _approved(database: Database, waited: Decision) -> Decision:
    store = ProposalStore(database)
    proposal = store.record(_proposal(waited, CheckpointStore(database).home_champion()))
    ruling = store.rule(proposal.id, "approved", by="me@here", reason="better at sharing")
    carried = {
        "id": id_of_ruling(ruling),
        "verdict": "promote",
        "reason": f"{said_of(ruling)}; {waited.reason}",
        "proposal": proposal.id,
    }
    return DecisionStore(database).record(waited.model_copy(update=carried))


def _proposal(waited: Decision, home: Checkpoint | None) -> Proposal:
    compared = waited.comparison
    assert compared is not None
    figures = compared.model_dump(include={"n", "wins", "losses", "gain", "ci95", "p"})
    return Proposal(
        id="c0ffee000001",
        kind=waited.kind,
        run=waited.run,
        cycle=waited.cycle,
        decision=waited.id,
        candidate=waited.candidate,
        champion=waited.champion,
        home_champion=home.id if home else "",
        deep=True,
        rationale=f"{waited.candidate} is {waited.reason}.",
        evidence=Evidence(**figures, alpha=waited.alpha, improved=(), regressed=()),
        cost=Cost(calls=0, usd=0.0, seconds=0.0),
        kl=0.1,
        consistency=Consistency(slow=waited.champion, items=10, same=5),
        revert=f"`reasoner models rollback --to {waited.champion}`",
    )
