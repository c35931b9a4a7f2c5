"""Both graphs for LangGraph's own tools, which find these functions by `langgraph.json`.

A graph may be opened only to be looked at, so nothing is made before its first node works: no home, no run, no student.
What is meant is said as everywhere else: the home by `REASONER_HOME`, settings by `REASONER_*` and `.env`. The improve
graph then works on the run that these settings mean, as `reasoner loop` does, for one cycle; the tool keeps its state.
"""

import os
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from reasoner.bootstrap.home import existing_home
from reasoner.bootstrap.loop import claimed_parts
from reasoner.config.loading import load_settings
from reasoner.config.places import DOTENV, written_home
from reasoner.config.settings import Settings

if TYPE_CHECKING:
    from agents.parts import Parts
    from reasoner.search.search import Search

CYCLES = 1
"""Cycles of the improve graph where it is begun by a tool."""


class _LateParts:
    """The parts of the run that the settings mean, put together when a node first asks for one."""

    @cached_property
    def _parts(self) -> "Parts":
        # Held until the process ends: while a tool works on a run, nobody else may.
        return ExitStack().enter_context(claimed_parts(_settings(), home=_home(), cycles=CYCLES))

    def __init__(self) -> None:
        self.awaited = False
        """Until the graph is built nobody gets anything: LangGraph looks for subgraphs in whatever a node refers to."""

    def __getattr__(self, name: str) -> Any:
        if not self.awaited:
            raise AttributeError(f"{name!r} of a run that no node works on yet")
        return getattr(self._parts, name)


def improve() -> Any:
    """The improve graph."""
    from agents.graphs.opened import improve_graph

    parts = _LateParts()
    graph = improve_graph(cast("Parts", parts))
    parts.awaited = True
    return graph


def solve() -> Any:
    """The solve graph: give it a `question`."""
    from agents.graphs.opened import question_graph

    return question_graph(_search)


def _search(question: str) -> "Search":
    from agents.searching import search_of
    from reasoner.domains.registry import get_domain
    from reasoner.students import step_model

    settings, place = _settings(), existing_home(_home())
    picked = place.choose(None)
    student = picked.student()
    verifier = place.verifier(picked.checkpoint.fingerprint, student)
    domain = get_domain(picked.task(settings.task.name))
    model = step_model(student, "a search")
    return search_of(model, domain, [question], settings.search, seed=settings.seed, verifier=verifier)


def _settings() -> Settings:
    return load_settings(None, [], os.environ, DOTENV)


def _home() -> Path:
    return Path(written_home() or ".reasoner").expanduser().absolute()
