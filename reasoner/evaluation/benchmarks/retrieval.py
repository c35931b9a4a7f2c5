"""Retrieval as CodeSearchNet measures it: the right text among 1,000, by the mean reciprocal rank (Husain et al. 2019).

A pair's query is an item's prompt; its options are the texts of its pool of 1,000 pairs, the right one among them. The
last pool, where it is not full, is left out, as published. Pools are made in an order of their own (by hash), so that
neighbours in a file are not each other's distractors and the order of files does not matter.
"""

from collections.abc import Sequence
from typing import NamedTuple

from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import ScoreAll
from reasoner.evaluation.benchmarks.rows import text_id, with_own_ids
from reasoner.types.benchmark import Form, Item, Reply, Score

POOL = 1000
CHANCE = sum(1 / rank for rank in range(1, POOL + 1)) / POOL
"""Mean reciprocal rank of a random order: 0.0075."""
METRIC = "mrr"


class Pair(NamedTuple):
    """What is searched with, what is to be found."""

    query: str
    text: str
    subject: str


def pooled(pairs: Sequence[Pair], *, prefix: str, where: str) -> list[Item]:
    """Items of all full pools.

    Args:
        pairs: in any order; of those with the same text one is kept.
        prefix: of the items' ids.
        where: the pairs come from, for the error.

    Raises:
        DataError: there are fewer than 1,000 different texts.
    """
    own = {pair.text: pair for pair in sorted(pairs, reverse=True)}
    ordered = sorted(own.values(), key=lambda pair: text_id(pair.query, pair.text))
    if len(ordered) < POOL:
        raise DataError(
            f"{where}: given {len(ordered)} pairs of different texts, expected at least {POOL}: the right text is "
            f"looked for among {POOL}; name a larger file"
        )
    items: list[Item] = []
    for start in range(0, len(ordered) - POOL + 1, POOL):
        pool = ordered[start : start + POOL]
        texts = tuple(pair.text for pair in pool)
        items += [_item(pair, texts, prefix) for pair in pool]
    return with_own_ids(items)


def _item(pair: Pair, texts: tuple[str, ...], prefix: str) -> Item:
    return Item(
        id=f"{prefix}-{text_id(pair.query, pair.text)}",
        question=pair.query,
        prompt=pair.query,
        options=texts,
        gold=pair.text,
        subject=pair.subject,
    )


def rank_scores() -> ScoreAll:
    """The reciprocal of the right text's rank."""

    def score_all(items: Sequence[Item], replies: Sequence[Reply], form: Form) -> list[Score]:
        assert form == "retrieve", form
        return [_score(item, reply) for item, reply in zip(items, replies, strict=True)]

    return score_all


def _score(item: Item, reply: Reply) -> Score:
    if len(reply.ranks) != 1 or not 1 <= reply.ranks[0] <= len(item.options):
        why = f"given the ranks {list(reply.ranks)}, expected one from 1 to {len(item.options)}"
        return Score(values={}, errors={METRIC: why})
    return Score(values={METRIC: 1 / reply.ranks[0]}, extracted={METRIC: str(reply.ranks[0])})
