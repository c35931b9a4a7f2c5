"""A system under test in a child process, from the parent's side."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")

QUIET = {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1", "LANCE_LOG": "error", "RUST_LOG": "error"}


class SystemProcess:
    """Started at once; what it writes to standard error is kept in `<folder>.log`.

    Args:
        name: of the system, as child.py knows it.
        python: interpreter that can import it.
        folder: where the system keeps what it is given; made here.
        items: JSON lines of all items.
        vectors: .npy, one row for each item.
    """

    def __init__(self, name: str, *, python: Path, folder: Path, items: Path, vectors: Path):
        self.name, self.folder = name, folder
        folder.mkdir(parents=True)
        self._log = folder.with_suffix(".log")
        environment = os.environ | QUIET
        if name not in ("ours", "faiss"):
            # The peers see their own packages only.
            environment.pop("PYTHONPATH", None)
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [python, CHILD, name, folder, items, vectors],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
            )  # fmt: skip
        self.resident_bytes: int = 0
        """When it answered last."""
        self._answer()

    def do(self, request: str, **arguments: Any) -> dict[str, Any]:
        """Asks and waits for the answer.

        Raises:
            SystemExit: the process ended instead.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": request} | arguments) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> int:
        """Ends the process; returns the bytes that the system leaves on disk."""
        self.do("close")
        self.stop()
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def stop(self) -> None:
        """Ends the process, whatever it is at."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            said = self._log.read_text().splitlines()[-15:]
            raise SystemExit(f"{self.name} ended with {self._process.wait()}:\n" + "\n".join(said))
        answer = json.loads(line)
        self.resident_bytes = answer["resident_bytes"]
        return answer
