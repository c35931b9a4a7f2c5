"""Stories unlike those of training: larger numbers, words and sentences that no training story has."""

from collections.abc import Mapping
from typing import Any

from reasoner.types.domain import Shift

LARGEST = 999
"""Numbers that fit into a step."""
WORDINGS = {
    "unseen names and things": "new_words",
    "unseen sentences": "new_sentences",
    "unseen names, things and sentences": "new",
}


def shifts(options: Mapping[str, Any]) -> list[Shift]:
    """What can be asked of a student that was trained with these options."""
    most, found = options["max_number"], list[Shift]()
    limit = min(2 * most, LARGEST)
    if limit > most:
        found.append(
            Shift(
                name=f"larger numbers: {most + 1} to {limit} in a step",
                recipe={**options, "max_number": limit},
                note=f"up to {most} else",
                least_number=most,
            )
        )
    return found + [Shift(name=name, recipe={**options, "wording": wording}) for name, wording in WORDINGS.items()]
