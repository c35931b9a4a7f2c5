"""The solve graph: encode -> recall -> (propose -> decode -> verify -> refine -> prune) repeated -> answer.

One graph serves a question at the terminal and a batch of an evaluation. Nodes hand on records; what is the student's
own in them, only the student reads. The `Search` that every node is told does not change.
"""

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agents.solving.answer import answer
from agents.solving.decode import decode
from agents.solving.encode import encode
from agents.solving.propose import propose
from agents.solving.prune import prune
from agents.solving.recall import recall
from agents.solving.refine import refine
from agents.solving.state import START_STATE, SolveChange, SolveState, numbers_of
from agents.solving.verify import verify
from reasoner.search.search import Search

Node = Callable[[SolveState, Search], SolveChange]
STEP: tuple[tuple[str, Node], ...] = (
    ("propose", propose),
    ("decode", decode),
    ("verify", verify),
    ("refine", refine),
    ("prune", prune),
)


@cache
def solve_graph() -> Any:
    """The graph, compiled once a process."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(SolveState, context_schema=Search)
    lay_out(graph, _told, first=START, last=END)
    return graph.compile()


def lay_out(
    graph: "StateGraph[Any, Any, Any, Any]", wrapped: Callable[[str, Node], Any], *, first: str, last: str
) -> None:
    """Nodes and edges between two nodes of a graph.

    Args:
        graph: gets them.
        wrapped: a node as the graph calls it, from its name and what it does in a search.
        first: from here it goes to `encode`.
        last: here it goes from `answer`.
    """
    for name, node in (("encode", encode), ("recall", recall), *STEP, ("answer", answer)):
        graph.add_node(name, wrapped(name, node))
    graph.add_edge(first, "encode")
    graph.add_edge("encode", "recall")
    graph.add_edge("recall", "propose")
    graph.add_edge("propose", "decode")
    graph.add_edge("decode", "verify")
    graph.add_conditional_edges("verify", lambda s: "refine" if s["refinements"] else "prune", ["refine", "prune"])
    graph.add_edge("refine", "prune")
    graph.add_conditional_edges("prune", lambda s: "propose" if s["live"] else "answer", ["propose", "answer"])
    graph.add_edge("answer", last)


def run(search: Search) -> SolveState:
    """Searches until every question has its answer; what the nodes have left."""
    ended: dict[str, Any] = {}
    for change in walk(search):
        ended |= change
    return cast("SolveState", ended)


def walk(search: Search) -> Iterator[SolveChange]:
    """Searches as `run` does, node by node; what each has changed."""
    most = len(STEP) * search.model.max_steps + 5
    # What nodes change is told cheaper than whole states.
    how: dict[str, Any] = {"context": search, "stream_mode": "updates"}
    # A thread of its own: within a node of a run, that run's saver would be taken over, and cannot write these records.
    alone = {"recursion_limit": most, "configurable": {"thread_id": "search"}}
    for change in solve_graph().stream(START_STATE, alone, **how):
        for changed in change.values():
            yield changed or {}


def _told(name: str, node: Node) -> Any:
    def work(state: SolveState, runtime: Runtime[Search]) -> SolveChange:
        search = runtime.context
        if search.observe is None:
            return node(state, search)
        began = time.monotonic()
        told: dict[str, Any] = {"in": numbers_of(state), "questions": len(search.questions)}
        try:
            change = node(state, search)
        except Exception as error:
            search.observe(name, {**told, "status": "failed", "error": str(error)}, time.monotonic() - began)
            raise
        search.observe(name, {**told, "status": "ok", "out": numbers_of(change)}, time.monotonic() - began)
        return change

    work.__name__ = name
    return work
