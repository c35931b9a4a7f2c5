"""Training work of encoder students: the head is fitted anew on all rows that may teach; nothing is left of its parent.

So a candidate knows what the base was given and all that the run has learnt since; the order of cycles does not count.
"""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from reasoner.config.settings import Settings
from reasoner.data.sources import ProblemSource, open_source
from reasoner.errors import TrainingFailed
from reasoner.students.encoder.files import save_encoder
from reasoner.students.encoder.head import fit
from reasoner.students.encoder.reader import open_reader
from reasoner.students.encoder.student import EncoderStudent
from reasoner.training.feed import Worked, derive
from reasoner.training.work import Workplace, read_rows

MOST_BASE, MOST_DRAWN = 200_000, 2_000
"""Rows, or problems of a generator, that are looked at for a base."""
MOST_LABELS = 0.5
"""Of the rows: what is said of each thing once is no label."""
PART = 512
"""Questions read between two words of progress."""


def train_encoder(payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    """Fits a base's head, or a candidate's on the base's rows and those of a cycle."""
    began, settings = time.monotonic(), Settings.model_validate(payload["settings"])
    given = base_rows(open_source(settings), settings)
    learnt = read_rows(place.home / payload["rows"]) if "rows" in payload else []
    rows = list({row.question: row for row in (*given, *learnt)}.values())
    labels = _labels(rows, settings)
    reader = open_reader(
        settings.student.model or "minilm", cache=place.home / "cache" / "backbone", device=payload["device"]
    )
    questions = [row.question for row in rows]
    for start in range(0, len(questions), PART):
        reader.vectors(questions[start : start + PART])
        place.report(0.8 * start / len(questions), f"{start} of {len(questions)} questions read")
        if place.should_stop():
            raise KeyboardInterrupt("training was asked to stop; what was read is kept")
    fitted = fit(reader.vectors(questions), labels, penalty=settings.encoder.penalty)
    student = EncoderStudent(reader, fitted.head, sure=settings.encoder.sure)
    about = {
        "task": settings.task.name,
        "parent": payload.get("parent", ""),
        "updates": 1,
        "examples": len(rows),
        "train_seconds": round(time.monotonic() - began, 3),
        "labels": len(fitted.head.labels),
        "temperature": fitted.head.temperature,
        "held_out": fitted.held_out,
        "held_out_accuracy": fitted.accuracy,
    }
    mark = save_encoder(student, place.home / "checkpoints" / payload["checkpoint"], about=about)
    return {"checkpoint": payload["checkpoint"], "fingerprint": mark, **about}


def base_rows(source: ProblemSource, settings: Settings) -> list[Worked]:
    """Worked practice rows, each question once: `encoder.rows_per_label` of each label, or all where it is 0."""
    most, counts = settings.encoder.rows_per_label, Counter[tuple[str, ...]]()
    seen, found, again = set[str](), list[Worked](), 0
    looked_at = MOST_DRAWN if settings.task.is_drawn else MOST_BASE
    for problem in source.base_problems(looked_at, derive(settings.seed, "encoder base")):
        again = again + 1 if problem.question in seen else 0
        if again > len(seen):
            break  # a file has been gone through
        if problem.question not in seen and (not most or counts[problem.steps] < most):
            counts[problem.steps] += 1
            found.append(Worked(problem.question, problem.steps))
        seen.add(problem.question)
    return found


def _labels(rows: Iterable[Worked], settings: Settings) -> list[str]:
    """The one step of each row.

    Raises:
        TrainingFailed: there are no rows, or their solutions are no labels.
    """
    said = [row.steps for row in rows]
    longer = [steps for steps in said if len(steps) != 1]
    labels = len(set(said))
    once_each = not settings.encoder.rows_per_label and labels > len(said) * MOST_LABELS
    if longer or labels < 2 or once_each:
        found = f"a solution of {len(longer[0])} steps" if longer else f"{labels} labels in {len(said)} rows"
        raise TrainingFailed(
            f"student.kind=encoder says labels: the task {settings.task.name!r} gives {found}, expected two labels or "
            "more, each the only step of several rows; use student.kind=latent or language"
        )
    return [steps[0] for steps in said]
