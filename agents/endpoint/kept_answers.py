"""The answers of an endpoint in one folder, each on the disk before its request is booked as paid.

A killed run that goes on finds them, and asks nothing again that was answered.
"""

import json
import threading
from pathlib import Path

from pydantic import ValidationError

from agents.endpoint.requests import Said
from reasoner.storage.json_files import damaged
from reasoner.storage.json_lines import read_lines
from reasoner.storage.writing import append_line, cut_torn_line

MEND = "delete it, and what it holds is asked and paid for again"


class KeptAnswers:
    """Answers by the key of their request. Safe between threads.

    Args:
        path: of the file, JSON lines; made with the first answer.

    Raises:
        DamagedError: it is there and is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._said: dict[str, Said | None] = {}
        if path.exists():
            cut_torn_line(path)
            for line in read_lines(path, mend=MEND, key="key"):
                self._read(line)

    def __contains__(self, key: str) -> bool:
        return key in self._said

    def __getitem__(self, key: str) -> Said | None:
        """What was said; None where it was found that the endpoint cannot say it."""
        return self._said[key]

    def keep(self, key: str, said: Said | None) -> None:
        """Writes an answer down."""
        line = json.dumps({"key": key, "said": said.model_dump(mode="json") if said else None}, ensure_ascii=False)
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            append_line(self._path, line)
            self._said[key] = said

    def _read(self, line: dict[str, object]) -> None:
        try:
            said = line.get("said")
            self._said[str(line["key"])] = None if said is None else Said.model_validate(said)
        except ValidationError as error:
            raise damaged(self._path, f"holds no answer of an endpoint under {line['key']!r}", MEND) from error
