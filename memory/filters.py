"""Which remembered items are meant."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import Field, ValidationError, field_validator

from reasoner.errors import UsageError
from reasoner.types.example import Source
from reasoner.types.printable import shortened
from reasoner.types.record import Record

MOST = 10**9
"""The greatest number that a filter can ask for."""


class Filter(Record):
    """What is set must agree; what is None does not matter."""

    domain: str | None = None
    skill: str | None = None
    difficulty: int | None = Field(default=None, ge=0, le=MOST)
    source: Source | None = None
    """Of examples; a wrong attempt has none."""
    teacher: str | None = None
    """Model string; a wrong attempt has none."""
    run: str | None = None
    """Which the home first learnt it in."""
    cycle: int | None = Field(default=None, ge=0, le=MOST)
    since: str | None = None
    """ISO date or time, in UTC if it names no zone; what was learnt then or later."""
    until: str | None = None
    """What was learnt before this."""

    @field_validator("since", "until")
    @classmethod
    def _as_stored(cls, given: str | None) -> str | None:
        if given is None:
            return None
        moment = datetime.fromisoformat(given)
        try:
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("no such moment in UTC") from error
        return moment.isoformat(timespec="milliseconds")

    @property
    def is_empty(self) -> bool:
        """Whether everything is meant."""
        return not self.model_dump(exclude_none=True)

    @property
    def of_examples_only(self) -> bool:
        """Whether it asks what a wrong attempt has not."""
        return self.source is not None or self.teacher is not None


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
        raise UsageError(f"--only {first['loc'][0]}={shortened(first['input'])}: {first['msg']}") from error
