"""verifier: the champion's own judge of steps, trained on what it makes of the practice problems so far."""

from typing import Any

from agents.parts import Parts
from agents.state import Change, ImproveState
from agents.verifying import Pupil, make_trained_verifier
from reasoner.diagnostics.plots import plot_reliability


def verifier(state: ImproveState, parts: Parts) -> Change:
    """Trains it, and tells how good it is on practice problems held out."""
    cycle, champion = state["cycle"], state["champion"]
    made = make_trained_verifier(
        Pupil(
            parts.student_of(champion),
            parts.checkpoints.get(champion).fingerprint,
            f"checkpoints/{champion}",
        ),
        parts.domain,
        [problem for pool in range(1, cycle + 1) for problem in parts.source.practice(pool)],
        parts.settings,
        home=parts.home,
        threads=parts.threads,
        run_job=parts.run_job,
        watch=lambda note, done, total: parts.tell(cycle, "verifier", done, total, note),
    )
    picture = parts.folder.reliability(cycle)
    picture.parent.mkdir(parents=True, exist_ok=True)
    symbolic = parts.settings.search.symbolic
    judges = {"verifier": made.quality(symbolic=None)["all"], "energy": made.quality(symbolic=symbolic)["all"]}
    plot_reliability(picture, {name: found["bins"] for name, found in judges.items()})
    parts.events.write(
        f"{cycle}/verifier",
        "verifier",
        cycle,
        checkpoint=champion,
        problems=made.about["problems"],
        held_out=made.about["held_out"],
        updates=made.about["updates"],
        margin=made.judging[symbolic].margin,
        plot=parts.folder.below_root(picture),
        seconds=made.about["seconds"],
        **{name: _figures(found) for name, found in judges.items()},
    )
    return {"verifier": made.about["work"]}


def _figures(whole: dict[str, Any]) -> dict[str, Any]:
    figures = {"n": whole["n"], "right": whole["right"], "auc": whole["auc"], "calibration_error": whole["error"]}
    return {**figures, "bins": whole["bins"]}
