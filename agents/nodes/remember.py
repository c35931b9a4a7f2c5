"""remember: verified examples and failed attempts go into the latent memory, each marked as what it is."""

import hashlib
from random import Random

from agents.covering import covered_after
from agents.parts import Parts
from agents.run_folder import read_records
from agents.state import Change, ImproveState
from reasoner.types.example import Example, Lineage, WrongAttempt
from reasoner.types.teaching import TeacherRequest

MOST_WRONG = 500
"""Failed attempts kept a cycle; more of the same teach the miner nothing."""


def remember(state: ImproveState, parts: Parts) -> Change:
    """Keeps the cycle's harvest with its latents in the run's memory space."""
    cycle = state["cycle"]
    encoder = parts.student_of(state["first"])
    memory = parts.memory(state["space"])
    examples = read_records(parts.folder.examples(cycle), Example)
    parts.tell(cycle, "remember", 0, len(examples))
    vectors = encoder.embed([e.problem.question for e in examples])
    parts.trace.keep_latents("examples", [e.id for e in examples], question_ND=vectors)
    added = memory.remember(examples, vectors)
    wrong = _wrong(cycle, parts)
    memory.remember_wrong(wrong, encoder.embed([w.problem.question for w in wrong]))
    memory.settle()
    parts.events.write(
        f"{cycle}/examples",
        "examples",
        cycle,
        added=len(added.added),
        duplicates=added.duplicates,
        wrong=len(wrong),
        memory_size=memory.stats().examples,
        coverage=covered_after(state, parts).model_dump(mode="json"),
    )
    return {"accepted": len(added.added)}


def _wrong(cycle: int, parts: Parts) -> list[WrongAttempt]:
    """Failed attempts: all that were asked about, then others drawn by seed, up to `MOST_WRONG`."""
    failed = [one for one in parts.practised(cycle) if one.wrong]
    asked = {r.problem.id for r in read_records(parts.folder.requests(cycle), TeacherRequest)}
    first = [one for one in failed if one.problem.id in asked][:MOST_WRONG]
    rest = [one for one in failed if one.problem.id not in asked]
    extra = Random(f"{parts.settings.seed}/wrong/{cycle}").sample(rest, min(len(rest), MOST_WRONG - len(first)))
    lineage = Lineage(run=parts.run, cycle=cycle)
    return [
        WrongAttempt(
            id=hashlib.sha256("\n".join([one.problem.id, *one.attempt.steps]).encode()).hexdigest()[:16],
            problem=one.problem,
            steps=one.attempt.steps,
            answer=one.attempt.answer,
            lineage=lineage.model_copy(update={"failure": one.problem.id}),
        )
        for one in first + extra
    ]
