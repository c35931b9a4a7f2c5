"""The story of one problem in a run: every attempt, what the teacher made of it, what was learnt, who solved it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agents.lineage.archive import Archive
from agents.lineage.effects import effects_of
from agents.lineage.links import call_link, example_link, verdict_link
from agents.reporting.events import Event, of_kind
from agents.run_folder import RunFolder, read_records
from memory.store.runs import RunStore
from reasoner.bootstrap.home import Home, home_at
from reasoner.config.settings import Settings
from reasoner.errors import NotFoundError
from reasoner.types.problem import Attempt, Problem
from reasoner.types.record import Record
from reasoner.types.report import Decision

NODES = {
    "practice": "evaluate",
    "gate": "examine",
    "repairs": "examine",
    "retention": "examine",
    "search": "search",
}
"""Who asks a set; everything else is asked by the report."""


class Chapter(Record):
    """One thing that happened to the problem."""

    cycle: int
    node: str
    said: str
    body: dict[str, Any]
    """Ids and figures, for programs."""


class Story(Record):
    """All that a run knows of a problem."""

    run: str
    id: str
    problem: Problem | None
    """None where the settings draw it no more."""
    place: str
    """Which set it belongs to."""
    chapters: tuple[Chapter, ...]
    solved_by: str
    """First checkpoint that solved it; empty if none did."""
    promotion: Decision | None
    """Which made that champion, if one did."""


def problem_story(home: Path, run: str, problem: str, *, try_again: bool = False) -> Story:
    """Tells it.

    Args:
        home: its folder.
        run: id.
        problem: id.
        try_again: every champion of the run, from the first on, tries it now.

    Raises:
        NotFoundError: the run has never tried the problem.
    """
    place = home_at(home).begun()
    archive = Archive(place.database(), place.root)
    tries = sorted(_attempts(archive.folder(run), problem), key=lambda found: found[:2])
    if not tries:
        raise NotFoundError(
            f"run {run} has tried no problem {problem!r}; ids stand in {archive.folder(run).root}/evals/*/*.jsonl"
        )
    settings = Settings.model_validate(RunStore(place.database()).get(run).settings)
    asked, where = _problem(settings, tries[0], problem)
    chapters: list[Chapter] = []
    for cycle in sorted({cycle for cycle, _, _ in tries}):
        chapters += [_attempted(archive, run, *found) for found in tries if found[0] == cycle]
        chapters += _latents(archive.folder(run), cycle, problem)
        chapters += _taught(archive, run, cycle, problem)
    if try_again and asked is not None:
        chapters += _tried_anew(place, archive, settings, run, asked)
    solved = next((c.body["checkpoint"] for c in chapters if c.body.get("outcome") == "right"), "")
    return Story(
        run=run,
        id=problem,
        problem=asked,
        place=where,
        chapters=tuple(chapters),
        solved_by=solved,
        promotion=_promotion(archive, run, solved),
    )


def _attempts(folder: RunFolder, problem: str) -> Iterator[tuple[int, str, Attempt]]:
    """Cycle, name of the set and attempt, wherever the problem was tried; files without it are not parsed."""
    for path in (folder.root / "evals").glob("*/*.jsonl"):
        if f'"{problem}"' in path.read_text(encoding="utf-8"):
            for attempt in read_records(path, Attempt):
                if attempt.problem_id == problem:
                    yield int(path.parent.name), path.stem, attempt


def _problem(settings: Settings, found: tuple[int, str, Attempt], id: str) -> tuple[Problem | None, str]:
    from reasoner.data.sources import open_source

    cycle, name, _ = found
    source = open_source(settings)
    if name == "sealed":
        problems, where = source.sealed(), "sealed set"
    elif name.startswith(("repairs-", "retention-")):
        return None, "what was taught before" if name.startswith("repairs-") else "a retention suite"
    elif name.startswith("gate"):
        problems, where = source.gate(cycle), f"gate set of cycle {cycle}"
    else:
        problems, where = source.practice(cycle), f"practice pool of cycle {cycle}"
    return next((one for one in problems if one.id == id), None), where


def _attempted(archive: Archive, run: str, cycle: int, name: str, attempt: Attempt) -> Chapter:
    kind, _, tried_by = name.partition("-")
    split = kind if tried_by else name
    tried_by = tried_by.partition("-")[2] if kind == "retention" else tried_by
    told = [e for e in archive.evaluations(run) if (e["cycle"], e["split"]) == (cycle, split)]
    searched = of_kind([e for e in archive.events(run) if e.get("cycle") == cycle], "search")
    checkpoint = tried_by or "".join(e["checkpoint"] for e in told[-1:])
    checkpoint = checkpoint or "".join(e["checkpoint"] for e in searched[-1:])
    return Chapter(
        cycle=cycle,
        node=NODES.get(split, "report"),
        said=f"{checkpoint}: {_shown(attempt)}",
        body={"checkpoint": checkpoint, "set": split, "outcome": attempt.outcome, **_tried(attempt)},
    )


def _latents(folder: RunFolder, cycle: int, problem: str) -> Iterator[Chapter]:
    """Where the vectors of the problem lie, and how long each is."""
    import numpy as np
    from safetensors import safe_open

    from reasoner.storage.tensor_files import read_in_words

    for path in sorted((folder.root / "latents").glob(f"{cycle}-*.safetensors")):
        with read_in_words(path, "remove it: nothing but pictures needs it"), safe_open(path, "np") as kept:
            ids = json.loads(kept.metadata()["ids"])
            if problem not in ids:
                continue
            row = ids.index(problem)
            names = sorted(kept.keys())
            norms = {name: float(np.linalg.norm(kept.get_slice(name)[row].astype(np.float32))) for name in names}
        lengths = ", ".join(f"{name} of length {norm:.2f}" for name, norm in norms.items())
        file = folder.below_root(path)
        body = {"file": file, "row": row, "norms": {name: round(norm, 4) for name, norm in norms.items()}}
        yield Chapter(
            cycle=cycle, node=path.stem.split("-")[1], said=f"latents in {file}, row {row}: {lengths}", body=body
        )


def _taught(archive: Archive, run: str, cycle: int, problem: str) -> Iterator[Chapter]:
    """From the failure to the decision of its cycle."""
    attempt = archive.practice(run, cycle).get(problem)
    if attempt is None:
        return
    asked = any(request.problem.id == problem for request in archive.requests(run, cycle))
    if not asked and attempt.outcome == "wrong":
        yield Chapter(cycle=cycle, node="mine", said="not asked about", body={"asked": False})
    for call in archive.lessons(run, cycle):
        if call.problem_id == problem:
            lesson = call.lesson.model_dump(mode="json", include={"critique", "steps", "answer"}) if call.lesson else {}
            worked = f"; worked: {'; '.join(call.lesson.steps)}" if call.lesson else call.error
            body = {"call": call.id, **lesson}
            link = call_link(call, run, cycle)
            yield Chapter(cycle=cycle, node="teach", said=f"call {call.id}, {link.said}{worked}", body=body)
            yield from _checked(archive, run, cycle, call.id)
    yield from _learnt(archive, run, cycle, problem)


def _checked(archive: Archive, run: str, cycle: int, call: str) -> Iterator[Chapter]:
    for verdict in archive.verdicts(run, cycle):
        if verdict.teacher_call == call:
            body = {"verdict": verdict.id, "accepted": verdict.accepted, "reason": verdict.reason}
            said = f"{verdict_link(verdict, run, cycle).said}: {verdict.question}"
            yield Chapter(cycle=cycle, node="check", said=said, body=body)


def _learnt(archive: Archive, run: str, cycle: int, problem: str) -> Iterator[Chapter]:
    examples = [e for e in archive.learnt(run) if (e.lineage.failure, e.lineage.cycle) == (problem, cycle)]
    if not examples:
        return
    ids = [example.id for example in examples]
    yield Chapter(
        cycle=cycle, node="remember", said=f"learnt {len(ids)} examples: {', '.join(ids)}", body={"examples": ids}
    )
    jobs = effects_of(example_link(examples[0]), archive)
    for job in jobs.links:
        made = effects_of(job, archive).links
        checkpoint = made[0].id if made else ""
        said = f"job {job.id} trained {checkpoint or 'nothing'} on them"
        yield Chapter(cycle=job.cycle, node="train", said=said, body={"job": job.id, "candidate": checkpoint})
        yield from _decided(archive, run, job.cycle)


def _decided(archive: Archive, run: str, cycle: int) -> Iterator[Chapter]:
    for event in of_kind([e for e in archive.events(run) if e.get("cycle") == cycle], "decision"):
        body = {"decision": event.get("id", ""), "verdict": event["verdict"]}
        yield Chapter(cycle=cycle, node="decide", said=f"{event['verdict']}: {event['reason']}", body=body)


def _tried_anew(place: Home, archive: Archive, settings: Settings, run: str, problem: Problem) -> Iterator[Chapter]:
    """By the champions of the run in their order."""
    from reasoner.bootstrap.judging import judged_domain
    from reasoner.evaluation.attempts import attempt_all

    domain, mode = judged_domain(settings, place), settings.student.mode
    for cycle, checkpoint in _champions(archive.events(run)):
        attempt = attempt_all(place.student(checkpoint), domain, [problem], mode)[0].attempt
        yield Chapter(
            cycle=cycle,
            node="now",
            said=f"{checkpoint} tries it now: {_shown(attempt)}",
            body={"checkpoint": checkpoint, "set": "now", "outcome": attempt.outcome, **_tried(attempt)},
        )


def _champions(events: list[Event]) -> list[tuple[int, str]]:
    first = [e["checkpoint"] for e in of_kind(events, "evaluation") if e["split"] == "sealed"][:1]
    return [(0, one) for one in first] + [
        (e["cycle"], e["candidate"]) for e in of_kind(events, "decision") if e["verdict"] == "promote"
    ]


def _promotion(archive: Archive, run: str, checkpoint: str) -> Decision | None:
    told = [
        e for e in of_kind(archive.events(run), "decision") if (e["verdict"], e["candidate"]) == ("promote", checkpoint)
    ]
    return archive.decision(told[0]["id"]) if told and checkpoint else None


def _shown(attempt: Attempt) -> str:
    return f"{'; '.join(attempt.steps) or 'no step'} -> {attempt.answer or 'nothing'}, {attempt.outcome}"


def _tried(attempt: Attempt) -> dict[str, Any]:
    return {"steps": list(attempt.steps), "answer": attempt.answer, "logprob": attempt.logprob}
