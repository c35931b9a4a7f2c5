"""What a ranking of candidate solutions is worth: AUC, and the best of each question beside any and all."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reasoner.diagnostics.calibration import auc
from reasoner.evaluation.statistics import rate


def rank_solutions(scores: Sequence[Sequence[float | None]], correct: Sequence[Sequence[bool]]) -> dict[str, Any]:
    """The figures of a `ScoredSolutions`; of equal scores the first counts, and None ranks last.

    Args:
        scores: of each question's candidates, at least one.
        correct: whether each is right.
    """
    ranks = [[-math.inf if score is None else score for score in of] for of in scores]
    flat = np.array([r for of in ranks for r in of]), np.array([c for flags in correct for c in flags], dtype=bool)
    best = [flags[of.index(max(of))] for of, flags in zip(ranks, correct, strict=True)]
    return {
        "questions": len(scores),
        "solutions": len(flat[0]),
        "scored": int(np.isfinite(flat[0]).sum()),
        "auc": auc(*flat),
        "single": rate(int(flat[1].sum()), len(flat[1])),
        "best": rate(sum(best), len(best)),
        "oracle": rate(sum(any(flags) for flags in correct), len(correct)),
    }
