"""What is said of calls that failed: how many of how many, the most frequent reasons with their counts, one example."""

from collections import Counter
from collections.abc import Iterable

from reasoner.types.record import Record
from reasoner.types.teaching import TeacherCall

_REASONS_SAID = 3


class Failures(Record):
    """Of a number of calls, those without a lesson."""

    calls: int
    failed: int
    reasons: tuple[tuple[str, int], ...]
    """Each reason once with how often it was met, the most frequent first."""
    example: str
    """One error in full; empty if none failed."""

    @property
    def sentence(self) -> str:
        """`6 of 6 calls failed: status 500 (4), no answer (2)`; empty if none failed."""
        if not self.failed:
            return ""
        said = [f"{reason} ({count})" for reason, count in self.reasons[:_REASONS_SAID]]
        others = sum(count for _, count in self.reasons[_REASONS_SAID:])
        said += [f"other reasons ({others})"] if others else []
        return f"{self.failed} of {self.calls} calls failed: {', '.join(said)}"


def summarise_failures(calls: Iterable[TeacherCall]) -> Failures:
    """The failures among calls that are over; what was answered from the cache counts as a call."""
    known = list(calls)
    errors = [call.error for call in known if call.lesson is None]
    counted = Counter(reason_of(error) for error in errors)
    return Failures(
        calls=len(known),
        failed=len(errors),
        reasons=tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        example=errors[0] if errors else "",
    )


def reason_of(error: str) -> str:
    """The kind of an error: what stands before its details, without the name of the model."""
    kind = error.partition(": ")[0].partition("; ")[0].partition(" from ")[0]
    return kind or "no reason was written down"
