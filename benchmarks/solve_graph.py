"""What the solve graph costs beside its nodes: the same searches through LangGraph and through a plain loop.

    .venv/bin/python benchmarks/solve_graph.py --home .reasoner --threads 2

Takes the home's champion (or --checkpoint) and sealed problems; both ways take turns and must find the same. Prints
medians and the graph's share of its time, for one question and for a batch as evaluations cut them.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from agents.searching import batches_of, search_of
from agents.solving.answer import answer
from agents.solving.encode import encode
from agents.solving.graph import STEP, run
from agents.solving.state import START_STATE, SolveState
from reasoner.bootstrap.home import open_home
from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.domains.registry import get_domain
from reasoner.search.search import Search
from reasoner.search.searchers import searcher_of
from reasoner.students import step_model


def plain(search: Search) -> SolveState:
    """The graph's nodes in its order, and nothing else."""
    state: Any = {**START_STATE}
    state |= encode(state, search)
    while state["live"]:
        for _, node in STEP:
            state |= node(state, search)
    return state | answer(state, search)


def timed(way: Callable[[Search], SolveState], search: Search) -> tuple[float, list[tuple[str, ...]]]:
    """Seconds of one search, and the chosen steps of each question."""
    began = time.perf_counter()
    with torch.inference_mode():
        ended = way(search)
    seconds = time.perf_counter() - began
    return seconds, [found[place].steps for found, place in zip(ended["complete"], ended["chosen"], strict=True)]


def main() -> None:
    """Searches both ways and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".reasoner"))
    parser.add_argument("--checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    model = step_model(open_home(given.home).choose(given.checkpoint).student(), "a search")
    settings = load_settings("nano", ["search.searcher=beam"], {}, None)
    questions = [p.question for p in open_source(settings).sealed()]
    domain = get_domain(settings.task.name)
    print("| searcher | questions | graph, ms | plain loop, ms | share of the graph |\n| --- | --- | --- | --- | --- |")
    for searcher in ("greedy", "beam"):
        chosen = settings.search.model_copy(update={"searcher": searcher})
        batch = batches_of(model, questions, searcher_of(chosen, model.origins).decodes)[0]
        for asked in (questions[:1], [questions[i] for i in batch]):
            taken: dict[str, list[float]] = {"graph": [], "plain": []}
            for _ in range(given.rounds + 1):
                search = search_of(model, domain, asked, chosen, seed=0)
                found = {name: timed(way, search) for name, way in (("graph", run), ("plain", plain))}
                assert found["graph"][1] == found["plain"][1], "the two ways differ"
                for name, (seconds, _) in found.items():
                    taken[name].append(seconds)
            # The first round warms up.
            graph, loop = (1e3 * statistics.median(taken[way][1:]) for way in ("graph", "plain"))
            print(f"| {searcher} | {len(asked)} | {graph:.1f} | {loop:.1f} | {(graph - loop) / graph:.1%} |")


if __name__ == "__main__":
    main()
