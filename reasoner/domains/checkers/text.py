"""`text`: the answer says the same words as the gold answer; see `plain_words` for what does not count."""

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.domains.checkers.plain_words import folded, without_articles, without_punctuation
from reasoner.types.check import Check, right, wrong


class TextSettings(CheckerSettings):
    """Options of `text`."""

    ignore_case: bool = True
    ignore_punctuation: bool = True
    """Of sentences; `C#`, `50%`, `-5` and `1.5` keep theirs."""
    ignore_articles: bool = False
    """Whether `a`, `an` and `the` do not count."""
    allowed: tuple[str, ...] = ()
    """All answers that there are, such as labels; a gold answer that is none of them is refused. Empty: any."""


class TextChecker:
    """Compares normalised texts (Unicode NFKC, single blanks) and nothing cleverer."""

    name = "text"
    version = "1"
    settings_type = TextSettings

    def __init__(self, settings: TextSettings | None = None) -> None:
        self.settings = settings or TextSettings()
        self._allowed = frozenset(map(self.canonical, self.settings.allowed))

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it is one of the accepted answers, once all are normalised."""
        said = self.canonical(answer)
        if any(said == self.canonical(one) for one in gold.accepted if self.canonical(one)):
            return right()
        return wrong(f"{shown(said)} is not {shown(self.canonical(gold.accepted[0]))}")

    @spells
    def canonical(self, answer: str) -> str:
        """The normalised text."""
        text = folded(answer, case=self.settings.ignore_case)
        if self.settings.ignore_punctuation:
            text = without_punctuation(text)
        return without_articles(text) if self.settings.ignore_articles else text

    def validate_gold(self, gold: Gold) -> str:
        """At least one accepted answer must have words."""
        if not gold.accepted:
            return "there is no gold answer; give the row an `answer`"
        if not any(map(self.canonical, gold.accepted)):
            return f"nothing is left of {shown(gold.accepted[0])} once it is normalised; use the checker `exact`"
        unknown = [one for one in gold.accepted if self.canonical(one) not in self._allowed] if self._allowed else []
        return f"{shown(unknown[0])} is none of the {len(self._allowed)} allowed answers" if unknown else ""

    def offered(self, question: str) -> tuple[str, ...]:  # noqa: ARG002 (the same for all)
        """The allowed answers."""
        return self.settings.allowed
