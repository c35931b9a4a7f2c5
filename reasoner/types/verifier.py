"""How good a trained verifier is, on problems held out of its training."""

from reasoner.types.record import Record


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
