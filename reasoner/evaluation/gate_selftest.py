"""The gate put to the test: students whose true worth is known, over many runs of many cycles.

Every item has a chance of being solved, drawn anew each cycle as gate sets are; champion and candidate each solve it or
not, independently given that chance, which is more noise between them than two students trained alike have. Counts go
through the code that decides in the loop (`weigh`, `alpha_of_cycle`, `decide`). No item is anybody's: nothing is read.

Shapes: H runs, N items of a gate set.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reasoner.config.settings import GateSettings
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import Tally, weigh
from reasoner.evaluation.gate import Verdict, decide, is_over, looks_at

SKILLS, DIFFICULTIES = 6, 4
SPREAD = 4.0
"""Of the chances of items (the sum of a beta distribution's parameters): from nearly sure to nearly hopeless."""
LEVELS = (0.5, 0.7, 0.9)
"""Accuracies of champions, in turn."""

Change = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Chances of the candidate from those of the champion and the skills of the items, [H, N] each."""


@dataclass(frozen=True)
class Cycle:
    """What the gate said, and a bare rule would have said, of all runs in one cycle."""

    verdicts: list[Verdict]
    bare: list[bool]
    """Whether the candidate solved more."""


def examine(
    rng: np.random.Generator, change: Change, *, runs: int, cycle: int, items: int, gate: GateSettings
) -> Cycle:
    """One cycle of many runs.

    Args:
        rng: draws items and answers.
        change: makes the candidate.
        runs: H.
        cycle: 1 or more; decides the level of the test.
        items: N.
        gate: as configured.
    """
    level_H1 = np.resize(LEVELS, runs)[:, None]
    chance_HN = rng.beta(level_H1 * SPREAD, (1 - level_H1) * SPREAD, size=(runs, items))
    skill_HN = rng.integers(SKILLS, size=(runs, items))
    difficulty_N = np.arange(items) % DIFFICULTIES
    right_HN = rng.random((runs, items)) < chance_HN
    candidate_HN = rng.random((runs, items)) < change(chance_HN, skill_HN)
    won_HN, lost_HN = candidate_HN & ~right_HN, right_HN & ~candidate_HN
    cycle_alpha = alpha_of_cycle(cycle, gate.alpha)
    verdicts, bare = list[Verdict](), list[bool]()
    for won_N, lost_N, skill_N in zip(won_HN, lost_HN, skill_HN, strict=True):
        asked = slice(_asked(won_N, lost_N, gate, cycle_alpha))
        buckets = _tallies("skill", skill_N[asked], SKILLS, won_N[asked], lost_N[asked])
        buckets |= _tallies("difficulty", difficulty_N[asked], DIFFICULTIES, won_N[asked], lost_N[asked])
        whole = _whole(won_N[asked], lost_N[asked])
        compared = weigh(whole, buckets, gate, of=items)
        said = decide(
            compared, cycle=cycle, alpha=cycle_alpha, candidate="candidate", champion="champion", run="selftest"
        )
        assert said.verdict != "await", "nobody is asked here"
        verdicts.append(said.verdict)
        bare.append(whole.wins > whole.losses)
    return Cycle(verdicts, bare)


def _asked(won_N: np.ndarray, lost_N: np.ndarray, gate: GateSettings, alpha: float) -> int:
    """How many items the gate asks before it is sure."""
    size = len(won_N)
    ends = looks_at(size, gate)
    return next((n for n in ends if is_over(weigh(_whole(won_N[:n], lost_N[:n]), {}, gate, of=size), alpha)), size)


def _whole(won_N: np.ndarray, lost_N: np.ndarray) -> Tally:
    return Tally(len(won_N), int(won_N.sum()), int(lost_N.sum()))


def same(chance_HN: np.ndarray, _skill_HN: np.ndarray) -> np.ndarray:
    """As good as the champion, item by item."""
    return chance_HN


def shifted(points: float) -> Change:
    """Better by so many points of accuracy (worse, if negative), as far as chances can go."""

    def change(chance_HN: np.ndarray, _skill_HN: np.ndarray) -> np.ndarray:
        room_H1 = (1 - chance_HN if points > 0 else chance_HN).mean(axis=1, keepdims=True)
        share_H1 = np.minimum(1.0, abs(points) / 100 / room_H1)
        return chance_HN + share_H1 * ((1 - chance_HN) if points > 0 else -chance_HN)

    return change


def one_skill_lost(chance_HN: np.ndarray, skill_HN: np.ndarray) -> np.ndarray:
    """Better in all skills but the first, of which little is left: what vetoes are for."""
    better_HN = shifted(10)(chance_HN, skill_HN)
    return np.where(skill_HN == 0, 0.2 * chance_HN, better_HN)


def _tallies(kind: str, of_N: np.ndarray, count: int, won_N: np.ndarray, lost_N: np.ndarray) -> dict[str, Tally]:
    sizes, wins, losses = (np.bincount(of_N[mask], minlength=count) for mask in (slice(None), won_N, lost_N))
    return {
        f"{kind} {number}": Tally(int(sizes[number]), int(wins[number]), int(losses[number]))
        for number in range(count)
        if sizes[number]
    }
