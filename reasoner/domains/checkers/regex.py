r"""`regex`: the whole answer matches a pattern, of the row (`material.pattern`) or of the task.

Patterns are those of Python's `re`. They run in a child process with a time limit: `(a+)+b` needs years on sixty
letters and `re` cannot be stopped from within. A linear-time engine would refuse look-arounds and back-references
that people use, and another library's timeout would come with another library's meaning of the pattern. A match that
reaches the limit is an `error` that names the pattern: it is the pattern that is at fault, not the answer.
"""

import re
import warnings

from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import CheckerSettings, Gold, LimitReached, checks, shown, spells
from reasoner.types.check import Check, failed, right, wrong

LONGEST_PATTERN = 2000
"""Characters of a pattern: compiling has no limit but this."""
_HERE = "reasoner.domains.checkers.regex"


class RegexSettings(CheckerSettings):
    """Options of `regex`."""

    pattern: str = ""
    """For rows without one of their own."""
    ignore_case: bool = False
    dot_all: bool = False
    """Whether `.` matches a line end, too."""
    strip: bool = True
    """Whether blanks and line ends around the answer do not count."""


class RegexChecker:
    """Matches in a child process."""

    name = "regex"
    version = "1"
    settings_type = RegexSettings
    seconds = 2.0

    def __init__(self, settings: RegexSettings | None = None) -> None:
        self.settings = settings or RegexSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if the pattern matches all of it."""
        pattern = self._pattern(gold)
        try:
            matches = limited.call(
                f"{_HERE}:matches", pattern, self._flags(), self.canonical(answer), seconds=self.seconds
            )
        except LimitReached as stopped:
            return failed(f"{stopped}; rewrite the pattern {shown(pattern)} without nested repetition")
        return right() if matches else wrong(f"{shown(answer.strip())} does not match {shown(pattern)}")

    @spells
    def canonical(self, answer: str) -> str:
        """The answer without the blanks around it."""
        return answer.strip() if self.settings.strip else answer

    def validate_gold(self, gold: Gold) -> str:
        """There must be a pattern that compiles."""
        given = gold.material.get("pattern", self.settings.pattern)
        if not isinstance(given, str) or not given:
            return f"there is no pattern: got {given!r}; give the row or the task a `pattern`"
        if len(given) > LONGEST_PATTERN:
            return f"the pattern has {len(given):,} characters; at most {LONGEST_PATTERN:,} are allowed"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                re.compile(given, self._flags())
        except (re.error, RecursionError, OverflowError) as fault:
            return f"the pattern {shown(given)} is none: {fault}"
        return ""

    def _pattern(self, gold: Gold) -> str:
        return gold.material.get("pattern", self.settings.pattern)

    def _flags(self) -> int:
        return int(re.IGNORECASE) * self.settings.ignore_case | int(re.DOTALL) * self.settings.dot_all


def matches(pattern: str, flags: int, answer: str) -> bool:
    """Runs in the child."""
    return re.fullmatch(pattern, answer, flags) is not None
