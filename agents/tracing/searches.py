"""Searches as a trace tells them: every node of the solve graph, and what each question's beams came to."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from agents.tracing.tracer import Tracer

if TYPE_CHECKING:
    from agents.searching import Found
    from reasoner.types.problem import Problem

SOLUTIONS = 8
"""Complete solutions of one question that are told; the chosen one is always among them."""


def solve_listener(trace: Tracer) -> Callable[[str, dict[str, Any], float], None]:
    """Tells the trace of every node of the solve graph: batch, what came in and went out, seconds."""
    batch = 0

    def observe(name: str, told: dict[str, Any], seconds: float) -> None:
        nonlocal batch
        batch += name == "encode"
        trace.tell("solve", part=name, batch=batch, seconds=round(seconds, 5), **told)

    return observe


def tell_searches(trace: Tracer, problems: Sequence["Problem"], found: Sequence["Found"]) -> None:
    """One `found` event for each question, and the latents of the chosen solutions."""
    if not trace.on or not found:
        return
    import numpy as np

    for problem, one in zip(problems, found, strict=True):
        best = sorted(range(len(one.solutions)), key=lambda place: (place != one.chosen, -one.solutions[place].score))
        trace.tell(
            "found",
            problem=problem.id,
            decodes=one.decodes,
            solutions=len(one.solutions),
            beams=[
                {
                    "steps": list(solution.steps),
                    "score": round(solution.score, 4),
                    "finished": solution.finished,
                    "greedy": solution.greedy,
                }
                for solution in (one.solutions[place] for place in best[:SOLUTIONS])
            ],
        )
    vectors = np.stack([one.solutions[one.chosen].latent_D for one in found])
    trace.keep_latents("solutions", [problem.id for problem in problems], solution_ND=vectors)
