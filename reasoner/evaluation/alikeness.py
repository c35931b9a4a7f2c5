"""How alike two students are on base problems that nothing trains on as such: what they expect, what they say."""

from typing import TYPE_CHECKING

from reasoner.config.settings import Settings
from reasoner.evaluation.outputs import probe_of
from reasoner.types.domain import Domain

if TYPE_CHECKING:
    from reasoner.types.student import Student


def divergence_between(present: "Student", other: "Student", settings: Settings, cycle: int) -> float:
    """KL(present || other) of their decoders' expectations, nats a token, on the problems of the budget of change.

    Args:
        present: the champion.
        other: of the same tokens.
        settings: of the run.
        cycle: whose problems.
    """
    from reasoner.data.sources import open_source
    from reasoner.students import divergence
    from reasoner.training.fast_weights import PROBE
    from reasoner.training.feed import derive

    source = open_source(settings)
    return divergence(present, other, list(source.base_problems(PROBE, derive(settings.seed, "divergence", cycle))))


def answers_alike(one: "Student", other: "Student", domain: Domain, settings: Settings) -> tuple[int, int]:
    """Items of the rehearsals' probe, and those that both give the same answer to."""
    from reasoner.evaluation.attempts import attempt_all

    probe, mode = probe_of(settings), settings.student.mode
    said = [[t.attempt.answer for t in attempt_all(student, domain, probe, mode)] for student in (one, other)]
    return len(probe), sum(a == b for a, b in zip(*said, strict=True))
