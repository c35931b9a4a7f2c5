"""The student beside the language model of its size and seconds, on the same problems."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reasoner.evaluation.attempts import attempt_all, judge_all
from reasoner.evaluation.findings import accuracy, difference, number
from reasoner.types.diagnosis import Section
from reasoner.types.domain import Domain
from reasoner.types.problem import Problem
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from reasoner.training.language import TrainedModel
    from reasoner.types.student import Student


def baseline_section(
    student: "Student", trained: "TrainedModel", domain: Domain, problems: Sequence[Problem], *, parameters: int
) -> Section:
    """Accuracy of both, their paired difference, and what each was given.

    Args:
        student: ready for inference.
        trained: its rival.
        domain: judges.
        problems: that neither has seen.
        parameters: the student's weights.
    """
    began = time.monotonic()
    ours = attempts_of(attempt_all(student, domain, problems, "talk"))
    said = trained.solve([p.question for p in problems])
    theirs = attempts_of(judge_all(domain, problems, said, "talk"))
    rows = [
        accuracy("student, talk", ours),
        accuracy("language model", theirs),
        difference("student minus language model", theirs, ours),
    ]
    for steps in sorted({p.difficulty for p in problems}):
        kept = [i for i, p in enumerate(problems) if p.difficulty == steps]
        name = f"{steps} step" if steps == 1 else f"{steps} steps"
        rows.append(accuracy(f"language model, {name}", [theirs[i] for i in kept]))
        rows.append(
            difference(f"student minus language model, {name}", [theirs[i] for i in kept], [ours[i] for i in kept])
        )
    rows += [
        number("weights of the language model", trained.parameters, "count", 0, against=parameters),
        number("training of the language model", trained.seconds, "seconds", 0),
        number("updates of the language model", trained.updates, "count", 0),
        number("problems seen by the language model", trained.problems, "count", 0),
    ]
    return Section(name="baseline", findings=tuple(rows), seconds=time.monotonic() - began)
