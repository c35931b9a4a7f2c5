"""The graphs as tools open them that bring their own input and checkpointer, such as LangGraph's (`langgraph.json`).

The solve graph is asked a question in words there, and answers in words. A tool keeps and shows a graph's state, so
only plain numbers go into it: what the nodes hand on of a question waits in a table of the process, under a number that
the state carries, until it is answered.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from langgraph.graph import StateGraph
from typing_extensions import TypedDict  # that of `typing` makes no JSON schema before Python 3.12

from agents.graphs.improve import build
from agents.parts import Parts
from agents.solving.graph import Node, lay_out
from agents.solving.state import START_STATE, SolveState, numbers_of
from reasoner.errors import NotFoundError
from reasoner.search.search import Search

WAITING = 16
"""Questions that may be under way at once; the oldest is forgotten first."""


class Asked(TypedDict):
    """What a tool gives."""

    question: str


class Answered(TypedDict):
    """What it gets."""

    question: str
    steps: list[str]
    answer: str
    """Empty where none was found."""


class QuestionState(Answered):
    """The question's state, and what the solve graph's nodes read and change (`SolveState`)."""

    step: int
    live: int
    decodes: int
    refinements: int
    place: int
    """Of its search in the table."""


@dataclass
class _Waiting:
    """A question under way: its search, and what its nodes have handed on so far."""

    search: Search
    records: dict[str, Any] = field(default_factory=dict[str, Any])


class Searches:
    """The questions under way."""

    def __init__(self, open_search: Callable[[str], Search]) -> None:
        self._open, self._numbers = open_search, itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}

    def ask(self, state: QuestionState) -> dict[str, Any]:
        """Opens one."""
        place = next(self._numbers)
        self._waiting[place] = _Waiting(self._open(state["question"]))
        for old in [*self._waiting][:-WAITING]:
            del self._waiting[old]
        return {**START_STATE, "place": place}

    def work(self, node: Node, state: QuestionState) -> dict[str, Any]:
        """Has a node of the solve graph work; the numbers that it changes."""
        waiting = self._of(state)
        change = node(cast("SolveState", {**waiting.records, **state}), waiting.search)
        numbers = numbers_of(change)
        waiting.records |= {name: value for name, value in change.items() if name not in numbers}
        return numbers

    def tell(self, state: QuestionState) -> dict[str, Any]:
        """Puts the answer into words, and forgets the search."""
        waiting = self._of(state)
        del self._waiting[state["place"]]
        solution = waiting.records["complete"][0][waiting.records["chosen"][0]]
        return {"steps": list(solution.steps), "answer": waiting.search.answer_of(solution)}

    def _of(self, state: QuestionState) -> _Waiting:
        """That of a question.

        Raises:
            NotFoundError: the process has begun anew since, or many questions have come after this one.
        """
        found = self._waiting.get(state["place"])
        if found is None:
            raise NotFoundError(f"the search for {state['question']!r} is no longer in this process; ask it anew")
        return found


def improve_graph(parts: Parts) -> Any:
    """The improve graph, compiled; whoever opens it keeps its state."""
    return build(parts).compile(name="improve")


def question_graph(open_search: Callable[[str], Search]) -> Any:
    """The solve graph for questions in words, compiled.

    Args:
        open_search: a fresh search for a question.
    """
    searches = Searches(open_search)

    def within(name: str, node: Node) -> Any:
        def work(state: QuestionState) -> Any:
            with torch.inference_mode():
                return searches.work(node, state)

        work.__name__ = name
        return work

    graph: StateGraph[Any, Any, Any, Any] = StateGraph(QuestionState, input_schema=Asked, output_schema=Answered)
    graph.add_node("ask", searches.ask)
    graph.add_node("tell", searches.tell)
    graph.set_entry_point("ask")
    lay_out(graph, within, first="ask", last="tell")
    graph.set_finish_point("tell")
    return graph.compile(name="solve")
