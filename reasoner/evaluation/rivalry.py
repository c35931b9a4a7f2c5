"""The student beside the language model of its size and seconds, on the same problems."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reasoner.evaluation.attempts import attempt_all, judge_all
from reasoner.evaluation.findings import accuracy, difference, number
from reasoner.types.diagnosis import Section
from reasoner.types.domain import Domain
from reasoner.types.problem import Attempt, Problem
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from reasoner.models.language_model import LanguageModel
    from reasoner.models.student import Student
    from reasoner.training.language import TrainedModel

BATCH = 256


def rival_attempts(
    model: "LanguageModel", student: "Student", domain: Domain, problems: Sequence[Problem]
) -> list[Attempt]:
    """The language model's greedy attempts; it reads and writes with the student's tokenizers."""
    from reasoner.models.batches import pad_questions
    from reasoner.models.language_model import say
    from reasoner.types.student import Solved

    device, shape = str(next(model.parameters()).device), student.shape
    encoded = student.reads.encode([p.question for p in problems])
    order = sorted(range(len(problems)), key=lambda i: len(encoded[i].ids))
    found: dict[int, Solved] = {}
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        batch = pad_questions([encoded[i] for i in chosen], device=device)
        limit = shape.max_steps * shape.max_step_tokens
        said = say(model, batch, max_steps=shape.max_steps, max_tokens=limit)
        for i, one in zip(chosen, said, strict=True):
            steps = tuple(student.writes.decode(step) for step in one.steps)
            found[i] = Solved(steps, tuple(one.logprobs), one.finished)
    return attempts_of(judge_all(domain, problems, [found[i] for i in range(len(problems))], "talk"))


def baseline_section(
    student: "Student", trained: "TrainedModel", domain: Domain, problems: Sequence[Problem]
) -> Section:
    """Accuracy of both, their paired difference, and what each was given."""
    began = time.monotonic()
    ours = attempts_of(attempt_all(student, domain, problems, "talk"))
    theirs = rival_attempts(trained.model, student, domain, problems)
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
        number("weights of the language model", trained.parameters, "count", 0, against=student.parameters),
        number("training of the language model", trained.seconds, "seconds", 0),
        number("updates of the language model", trained.updates, "count", 0),
        number("problems seen by the language model", trained.problems, "count", 0),
    ]
    return Section(name="baseline", findings=tuple(rows), seconds=time.monotonic() - began)
