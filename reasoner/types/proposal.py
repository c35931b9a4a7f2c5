"""Proposals of what needs a person's yes, and what was ruled on them. Moments are ISO texts in UTC."""

from typing import Literal

from reasoner.types.record import Record
from reasoner.types.report import Change

RulingVerdict = Literal["approved", "denied", "lapsed"]
"""`lapsed`: nobody ruled, and the champion that it was compared with reigns no longer."""


class Item(Record):
    """A problem that one of the two solves and the other does not."""

    id: str
    skill: str
    difficulty: int
    question: str
    before: str
    """The champion's answer; empty for none."""
    after: str
    """The candidate's."""


class Evidence(Record):
    """Champion and candidate on the same fresh problems."""

    n: int
    wins: int
    losses: int
    gain: float
    """The expected effect: share of items, candidate minus champion."""
    ci95: tuple[float, float]
    p: float
    """One-sided exact McNemar."""
    alpha: float
    improved: tuple[Item, ...]
    """Items that only the candidate solves."""
    regressed: tuple[Item, ...]
    """Items that only the champion solves."""


class Cost(Record):
    """What its cycle has cost so far."""

    calls: int
    """Paid teacher calls."""
    usd: float
    seconds: float
    """Time at work."""


class Consistency(Record):
    """Whether the candidate answers as the slow weights do, on probe items."""

    slow: str
    """Checkpoint id: the candidate's core or, where it is all core, the champion's."""
    items: int
    same: int
    """Items with the same answer."""


class Denial(Record):
    """An earlier no that bears on a proposal."""

    proposal: str
    candidate: str
    by: str
    at: str
    reason: str


class Proposal(Record):
    """A change of champion that waits for a person. Written once; what becomes of it is a `Ruling`."""

    id: str
    kind: Change
    run: str
    cycle: int
    decision: str
    """Id of the recorded decision that it rests on, whose verdict is `await`."""
    candidate: str
    champion: str
    """Of the run; what the candidate was compared with."""
    home_champion: str
    """When this was written; empty for none."""
    deep: bool
    """Whether base weights change."""
    rationale: str
    evidence: Evidence
    cost: Cost
    kl: float
    """KL of what the candidate expects from what the champion expects, nats a token."""
    consistency: Consistency
    revert: str
    """How it is undone, and what shows that it can be."""
    denials: tuple[Denial, ...] = ()


class Ruling(Record):
    """What was ruled on a proposal, by whom, when and why. Chained: each digest covers the one before it."""

    proposal: str
    verdict: RulingVerdict
    by: str
    at: str
    reason: str
    digest: str
    """SHA-256 over all of this, the proposal's text and the ruling before, 64 hex digits."""
