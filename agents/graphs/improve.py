"""The improve graph: prepare -> (evaluate, verifier, search, mine, teach, check, remember, train, examine, watch,
decide, reflect, approve, report) repeated. `verifier` and `search` only where `mine.search` asks for them; `watch`
while the champion is new; `reflect` where additions are to be merged; `approve` where a person must say yes: there the
graph stops until somebody has ruled.

State is saved after every node, before the next begins (`durability="sync"`): a process that is killed goes on with
the node it died in. Nodes may therefore run twice; each is written so that the second time changes nothing.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

from langgraph.errors import GraphBubbleUp
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from agents.checkpointing import open_saver
from agents.merging import merge_is_due
from agents.nodes.approve import approve
from agents.nodes.check import check
from agents.nodes.decide import decide
from agents.nodes.evaluate import evaluate
from agents.nodes.examine import examine
from agents.nodes.mine import mine
from agents.nodes.prepare import prepare
from agents.nodes.reflect import reflect
from agents.nodes.remember import remember
from agents.nodes.report import report
from agents.nodes.search import search
from agents.nodes.teach import teach
from agents.nodes.train import train
from agents.nodes.verifier import verifier
from agents.nodes.watch import watch
from agents.parts import Parts
from agents.state import Change, ImproveState
from agents.watching import former_of
from reasoner.config.settings import Settings
from reasoner.errors import UsageError

Node = Callable[[ImproveState, Parts], Change]

CYCLE: tuple[tuple[str, Node], ...] = (
    ("evaluate", evaluate),
    ("verifier", verifier),
    ("search", search),
    ("mine", mine),
    ("teach", teach),
    ("check", check),
    ("remember", remember),
    ("train", train),
    ("examine", examine),
    ("watch", watch),
    ("decide", decide),
    ("reflect", reflect),
    ("approve", approve),
    ("report", report),
)

WAITS = "waits"
"""Key under which `approve` says what it waits for, and `run` what the run waits for: the id of a proposal."""


def build(parts: Parts) -> StateGraph[Any, Any, Any, Any]:
    """The graph over the parts of one run."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(ImproveState)
    for name, node in (("prepare", prepare), *CYCLE):
        graph.add_node(name, _timed(name, node, parts))
    names = [name for name, _ in CYCLE]
    graph.add_conditional_edges(
        START, lambda s: "evaluate" if s.get("champion") else "prepare", ["prepare", "evaluate"]
    )
    graph.add_edge("prepare", "evaluate")
    graph.add_conditional_edges("evaluate", lambda _: after_evaluate(parts.settings), ["verifier", "search", "mine"])
    for here, there in itertools.pairwise(names[1 : names.index("examine") + 1]):
        graph.add_edge(here, there)
    graph.add_conditional_edges("examine", lambda s: "watch" if former_of(s, parts) else "decide", ["watch", "decide"])
    graph.add_edge("watch", "decide")
    graph.add_conditional_edges("decide", lambda s: _after_decide(s, parts), ["reflect", "approve", "report"])
    graph.add_conditional_edges("reflect", _after_reflect, ["approve", "report"])
    graph.add_edge("approve", "report")
    graph.add_conditional_edges("report", lambda s: _after_report(s, parts), ["evaluate", END])
    return graph


def run(parts: Parts) -> dict[str, Any]:
    """Runs the cycles that are missing, from wherever the run was left, and returns the last state.

    Where a person must rule first, the state has the proposal's id under `WAITS`.
    """
    with open_saver(parts.home) as saver:
        graph = build(parts).compile(checkpointer=saver)
        config: Any = {"configurable": {"thread_id": parts.run}, "recursion_limit": 20 * (parts.cycles + 2)}
        saved = graph.get_state(config)
        if not saved.values and (beginning := parts.inheritance) is not None:
            graph.update_state(config, beginning.state, as_node=beginning.after)
            saved = graph.get_state(config)
            if saved.next != (beginning.node,):
                saver.delete_thread(parts.run)
                there = ", ".join(saved.next) or "its end"
                raise UsageError(
                    f"with these settings the graph goes from {beginning.after} to {there}, not to {beginning.node}; "
                    "fork from there instead"
                )
        # `next` leaves out a node whose outcome is saved already; a kill just then leaves its step open all the same.
        under_way = bool(saved.tasks)
        if saved.values and not under_way and saved.values["cycle"] >= parts.cycles:
            return saved.values
        given: Any = None if under_way else {"run": parts.run}
        left = graph.invoke(given, config, durability="sync")
        stopped = left.pop("__interrupt__", ())
        return {**left, WAITS: stopped[0].value[WAITS]} if stopped else left


def after_evaluate(settings: Settings) -> str:
    """The node after `evaluate`: where nobody searches, the graph is the plain one."""
    if not settings.mine.search:
        return "mine"
    return "verifier" if settings.search.verifier else "search"


def _after_decide(state: ImproveState, parts: Parts) -> str:
    if state["awaiting"]:
        return "approve"
    return "reflect" if merge_is_due(state["champion"], parts) else "report"


def _after_reflect(state: ImproveState) -> str:
    return "approve" if state["awaiting"] else "report"


def _after_report(state: ImproveState, parts: Parts) -> str:
    return END if parts.stops or state["cycle"] >= parts.cycles else "evaluate"


def _timed(name: str, node: Node, parts: Parts) -> Any:
    """The node as the graph calls it: within the run's time, watched and traced, its end written into the events."""

    def work(state: ImproveState) -> Change:
        cycle = state.get("cycle", 0) + (name == "evaluate")
        parts.clock.require_time()
        parts.tell(cycle, name, 0, 0)
        if parts.judge:
            parts.judge.turn_to(cycle, name)
        began = time.monotonic()
        with parts.trace.visit(cycle, name, state, pauses=(GraphBubbleUp,)) as outcome:
            changed = node(state, parts)
            if WAITS in changed:
                # Raises; when the run is taken up again the node runs from its top and looks again.
                interrupt(changed)
            outcome.out = changed
        seconds = round(time.monotonic() - began, 3)
        parts.clock.save()
        parts.events.write(f"{cycle}/node/{name}", "node", cycle, node=name, seconds=seconds, out=dict(changed))
        return changed

    work.__name__ = name
    return work
