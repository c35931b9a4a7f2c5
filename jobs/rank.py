"""One of the processes that train together: `python -m jobs.rank --folder JOB --rank R`, started by `jobs.team`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jobs.interrupt import stop_on
from jobs.team import ERROR, ORDER, PROGRESS, RESULT, STARTER_VARIABLE
from memory.locks import is_alive
from reasoner.errors import EXIT_INTERRUPTED, EXIT_OK, ReasonerError
from reasoner.storage.json_files import read_object
from reasoner.storage.writing import write_json, write_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Does its share of the job that the folder's order describes; returns the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m jobs.rank", description="One of those that train together.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rank", type=int, required=True)
    given = parser.parse_args(arguments)
    order = read_object(given.folder / ORDER, mend="run the same command again")
    starter = os.environ.get(STARTER_VARIABLE, "")
    with stop_on(signal.SIGTERM, signal.SIGINT) as asked:
        try:
            result = _work(order, given.folder, given.rank, lambda: asked() or not is_alive(starter))
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
        except ReasonerError as error:
            write_text(given.folder / ERROR, f"{type(error).__name__}: {error}")
            raise
    if given.rank == 0:
        write_json(given.folder / RESULT, result)
    return EXIT_OK


def _work(order: dict[str, Any], folder: Path, rank: int, should_stop: Callable[[], bool]) -> dict[str, Any]:
    from torch import distributed

    from reasoner.students import train
    from reasoner.training.team import join_team
    from reasoner.training.work import Workplace

    payload = order["payload"]
    team = join_team(Path(order["meeting"]), rank=rank, size=order["size"], device=payload["device"])

    def report(share: float, note: str) -> None:
        write_json(folder / PROGRESS, {"share": share, "note": note})

    try:
        return train(order["kind"], payload, Workplace(Path(order["home"]), folder, report, should_stop, team))
    finally:
        distributed.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())
