"""No champion without a recorded decision, and every move is kept."""

import pytest
from memory_parts import checkpoint, decision
from proposal_maker import believe

from memory.promotion import enthrone_base, promote
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from reasoner.errors import GateError, NotFoundError, UsageError


def start(database: Database) -> CheckpointStore:
    store = CheckpointStore(database)
    for cycle, id in enumerate(("base", "one", "two")):
        store.add(checkpoint(id, cycle=cycle))
    enthrone_base(database, checkpoint("base"))
    return store


def champions(store: CheckpointStore, run: str = "r1") -> tuple[str, str]:
    mine, homes = store.champion(run), store.home_champion()
    assert mine is not None
    assert homes is not None
    return mine.id, homes.id


def test_a_home_begins_without_champions(database: Database) -> None:
    store = CheckpointStore(database)
    assert store.champion("r1") is None
    assert store.home_champion() is None


def test_a_recorded_promotion_moves_run_and_home_once(database: Database) -> None:
    store = start(database)
    DecisionStore(database).record(decision("d1", "one", "base"))
    for _ in range(2):
        assert promote(database, "d1", check=believe).id == "one"
    assert champions(store) == ("one", "one")
    moves = [(move.checkpoint, move.previous, move.cause, move.decision) for move in store.history("r1")]
    assert moves == [("base", "", "enthroned", ""), ("one", "base", "promoted", "d1")]
    assert [move.checkpoint for move in store.history()] == ["base", "one"]


def test_an_old_promotion_repeated_does_not_undo_a_newer_one(database: Database) -> None:
    store = start(database)
    decisions = DecisionStore(database)
    decisions.record(decision("d1", "one", "base"))
    promote(database, "d1", check=believe)
    decisions.record(decision("d2", "two", "one"))
    promote(database, "d2", check=believe)
    promote(database, "d1", check=believe)
    assert champions(store) == ("two", "two")


def test_without_a_recorded_decision_nobody_is_promoted(database: Database) -> None:
    store = start(database)
    with pytest.raises(GateError, match="not recorded"):
        promote(database, "d1", check=believe)
    assert champions(store) == ("base", "base")


@pytest.mark.parametrize("verdict", ["keep", "reject", "await"])
def test_another_verdict_promotes_nobody(database: Database, verdict: str) -> None:
    store = start(database)
    DecisionStore(database).record(decision("d1", "one", "base", verdict=verdict))
    with pytest.raises(GateError, match=verdict):
        promote(database, "d1", check=believe)
    assert champions(store) == ("base", "base")


def test_a_decision_about_a_former_champion_is_void(database: Database) -> None:
    start(database)
    decisions = DecisionStore(database)
    for name in ("one", "two"):
        decisions.record(decision(f"d-{name}", name, "base"))
    promote(database, "d-one", check=believe)
    with pytest.raises(GateError, match=r"'two' with 'base'.*'one'"):
        promote(database, "d-two", check=believe)


def test_a_candidate_that_is_not_in_the_store_is_not_promoted(database: Database) -> None:
    start(database)
    DecisionStore(database).record(decision("d1", "ghost", "base"))
    with pytest.raises(NotFoundError, match="ghost"):
        promote(database, "d1", check=believe)


def test_a_recorded_decision_cannot_be_rewritten(database: Database) -> None:
    decisions = DecisionStore(database)
    kept = decision("d1", "one", "base", verdict="reject")
    for _ in range(2):
        decisions.record(kept)
    with pytest.raises(GateError, match="cannot be rewritten"):
        decisions.record(decision("d1", "one", "base"))
    assert decisions.get("d1") == kept
    assert decisions.for_run("r1") == [kept]


def test_a_first_champion_is_enthroned_once_and_only_first(database: Database) -> None:
    store = start(database)
    enthrone_base(database, checkpoint("base"))
    assert len(store.history("r1")) == 1
    with pytest.raises(GateError, match="only by a decision"):
        enthrone_base(database, checkpoint("one", cycle=1))


def test_a_second_runs_first_champion_leaves_the_homes_pointer(database: Database) -> None:
    store = start(database)
    store.add(checkpoint("other", run="r2"))
    enthrone_base(database, checkpoint("other", run="r2"))
    assert champions(store, "r2") == ("other", "base")


def test_a_run_may_start_from_a_checkpoint_of_another(database: Database) -> None:
    store = start(database)
    enthrone_base(database, checkpoint("one", cycle=1), run="r2")
    assert champions(store, "r2") == ("one", "base")


def test_a_checkpoint_cannot_be_overwritten(database: Database) -> None:
    store = start(database)
    assert store.add(checkpoint("base")) == store.get("base")
    assert store.add(checkpoint("base", run="r2")).run == "r1", "an equal base of another run is the first one"
    with pytest.raises(UsageError, match="never overwritten"):
        store.add(checkpoint("base").model_copy(update={"fingerprint": "f" * 16}))
    assert [known.id for known in store.list("r1")] == ["base", "one", "two"]
