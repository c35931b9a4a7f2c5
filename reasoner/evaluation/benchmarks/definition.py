"""A benchmark put together from two functions: one reads items from files, one scores replies.

`score` of one item is `score_all` of one: programs are graded many at a time, and there is one rule for both.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from reasoner.domains.checkers.fingerprint import sources_digest
from reasoner.types.benchmark import BenchmarkInfo, Form, Item, Reply, Score

Read = Callable[[Path, int], Sequence[Item]]
ScoreAll = Callable[[Sequence[Item], Sequence[Reply], Form], list[Score]]
_ROOMS = ("reasoner.evaluation.benchmarks.", "reasoner.domains.", "reasoner.sandbox.", "reasoner.data.")


class Verdict(NamedTuple):
    """What one metric says of one text."""

    value: float
    """0 to 1."""
    extracted: str = ""
    """The answer that was read from the text."""
    error: str = ""
    """The checker's own failure: then the value says nothing."""


Judge = Callable[[Item, str], Mapping[str, Verdict]]
"""The verdicts about one text, by metric."""


class FileBenchmark:
    """A public benchmark.

    Args:
        info: how it is asked.
        read: path and number of shots to items; raises DataError.
        score_all: scores of items with their replies, in order.
        default_path: where its files are if no path is named; None where one must be named.
    """

    def __init__(
        self, info: BenchmarkInfo, *, read: Read, score_all: ScoreAll, default_path: Path | None = None
    ) -> None:
        self.info = info
        self.default_path = default_path
        self._read, self._score_all = read, score_all

    def read(self, path: Path, *, shots: int) -> Sequence[Item]:
        """The items of its files; raises DataError with file, line and field."""
        return self._read(path, shots)

    def score(self, item: Item, reply: Reply, form: Form) -> Score:
        """What one reply is worth."""
        return self.score_all([item], [reply], form)[0]

    def score_all(self, items: Sequence[Item], replies: Sequence[Reply], form: Form) -> list[Score]:
        """What each reply is worth. One with an error is neither right nor wrong: each metric is named as untold."""
        assert form in self.info.forms, f"{self.info.name} is not answered in the form {form}"
        told = [(item, reply) for item, reply in zip(items, replies, strict=True) if not reply.error]
        scores = iter(self._score_all([item for item, _ in told], [reply for _, reply in told], form))
        return [self._unanswered(reply) if reply.error else next(scores) for reply in replies]

    def chance(self, item: Item) -> float:
        """Rate of an answer by chance."""
        return self.info.chance or (1 / len(item.options) if item.options else 0.0)

    def majority(self, items: Sequence[Item]) -> tuple[str, float]:
        """The most frequent gold answer, and the share of the items that have it; the first one of equals."""
        gold, count = Counter(item.gold for item in items).most_common(1)[0]
        return gold, count / len(items)

    def _unanswered(self, reply: Reply) -> Score:
        return Score(values={}, errors=dict.fromkeys(self.info.metrics, reply.error))


def info_of(module: str, **told: Any) -> BenchmarkInfo:
    """The info of a benchmark; its fingerprint is that of the module's source and of all of ours that it imports."""
    return BenchmarkInfo(fingerprint=sources_digest(module, _ROOMS), **told)


def each_text(judge: Judge) -> ScoreAll:
    """Scores written texts one by one; several samples of one item give the mean. No text at all is an empty one."""

    def score_all(items: Sequence[Item], replies: Sequence[Reply], form: Form) -> list[Score]:
        assert form == "generate", form
        return [
            from_verdicts([judge(item, text) for text in reply.texts or ("",)])
            for item, reply in zip(items, replies, strict=True)
        ]

    return score_all


def from_verdicts(verdicts: Sequence[Mapping[str, Verdict]]) -> Score:
    """The score of an item's samples, each judged by the same metrics."""
    values: dict[str, float] = {}
    errors: dict[str, str] = {}
    for metric in verdicts[0]:
        if fault := next((one[metric].error for one in verdicts if one[metric].error), ""):
            errors[metric] = fault
        else:
            values[metric] = fmean(one[metric].value for one in verdicts)
            assert math.isfinite(values[metric])
    read = {metric.partition("/")[2] or metric: verdict.extracted for metric, verdict in verdicts[0].items()}
    return Score(values=values, extracted=read, errors=errors)


def cut_at(text: str, stops: Sequence[str]) -> str:
    """The text before its first stop, as lm-eval's models cut it. Cutting twice changes nothing."""
    for stop in stops:
        text = text.partition(stop)[0]
    return text
