"""Which remembered items are meant."""

from collections.abc import Sequence

from pydantic import ValidationError

from reasoner.errors import UsageError
from reasoner.types.example import Example, Source, WrongAttempt
from reasoner.types.record import Record


class Filter(Record):
    """What is set must agree; what is None does not matter."""

    domain: str | None = None
    skill: str | None = None
    difficulty: int | None = None
    source: Source | None = None
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


def parse_filter(words: Sequence[str]) -> Filter:
    """The filter that `KEY=VALUE` words ask for.

    Raises:
        UsageError: a word is no such thing, or names a key or a value that there is not.
    """
    asked: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in Filter.model_fields:
            raise UsageError(f"--only {word!r}: expected KEY=VALUE with one of {', '.join(Filter.model_fields)}")
        asked[key] = value
    try:
        return Filter.model_validate_strings(asked)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--only {first['loc'][0]}={first['input']}: {first['msg']}") from error
