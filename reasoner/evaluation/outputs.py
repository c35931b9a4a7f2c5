"""What a student says on a fixed probe, to the bit: two that say the same there are the same student, restored or not.

Computed with one thread: sums in another order round differently. Another processor or another version of torch may.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reasoner.config.settings import Settings
from reasoner.types.problem import Mode, Problem

if TYPE_CHECKING:
    from reasoner.types.student import Student

PROBE = 100
"""Items."""


def probe_of(settings: Settings) -> list[Problem]:
    """Base problems that a configuration's probe consists of; nothing trains on just these, or is judged by them."""
    from reasoner.data.sources import open_source
    from reasoner.training.feed import derive

    source = open_source(settings)
    return list(source.base_problems(PROBE, derive(settings.seed, "probe")))


def outputs_hash(student: "Student", problems: Sequence[Problem], mode: Mode) -> str:
    """16 hex digits over steps, their log probabilities and the questions' latents."""
    from reasoner.training.threads import computing_with

    questions = [problem.question for problem in problems]
    with computing_with(1):
        solved, latents_BD = student.solve(questions, mode), student.embed(questions)
    said = [[list(one.steps), [float(x) for x in one.logprobs], one.finished] for one in solved]
    digest = hashlib.sha256(json.dumps(said).encode())
    digest.update(latents_BD.tobytes())
    return digest.hexdigest()[:16]
