"""Which complete solution of a question becomes the answer. Greedy's own stands unless another is clearly better."""

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from reasoner.search.beams import Complete

AnswerOf = Callable[[Complete], str]
"""The answer of a solution; empty if it has none."""

NEAR = 0.9
"""Cosine of the latents of two attempts that count as one way of thinking."""


class Chooser(Protocol):
    """Picks one."""

    def __call__(self, solutions: Sequence[Complete], answer_of: AnswerOf) -> int:
        """Place of the chosen one among at least one solution."""
        ...


def greedy_of(solutions: Sequence[Complete]) -> int:
    """Place of greedy's own solution; the best one's if greedy's was lost to the budget."""
    return next((i for i, s in enumerate(solutions) if s.greedy), _best(solutions))


class Best:
    """The best score, if it beats greedy's by a margin."""

    def __init__(self, *, margin: float) -> None:
        """`margin` is in nats."""
        self.margin = margin

    def __call__(self, solutions: Sequence[Complete], answer_of: AnswerOf) -> int:
        """See `Chooser`. An unfinished greedy attempt has no answer to defend."""
        answered = [i for i, s in enumerate(solutions) if answer_of(s)]
        greedy = greedy_of(solutions)
        if not answered:
            return greedy
        best = _best(solutions, answered)
        mine, other = solutions[greedy], solutions[best]
        return best if not mine.finished or other.score > mine.score + self.margin else greedy


class Vote:
    """The answer that most attempts end with, each attempt one vote or its score's worth; ties go to greedy."""

    def __init__(self, *, weighted: bool) -> None:
        self.weighted = weighted

    def __call__(self, solutions: Sequence[Complete], answer_of: AnswerOf) -> int:
        """See `Chooser`."""
        votes: dict[str, float] = {}
        for solution in solutions:
            if answer := answer_of(solution):
                votes[answer] = votes.get(answer, 0.0) + (math.exp(solution.score) if self.weighted else 1.0)
        greedy = greedy_of(solutions)
        mine = answer_of(solutions[greedy])
        if not votes or votes.get(mine, 0.0) >= max(votes.values()):
            return greedy
        winner = max(votes, key=lambda answer: votes[answer])
        return _best(solutions, [i for i, s in enumerate(solutions) if answer_of(s) == winner])


class Cluster:
    """Attempts grouped by their latents; of the heaviest group the best. Ties go to greedy's group."""

    def __call__(self, solutions: Sequence[Complete], answer_of: AnswerOf) -> int:
        """See `Chooser`."""
        greedy = greedy_of(solutions)
        order = [greedy, *sorted((i for i in range(len(solutions)) if i != greedy), key=lambda i: -solutions[i].score)]
        groups: list[list[int]] = []
        for i in order:
            if not answer_of(solutions[i]):
                continue
            near = (g for g in groups if float(solutions[g[0]].latent_D @ solutions[i].latent_D) >= NEAR)
            group = next(near, None)
            if group is None:
                groups.append([i])
            else:
                group.append(i)
        if not groups:
            return greedy
        heaviest = max(groups, key=lambda group: sum(math.exp(solutions[i].score) for i in group))
        return greedy if greedy in heaviest else _best(solutions, heaviest)


def _best(solutions: Sequence[Complete], among: Sequence[int] | None = None) -> int:
    """Place of the best finished one; of the best at all if none has finished."""
    return max(
        range(len(solutions)) if among is None else among, key=lambda i: (solutions[i].finished, solutions[i].score)
    )
