"""What one size came to, and its tables.

A round asks every system the same queries in turn. A p50 is the median round's, a p99 is over all rounds. A ratio is
the median of the rounds' own, so that what else the machine does in a round falls on both sides of it.
"""

import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

ENOUGH = 0.98
"""Recall at which systems are compared."""
MOST_OVER_BARE = 1.3


class Asked(NamedTuple):
    """One kind of question, put to one system."""

    milliseconds: list[list[float]]
    """Of each round's queries."""
    recall: float
    """Of the exact 10, over the queries that were answered."""

    def p50s(self) -> list[float]:
        """Of each round."""
        return [statistics.median(round_) for round_ in self.milliseconds]

    def p50(self) -> float:
        """The median round's."""
        return statistics.median(self.p50s())

    def p99(self) -> float:
        """Over all rounds."""
        return float(np.percentile([one for round_ in self.milliseconds for one in round_], 99))


class Measured(NamedTuple):
    """One system at one size."""

    name: str
    made: dict[str, Any]
    """How its index is made."""
    knobs: dict[str, Any]
    items_per_second: float
    disk_bytes: int
    resident_bytes: dict[str, int]
    """At `start`, after `ingest`, after `queries`."""
    asked: dict[str, Asked]
    """By question: `ids`, `records`, `filtered`, `rare`, `fresh`."""


def ratio(of: Asked, reference: Asked) -> float:
    """p50 of the one over p50 of the other."""
    return statistics.median(a / b for a, b in zip(of.p50s(), reference.p50s(), strict=True))


def markdown(count: int, systems: Sequence[Measured]) -> str:
    """The tables of one size; ratios are against bare FAISS where it can answer, else against ours."""
    lines = [f"### {count:,} items", "", *_footprints(systems), "", *_queries(systems), ""]
    return "\n".join(lines)


def bars(systems: Sequence[Measured]) -> list[dict[str, Any]]:
    """Each bar with the figure that it is held against: our p50 over bare FAISS's, and over the best of each peer's."""
    ours = next(one for one in systems if one.name == "ours")
    found: list[dict[str, Any]] = []
    for other in systems:
        for question in ("ids", "records"):
            if other is ours or question not in ours.asked or question not in other.asked:
                continue
            over, own = ratio(ours.asked[question], other.asked[question]), ours.asked[question].recall
            limit = MOST_OVER_BARE if other.name == "faiss" else 1.0
            if other.name != "faiss" and other.asked[question].recall < ENOUGH:
                verdict = f"does not count, its recall is {other.asked[question].recall:.3f}"
            elif own < ENOUGH:
                verdict = f"MISSED, our recall is {own:.3f}"
            else:
                verdict = "met" if over <= limit else "MISSED"
            found.append({"question": question, "against": other.name, "ratio": over, "verdict": verdict})
    return found


def plain(systems: Sequence[Measured]) -> list[dict[str, Any]]:
    """The figures as JSON."""
    return [
        one._asdict()
        | {
            "asked": {
                question: {
                    "p50_ms": asked.p50(), "p99_ms": asked.p99(), "recall": asked.recall,
                    "p50_ms_by_round": asked.p50s(), "queries_by_round": [len(r) for r in asked.milliseconds],
                }
                for question, asked in one.asked.items()
            }
        }
        for one in systems
    ]  # fmt: skip


def _footprints(systems: Sequence[Measured]) -> list[str]:
    rows = [
        "| system | index | search | items/s | disk MB | RSS MB: start | ingest | queries |",
        "|---|---|---|" + "--:|" * 5,
    ]
    for one in systems:
        sizes = [one.disk_bytes, *(one.resident_bytes[when] for when in ("start", "ingest", "queries"))]
        figures = " | ".join(f"{size / 1e6:,.0f}" for size in sizes)
        rows.append(
            f"| {one.name} | {_words(one.made)} | {_words(one.knobs)} | {one.items_per_second:,.0f} | {figures} |"
        )
    return rows


def _queries(systems: Sequence[Measured]) -> list[str]:
    rows = ["| question | system | p50 ms | p99 ms | p50 ratio | recall@10 |", "|---|---|" + "--:|" * 4]
    for question in ("ids", "records", "filtered", "rare", "fresh"):
        able = {one.name: one.asked[question] for one in systems if question in one.asked}
        reference = "faiss" if "faiss" in able else "ours"
        for name, asked in able.items():
            over = f"{ratio(asked, able[reference]):.2f} of {reference}"
            times = f"{asked.p50():.2f} | {asked.p99():.2f}"
            rows.append(f"| {question} | {name} | {times} | {over} | {asked.recall:.3f} |")
    return rows


def _words(settings: dict[str, Any]) -> str:
    return ", ".join(str(value) if name == "kind" else f"{name} {value}" for name, value in settings.items()) or "-"
