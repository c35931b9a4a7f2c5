"""Where the page takes from what does not stand in a run's events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.run_folder import RunFolder
from reasoner.types.problem import Problem
from reasoner.types.step import StepVerdict


@dataclass(frozen=True)
class Sources:
    """Where the page takes from what is not in the events."""

    folder: RunFolder
    sealed: Sequence[Problem]
    """The run's sealed set; empty where its text is not at hand."""
    judge_steps: Callable[[str, Sequence[str]], Sequence[StepVerdict]]
    """What the run's domain says of the steps written for a question."""
