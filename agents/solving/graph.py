"""The solve graph: encode -> recall -> (propose -> decode -> verify -> refine -> prune) repeated -> answer.

One graph serves a question at the terminal and a batch of an evaluation. Its state is plain numbers; tensors stay in
the arena that is handed to every node.
"""

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agents.solving.answer import answer
from agents.solving.decode import decode
from agents.solving.encode import encode
from agents.solving.propose import propose
from agents.solving.prune import prune
from agents.solving.recall import recall
from agents.solving.refine import refine
from agents.solving.state import START_STATE, SolveChange, SolveState
from agents.solving.verify import verify
from reasoner.search.arena import Arena

Node = Callable[[SolveState, Arena], SolveChange]
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
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(SolveState, context_schema=Arena)
    lay_out(graph, _with_arena, first=START, last=END)
    return graph.compile()


def lay_out(
    graph: "StateGraph[Any, Any, Any, Any]", wrapped: Callable[[str, Node], Any], *, first: str, last: str
) -> None:
    """Nodes and edges between two nodes of a graph.

    Args:
        graph: gets them.
        wrapped: a node as the graph calls it, from its name and what it does with an arena.
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


def run(arena: Arena) -> None:
    """Searches until every question of the arena has its answer."""
    for _ in walk(arena):
        pass


def walk(arena: Arena) -> Iterator[str]:
    """Searches as `run` does, node by node; the name of each when it has worked."""
    most = len(STEP) * arena.student.shape.max_steps + 5
    # What nodes change is told cheaper than whole states, and neither is looked at: all is in the arena.
    how: dict[str, Any] = {"context": arena, "stream_mode": "updates"}
    for change in solve_graph().stream(START_STATE, {"recursion_limit": most}, **how):
        yield from change


def _with_arena(name: str, node: Node) -> Any:
    def work(state: SolveState, runtime: Runtime[Arena]) -> SolveChange:
        arena = runtime.context
        if arena.observe is None:
            return node(state, arena)
        began = time.monotonic()
        told: dict[str, Any] = {"in": dict(state), "questions": len(arena.questions)}
        try:
            change = node(state, arena)
        except Exception as error:
            arena.observe(name, {**told, "status": "failed", "error": str(error)}, time.monotonic() - began)
            raise
        arena.observe(name, {**told, "status": "ok", "out": dict(change)}, time.monotonic() - began)
        return change

    work.__name__ = name
    return work
