"""Finds what an id means, and walks its lineage to the ends on either side."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.lineage.archive import Archive
from agents.lineage.causes import causes_of
from agents.lineage.effects import effects_of
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
from reasoner.errors import NotFoundError


@dataclass(frozen=True)
class Branch:
    """A link and what lies beyond it."""

    link: Link
    branches: tuple["Branch", ...]
    more: int
    """Links beyond it that were left out."""
    why: str
    """Why nothing lies beyond it, where nothing does."""


def find(id: str, archive: Archive, *, run: str | None = None) -> list[Link]:
    """Everything that has this id, once for each run and cycle that knows it.

    Args:
        id: of a problem, a teacher call, a verdict, an example, a job, a checkpoint or a decision, or the place of a
            report's attempts, `<run>/evals/<cycle>/<set>.jsonl`.
        archive: of the home.
        run: only as this run knows it.

    Raises:
        NotFoundError: nothing has.
    """
    found = [link for link in _all(id, archive) or _all(archive.full_id(id), archive) if run in (None, link.run)]
    if not found:
        where = f" in run {run}" if run else ""
        raise NotFoundError(
            f"{id!r}{where} is no problem that was failed, teacher call, verdict, example, job, checkpoint, "
            "decision or report of this home; `reasoner trace RUN --json` and `reasoner memory search --json` show ids"
        )
    return found


def effects(link: Link, archive: Archive, *, most: int) -> Branch:
    """All that came of a link; at most `most` branches at each fork."""
    return _walk(link, archive, effects_of, most)


def causes(link: Link, archive: Archive, *, most: int) -> Branch:
    """All that it came from."""
    return _walk(link, archive, causes_of, most)


def _walk(link: Link, archive: Archive, step: Callable[[Link, Archive], Step], most: int) -> Branch:
    found = step(link, archive)
    beyond = tuple(_walk(one, archive, step, most) for one in found.links[:most])
    return Branch(link, beyond, len(found.links) - len(beyond), found.why)


def _all(id: str, archive: Archive) -> list[Link]:
    if "/evals/" in id:
        return [report_link(e) for e in archive.evaluations(id.split("/")[0]) if report_link(e).id == id]
    decided, made = archive.decision(id), archive.checkpoints().get(id)
    links = [decision_link(decided)] if decided else []
    links += [checkpoint_link(made)] if made else []
    links += [
        job_link(job, run, cycle) for run in archive.runs() for cycle, job in archive.jobs_of(run) if job.id == id
    ][:1]
    links += [
        verdict_link(v, p.run, p.cycle)
        for p in archive.places.of_verdict(id)
        for v in archive.verdicts(p.run, p.cycle)
        if v.id == id
    ]
    links += [
        call_link(call, p.run, p.cycle)
        for p in archive.places.of_call(id)
        for call in (*archive.lessons(p.run, p.cycle), *archive.confirmations(p.run, p.cycle))
        if call.id == id
    ]
    links += [example_link(example) for example in archive.places.of_example(id)]
    return links or _failures(id, archive)


def _failures(id: str, archive: Archive) -> list[Link]:
    """A problem as it was failed; where the store knows nothing of it, the runs' own files are looked through."""
    places = [(p.run, p.cycle) for p in archive.places.of_failure(id)]
    if not places:
        everywhere = [(run, cycle) for run in archive.runs() for cycle in archive.cycles(run)]
        places = [place for place in everywhere if id in archive.practice(*place)]
    known = [place for place in places if id in archive.practice(*place)]
    return [failure_link(id, run, cycle, archive) for run, cycle in known]
