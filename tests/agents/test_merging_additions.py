"""Additions that were promoted often enough become base weights, with the same answers, if a person says yes."""

from pathlib import Path

import pytest
import torch
from parts_maker import RUN, after, crown, keep, make_parts, sit, state_of
from proposal_maker import proposal

from agents.merging import merge_is_due, proven_additions
from agents.nodes.approve import approve
from agents.nodes.reflect import reflect
from agents.parts import Parts
from agents.watching import former_of
from memory.store.proposals import ProposalStore
from reasoner.config.loading import load_settings
from reasoner.errors import ConfigError
from reasoner.models.checkpoints import load_student, save_student
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.training.adapters import Adapters, keep_factors, read_factors
from reasoner.types.checkpoint import Checkpoint

pytestmark = pytest.mark.slow

FAST = ("train.parent=champion", "train.adapter_rank=2", "train.merge_after=2")


def add_to(parts: Parts, name: str, *, parent: str, seed: int) -> Checkpoint:
    """A candidate that is `base` and additions."""
    checkpoints = parts.home / "checkpoints"
    student = load_student(checkpoints / "base")
    adapters = Adapters(student.net, rank=2, seed=seed)
    torch.manual_seed(seed)
    adapters.take({key: 0.1 * torch.randn_like(tensor) for key, tensor in adapters.factors().items()})
    factors = adapters.merge()
    about = {"parent": parent, "core": "base", "adapter_rank": 2}
    save_student(student, checkpoints / name, about=about, also=lambda folder: keep_factors(factors, folder))
    return keep(parts, name, parent=parent, core="base")


def proven(home: Path, *settings: str) -> Parts:
    """A run in which additions were promoted twice: `two` reigns."""
    parts = make_parts(home, *FAST, *settings)
    for cycle, (name, parent) in enumerate((("one", "base"), ("two", "one")), 1):
        add_to(parts, name, parent=parent, seed=cycle)
        assert not merge_is_due(parent, parts)
        crown(parts, name, parent, cycle=cycle)
    sit(parts, "two", range(9), cycle=2)
    sit(parts, "two-merged", range(9), cycle=2)
    return parts


def test_merging_needs_additions_that_build_on_one_another() -> None:
    with pytest.raises(ConfigError, match=r"train\.merge_after"):
        load_settings("nano", ["train.merge_after=2"], {}, None)


def test_proven_additions_are_merged_by_a_job_and_reign_once_a_person_says_yes(tmp_path: Path) -> None:
    parts = proven(tmp_path, "approval=fast_auto")
    two = parts.checkpoints.get("two")
    assert (merge_is_due("two", parts), proven_additions(two, parts)) == (True, 2)
    state = state_of("two", cycle=2, verdict="promote")
    state = after(state, reflect(state, parts))
    assert (state["champion"], state["verdict"], state["awaiting"] != "") == ("two", "promote", True)
    merged = parts.checkpoints.get("two-merged")
    about = read_checkpoint(tmp_path / "checkpoints" / "two-merged").about
    assert (merged.core, merged.parent, about["same_weights"]) == ("", "two", True)
    assert read_factors(tmp_path / "checkpoints" / "two-merged") == {}
    (waits,) = approve(state, parts).values()
    store = ProposalStore(parts.database)
    written = store.get(waits).proposal
    assert (written.kind, written.deep, written.kl) == ("merge", True, 0)
    assert (written.consistency.slow, written.consistency.same) == ("two", 100)
    assert (written.evidence.wins, written.evidence.losses) == (0, 0)
    store.rule(waits, "approved", by="me@here", reason="")
    changed = approve(state, parts)
    assert (changed["champion"], changed["verdict"], changed["awaiting"]) == ("two-merged", "promote", "")
    assert [m.cause for m in parts.checkpoints.history()] == ["enthroned", "promoted", "promoted", "merged"]
    assert not merge_is_due("two-merged", parts), "the next additions have yet to prove themselves"
    assert former_of(state_of("two-merged", cycle=3), parts) == "one", "the watch over the additions goes on"


def test_under_auto_the_merge_is_made_without_asking(tmp_path: Path) -> None:
    parts = proven(tmp_path)
    state = state_of("two", cycle=2, verdict="keep")
    changed = reflect(state, parts)
    assert changed == {"champion": "two-merged", "verdict": "promote", "awaiting": ""}
    assert reflect(state, parts) == changed, "after a crash it finds all of it done"
    assert [m.cause for m in parts.checkpoints.history(RUN)] == ["enthroned", "promoted", "promoted", "merged"]


def test_a_merge_that_would_change_answers_is_not_made(tmp_path: Path) -> None:
    parts = proven(tmp_path)
    sit(parts, "two-merged", range(8), cycle=2)
    changed = reflect(state_of("two", cycle=2, verdict="keep"), parts)
    assert changed == {"champion": "two", "verdict": "keep", "awaiting": ""}
    assert "cannot be merged into base: the same answer on 59 of 60" in parts.decisions.for_run(RUN)[-1].reason


def test_after_a_no_as_many_additions_again_must_prove_themselves(tmp_path: Path) -> None:
    parts = proven(tmp_path)
    store = ProposalStore(parts.database)
    store.record(proposal("no", "two-merged", "two", kind="merge"))
    store.rule("no", "denied", by="me@here", reason="not yet")
    assert not merge_is_due("two", parts)
    for cycle, (name, parent) in enumerate((("three", "two"), ("four", "three")), 3):
        add_to(parts, name, parent=parent, seed=cycle)
        crown(parts, name, parent, cycle=cycle)
    assert merge_is_due("four", parts)
