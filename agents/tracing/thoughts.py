"""What a student thought while it solved: the mean slot of its first and of its last step, per question.

Shapes: Q questions that are watched, N questions that go on, K slots, D width.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from reasoner.models.student import Student
    from reasoner.search.greedy import Solved
    from reasoner.types.problem import Mode


class Thoughts:
    """A greedy solver that remembers the latents which pass by; what is solved is the same."""

    def __init__(self) -> None:
        self._first: list[Tensor] = []
        self._last: list[Tensor] = []

    def solve(self, student: "Student", questions: Sequence[str], mode: "Mode") -> list["Solved"]:
        """Solves as `reasoner.search.greedy.solve` does."""
        import torch

        from reasoner.search.greedy import solve

        shape = student.shape
        first_QD = torch.zeros(len(questions), shape.width)
        last_QD = torch.zeros(len(questions), shape.width)

        def watch(slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":
            mean_ND = slots_NKD.mean(1).float().cpu()
            if step == 0:
                first_QD[questions_N] = mean_ND
            last_QD[questions_N] = mean_ND
            return slots_NKD

        solved = solve(student, questions, mode, alter=watch)
        self._first.append(first_QD)
        self._last.append(last_QD)
        return solved

    @property
    def vectors(self) -> dict[str, "np.ndarray"]:
        """`first_QD` and `last_QD`; the last step of a finished solution is the one that says so."""
        import torch

        return {"first_QD": torch.cat(self._first).numpy(), "last_QD": torch.cat(self._last).numpy()}
