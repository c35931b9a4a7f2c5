"""train: files the fine-tuning job of this cycle and waits for it; after a crash it finds the job again."""

from collections import Counter

from agents.parts import Parts
from agents.state import Change, ImproveState
from memory.store.jobs import JobStore
from reasoner.data.rows import write_rows
from reasoner.errors import CandidateFailed
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example
from reasoner.types.job import Job, JobSpec

SHOWN = 20
"""Ids of withheld examples that an event names."""


def train(state: ImproveState, parts: Parts) -> Change:
    """Fine-tunes a candidate from the first or the present champion on everything learnt so far."""
    from reasoner.students import Candidate, kind_named

    cycle = state["cycle"]
    parent = state["first"] if parts.settings.train.parent == "base" else state["champion"]
    if not state["accepted"]:
        return {"candidate": "", "without_candidate": "nothing new passed the check in this cycle"}
    examples = _that_may_teach(cycle, parts)
    if not examples:
        return {"candidate": "", "without_candidate": "all that was learnt asks what is reported or decides"}
    rows = parts.folder.rows(cycle)
    write_rows(rows, examples, _wrong(cycle, parts) if parts.settings.learns_from_wrong else {})
    name = f"{parts.run}-c{cycle}"
    made = Candidate(cycle, parent, name, rows.relative_to(parts.home).as_posix(), len(examples))
    payload = kind_named(parts.settings.student.kind).candidate_payload(parts.settings, made, threads=parts.threads)
    spec = JobSpec(key=f"{parts.run}/cycle-{cycle}/train", kind="finetune", payload=payload)
    try:
        job = parts.run_job(spec, lambda share, note: parts.tell(cycle, "train", round(share * 100), 100, note))
    except CandidateFailed as failure:
        reason = str(failure).partition("\n")[0]
        _tell(_failed(spec, parts), cycle, parts, error=reason)
        return {"candidate": "", "without_candidate": reason}
    parts.checkpoints.add(
        Checkpoint(
            id=name,
            fingerprint=job.result["fingerprint"],
            parent=parent,
            kind="candidate",
            run=parts.run,
            cycle=cycle,
            core=job.result.get("core", ""),
        )
    )
    _tell(job, cycle, parts)
    return {"candidate": name}


def _that_may_teach(cycle: int, parts: Parts) -> list[Example]:
    """What the run has learnt but for what is held out, by whichever door it came in."""
    learnt = parts.examples.examples(run=parts.run, up_to_cycle=cycle)
    examples, withheld = parts.held_out.divide(learnt, parts.domain)
    if withheld:
        reasons = Counter(withheld.values())
        parts.events.write(
            f"{cycle}/withheld",
            "withheld",
            cycle,
            count=len(withheld),
            reasons=dict(sorted(reasons.items())),
            examples=sorted(withheld)[:SHOWN],
        )
    return examples


def _wrong(cycle: int, parts: Parts) -> dict[str, tuple[str, ...]]:
    """Steps of the latest wrong attempt at each practice question of the run."""
    tried = [one for at in range(1, cycle + 1) for one in parts.practised(at)]
    return {one.problem.question: one.attempt.steps for one in tried if one.wrong and one.attempt.steps}


def _failed(spec: JobSpec, parts: Parts) -> Job:
    job = JobStore(parts.database).by_key(spec.key)
    assert job is not None, f"{spec.key} was filed and is gone"
    return job


def _tell(job: Job, cycle: int, parts: Parts, **more: str) -> None:
    seconds = round(job.seconds, 3)
    body = {"job": job.id, "state": job.state, "seconds": seconds, "result": job.result, **more}
    parts.events.write(f"{cycle}/job/{job.id}", "job", cycle, **body)
