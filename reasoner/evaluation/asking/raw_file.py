"""The lines of one benchmark in one folder: a killed run goes on after the last whole line.

`raw/<name>.jsonl` holds an `Answered` a line, in the order of the items, each line with the hash of what was asked.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from reasoner.errors import DamagedError
from reasoner.storage.json_files import damaged
from reasoner.storage.json_lines import read_lines
from reasoner.storage.writing import append_line, cut_torn_line
from reasoner.types.benchmark import Form, Item
from reasoner.types.benchmark_report import Answered

MEND = "delete the file, and what was not paid for is asked again"


class RawFile:
    """Reads and appends.

    Args:
        path: of the file; its folder is made with the first lines.
        form: in which the items are asked.
    """

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self._form = path, form

    def begun(self, items: Sequence[Item]) -> list[Answered]:
        """What an earlier start has answered: the first so many of the items.

        Raises:
            DamagedError: a line is no answer, or not to the item that stands at its place.
        """
        if not self.path.exists():
            return []
        cut_torn_line(self.path)
        lines = read_lines(self.path, mend=MEND)
        if len(lines) > len(items):
            raise damaged(self.path, f"holds {len(lines)} lines, and {len(items)} items are asked", MEND)
        return [
            self._checked(line, item, number) for number, (line, item) in enumerate(zip(lines, items, strict=False), 1)
        ]

    def add(self, answered: Sequence[Answered]) -> None:
        """Appends lines, on the disk before this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in answered)
        append_line(self.path, "\n".join(lines))

    def _checked(self, line: dict[str, object], item: Item, number: int) -> Answered:
        try:
            found = Answered.model_validate(line)
        except ValidationError as error:
            raise self._wrong(number, str(error.errors()[0]["msg"])) from error
        asked = (item.id, prompt_hash(item), self._form)
        if (found.id, found.prompt_sha256, found.form) != asked:
            raise self._wrong(
                number, f"it answers item {found.id!r} and item {item.id!r} was asked, or in another form"
            )
        return found

    def _wrong(self, number: int, what: str) -> DamagedError:
        return damaged(self.path, f"is damaged in line {number}: {what}", MEND)


def prompt_hash(item: Item) -> str:
    """SHA-256 (hex) of what a model may be shown of an item."""
    return hashlib.sha256(json.dumps([item.prompt, item.question, item.options]).encode()).hexdigest()
