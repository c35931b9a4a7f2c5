"""A question as a graph: rules and facts as edges, the entity asked about, the two candidates; breadth-first search."""

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?:every\s+)?([a-z]+)\s+is\s+an?\s+([a-z]+)")
_ASKED = re.compile(r"is\s+([a-z]+)\s+an?\s+([a-z]+)\s+or\s+(?:an?\s+)?([a-z]+)")
MARKS = re.compile(r"[.?!]+")


@dataclass(frozen=True)
class Graph:
    """What a question says. Words are in lower case."""

    edges: tuple[tuple[str, str], ...]
    """(x, y) for `Every x is a y` and `x is a y`, in reading order."""
    entity: str
    candidates: tuple[str, str]


def read(question: str) -> Graph | None:
    """The graph of a question, or None where a sentence cannot be read or not exactly one question stands last."""
    sentences = [s.strip().lower() for s in MARKS.split(question) if s.strip()]
    if not sentences:
        return None
    asked = _ASKED.fullmatch(sentences[-1])
    rules = [_SENTENCE.fullmatch(s) for s in sentences[:-1]]
    if asked is None or not all(rules):
        return None
    edges = tuple((m.group(1), m.group(2)) for m in rules if m)
    return Graph(edges, asked.group(1), (asked.group(2), asked.group(3)))


def layers(edges: tuple[tuple[str, str], ...], start: str) -> list[set[str]]:
    """What is reached first after 1, 2, ... edges from `start`, until nothing new is."""
    children: dict[str, list[str]] = {}
    for x, y in edges:
        children.setdefault(x, []).append(y)
    seen, layer, found = {start}, {start}, list[set[str]]()
    while layer:
        layer = {y for x in layer for y in children.get(x, ())} - seen
        seen |= layer
        if layer:
            found.append(layer)
    return found


def answer(graph: Graph) -> str | None:
    """The candidate that the entity is; None unless exactly one is reached."""
    reached = set[str]().union(*layers(graph.edges, graph.entity))
    right = [c for c in dict.fromkeys(graph.candidates) if c in reached]
    return right[0] if len(right) == 1 else None
