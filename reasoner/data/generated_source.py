"""Problems drawn from a domain, each from a seed that follows from run, split, cycle and index.

Sets are balanced over difficulty x skill by going round the cells. A cell that yields no new structure any more (few
wordings, many gate sets) is left out of the round, and the others make up the number.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from reasoner.config.settings import Settings
from reasoner.data.splits import split_of
from reasoner.domains.powers import drawing, drawn_range
from reasoner.domains.registry import domain_mark, get_domain
from reasoner.errors import ConfigError, DataError
from reasoner.types.problem import Problem, Split

MAX_MISSES = 400
"""Draws in a row without a new structure of the split after which a cell counts as used up."""

_SEED_HEX = 12
"""Digits of a problem's seed: 48 bits."""


class GeneratedSource:
    """Fresh problems for ever. See `ProblemSource` for what its methods promise."""

    gate_sets = None
    left_out = 0

    def __init__(self, settings: Settings) -> None:
        data = settings.data
        self._data = data
        self._seed = settings.seed
        self._options = settings.options
        self._domain = get_domain(settings.task.name)
        self._mark = domain_mark(settings.task.name)
        self._draws = drawing(self._domain)
        self._range = drawn_range(self._domain, self._options)
        self._gates: list[list[Problem]] = []
        self._pool: tuple[int, list[Problem]] = (0, [])
        """The newest practice pool: several nodes of a cycle ask for it."""
        self._sealed: list[Problem] | None = None
        for key in ("difficulties", "base_difficulties"):
            for difficulty in getattr(data, key):
                if not 1 <= difficulty <= self._range.max_difficulty:
                    most = self._range.max_difficulty
                    raise ConfigError(f"data.{key}: given {difficulty!r}, expected 1 to {most}")

    def practice(self, cycle: int) -> list[Problem]:
        """`data.practice_size` problems, fresh in each cycle, all of different structure."""
        assert cycle >= 1, f"cycle {cycle} has no practice pool"
        if self._pool[0] != cycle:
            self._pool = cycle, self._collect("practice", cycle, self._data.practice_size, set())
        return list(self._pool[1])

    def gate(self, cycle: int) -> list[Problem]:
        """`data.gate_size` problems whose structures no earlier gate set has used.

        The sets of all earlier cycles are drawn again to know them, about a second each, once per source.
        """
        assert cycle >= 1, f"cycle {cycle} has no gate set"
        while len(self._gates) < cycle:
            used = {problem.structure for gate in self._gates for problem in gate}
            self._gates.append(self._collect("gate", len(self._gates) + 1, self._data.gate_size, used))
        return list(self._gates[cycle - 1])

    def sealed(self) -> list[Problem]:
        """`data.sealed_size` problems of different structure."""
        if self._sealed is None:
            self._sealed = self._collect("sealed", 0, self._data.sealed_size, set())
        return list(self._sealed)

    def held_out(self, cycles: int) -> list[str]:
        """Questions of the sealed set and of `cycles` gate sets or `gates_ahead`, fewer where no more can be drawn."""
        problems = self.sealed()
        for cycle in range(1, self._known_ahead(cycles) + 1):
            try:
                problems += self.gate(cycle)
            except DataError:
                break
        return [problem.question for problem in problems]

    def held_out_mark(self, cycles: int) -> str:
        """A name for what `held_out` gives: the same only for the same questions."""
        info = self._domain.info
        about = [getattr(self._data, key) for key in ("difficulties", "gate_size", "sealed_size")]
        content = [info.name, *about, self._options, self._seed, info.version, self._mark, self._known_ahead(cycles)]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    def _known_ahead(self, cycles: int) -> int:
        return max(cycles, self._draws.gates_ahead)

    def base_problems(self, n: int, seed: int) -> Iterator[Problem]:
        """`n` practice-split problems of the base difficulties, cells in turn; structures may come again."""
        cells = self._cells(self._data.base_difficulties)
        found = index = 0
        while found < n:
            problem = self._draw(cells[found % len(cells)], f"base {seed}", 0, index)
            index += 1
            if problem is not None and split_of(problem.structure) == "practice":
                found += 1
                yield problem
            elif index > MAX_MISSES * (found + 1):
                raise DataError(f"data.base_difficulties {self._data.base_difficulties!r}: no problem can be drawn")

    def _cells(self, difficulties: tuple[int, ...]) -> list[dict[str, Any]]:
        """One recipe per difficulty and skill."""
        return [
            {"difficulty": difficulty, "skill": skill, **self._options}
            for difficulty in dict.fromkeys(difficulties)
            for skill in self._range.skills
        ]

    def _draw(self, recipe: dict[str, Any], label: str, cycle: int, index: int) -> Problem | None:
        """The problem of an index, or None where the recipe cannot be met from its seed."""
        digest = hashlib.sha256(f"{self._seed}/{label}/{cycle}/{index}".encode()).hexdigest()
        try:
            return self._draws.draw(int(digest[:_SEED_HEX], 16), recipe)
        except ValueError:
            return None

    def _collect(self, split: Split, cycle: int, size: int, used: set[str]) -> list[Problem]:
        """`size` problems of a split, structures neither repeated nor in `used`, going round the cells."""
        indices, seen, chosen = count(), set(used), list[Problem]()
        living = self._cells(self._data.difficulties)
        while living and len(chosen) < size:
            for recipe in living[: size - len(chosen)]:
                draws = (self._draw(recipe, split, cycle, next(indices)) for _ in range(MAX_MISSES))
                fresh = (p for p in draws if p and split_of(p.structure) == split and p.structure not in seen)
                problem = next(fresh, None)
                if problem is None:
                    living = [cell for cell in living if cell is not recipe]
                    continue
                seen.add(problem.structure)
                chosen.append(problem)
        if len(chosen) < size:
            raise DataError(
                f"{split} set of cycle {cycle}: only {len(chosen)} of {size} problems have a structure of their own; "
                f"add data.difficulties, lower data.{split}_size, or let the task vary more "
                f"(domains.{self._domain.info.name}.*)"
            )
        return chosen
