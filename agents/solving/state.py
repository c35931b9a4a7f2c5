"""The solve graph's state: plain numbers. Tensors stay in the arena."""

from typing import TypedDict


class SolveState(TypedDict):
    """What decides where the graph goes next."""

    step: int
    """Steps that all beams have."""
    live: int
    """Beams that go on."""
    decodes: int
    """So far, of all questions."""
    refinements: int
    """Of each beam and step."""


class SolveChange(TypedDict, total=False):
    """What a node changes."""

    step: int
    live: int
    decodes: int
    refinements: int


START_STATE = SolveState(step=0, live=0, decodes=0, refinements=0)
