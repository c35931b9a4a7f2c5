"""Which column tells published splits apart, and what its values mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reasoner.domains.rows.column_choice import Chosen
from reasoner.domains.rows.column_facts import Column
from reasoner.domains.rows.task_file import PUBLISHED
from reasoner.types.problem import Split

NAMES = ("split", "set", "fold", "partition", "subset")
MEANINGS: dict[str, Split] = {
    **dict.fromkeys(("train", "training"), "practice"),
    **PUBLISHED,
}
MOST_VALUES = 10
_BY_TEXT = "rows are divided by their text, 70 : 15 : 15"


@dataclass(frozen=True)
class ChosenSplits:
    """The column of the split, what its values mean, and why."""

    column: Chosen
    meaning: dict[str, Split] = field(default_factory=dict)
    reason: str = "no split was published"


def choose_splits(columns: Mapping[str, Column]) -> ChosenSplits:
    """The first column of few values among which are names of splits.

    Every split needs rows. A set that nobody published is divided off from the training rows, so these are left to be
    divided unless gate and sealed rows were published.
    """
    for column in columns.values():
        known: dict[str, Split] = {
            value: MEANINGS[value.lower()] for value in column.counts if value.lower() in MEANINGS
        }
        named = column.name.lower() in NAMES
        if (
            column.kind == "text"
            and column.distinct <= MOST_VALUES
            and known
            and (named or len(known) == column.distinct)
        ):
            return _meant(column, known)
    return ChosenSplits(Chosen(reason=f"no column tells; {_BY_TEXT}"))


def _meant(column: Column, known: Mapping[str, Split]) -> ChosenSplits:
    counts = ", ".join(f"{value} {count}" for value, count in column.counts.most_common())
    chosen = Chosen(column.name, f"few values, known names of splits: {counts}")
    published = set(known.values())
    meaning: dict[str, Split] = dict(known)
    if published != {"practice", "gate", "sealed"}:
        meaning = {value: split for value, split in known.items() if split != "practice"}
    if len(meaning) == column.distinct and "practice" not in published:
        # Nothing would be left to practise: the gate is divided off instead.
        meaning = {value: split for value, split in meaning.items() if split == "sealed" and len(published) > 1}
    if not meaning:
        return ChosenSplits(Chosen(reason=f"{column.name!r} has only {counts}; {_BY_TEXT}"))
    free = [split for split in ("practice", "gate", "sealed") if split not in meaning.values()]
    rest = [value for value in column.counts if value not in meaning]
    if not rest:
        return ChosenSplits(chosen, meaning, f"all splits were published: {counts}")
    where = " and ".join(free) or "practice"
    others = ", ".join(f"{value!r:.30}" for value in rest)
    divided = f"rows of {others} go to {where}" + (", by their text" if len(free) > 1 else "")
    return ChosenSplits(chosen, meaning, divided)
