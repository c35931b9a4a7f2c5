"""Writes a proposal: everything that a person needs to say yes or no, measured once and kept as it was."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from agents.gate_attempts import GateAttempts
from agents.parts import Parts
from agents.reporting.events import of_kind, read_events
from memory.store.approval import is_deep
from memory.store.proposals import ProposalStore
from reasoner.evaluation.alikeness import answers_alike, divergence_between
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.problem import Attempt, Problem
from reasoner.types.proposal import Consistency, Cost, Evidence, Item, Proposal
from reasoner.types.report import Decision


def proposal_id(decision: str) -> str:
    """Of the proposal that rests on a decision, 12 hex digits."""
    return hashlib.sha256(f"proposal|{decision}".encode()).hexdigest()[:12]


def propose(decision: Decision, parts: Parts) -> Proposal:
    """The proposal that rests on a decision; written at the first call, found at the next ones."""
    id, store = proposal_id(decision.id), ProposalStore(parts.database)
    known = next((filed.proposal for filed in store.list(parts.run) if filed.proposal.id == id), None)
    return known or store.record(_written(id, decision, parts, store))


def _written(id: str, decision: Decision, parts: Parts, store: ProposalStore) -> Proposal:
    candidate, champion = (parts.checkpoints.get(one) for one in (decision.candidate, decision.champion))
    home, evidence = parts.checkpoints.home_champion(), _evidence(decision, parts)
    return Proposal(
        id=id,
        kind=decision.kind,
        run=parts.run,
        cycle=decision.cycle,
        decision=decision.id,
        candidate=candidate.id,
        champion=champion.id,
        home_champion=home.id if home else "",
        deep=is_deep(candidate, champion),
        rationale=_rationale(decision, evidence, candidate, champion),
        evidence=evidence,
        cost=_cost(decision.cycle, parts),
        kl=divergence_between(
            parts.student_of(champion.id), parts.student_of(candidate.id), parts.settings, decision.cycle
        ),
        consistency=_consistency(candidate, champion, parts),
        revert=_revert(decision, home.id if home else ""),
        denials=tuple(store.denials(decision.kind)),
    )


def _evidence(decision: Decision, parts: Parts) -> Evidence:
    asked = GateAttempts(parts, cycle=decision.cycle, node="approve")
    before, after = asked.kept(decision.champion, decision.candidate)
    compared = decision.comparison
    assert compared is not None, f"decision {decision.id} promotes without a comparison"
    judged = [
        (a.problem, a.attempt, b.attempt)
        for a, b in zip(before, after, strict=True)
        if "error" not in (a.attempt.outcome, b.attempt.outcome)
    ]
    return Evidence(
        n=compared.n,
        wins=compared.wins,
        losses=compared.losses,
        gain=compared.gain,
        ci95=compared.ci95,
        p=compared.p,
        alpha=decision.alpha,
        improved=tuple(_item(p, a, b) for p, a, b in judged if b.correct and not a.correct),
        regressed=tuple(_item(p, a, b) for p, a, b in judged if a.correct and not b.correct),
    )


def _item(problem: Problem, before: Attempt, after: Attempt) -> Item:
    return Item(
        id=problem.id,
        skill=problem.skill,
        difficulty=problem.difficulty,
        question=problem.question,
        before=before.answer,
        after=after.answer,
    )


def _rationale(decision: Decision, evidence: Evidence, candidate: Checkpoint, champion: Checkpoint) -> str:
    if decision.kind == "merge":
        return (
            f"{champion.id} is {champion.core} and additions that were promoted one after the other. {candidate.id} is "
            "the same student with the additions in its base weights: the next cycles' additions begin anew, with all "
            f"of their rank. Nothing is answered otherwise for it. {decision.reason}."
        )
    if decision.kind == "revert":
        return (
            f"{champion.id} took the place of {candidate.id}, and on fresh problems since then it is worse: "
            f"{_by_skill('it loses', evidence.improved)}. Going back makes {candidate.id} champion again. "
            f"{decision.reason}."
        )
    what = f"additions to {candidate.core}" if candidate.core else "all weights"
    gains, losses = _by_skill("gained", evidence.improved), _by_skill("lost", evidence.regressed)
    return (
        f"{candidate.id} was fine-tuned from {candidate.parent} ({what}) on what cycle {decision.cycle} learnt, and is "
        f"{decision.reason}. {gains.capitalize()}; {losses}."
    )


def _by_skill(word: str, items: Sequence[Item]) -> str:
    counts = Counter(item.skill for item in items).most_common(4)
    return f"{word} {', '.join(f'{count} of {skill}' for skill, count in counts) or 'nothing'}"


def _cost(cycle: int, parts: Parts) -> Cost:
    calls = [*parts.ledger(cycle).calls(cycle), *parts.judge_ledger(cycle).calls(cycle)]
    paid = [call for call in calls if not call.cached]
    nodes = [one for one in of_kind(read_events(parts.folder.root), "node") if one.get("cycle") == cycle]
    return Cost(
        calls=len(paid),
        usd=round(sum(call.usd for call in paid), 9),
        seconds=round(sum(node["seconds"] for node in nodes), 1),
    )


def _consistency(candidate: Checkpoint, champion: Checkpoint, parts: Parts) -> Consistency:
    slow = candidate.core or champion.id
    items, same = answers_alike(parts.student_of(candidate.id), parts.student_of(slow), parts.domain, parts.settings)
    return Consistency(slow=slow, items=items, same=same)


def _revert(decision: Decision, home: str) -> str:
    if home != decision.champion:
        return f"it concerns this run alone: the home's champion is {home or 'nobody'}, and stays so"
    return (
        f"`reasoner models rollback --to {decision.champion}` makes {decision.champion} champion again, with its "
        f"memory; rehearsed: restored in another place it said to the bit what it says here ({decision.rehearsed})"
    )
