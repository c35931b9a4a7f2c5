"""Kinds of students: what a checkpoint is, is said by its files, and whoever loads one need not know."""

from reasoner.students.kinds import (
    can_be_searched,
    divergence,
    footprint_of,
    kind_named,
    kind_of,
    load,
    new_verifier,
    step_model,
    train,
)
from reasoner.students.port import Candidate, Verifiable

__all__ = [
    "Candidate",
    "Verifiable",
    "can_be_searched",
    "divergence",
    "footprint_of",
    "kind_named",
    "kind_of",
    "load",
    "new_verifier",
    "step_model",
    "train",
]
