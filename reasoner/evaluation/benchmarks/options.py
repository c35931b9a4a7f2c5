"""Choices by loglikelihood, as lm-eval's `multiple_choice`: `acc` takes the likeliest option, `acc_norm` the likeliest
one a character of its text (lm_eval/api/task.py, `process_results`; 0.4.13: characters, without the blank before it).
"""

import math
from collections.abc import Callable, Sequence

from reasoner.evaluation.benchmarks.definition import Judge, ScoreAll, each_text
from reasoner.types.benchmark import Form, Item, Reply, Score

GOLD, LENGTHS = "gold_index", "lengths"
"""Keys of an item's material: the right option's place, and characters of each option."""


def choice_scores(*metrics: str, written: Judge) -> ScoreAll:
    """Scores options by loglikelihood, and written answers by `written`.

    Args:
        metrics: `acc`, `acc_norm`.
        written: judges a text where a model cannot weigh options.
    """
    by_text: Callable[[Sequence[Item], Sequence[Reply], Form], list[Score]] = each_text(written)

    def score_all(items: Sequence[Item], replies: Sequence[Reply], form: Form) -> list[Score]:
        if form == "generate":
            return by_text(items, replies, form)
        return [_weighed(item, reply, metrics) for item, reply in zip(items, replies, strict=True)]

    return score_all


def choice_material(texts: Sequence[str], gold: int) -> dict[str, object]:
    """What `choice_scores` needs of an item."""
    return {GOLD: gold, LENGTHS: [len(text) for text in texts]}


def _weighed(item: Item, reply: Reply, metrics: Sequence[str]) -> Score:
    given = reply.loglikelihoods
    if len(given) != len(item.options) or any(map(math.isnan, given)):
        why = f"given the loglikelihoods {list(given)}, expected {len(item.options)} numbers, one for each option"
        return Score(values={}, errors=dict.fromkeys(metrics, why))
    per_character = [one / length for one, length in zip(given, item.material[LENGTHS], strict=True)]
    chosen = {"acc": _first_best(given), "acc_norm": _first_best(per_character)}
    return Score(
        values={metric: float(chosen[metric] == item.material[GOLD]) for metric in metrics},
        extracted={metric: item.options[chosen[metric]].strip() for metric in metrics},
    )


def _first_best(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)
