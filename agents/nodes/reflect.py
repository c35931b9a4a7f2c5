"""reflect: additions that have proven themselves are merged into base weights, by a job, and the result examined.

Nothing may be answered otherwise for it. Who may then make it champion hangs on `approval`: it is a deep change.
"""

from agents.deciding import held_back, settle
from agents.decision_check import id_of_merge
from agents.gate_attempts import GateAttempts
from agents.merging import proven_additions
from agents.parts import Parts
from agents.proposing import proposal_id
from agents.state import Change, ImproveState
from reasoner.evaluation.alikeness import divergence_between
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.job import JobSpec
from reasoner.types.report import Decision

MOST_KL = 1e-3
"""Nats a token by which rounding may let the two differ."""


def reflect(state: ImproveState, parts: Parts) -> Change:
    """Has the merged checkpoint made, and makes it champion, proposes that, or says why not."""
    cycle = state["cycle"]
    decision = held_back(_judged(_merged(state, parts), state, parts), parts)
    proposal = proposal_id(decision.id) if decision.verdict == "await" else ""
    changed = settle(decision, parts, key=f"{cycle}/merge", proposal=proposal)
    verdict = "promote" if changed["verdict"] == "promote" else state["verdict"]
    awaiting = decision.id if changed["verdict"] == "await" else ""
    return {"champion": changed["champion"], "verdict": verdict, "awaiting": awaiting}


def _merged(state: ImproveState, parts: Parts) -> Checkpoint:
    """Files the job; the same cycle again finds it done."""
    cycle, champion = state["cycle"], state["champion"]
    name = f"{champion}-merged"
    payload = {"champion": champion, "checkpoint": name, "threads": parts.threads}
    spec = JobSpec(key=f"{parts.run}/cycle-{cycle}/merge", kind="merge", payload=payload)
    job = parts.run_job(spec, lambda share, note: parts.tell(cycle, "reflect", round(share * 100), 100, note))
    body = {"job": job.id, "state": job.state, "seconds": round(job.seconds, 3), "result": job.result}
    parts.events.write(f"{cycle}/job/{job.id}", "job", cycle, **body)
    made = Checkpoint(
        id=name, fingerprint=job.result["fingerprint"], parent=champion, kind="candidate", run=parts.run, cycle=cycle
    )
    return parts.checkpoints.add(made)


def _judged(merged: Checkpoint, state: ImproveState, parts: Parts) -> Decision:
    cycle, champion = state["cycle"], parts.checkpoints.get(state["champion"])
    asking = GateAttempts(parts, cycle=cycle, node="reflect")
    before, after = pair = asking.alike(champion.id, merged.id)
    compared = asking.compared(pair)
    kl = divergence_between(parts.student_of(champion.id), parts.student_of(merged.id), parts.settings, cycle)
    alike = sum(a.attempt.answer == b.attempt.answer for a, b in zip(before, after, strict=True))
    same = alike == len(before) and kl <= MOST_KL
    count = proven_additions(champion, parts)
    can = "can" if same else "cannot"
    return Decision(
        id=id_of_merge(parts.run, cycle, merged.id),
        run=parts.run,
        cycle=cycle,
        candidate=merged.id,
        champion=champion.id,
        verdict="promote" if same else "keep",
        comparison=compared,
        alpha=alpha_of_cycle(cycle, parts.settings.gate.alpha),
        reason=f"the additions of {count} promotions {can} be merged into {champion.core}: the same answer on "
        f"{alike} of {len(before)} fresh problems, KL {kl:g} nats a token",
        kind="merge",
    )
