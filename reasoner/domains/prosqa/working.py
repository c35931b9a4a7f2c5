"""Worked steps: a breadth-first search, a layer a step, and the candidate that it meets.

A step lists the kinds that are reached first after so many rules, in alphabetical order: `dumpus terpus`. The last step
names the candidate: `so: lempus`. There are as many steps as the shortest proof has sentences, and each follows from
the one before by one look at the rules: nothing has to be guessed, unlike in the published form, whose first sentence
is on the way to the target only for whoever has searched already.
"""

import re
from collections.abc import Sequence

from reasoner.domains.prosqa.graph import Graph, layers
from reasoner.types.step import StepVerdict

SO = "so:"

_KIND = re.compile(r"(?:(?!pus)[a-z])*pus")
"""Made-up words end in `pus` and have it nowhere else, so that two written without a space are not taken for one."""


def work(graph: Graph) -> tuple[str, ...]:
    """The steps; none where no candidate is reached."""
    steps: list[str] = []
    for layer in layers(graph.edges, graph.entity):
        met = [c for c in graph.candidates if c in layer]
        if met:
            return (*steps, f"{SO} {met[0]}")
        steps.append(" ".join(sorted(layer)))
    return ()


def concluded(steps: Sequence[str]) -> str:
    """The kind that the last step names; empty if it is no conclusion."""
    words = steps[-1].split() if steps else []
    return words[1] if len(words) == 2 and words[0] == SO else ""


def is_formed(step: str) -> bool:
    """Whether a step has the form of one: words in alphabetical order, none twice, or a conclusion."""
    words = step.split()
    if words[:1] == [SO]:
        return len(words) == 2 and _KIND.fullmatch(words[1]) is not None
    return bool(words) and words == sorted(set(words)) and all(_KIND.fullmatch(w) for w in words)


def judge_steps(graph: Graph | None, steps: Sequence[str]) -> tuple[StepVerdict, ...]:
    """Of each step whether it is well formed, and its kinds that are not one rule away from the entity or a kind named
    before, or concluded without being a candidate.

    Args:
        graph: what the question tells; None where it cannot be read, so that nothing follows from it.
        steps: in their order.
    """
    edges = graph.edges if graph else ()
    known = {graph.entity} if graph else set[str]()
    verdicts: list[StepVerdict] = []
    for step in steps:
        words = step.split()
        reachable = {y for x, y in edges if x in known}
        if words[:1] == [SO]:
            words = words[1:]
            reachable &= set(graph.candidates) if graph else set()
        verdicts.append(StepVerdict(true=is_formed(step), unknown=tuple(w for w in words if w not in reachable)))
        known |= set(words)
    return tuple(verdicts)
