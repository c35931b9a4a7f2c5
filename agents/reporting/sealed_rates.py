"""How each checkpoint of a home did on the sealed set, as its runs measured it; the newest run that did counts."""

from collections.abc import Iterable
from pathlib import Path

from agents.reporting.events import of_kind, read_events
from agents.run_folder import RunFolder
from reasoner.types.record import Record
from reasoner.types.report import Rate


class SealedRate(Record):
    """What a run measured of one checkpoint."""

    checkpoint: str
    run: str
    rate: Rate


def sealed_rates(home: Path, runs: Iterable[str]) -> dict[str, SealedRate]:
    """By checkpoint id; those that were never measured are not there.

    Args:
        home: its folder.
        runs: ids, oldest first.

    Raises:
        DataError: a run's events cannot be read.
    """
    found: dict[str, SealedRate] = {}
    for run in runs:
        folder = RunFolder(home, run).root
        events = read_events(folder) if (folder / "events.jsonl").is_file() else []
        for event in of_kind(events, "evaluation"):
            if event["split"] == "sealed":
                rate = Rate.model_validate({name: event[name] for name in Rate.model_fields})
                found[event["checkpoint"]] = SealedRate(checkpoint=event["checkpoint"], run=run, rate=rate)
    return found
