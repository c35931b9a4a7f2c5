"""What can be said of one step of a solution without knowing the right answer."""

from collections.abc import Sequence

from reasoner.types.record import Record


class StepVerdict(Record):
    """Of one step, given the question and the steps before it."""

    true: bool
    """Whether it is true by itself (an equation is correct)."""
    unknown: tuple[str, ...] = ()
    """What it uses that neither the question nor an earlier step gives, as it was written."""

    @property
    def holds(self) -> bool:
        """True and grounded: a true step about numbers that nobody named is a lucky guess."""
        return self.true and not self.unknown

    @property
    def fault(self) -> str:
        """What is wrong with it, in words; empty for nothing."""
        if not self.true:
            return "not true"
        return f"nothing gives {listed(self.unknown)}" if self.unknown else ""


def listed(words: Sequence[str]) -> str:
    """`7`, `7 and 3`, `7, 3 and 2`."""
    return " and ".join([part for part in (", ".join(words[:-1]), *words[-1:]) if part])
