"""Problems of the schema and distribution of ProsQA (Coconut, arXiv:2412.06769, appendix), drawn from a seed.

Nodes 0 and 1 are entities. Each further node takes a Poisson number of parents among earlier ones: 40% only such as
node 1 does not reach, 40% only such as node 0 does not, else any; deep ones rather. A node without parents becomes an
entity, or is dropped if it has no children either. The target is a leaf that only the entity asked about reaches, the
other candidate a leaf that only the other entity reaches. Numbers were fitted to these statistics of the 300 published
validation problems (mean here, 1,000 draws, in brackets): nodes 22.8 (22.9), edges 36.3 (36.4), steps 3.75 (3.75),
kinds that the entity reaches 13.4 (13.0) and the other 10.1 (10.8), parents of target 1.5 (1.5) and of the
other candidate 2.1 (2.1), ancestors of target 7.2 (7.2) and of the other 5.6 (6.0), shortest
proofs 1.6 (1.6), distance of the other candidate from its entity 2.1 (2.2), entities 2.5 (2.4).
"""

import math
from dataclasses import dataclass
from random import Random

from reasoner.domains.prosqa.graph import read
from reasoner.domains.prosqa.lexicon import KINDS, NAMES
from reasoner.domains.prosqa.structure import structure_of
from reasoner.domains.prosqa.working import work
from reasoner.types.problem import Problem, Provenance

NAME, VERSION = "prosqa", "2"
SKILL = "reach"
MOST_STEPS = 6
USUAL_STEPS = (3, 4, 5, 6)
"""Steps of the published rows."""
MAX_TRIES = 400
"""Graphs drawn for one problem before it is given up."""

_MEAN_NODES, _STD_NODES, _FEWEST, _MOST = 23.2, 2.1, 17, 28
_PARENTS = 1.7
"""Mean of the Poisson number of parents."""
_ORPHANS = 0.2
"""Share of the draws without parents that stay so; the others get one."""
_APART = 0.4
"""Share of nodes that only what node 0 reaches, and again that only what node 1 reaches, can lead to."""
_DEPTH_WEIGHT = {3: 1.5, 4: 1.5, 5: 3.0, 6: 6.0}
"""How much rather a deep node becomes a parent, by the steps asked for; 1.5 where none are."""
_FAR = 5.0
"""A target one step farther away is chosen so many times as often."""


@dataclass(frozen=True)
class _Drawn:
    """A graph over numbered nodes."""

    edges: list[tuple[int, int]]
    root: int
    target: int
    other: int


def build(seed: int, difficulty: int | None = None) -> Problem:
    """The problem of a seed.

    Args:
        seed: 0 or more.
        difficulty: steps, 1 to 6; None draws them as the published rows have them.

    Raises:
        ValueError: no such problem among `MAX_TRIES` graphs.
    """
    if difficulty is not None and not 1 <= difficulty <= MOST_STEPS:
        raise ValueError(f"difficulty {difficulty!r}: expected 1 to {MOST_STEPS} steps")
    rng = Random(f"{NAME} {VERSION} {seed}")
    for _ in range(MAX_TRIES):
        drawn = _draw(rng, difficulty)
        if drawn is not None:
            return _problem(rng, drawn, seed, difficulty)
    raise ValueError(f"no graph with a proof of {difficulty!r} steps in {MAX_TRIES} draws")


def _draw(rng: Random, difficulty: int | None) -> _Drawn | None:
    edges, reached_from = _graph(rng, _DEPTH_WEIGHT.get(difficulty or 0, 1.5))
    children: dict[int, list[int]] = {}
    for x, y in edges:
        children.setdefault(x, []).append(y)
    leaves = [[n for n, label in reached_from.items() if label == own and n not in children] for own in (1, 2)]
    if not all(leaves) or not (0 in children and 1 in children):
        return None
    wanted = USUAL_STEPS if difficulty is None else (difficulty,)
    distances = [_distances(children, root) for root in (0, 1)]
    targets = [(root, n) for root in (0, 1) for n in leaves[root] if distances[root][n] in wanted]
    if not targets:
        return None
    root, target = rng.choices(targets, [_FAR ** distances[r][n] for r, n in targets])[0]
    return _Drawn(edges, root, target, rng.choice(leaves[1 - root]))


def _graph(rng: Random, depth_weight: float) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Edges, and which entities reach each node: 1 the first, 2 the second, 3 both, 0 neither."""
    nodes = min(_MOST, max(_FEWEST, round(rng.gauss(_MEAN_NODES, _STD_NODES))))
    edges, labels, depth = list[tuple[int, int]](), {0: 1, 1: 2}, {0: 0, 1: 0}
    for node in range(2, nodes):
        wanted = _poisson(rng, _PARENTS) or int(rng.random() > _ORPHANS)
        side = rng.random()
        allowed = (0, 1) if side < _APART else (0, 2) if side < 2 * _APART else (0, 1, 2, 3)
        pool = [n for n in range(node) if labels[n] in allowed]
        labels[node], depth[node] = 0, 0
        for _ in range(min(wanted, len(pool))):
            parent = rng.choices(pool, [depth[n] * depth_weight + 1 for n in pool])[0]
            pool.remove(parent)
            edges.append((parent, node))
            labels[node] |= labels[parent]
            depth[node] = min(depth[node] or nodes, depth[parent] + 1)
    return edges, labels


def _poisson(rng: Random, mean: float) -> int:
    """Knuth's method: how many uniform draws can be multiplied before the product falls under exp(-mean)."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _distances(children: dict[int, list[int]], root: int) -> dict[int, int]:
    distance, queue = {root: 0}, [root]
    for node in queue:
        for child in children.get(node, ()):
            if child not in distance:
                distance[child] = distance[node] + 1
                queue.append(child)
    return distance


def _problem(rng: Random, drawn: _Drawn, seed: int, difficulty: int | None) -> Problem:
    """Names the nodes and shuffles the sentences."""
    born = {y for _, y in drawn.edges}
    nodes = sorted({n for edge in drawn.edges for n in edge})
    entities = [n for n in nodes if n not in born]
    kinds = [n for n in nodes if n in born]
    word = dict(zip(entities, rng.sample(NAMES, len(entities)), strict=True))
    word |= dict(zip(kinds, rng.sample(KINDS, len(kinds)), strict=True))
    lines = [f"Every {word[x]} is a {word[y]}." if x in born else f"{word[x]} is a {word[y]}." for x, y in drawn.edges]
    rng.shuffle(lines)
    pair = [word[drawn.target], word[drawn.other]]
    rng.shuffle(pair)
    question = f"{' '.join(lines)} Is {word[drawn.root]} a {pair[0]} or {pair[1]}?"
    graph = read(question)
    assert graph is not None, f"a generated question cannot be read: {question!r}"
    steps = work(graph)
    recipe = {} if difficulty is None else {"difficulty": difficulty}
    return Problem(
        id=f"{NAME}-{len(steps)}-{seed:012x}",
        domain=NAME,
        skill=SKILL,
        difficulty=len(steps),
        question=question,
        steps=steps,
        answer=word[drawn.target],
        structure=structure_of(question),
        provenance=Provenance(generator=NAME, version=VERSION, seed=seed, parameters=recipe),
    )
