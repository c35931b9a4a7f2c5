"""What came of something: one step from causes to effects. Where nothing came of it, the reason is said."""

from collections.abc import Callable

from agents.lineage.archive import Archive
from agents.lineage.links import (
    Link,
    Step,
    call_link,
    checkpoint_link,
    decision_link,
    example_link,
    job_link,
    report_link,
    verdict_link,
)
from agents.reporting.events import of_kind


def effects_of(link: Link, archive: Archive) -> Step:
    """The next links, or why there are none."""
    return _STEPS[link.kind](link, archive)


def _of_failure(link: Link, archive: Archive) -> Step:
    run, cycle = link.run, link.cycle
    calls = [call for call in archive.lessons(run, cycle) if call.problem_id == link.id]
    own = [e for e in archive.learnt(run) if e.lineage.failure == link.id and not e.lineage.teacher_call]
    links = tuple([call_link(call, run, cycle) for call in calls] + [example_link(e) for e in own])
    if links:
        return Step(links=links)
    requests = archive.requests(run, cycle)
    if any(request.problem.id == link.id for request in requests):
        return Step(why="it was to be asked about, and a limit or an end of the run came first")
    if not of_kind([e for e in archive.events(run) if e.get("cycle") == cycle], "failures"):
        return Step(why=f"cycle {cycle} has not come to mining")
    failed = sum(attempt.outcome == "wrong" for attempt in archive.practice(run, cycle).values())
    return Step(why=f"not asked about: {len(requests)} of {failed} failures of cycle {cycle} were")


def _of_call(link: Link, archive: Archive) -> Step:
    verdicts = [v for v in archive.verdicts(link.run, link.cycle) if v.teacher_call == link.id]
    if verdicts:
        return Step(links=tuple(verdict_link(v, link.run, link.cycle) for v in verdicts))
    opinion = next((c for c in archive.confirmations(link.run, link.cycle) if c.id == link.id), None)
    if opinion is None:
        return Step(why=f"cycle {link.cycle} has not come to checking it")
    asked = [e for e in archive.learnt(link.run) if e.problem.id == opinion.problem_id]
    told = [v for e in asked for v in archive.verdicts(link.run, link.cycle) if v.id == e.lineage.verdict]
    why = "" if told else "a second opinion on a new problem that did not pass"
    return Step(links=tuple(verdict_link(v, link.run, link.cycle) for v in told[:1]), why=why)


def _of_verdict(link: Link, archive: Archive) -> Step:
    verdict = next((v for v in archive.verdicts(link.run, link.cycle) if v.id == link.id), None)
    if verdict is None:
        return Step(why="the verdict is not in the store")
    if not verdict.accepted:
        return Step(why=f"rejected: {verdict.reason}")
    learnt = archive.learnt(link.run)
    found = [e for e in learnt if e.lineage.verdict == link.id]
    if not found:
        standing = set(archive.places.met_again(link.id))
        found = [e for e in learnt if e.id in standing]
        # Two teachers' pieces of one cycle may be the same example: it is kept once, under the first.
        found = found or [e for e in learnt if e.problem.question == verdict.question]
    if found:
        return Step(links=tuple(example_link(e) for e in found[:1]))
    return Step(why=f"cycle {link.cycle} has not come to remembering it")


def _of_example(link: Link, archive: Archive) -> Step:
    jobs = [
        (cycle, job)
        for cycle, job in archive.jobs_of(link.run)
        if cycle >= link.cycle and link.id in archive.rows_of(job)
    ]
    if jobs:
        return Step(links=tuple(job_link(job, link.run, cycle) for cycle, job in jobs))
    later = [cycle for cycle, job in archive.jobs_of(link.run) if cycle >= link.cycle and job.spec.kind == "finetune"]
    if later:
        return Step(why="no job has trained on it: it was dropped from the memory, or its rows were pruned")
    return Step(why=f"no training job of the run has ended since cycle {link.cycle}")


def _of_job(link: Link, archive: Archive) -> Step:
    job = next(one for one in archive.jobs() if one.id == link.id)
    made = archive.checkpoints().get(archive.made_by(job))
    if made is not None:
        return Step(links=(checkpoint_link(made),))
    return Step(why=f"it is {job.state}{f': {job.error}' if job.error else ''}")


def _of_checkpoint(link: Link, archive: Archive) -> Step:
    """Where it was the candidate, then where it was champion; runs that started from it come last."""
    own = [run for run in archive.runs() if run == link.run]
    others = [run for run in archive.runs() if run != link.run]
    events = [e for run in own + others for e in archive.evaluations(run) if e["checkpoint"] == link.id]
    if events:
        return Step(links=tuple(report_link(e) for e in sorted(events, key=lambda e: e["split"] != "gate")))
    return Step(why="it has not been evaluated in a run")


def _of_report(link: Link, archive: Archive) -> Step:
    event = next((e for e in archive.evaluations(link.run) if report_link(e).id == link.id), None)
    if event is None:
        return Step(why="its event is not there")
    if event["split"] != "gate":
        return Step(why="reported only" if event["split"] == "sealed" else "its failures were mined")
    decided = _decisions(link, archive)
    if decided:
        return Step(links=tuple(decided))
    return Step(why=f"cycle {link.cycle} has not come to a decision")


def _decisions(link: Link, archive: Archive) -> list[Link]:
    """Of the report's cycle; a fork's shared cycles were decided in its parent."""
    told = [e["id"] for e in of_kind(archive.events(link.run), "decision") if e["cycle"] == link.cycle and "id" in e]
    return [decision_link(found) for id in told if (found := archive.decision(id)) is not None]


def _of_decision(link: Link, archive: Archive) -> Step:
    decision = archive.decision(link.id)
    if decision is not None and decision.verdict == "await":
        return Step(why="a person is asked: `reasoner proposals list`; what was ruled is a decision of its own")
    if decision is None or decision.verdict != "promote":
        return Step(why=f"nothing was promoted: {decision.verdict if decision else 'unknown'}")
    moves = [m for scope in (link.run, None) for m in archive.moves(scope) if m.decision == link.id]
    told = tuple(
        Link(
            kind="promotion",
            id=f"move-{m.number}",
            run=link.run,
            cycle=link.cycle,
            said=f"{m.checkpoint} became champion of {'the run' if m.scope else 'the home'}, {m.moved_at[:19]}",
        )
        for m in moves
    )
    return Step(links=told, why="" if told else "recorded, and the pointer has not moved")


def _of_promotion(_link: Link, _archive: Archive) -> Step:
    return Step()


_STEPS: dict[str, Callable[[Link, Archive], Step]] = {
    "failure": _of_failure,
    "call": _of_call,
    "verdict": _of_verdict,
    "example": _of_example,
    "job": _of_job,
    "checkpoint": _of_checkpoint,
    "report": _of_report,
    "decision": _of_decision,
    "promotion": _of_promotion,
}
