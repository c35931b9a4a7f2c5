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
    from reasoner.students.latent.asked_for import as_latent
    from reasoner.training.divergence import divergence, expectations
    from reasoner.training.fast_weights import PROBE
    from reasoner.training.feed import derive, encode
    from reasoner.training.threads import computing_with

    use = "a budget of change"
    one, two = as_latent(present, use), as_latent(other, use)
    source = open_source(settings)
    probe = encode(one.tokenizers, list(source.base_problems(PROBE, derive(settings.seed, "divergence", cycle))))
    with computing_with(1):
        return round(divergence(expectations(one, probe), expectations(two, probe)), 6)


def answers_alike(one: "Student", other: "Student", domain: Domain, settings: Settings) -> tuple[int, int]:
    """Items of the rehearsals' probe, and those that both give the same answer to."""
    from reasoner.evaluation.attempts import attempt_all

    probe, mode = probe_of(settings), settings.student.mode
    said = [[t.attempt.answer for t in attempt_all(student, domain, probe, mode)] for student in (one, other)]
    return len(probe), sum(a == b for a, b in zip(*said, strict=True))
