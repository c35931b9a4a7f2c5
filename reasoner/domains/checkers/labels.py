"""`labels`: the answer is a set of labels; order and repetition do not count.

The score is F1 of the two sets (the "example-based" F1 of multi-label classification); only equal sets are right. An
answer is a JSON list, or labels between separators; the gold labels are `answers`, or one text of the same form.
"""

import json

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, spells
from reasoner.domains.checkers.extraction import bare
from reasoner.domains.checkers.plain_words import folded
from reasoner.types.check import Check, right, wrong

_QUOTES = "\"'` "


class LabelsSettings(CheckerSettings):
    """Options of `labels`."""

    separators: str = ",;\n"
    """Characters between labels, in answers that are no JSON list."""
    ignore_case: bool = True
    allowed: tuple[str, ...] = ()
    """All labels that there are; a gold label outside of them is refused when the row is read. Empty: any."""


class LabelsChecker:
    """Compares sets."""

    name = "labels"
    version = "1"
    settings_type = LabelsSettings

    def __init__(self, settings: LabelsSettings | None = None) -> None:
        self.settings = settings or LabelsSettings()
        self._allowed = {self._label(one) for one in self.settings.allowed}

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if the sets are equal; the score is their F1."""
        given, wanted = self._labels(answer), self._gold(gold)
        if given == wanted:
            return right({"labels": sorted(given)})
        missing, surplus = sorted(wanted - given), sorted(given - wanted)
        said = [f"missing: {', '.join(missing[:5])}"] * bool(missing) + [f"too many: {', '.join(surplus[:5])}"] * bool(
            surplus
        )
        score = 2 * len(given & wanted) / (len(given) + len(wanted))
        return wrong("; ".join(said)[:300], score=score, evidence={"missing": missing[:20], "too_many": surplus[:20]})

    @spells
    def canonical(self, answer: str) -> str:
        """The labels, sorted, as a JSON list."""
        return json.dumps(sorted(self._labels(answer)))

    def validate_gold(self, gold: Gold) -> str:
        """There must be labels, all of them allowed ones."""
        wanted = self._gold(gold)
        if not wanted:
            return "there are no gold labels; give the row `answers`: a list of labels"
        unknown = sorted(wanted - self._allowed) if self._allowed else []
        return (
            f"{unknown[0]!r} is none of the allowed labels {', '.join(sorted(self._allowed)[:20])}" if unknown else ""
        )

    def _gold(self, gold: Gold) -> frozenset[str]:
        listed = frozenset(filter(None, map(self._label, gold.answers)))
        return listed or self._labels(gold.answer)

    def _labels(self, text: str) -> frozenset[str]:
        return frozenset(filter(None, map(self._label, _listed(text) or self._parts(bare(text).strip("[](){} ")))))

    def _parts(self, text: str) -> list[str]:
        for separator in self.settings.separators:
            text = text.replace(separator, "\0")
        parts = text.removesuffix(".").split("\0")
        if len(parts) > 1 and parts[-1].lstrip().startswith("and "):
            parts[-1] = parts[-1].lstrip().removeprefix("and ")
        return parts

    def _label(self, text: str) -> str:
        return folded(text, case=self.settings.ignore_case).strip(_QUOTES)


def _listed(text: str) -> list[str]:
    """The texts of a JSON list of texts; none where it is no such list."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return read if isinstance(read, list) and all(isinstance(one, str) for one in read) else []
