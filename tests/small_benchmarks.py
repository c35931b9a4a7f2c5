"""Two small benchmarks of their own, a sum to write and a colour to choose, and an answerer that follows a rule."""

from collections.abc import Sequence
from pathlib import Path

from reasoner.types.benchmark import BenchmarkInfo, Form, Item, Reply, Score


class Sums:
    """`a + b`, one a line; the answer is the last word that is written."""

    info = BenchmarkInfo(
        name="sums",
        title="Sums",
        source="made for the tests",
        license="none",
        forms=("generate",),
        metrics=("exact_match/last", "length"),
        shots=0,
        stops=("\n",),
        most_tokens=8,
        fingerprint="0" * 64,
    )

    def read(self, path: Path, *, shots: int) -> Sequence[Item]:
        return [self._item(i, line) for i, line in enumerate(path.read_text().splitlines())]

    def _item(self, place: int, line: str) -> Item:
        total = sum(map(int, line.split("+")))
        return Item(
            id=f"s{place}", question=line, prompt=f"{line} =", gold=str(total), subject=["even", "odd"][total % 2]
        )

    def score(self, item: Item, reply: Reply, form: Form) -> Score:
        """`length` is graded, and cannot be told of the word `broken`."""
        (text,) = reply.texts
        word = (text.split() or [""])[-1]
        values, errors = {"exact_match/last": float(word == item.gold)}, {}
        if word == "broken":
            errors["length"] = "the checker fell over"
        else:
            values["length"] = min(len(text), 10) / 10
        return Score(values=values, extracted={"last": word}, errors=errors)


class Colours:
    """Which of two colours: by loglikelihood, or written."""

    info = BenchmarkInfo(
        name="colours",
        title="Colours",
        source="made for the tests",
        license="none",
        forms=("loglikelihood", "generate"),
        metrics=("acc",),
        shots=0,
        most_tokens=4,
        fingerprint="1" * 64,
    )

    def read(self, path: Path, *, shots: int) -> Sequence[Item]:
        return [
            Item(id=f"c{i}", question=line, prompt=f"{line}:", options=(" red", " yellow"), gold="red")
            for i, line in enumerate(path.read_text().splitlines())
        ]

    def score(self, item: Item, reply: Reply, form: Form) -> Score:
        if form == "loglikelihood":
            best = max(range(2), key=lambda i: reply.loglikelihoods[i])
            return Score(values={"acc": float(item.options[best].strip() == item.gold)})
        return Score(values={"acc": float(reply.texts[0].strip() == item.gold)})


class Rule:
    """Writes by a rule and counts what it was asked."""

    name, fingerprint = "rule", "f" * 16

    def __init__(self, *texts: str, error_at: str = "") -> None:
        self._texts, self._error_at = texts, error_at
        self.asked: list[str] = []

    def generate(
        self, items: Sequence[Item], *, stops: Sequence[str], most_tokens: int, samples: int, temperature: float
    ) -> list[Reply]:
        self.asked += [item.id for item in items]
        return [self._reply(item, samples) for item in items]

    def _reply(self, item: Item, samples: int) -> Reply:
        if item.id == self._error_at:
            return Reply(error="no answer")
        return Reply(texts=tuple((self._texts or (item.gold,))[i % len(self._texts or " ")] for i in range(samples)))
