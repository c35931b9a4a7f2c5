"""What `reasoner diagnose` finds: sections of findings, each a figure beside what it must be compared with."""

from typing import Literal

from pydantic import Field

from reasoner.types.record import Record

SectionName = Literal[
    "round_trip", "probes", "spectrum", "references", "causal", "modes", "out_of_distribution", "baseline"
]
Unit = Literal["share", "difference", "r2", "error", "dimensions", "std", "count", "seconds"]


class Finding(Record):
    """One figure."""

    name: str
    value: float
    unit: Unit
    n: int
    """Items it was measured on; 0 where that has no meaning."""
    ci95: tuple[float, float] | None = None
    against: float | None = None
    """The control in the same unit: chance, a majority, shuffled labels, copy-last."""
    note: str = ""
    """What the control is, or what the figure leaves open, in a few words."""


class Section(Record):
    """One question put to a checkpoint."""

    name: SectionName
    findings: tuple[Finding, ...]
    curves: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Series for plots, such as the singular values of each slot, largest first."""
    seconds: float


class Diagnosis(Record):
    """All sections of one checkpoint."""

    checkpoint: str
    fingerprint: str
    parameters: int
    """Trainable weights."""
    sections: tuple[Section, ...]
    plots: tuple[str, ...]
    """Paths of the pictures."""
