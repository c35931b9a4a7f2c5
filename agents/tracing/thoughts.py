"""What a student thought while it solved, kept for a trace."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reasoner.evaluation.attempts import solve_all
from reasoner.types.student import Solved, Student, ThinksAloud, Thoughts

if TYPE_CHECKING:
    import numpy as np

    from reasoner.types.domain import Domain
    from reasoner.types.problem import Mode


class Listener:
    """A solver that remembers the thoughts of students that think aloud; what is solved is the same.

    Args:
        domain: says which answers there are.
    """

    def __init__(self, domain: "Domain") -> None:
        self._domain = domain
        self._heard: list[Thoughts] = []

    def solve(self, student: Student, questions: Sequence[str], mode: "Mode") -> list[Solved]:
        """Solves as `solve_all` does."""
        if not isinstance(student, ThinksAloud):
            return solve_all(student, self._domain, questions, mode)
        solved, thoughts = student.solve_aloud(questions, mode)
        self._heard.append(thoughts)
        return solved

    @property
    def vectors(self) -> dict[str, "np.ndarray"]:
        """`first_QD` and `last_QD`; empty of a student that does not think aloud."""
        import numpy as np

        if not self._heard:
            return {}
        return {
            "first_QD": np.concatenate([one.first_QD for one in self._heard]),
            "last_QD": np.concatenate([one.last_QD for one in self._heard]),
        }
