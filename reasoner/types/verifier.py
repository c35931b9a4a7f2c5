"""How good a trained verifier is, on problems held out of its training."""

from reasoner.types.record import Record
from reasoner.types.report import Rate


class JudgeQuality(Record):
    """A judge of steps on held-out attempts."""

    name: str
    """`verifier`: the learned head alone; `energy`: all terms but the symbolic check; `energy, symbolic`: all."""
    depth: int | None
    """Steps before; None for all together."""
    n: int
    right: int
    auc: float | None
    """Chance that a right step is believed more than a wrong one; None without one of each."""
    calibration_error: float
    """Mean distance of the believed chance from the share that is right, in ten bins."""


class VerifierReport(Record):
    """A trained verifier."""

    checkpoint: str
    """Of the student that it is for."""
    fingerprint: str
    folder: str
    """Below the home."""
    problems: int
    """It was trained on."""
    held_out: int
    """Problems of other structures, on which it was calibrated and measured."""
    quality: tuple[JudgeQuality, ...]
    margin: float
    """Nats by which a search must beat greedy's answer, without the symbolic check."""
    margin_symbolic: float
    seconds: float
    """Of its training."""


class ScoredSolutions(Record):
    """Solutions of others, ranked by a student's judge."""

    checkpoint: str
    file: str
    judge: str
    """`verifier`, or `log-probability` for a student without one; then whether the symbolic check was on."""
    questions: int
    solutions: int
    scored: int
    """Those that the student could have written; the others count as ranked last."""
    auc: float | None
    """Chance that a right one outranks a wrong one, over all questions; None without one of each."""
    single: Rate
    """Right solutions among all."""
    best: Rate
    """Questions whose best ranked solution is right."""
    oracle: Rate
    """Questions with a right one at all."""
