"""How a run's chance of a false promotion is spent over its cycles, however many there will be."""


def alpha_of_cycle(cycle: int, total: float) -> float:
    """The level at which a cycle's gate tests: total / (k (k + 1)).

    Since 1 / (k (k + 1)) = 1/k - 1/(k + 1), the first K levels add up to total * (1 - 1/(K + 1)): below `total` for
    every K, and exactly `total` without end. The union bound makes that the most that the chance of any false promotion
    in a whole run can be.

    Args:
        cycle: k, 1 or more.
        total: in (0, 1), `gate.alpha`.
    """
    assert cycle >= 1, f"cycle {cycle} has no gate"
    return total / (cycle * (cycle + 1))
