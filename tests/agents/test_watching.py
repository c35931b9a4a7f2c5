"""A champion that turns out worse than the one before it does not stay unseen."""

from dataclasses import replace
from pathlib import Path

import pytest
from parts_maker import after, crown, keep, make_parts, sit, state_of

from agents.gate_attempts import GateAttempts
from agents.nodes.approve import approve
from agents.nodes.decide import decide
from agents.nodes.watch import watch
from agents.parts import Parts
from agents.state import ImproveState
from agents.watching import former_of
from memory.promotion import enthrone_base, roll_back
from memory.store.proposals import ProposalStore

pytestmark = pytest.mark.slow


def watched(home: Path, *settings: str, better: int) -> tuple[Parts, ImproveState]:
    """The state after `watch` in cycle 2: `new` reigns since cycle 1, and `base` solves so many problems more."""
    parts = make_parts(home, *settings)
    keep(parts, "new", parent="base", number=1)
    if parts.settings.approval == "auto":
        crown(parts, "new", "base", cycle=1)
    state = state_of("new", cycle=2)
    sit(parts, "new", range(20), cycle=2)
    sit(parts, "base", range(20 + better), cycle=2)
    return parts, after(state, watch(state, parts))


def causes(parts: Parts) -> list[str]:
    return [move.cause for move in parts.checkpoints.history()]


def test_a_new_champion_is_watched_for_as_many_cycles_as_are_set(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, "gate.watch_cycles=2")
    keep(parts, "new", parent="base", number=1)
    assert former_of(state_of("base", cycle=1), parts) == "", "nobody was before the first"
    crown(parts, "new", "base", cycle=3)
    assert [former_of(state_of("new", cycle=c), parts) for c in (3, 4, 5, 6)] == ["", "base", "base", ""]


def test_a_run_that_begins_with_a_new_champion_watches_over_it(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    keep(parts, "new", parent="base", number=1)
    crown(parts, "new", "base", cycle=5)
    enthrone_base(parts.database, parts.checkpoints.get("new"), run="next")
    later = replace(parts, run="next")
    assert [former_of(state_of("new", cycle=c), later) for c in (1, 2, 3)] == ["base", "base", ""]


def test_a_champion_that_is_proven_worse_makes_way_for_the_former(tmp_path: Path) -> None:
    parts, state = watched(tmp_path, better=15)
    changed = decide(state, parts)
    assert (changed["champion"], changed["verdict"], changed["awaiting"]) == ("base", "promote", "")
    assert causes(parts) == ["enthroned", "promoted", "reverted"]
    decision = parts.decisions.for_run(parts.run)[-1]
    assert (decision.kind, decision.candidate) == ("revert", "base")
    assert "has become worse than the one before it" in decision.reason
    assert decide(state, parts) == changed, "after a crash it says the same and moves nothing"
    assert causes(parts) == ["enthroned", "promoted", "reverted"]


def test_one_that_is_as_good_stays(tmp_path: Path) -> None:
    parts, state = watched(tmp_path, better=1)
    assert decide(state, parts)["champion"] == "new"
    assert causes(parts) == ["enthroned", "promoted"]


@pytest.mark.parametrize("verdict", ["approved", "denied", "lapsed", "too late"])
def test_where_a_person_decides_going_back_is_proposed(tmp_path: Path, verdict: str) -> None:
    parts = make_parts(tmp_path, "approval=human")
    keep(parts, "new", parent="base", number=1)
    _approved(parts, "new", "base")
    state = state_of("new", cycle=2)
    sit(parts, "new", range(20), cycle=2)
    sit(parts, "base", range(35), cycle=2)
    state = after(state, watch(state, parts))
    state = after(state, decide(state, parts))
    assert state["verdict"] == "await"
    (waits,) = approve(state, parts).values()
    assert approve(state, parts) == {"waits": waits}, "it waits however often it is asked"
    store = ProposalStore(parts.database)
    proposal = store.get(waits).proposal
    assert (proposal.kind, proposal.candidate, len(proposal.evidence.improved)) == ("revert", "base", 15)
    if verdict != "lapsed":
        store.rule(waits, "denied" if verdict == "denied" else "approved", by="me@here", reason="so be it")
    if verdict in ("lapsed", "too late"):
        roll_back(parts.database, to="base", by="me@here", reason="at once")
    changed = approve(state, parts)
    assert approve(state, parts) == changed
    assert (changed["verdict"], changed["awaiting"]) == ("promote" if verdict == "approved" else "keep", "")
    assert changed["champion"] == ("base" if verdict == "approved" else "new")
    last = {"approved": ["reverted"], "denied": []}.get(verdict, ["rolled back"])
    assert causes(parts) == ["enthroned", "promoted", *last]
    assert store.get(waits).state == ("approved" if verdict == "too late" else verdict)
    said = parts.decisions.for_run(parts.run)[-1].reason
    assert ("too late: the home's champion is 'base' by now" in said) == (verdict == "too late")
    later = state_of("new", cycle=3)
    assert former_of(later, parts) == ("" if verdict == "denied" else "base"), "denied stays denied"


def _approved(parts: Parts, candidate: str, champion: str) -> None:
    """Has a candidate been promoted in cycle 1 on a person's yes."""
    state = state_of(champion, cycle=1, candidate=candidate)
    sit(parts, champion, range(5), cycle=1)
    sit(parts, candidate, range(30), cycle=1)
    asked = GateAttempts(parts, cycle=1, node="examine")
    found = asked.compared(asked.kept(champion, candidate))
    state = after(state, {"comparison": found.model_dump(mode="json")})
    state = after(state, decide(state, parts))
    (waits,) = approve(state, parts).values()
    ProposalStore(parts.database).rule(waits, "approved", by="me@here", reason="")
    assert approve(state, parts)["champion"] == candidate
