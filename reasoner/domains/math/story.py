"""A story: quantities that depend on one another, as a small graph.

A node is a quantity; a relation makes one node from others. `steps` are the relations that compute something.
"""

from dataclasses import dataclass

SKILL_OF = {
    "gain": "add", "gather": "add", "total": "add",
    "lose": "take_away",
    "times": "times",
    "share": "share",
    "more": "compare", "fewer": "compare", "difference": "compare",
    "collect": "rates", "sell": "rates",
}  # fmt: skip

SKILLS = ("add", "take_away", "times", "share", "compare", "rates")

OPERATOR_OF = {
    "gain": "+", "gather": "+", "total": "+", "more": "+",
    "lose": "-", "fewer": "-", "difference": "-",
    "times": "*", "collect": "*", "sell": "*",
    "share": "/",
}  # fmt: skip

TIMELESS = frozenset({"given", "times", "more", "fewer", "collect"})
"""Relations that hold whenever they are said, so their sentences may come in any order."""


@dataclass(frozen=True)
class Relation:
    """One sentence that states or computes a quantity."""

    kind: str
    result: int
    """Node that this relation makes."""
    operands: tuple[int, ...]
    """Nodes it needs, in the order of the equation; empty for `given` and `collect`."""
    numbers: tuple[int, ...]
    """Numbers said in the sentence, in the order of the equation."""
    people: tuple[str, ...]
    """People in the roles {p}, {q}, {r} of the wording, where used."""
    things: str


def apply(operator: str, left: int, right: int) -> int:
    """The value of one equation; division must be exact."""
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    assert left % right == 0, f"{left}/{right} is not exact"
    return left // right


def solve(relations: list[Relation]) -> tuple[list[str], int]:
    """Equations in a computable order, ties broken by the order of the sentences, and the last value."""
    values: dict[int, int] = {}
    steps: list[str] = []
    waiting = list(relations)
    last = 0
    while waiting:
        ready = next((r for r in waiting if all(o in values for o in r.operands)), None)
        assert ready is not None, "the story has a circle"
        waiting.remove(ready)
        if ready.kind == "given":
            values[ready.result] = ready.numbers[0]
            continue
        left, right = [values[o] for o in ready.operands] + list(ready.numbers)
        operator = OPERATOR_OF[ready.kind]
        last = values[ready.result] = apply(operator, left, right)
        steps.append(f"{left}{operator}{right}={last}")
    return steps, last
