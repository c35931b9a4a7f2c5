"""The members of a lineage, as they are named and told."""

from typing import Literal

from agents.lineage.archive import Archive
from agents.reporting.events import Event
from agents.reporting.figures import dollars, percent
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example
from reasoner.types.job import Job
from reasoner.types.record import Record
from reasoner.types.report import Decision
from reasoner.types.teaching import TeacherCall, Verdict

Kind = Literal["failure", "call", "verdict", "example", "job", "checkpoint", "report", "decision", "promotion"]


class Link(Record):
    """One thing with an id, as one run knows it."""

    kind: Kind
    id: str
    run: str
    cycle: int
    said: str
    """A few words about it."""


class Step(Record):
    """What lies one step on from a link."""

    links: tuple[Link, ...] = ()
    why: str = ""
    """Why there is nothing, where there is nothing."""


def failure_link(problem: str, run: str, cycle: int, archive: Archive) -> Link:
    """A practice problem that a champion failed."""
    attempt = archive.practice(run, cycle).get(problem)
    said = "attempt is not there any more"
    if attempt is not None:
        said = f"{attempt.outcome}, answered {attempt.answer or 'nothing'} by {'; '.join(attempt.steps) or 'no step'}"
    return Link(kind="failure", id=problem, run=run, cycle=cycle, said=said)


def call_link(call: TeacherCall, run: str, cycle: int) -> Link:
    """A teacher call."""
    cached = ", from the cache" if call.cached else f", {dollars(call.usd)}"
    said = f"{call.model}, {call.state}{cached}"
    if call.lesson is not None and call.lesson.critique:
        said += f": {call.lesson.critique}"
    return Link(kind="call", id=call.id, run=run, cycle=cycle, said=said)


def verdict_link(verdict: Verdict, run: str, cycle: int) -> Link:
    """What the check said."""
    ruling = "accepted" if verdict.accepted else "rejected"
    # The reason of an ordinary acceptance is the same word.
    said = f"{verdict.subject} {ruling}" + ("" if verdict.reason == ruling else f": {verdict.reason}")
    return Link(kind="verdict", id=verdict.id, run=run, cycle=cycle, said=said)


def example_link(example: Example) -> Link:
    """Something learnt, as its run learnt it."""
    lineage = example.lineage
    said = f"{example.source}, {'; '.join(example.problem.steps)}: {example.problem.question}"
    return Link(kind="example", id=example.id, run=lineage.run, cycle=lineage.cycle, said=said)


def job_link(job: Job, run: str, cycle: int) -> Link:
    """Work in a child process."""
    return Link(kind="job", id=job.id, run=run, cycle=cycle, said=f"{job.spec.kind}, {job.state} ({job.spec.key})")


def checkpoint_link(checkpoint: Checkpoint) -> Link:
    """A saved student."""
    parent = f", from {checkpoint.parent}" if checkpoint.parent else ""
    said = f"{checkpoint.kind}, fingerprint {checkpoint.fingerprint}{parent}"
    return Link(kind="checkpoint", id=checkpoint.id, run=checkpoint.run, cycle=checkpoint.cycle, said=said)


def report_link(event: Event) -> Link:
    """An evaluation; its id is the place of its attempts below `runs`."""
    part = f" ({event['of']} in all)" if event.get("of") else ""
    said = f"{event['checkpoint']} on the {event['split']} set: {percent(event['accuracy'])} of {event['n']}{part}"
    name = f"{event['run']}/{event['attempts_file']}"
    return Link(kind="report", id=name, run=event["run"], cycle=event["cycle"], said=said)


def decision_link(decision: Decision) -> Link:
    """The gate's word."""
    said = f"{decision.verdict} of {decision.candidate or 'nobody'}: {decision.reason}"
    return Link(kind="decision", id=decision.id, run=decision.run, cycle=decision.cycle, said=said)
