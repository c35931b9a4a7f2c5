"""Repairs: failed practice problems that a promotion taught and solved. Later gates ask whether they still hold.

The list is derived, not kept: it is what the promotions that led to the present champion have left in their runs'
folders. After a promotion the new champion tries every failure that its cycle taught (`dataset/taught-<cycle>.jsonl`).
Those that it gets right are repairs.

At a gate both sides are asked a sample of all that was taught, repaired or not. A sample of repairs alone would be
unfair to the candidate: they are chosen by the champion's own success, and an equally good student, with luck of its
own, would seem to lose some of them and could win nothing back.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from agents.beside import REPAIRS, asked_once, extras_of, paired
from agents.parts import Parts
from agents.run_folder import RunFolder, read_records, write_records
from agents.state import ImproveState
from reasoner.evaluation.comparison import Beside
from reasoner.evaluation.statistics import mcnemar_exact, paired_gain
from reasoner.types.example import Example
from reasoner.types.problem import Attempt, Problem
from reasoner.types.record import Record
from reasoner.types.tried import Tried, attempts_of

NAMED = 20
"""Lost repairs that an event names; the attempts name all."""
_BEGINNING = 80
"""Characters of a question."""


class Taught(Record):
    """A failure that a promotion's cycle taught, tried by the champion that it made."""

    tried: Tried
    checkpoint: str
    """That champion."""
    run: str
    cycle: int

    @property
    def repaired(self) -> bool:
        """Whether it was solved then."""
        return self.tried.attempt.correct


def try_taught(state: ImproveState, parts: Parts) -> None:
    """A champion that this cycle's gate has made tries the failures that the cycle taught. Twice is once."""
    cycle, candidate = state["cycle"], state["candidate"]
    made = parts.decisions.promoting(candidate) if candidate and state["verdict"] == "promote" else None
    if not parts.settings.gate.regression_size or made is None or (made.run, made.cycle) != (parts.run, cycle):
        return
    path = parts.folder.taught(cycle)
    if not path.is_file():
        write_records(path, parts.attempt(candidate, _taught_in(cycle, parts), cycle=cycle, node="report"))
    tried = read_records(path, Tried)
    repaired = sum(one.attempt.correct for one in tried)
    body = {"checkpoint": candidate, "taught": len(tried), "repaired": repaired}
    parts.events.write(f"{cycle}/taught", "taught", cycle, **body, file=parts.folder.below_root(path))


def taught_before(champion: str, parts: Parts) -> list[Taught]:
    """What the promotions that led to a champion were taught, in a fixed order; of a problem the newest alone.

    Runs whose folders are gone have nothing to tell, and other tasks' problems are not asked.
    """
    found: dict[str, Taught] = {}
    for decision in parts.decisions.ancestry(champion):
        for tried in read_records(RunFolder(parts.home, decision.run).taught(decision.cycle), Tried):
            if tried.problem.domain == parts.domain.info.name:
                one = Taught(tried=tried, checkpoint=decision.candidate, run=decision.run, cycle=decision.cycle)
                found.setdefault(tried.problem.id, one)
    return [found[id] for id in sorted(found)]


def ask_repairs(state: ImproveState, parts: Parts) -> list[Beside]:
    """Champion and candidate on this gate's sample of what was taught; empty where the settings ask for none."""
    cycle, gate = state["cycle"], parts.settings.gate
    (extra, *_) = [one for one in extras_of(gate) if one.name == REPAIRS] or [None]
    if extra is None:
        return []
    known = taught_before(state["champion"], parts)
    rng = Random(f"{parts.settings.seed}/repairs/{cycle}")
    chosen = rng.sample(known, min(gate.regression_size, len(known)))
    problems = {one.tried.problem.id: one.tried.problem for one in chosen}

    def sat(checkpoint: str) -> list[Attempt]:
        return asked_once(
            parts.folder,
            extra,
            checkpoint,
            list(problems),
            lambda ids: attempts_of(
                parts.attempt(checkpoint, [problems[id] for id in ids], cycle=cycle, node="examine")
            ),
            cycle=cycle,
            mode=parts.settings.student.mode,
            known=[one.tried.attempt for one in chosen if one.checkpoint == checkpoint],
        )

    found = paired(extra, sat(state["champion"]), sat(state["candidate"]))
    if chosen:
        body = repairs_body(chosen, found)
        pair = {"champion": state["champion"], "candidate": state["candidate"], "known": len(known)}
        parts.events.write(f"{cycle}/repairs", "repairs", cycle, **pair, **body)
    return [found]


def repairs_body(chosen: Sequence[Taught], found: Beside) -> dict[str, Any]:
    """How the repairs among what was asked stand, and the paired figures over all of it, for an event."""
    rows = list(zip(chosen, found.champion, found.candidate, strict=True))
    repairs = [(one, before, after) for one, before, after in rows if one.repaired]
    lost = [(one, before) for one, before, after in repairs if after.outcome == "wrong"]
    tally = found.tally
    gain, ci95 = paired_gain(tally.wins, tally.losses, tally.n)
    return {
        "asked": len(chosen),
        "repairs": len(repairs),
        "held_before": sum(before.correct for _, before, _ in repairs),
        "held": sum(after.correct for _, _, after in repairs),
        "lost": len(lost),
        "lost_items": [_named(one, by_champion=not before.correct) for one, before in lost[:NAMED]],
        "n": tally.n,
        "wins": tally.wins,
        "losses": tally.losses,
        "gain": gain,
        "ci95": ci95,
        "p_harm": mcnemar_exact(tally.losses, tally.wins),
    }


def _named(one: Taught, *, by_champion: bool) -> dict[str, Any]:
    question = " ".join(one.tried.problem.question.split())
    shown = question if len(question) <= _BEGINNING else f"{question[: _BEGINNING - 1]}…"
    return {"id": one.tried.problem.id, "question": shown, "cycle": one.cycle, "champion_lost_it_too": by_champion}


def _taught_in(cycle: int, parts: Parts) -> list[Problem]:
    """Practice problems that the champion failed and that an accepted example of the cycle is about."""
    examples = read_records(parts.folder.examples(cycle), Example)
    about = {id for e in examples for id in (e.lineage.failure, e.problem.id)}
    return [one.problem for one in parts.practised(cycle) if one.wrong and one.problem.id in about]
