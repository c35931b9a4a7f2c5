"""What something came from: one step from effects to causes. What has no cause in the loop says what it is instead."""

from collections.abc import Callable

from agents.lineage.archive import Archive
from agents.lineage.links import (
    Link,
    Step,
    call_link,
    checkpoint_link,
    decision_link,
    example_link,
    failure_link,
    job_link,
    report_link,
    verdict_link,
)


def causes_of(link: Link, archive: Archive) -> Step:
    """The links before, or why there are none."""
    return _STEPS[link.kind](link, archive)


def _of_failure(link: Link, archive: Archive) -> Step:
    practice = [e for e in archive.evaluations(link.run) if (e["split"], e["cycle"]) == ("practice", link.cycle)]
    if practice:
        return Step(why=f"a practice problem of cycle {link.cycle}, tried by {practice[-1]['checkpoint']}")
    return Step(why="where everything begins")


def _of_call(link: Link, archive: Archive) -> Step:
    calls = (*archive.lessons(link.run, link.cycle), *archive.confirmations(link.run, link.cycle))
    problems = {call.problem_id for call in calls if call.id == link.id}
    failed = archive.practice(link.run, link.cycle)
    known = [problem for problem in sorted(problems) if problem in failed]
    if known:
        return Step(links=tuple(failure_link(problem, link.run, link.cycle, archive) for problem in known))
    return Step(why=f"a second opinion on {', '.join(sorted(problems)) or 'a problem that is not there any more'}")


def _of_verdict(link: Link, archive: Archive) -> Step:
    verdict = next((v for v in archive.verdicts(link.run, link.cycle) if v.id == link.id), None)
    if verdict is None:
        return Step(why="the verdict is not in the store")
    calls = {call.id: call for call in archive.lessons(link.run, link.cycle)}
    if verdict.teacher_call in calls:
        return Step(links=(call_link(calls[verdict.teacher_call], link.run, link.cycle),))
    return Step(why=f"call {verdict.teacher_call} is in no file of the run")


def _of_example(link: Link, archive: Archive) -> Step:
    example = next((e for e in archive.learnt(link.run) if e.id == link.id), None)
    if example is None:
        return Step(why="the run has not learnt it")
    lineage = example.lineage
    if lineage.verdict:
        found = [v for v in archive.verdicts(lineage.run, lineage.cycle) if v.id == lineage.verdict]
        return Step(links=tuple(verdict_link(v, lineage.run, lineage.cycle) for v in found))
    if lineage.failure:
        return Step(links=(failure_link(lineage.failure, lineage.run, lineage.cycle, archive),))
    return Step(why="the student's own right answer" if example.source == "self" else f"of source {example.source}")


def _of_job(link: Link, archive: Archive) -> Step:
    job = next(one for one in archive.jobs() if one.id == link.id)
    rows = archive.rows_of(job)
    if not rows:
        return Step(why="a base, trained on problems that the settings draw" if job.spec.kind == "base" else "no rows")
    trained = [e for e in archive.learnt(_run_of_rows(job.spec.payload["rows"])) if e.id in rows]
    return Step(links=tuple(example_link(e) for e in trained))


def _run_of_rows(path: str) -> str:
    """`runs/<run>/dataset/<cycle>.jsonl`."""
    return path.split("/")[1]


def _of_checkpoint(link: Link, archive: Archive) -> Step:
    for run in dict.fromkeys([link.run, *archive.runs()]):
        for cycle, job in archive.jobs_of(run):
            if archive.made_by(job) == link.id:
                return Step(links=(job_link(job, run, cycle),))
    return Step(why="no job of a run made it")


def _of_report(link: Link, archive: Archive) -> Step:
    event = next((e for e in archive.evaluations(link.run) if report_link(e).id == link.id), None)
    made = archive.checkpoints().get(event["checkpoint"]) if event else None
    return Step(links=(checkpoint_link(made),)) if made else Step(why="its checkpoint is not in the store")


def _of_decision(link: Link, archive: Archive) -> Step:
    decision = archive.decision(link.id)
    if decision is None:
        return Step(why="the decision is not in the store")
    both = (decision.candidate, decision.champion)
    gate = [
        e
        for e in archive.evaluations(decision.run)
        if (e["split"], e["cycle"]) == ("gate", decision.cycle) and e["checkpoint"] in both
    ]
    gate.sort(key=lambda e: e["checkpoint"] != decision.candidate)
    return Step(links=tuple(report_link(e) for e in gate), why="" if gate else decision.reason)


def _of_promotion(link: Link, archive: Archive) -> Step:
    moves = [m for scope in (link.run, None) for m in archive.moves(scope) if f"move-{m.number}" == link.id]
    decided = [archive.decision(m.decision) for m in moves]
    return Step(links=tuple(decision_link(d) for d in decided if d), why="" if decided else "a first champion")


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
