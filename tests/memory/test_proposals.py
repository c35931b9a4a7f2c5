"""A yes or a no is recorded once, stays as it was, and promotion holds to it, whoever calls."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from proposal_maker import RUN, begin, believe, checkpoint, decision, proposal
from sqlalchemy import delete, update

from memory.promotion import enthrone_base, promote
from memory.store.approval import why_stale
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from memory.store.proposals import ProposalStore
from memory.store.tables import ProposalTable, RulingTable
from reasoner.errors import GateError, NotFoundError


def champion(database: Database) -> str:
    found = CheckpointStore(database).home_champion()
    return found.id if found else ""


def carry_out(database: Database, candidate: str, named: str = "") -> str:
    word = decision(candidate, "base", verdict="promote", proposal=named)
    DecisionStore(database).record(word)
    return promote(database, word.id, check=believe).id


def test_a_proposal_stands_as_it_was_first_written(database: Database) -> None:
    store = ProposalStore(database)
    first = store.record(proposal("p1", "deep", "base"))
    assert store.record(first.model_copy(update={"rationale": "another"})) == first
    assert [filed.state for filed in store.list()] == ["waiting"]
    waits = store.waiting(RUN)
    assert waits is not None
    assert waits.proposal == first
    with pytest.raises(NotFoundError, match="proposals list"):
        store.get("p2")


def test_the_same_ruling_twice_is_one_and_another_one_is_refused(database: Database) -> None:
    store = ProposalStore(database)
    store.record(proposal("p1", "deep", "base"))
    first = store.rule("p1", "approved", by="me@here", reason="fine")
    assert store.rule("p1", "approved", by="you@there", reason="") == first
    with pytest.raises(GateError, match=r"was approved by me@here.*cannot be denied now; .*rollback"):
        store.rule("p1", "denied", by="me@here", reason="after all")
    store.record(proposal("p2", "deep", "base"))
    store.rule("p2", "denied", by="me@here", reason="worse at sharing")
    with pytest.raises(GateError, match=r"was denied by me@here.*that stands"):
        store.rule("p2", "approved", by="me@here", reason="")
    assert [(d.proposal, d.reason) for d in store.denials("promotion")] == [("p2", "worse at sharing")]
    assert store.denials("merge") == []
    assert store.waiting(RUN) is None


def test_two_who_rule_at_once_make_one_ruling(database: Database) -> None:
    store = ProposalStore(database)
    store.record(proposal("p1", "deep", "base"))

    def rule(number: int) -> bool:
        try:
            store.rule("p1", "approved" if number % 2 else "denied", by=f"n{number}", reason="")
        except GateError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(rule, range(6))).count(True) == 3
    ruling = store.get("p1").ruling
    assert ruling is not None


@pytest.mark.parametrize("change", ["reason", "who", "text", "gone", "text and its digest"])
def test_a_record_that_was_tampered_with_is_seen_and_promotes_nobody(database: Database, change: str) -> None:
    begin(database, "human")
    store = ProposalStore(database)
    for id, candidate in (("p1", "fast"), ("p2", "deep")):
        store.record(proposal(id, candidate, "base"))
        store.rule(id, "approved", by="me@here", reason="fine")
    forged = proposal("p1", "fast", "base").model_copy(update={"kl": 0.0}).model_dump(mode="json")
    statement = {
        "reason": update(RulingTable).where(RulingTable.proposal == "p1").values(reason="forced"),
        "who": update(RulingTable).where(RulingTable.proposal == "p2").values(by="root@here"),
        "text": update(ProposalTable).where(ProposalTable.id == "p2").values(record=forged),
        "gone": delete(RulingTable).where(RulingTable.proposal == "p1"),
        "text and its digest": update(ProposalTable).where(ProposalTable.id == "p1").values(record=forged, digest="0"),
    }[change]
    with database.session() as session:
        session.execute(statement)
    with pytest.raises(GateError, match="was changed"):
        store.list()
    with pytest.raises(GateError, match="was changed"):
        carry_out(database, "deep", "p2")
    assert champion(database) == "base"


@pytest.mark.parametrize(
    ("approval", "candidate", "passes"),
    [("auto", "deep", True), ("fast_auto", "fast", True), ("fast_auto", "deep", False), ("human", "fast", False)],
)
def test_what_the_runs_own_settings_ask_for_is_held_to(
    database: Database, approval: str, candidate: str, passes: bool
) -> None:
    begin(database, approval)
    if passes:
        assert carry_out(database, candidate) == candidate
    else:
        with pytest.raises(GateError, match=f"approval={approval} '{candidate}' needs a person's yes"):
            carry_out(database, candidate)
    assert champion(database) == (candidate if passes else "base")


def test_a_candidate_is_promoted_on_a_yes_and_on_nothing_else(database: Database) -> None:
    begin(database, "human")
    store = ProposalStore(database)
    for id, candidate in (("p1", "deep"), ("p2", "fast")):
        store.record(proposal(id, candidate, "base"))
    with pytest.raises(GateError, match="says 'await'"):
        promote(database, "await-deep-", check=believe)
    for named in ("", "p1"):
        with pytest.raises(GateError, match="waits for a person"):
            carry_out(database, "deep", named)
    store.rule("p1", "denied", by="me@here", reason="too slow")
    for named in ("", "p1"):
        with pytest.raises(GateError, match=r"was denied by me@here at .*: too slow"):
            carry_out(database, "deep", named)
    store.rule("p2", "approved", by="me@here", reason="")
    with pytest.raises(GateError, match="nothing was proposed"):
        carry_out(database, "deep", "p2")
    assert champion(database) == "base"
    for _ in range(2):
        assert carry_out(database, "fast", "p2") == "fast"
    moves = [(m.checkpoint, m.cause) for m in CheckpointStore(database).history()]
    assert moves == [("base", "enthroned"), ("fast", "promoted")]


def test_a_proposal_is_stale_once_another_champion_reigns(database: Database) -> None:
    store = begin(database, "auto")
    waits = proposal("p1", "deep", "base")
    assert why_stale(database, waits) == ""
    elsewhere = waits.model_copy(update={"home_champion": "another"})
    assert "the home's champion is 'base' by now" in why_stale(database, elsewhere)
    assert carry_out(database, "fast") == "fast"
    assert "the run's champion is 'fast' by now, it was 'base'" in why_stale(database, waits)
    store.add(checkpoint("other"))
    enthrone_base(database, checkpoint("other"), run="r2")
    nobody = waits.model_copy(update={"run": "r2", "champion": "other", "home_champion": "fast"})
    assert why_stale(database, nobody) == ""
