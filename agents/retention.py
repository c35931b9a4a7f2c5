"""Retention at the gate: champion and candidate on the same sample of each suite of `gate.retention`."""

from typing import Any

from agents.beside import Extra, asked_once, paired, retention_of
from agents.parts import Parts
from agents.state import ImproveState
from reasoner.evaluation.comparison import Beside
from reasoner.evaluation.retention import Suite, label_of, open_suite, sample_of
from reasoner.evaluation.statistics import mcnemar_exact, paired_gain
from reasoner.types.problem import Attempt


def ask_retained(state: ImproveState, parts: Parts) -> list[Beside]:
    """Both on all suites; what each came to is told in an event."""
    return [_ask(entry, state, parts) for entry in parts.settings.gate.retention]


def _ask(entry: str, state: ImproveState, parts: Parts) -> Beside:
    cycle, gate = state["cycle"], parts.settings.gate
    extra, suite = retention_of(entry, gate), open_suite(entry, parts.domain)
    ids = sample_of([*suite.questions], gate.retention_size, seed=parts.settings.seed, entry=entry, cycle=cycle)
    pair = [_sat(suite, extra, checkpoint, ids, cycle, parts) for checkpoint in (state["champion"], state["candidate"])]
    found = paired(extra, *pair)
    body = {"champion": state["champion"], "candidate": state["candidate"], **retention_body(found)}
    parts.events.write(
        f"{cycle}/{extra.name}", "retention", cycle, suite=label_of(entry), items=len(suite.questions), **body
    )
    return found


def _sat(suite: Suite, extra: Extra, checkpoint: str, ids: list[str], cycle: int, parts: Parts) -> list[Attempt]:
    def on_progress(done: int, total: int) -> None:
        parts.clock.require_time()
        parts.tell(cycle, "examine", done, total)

    mode = parts.settings.student.mode
    return asked_once(
        parts.folder,
        extra,
        checkpoint,
        ids,
        lambda missing: suite.attempts(parts.student_of(checkpoint), missing, mode, on_progress),
        cycle=cycle,
        mode=mode,
    )


def retention_body(found: Beside) -> dict[str, Any]:
    """The paired figures, for an event."""
    tally = found.tally
    gain, ci95 = paired_gain(tally.wins, tally.losses, tally.n)
    return {
        "asked": len(found.champion),
        "right_before": sum(one.correct for one in found.champion),
        "right": sum(one.correct for one in found.candidate),
        "n": tally.n,
        "wins": tally.wins,
        "losses": tally.losses,
        "gain": gain,
        "ci95": ci95,
        "p_harm": mcnemar_exact(tally.losses, tally.wins),
        "margin": found.margin,
        "rule": found.rule,
    }
