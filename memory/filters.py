"""Which remembered items are meant."""

from reasoner.types.example import Example, WrongAttempt
from reasoner.types.record import Record


class Filter(Record):
    """What is set must agree; what is None does not matter."""

    domain: str | None = None
    skill: str | None = None
    difficulty: int | None = None
    source: str | None = None
    """Of examples; a wrong attempt has none."""
    teacher: str | None = None
    """Model string; a wrong attempt has none."""
    run: str | None = None
    """Which the home first learnt it in."""
    cycle: int | None = None

    def matches(self, item: Example | WrongAttempt) -> bool:
        """Whether the item is meant."""
        problem, lineage = item.problem, item.lineage
        known = {
            "domain": problem.domain,
            "skill": problem.skill,
            "difficulty": problem.difficulty,
            "source": item.source if isinstance(item, Example) else None,
            "teacher": item.teacher if isinstance(item, Example) else None,
            "run": lineage.run,
            "cycle": lineage.cycle,
        }
        return all(known[name] == asked for name, asked in self.model_dump(exclude_none=True).items())
