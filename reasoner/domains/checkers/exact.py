"""`exact`: the answer is the gold answer, character by character, blanks around it apart."""

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.types.check import Check, right, wrong


class ExactSettings(CheckerSettings):
    """Options of `exact`."""

    strip: bool = True
    """Whether blanks and line ends around the answer do not count."""


class ExactChecker:
    """Compares code points; case, accents and inner blanks count."""

    name = "exact"
    version = "1"
    settings_type = ExactSettings

    def __init__(self, settings: ExactSettings | None = None) -> None:
        self.settings = settings or ExactSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it is one of the accepted answers."""
        said = self.canonical(answer)
        if any(said == self.canonical(one) for one in gold.accepted):
            return right()
        return wrong(f"{shown(said)} is not {shown(gold.accepted[0])}")

    @spells
    def canonical(self, answer: str) -> str:
        """The answer itself, without the blanks around it."""
        return answer.strip() if self.settings.strip else answer

    def validate_gold(self, gold: Gold) -> str:
        """There must be an answer."""
        return "" if gold.accepted else "there is no gold answer; give the row an `answer`"
