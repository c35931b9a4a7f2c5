"""What was looked at before a run begins, and what was found."""

from reasoner.types.record import Record


class Look(Record):
    """One thing that was looked at and is in order."""

    what: str
    """One word, such as `disk`."""
    found: str
    """In words."""


class Preflight(Record):
    """Everything that was looked at before a run; had something been wrong, there would be an error instead."""

    looks: tuple[Look, ...]

    @property
    def lines(self) -> list[str]:
        """For people, a line each."""
        return [f"{look.what}: {look.found}" for look in self.looks]

    def found(self) -> dict[str, str]:
        """For programs, by what was looked at."""
        return {look.what: look.found for look in self.looks}
