"""encode: reads the questions and sets up their first beams."""

from agents.solving.state import SolveChange, SolveState
from reasoner.search.arena import Arena


def encode(state: SolveState, arena: Arena) -> SolveChange:  # noqa: ARG001 (a node)
    """Begins."""
    arena.encode()
    return {"step": 0, "live": len(arena.beams), "decodes": 0, "refinements": arena.searcher.refinements}
