"""The structure of a problem: the shape of its graph, whatever its words and the order of its sentences.

Colour refinement (Weisfeiler and Leman, 1968): a node starts as entity asked about, candidate or neither, and takes up
the colours of its parents and children, round by round. Equal shapes give equal hashes; shapes that refinement cannot
tell apart share one, hence a split, which is the safe side.
"""

import hashlib

from reasoner.domains.prosqa.graph import Graph, read

ROUNDS = 4


def structure_of(question: str) -> str:
    """16 hex digits (SHA-256, cut). A text that is no such question is hashed by its words."""
    graph = read(question)
    shape = _colours(graph) if graph is not None else " ".join(question.lower().split())
    return hashlib.sha256(repr(shape).encode()).hexdigest()[:16]


def _colours(graph: Graph) -> list[object]:
    """The sorted signatures of all nodes after each round."""
    nodes = {graph.entity, *graph.candidates} | {word for edge in graph.edges for word in edge}
    parents: dict[str, list[str]] = {node: [] for node in nodes}
    children: dict[str, list[str]] = {node: [] for node in nodes}
    for x, y in set(graph.edges):
        children[x].append(y)
        parents[y].append(x)
    colour = {node: 1 if node == graph.entity else 2 if node in graph.candidates else 0 for node in nodes}
    told: list[object] = []
    for _ in range(ROUNDS):
        signature = {
            node: (colour[node], sorted(colour[x] for x in parents[node]), sorted(colour[y] for y in children[node]))
            for node in nodes
        }
        ordered = sorted(signature.values())
        place = {repr(s): index for index, s in enumerate(ordered)}
        colour = {node: place[repr(s)] for node, s in signature.items()}
        told.append(ordered)
    return told
