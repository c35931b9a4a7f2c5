"""prepare: the first champion, trained from scratch on the easy part or taken from the home, and its sealed figure."""

from agents.judge_costs import tell_verdicts
from agents.judging import LEAKED
from agents.parts import Parts
from agents.state import Change, ImproveState
from memory.promotion import enthrone_base
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.checkpoint import Checkpoint


def prepare(_: ImproveState, parts: Parts) -> Change:
    """Makes sure that the run has a champion."""
    start = parts.settings.student.start
    checkpoint = _trained(parts) if start == "scratch" else _taken(start, parts)
    enthrone_base(parts.database, checkpoint, run=parts.run)
    if left_out := parts.source.left_out:
        parts.events.write("0/withheld", "withheld", 0, count=left_out, reasons={LEAKED: left_out}, examples=[])
    parts.evaluate(checkpoint.id, parts.source.sealed(), split="sealed", cycle=0, node="prepare")
    tell_verdicts(0, parts)
    return {
        "run": parts.run,
        "cycle": 0,
        "champion": checkpoint.id,
        "first": checkpoint.id,
        "space": checkpoint.fingerprint,
    }


def _trained(parts: Parts) -> Checkpoint:
    """Files the base job; equal bases are trained once in a home."""
    from reasoner.students import kind_named

    spec = kind_named(parts.settings.student.kind).base_spec(parts.settings, threads=parts.threads)
    job = parts.run_job(spec, lambda share, note: parts.tell(0, "prepare", round(share * 100), 100, note))
    parts.events.write(
        f"0/job/{job.id}", "job", 0, job=job.id, state=job.state, seconds=round(job.seconds, 3), result=job.result
    )
    made = Checkpoint(
        id=spec.key, fingerprint=job.result["fingerprint"], parent="", kind="base", run=parts.run, cycle=0
    )
    return parts.checkpoints.add(made)


def _taken(start: str, parts: Parts) -> Checkpoint:
    if start != "champion":
        return _of_kind(parts.checkpoints.get(start), parts)
    champion = parts.checkpoints.champion(parts.run) or parts.checkpoints.home_champion()
    if champion is None:
        raise NotFoundError("student.start=champion, but this home has no champion yet; use student.start=scratch once")
    return _of_kind(champion, parts)


def _of_kind(checkpoint: Checkpoint, parts: Parts) -> Checkpoint:
    """Raises UsageError where it is a student of another kind than this run trains."""
    from reasoner.students import kind_of

    found, asked = kind_of(parts.home / "checkpoints" / checkpoint.id).name, parts.settings.student.kind
    if found != asked:
        raise UsageError(
            f"student.start: {checkpoint.id} is a student of the kind {found}, and student.kind={asked}; "
            f"set student.kind={found}, or begin from another"
        )
    return checkpoint
