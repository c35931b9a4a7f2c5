"""Makes a run's `report.html` from its folder, for a run that ended long ago as for one at work."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.bootstrap.home import Home, Place, existing_home
from reasoner.errors import DataError, NotFoundError

if TYPE_CHECKING:
    from agents.reporting.page.sources import Sources
    from agents.run_folder import RunFolder
    from reasoner.config.settings import Settings
    from reasoner.types.problem import Problem


def write_run_page(home: Place, run: str, *, out: Path | None) -> Path:
    """Writes the page of a run and returns its path.

    Args:
        home: its folder.
        run: id of the run.
        out: where to; beside `report.md` if None.

    Raises:
        NotFoundError: no such run, or nothing to write into.
    """
    from agents.reporting.page.page import write_page
    from agents.run_folder import RunFolder

    place = existing_home(home)
    folder = RunFolder(place.root, run)
    if Path(run).name != run or not (folder.root / "events.jsonl").is_file():
        raise NotFoundError(f"run {run!r} is not in {str(place.root)!r}; `reasoner runs list` shows those that are.")
    if out is not None and not out.parent.is_dir():
        raise NotFoundError(f"--out {str(out)!r}: its folder {str(out.parent)!r} is not there; make it first")
    sources = _sources(folder)
    _keep_latents(place, folder, sources.sealed)
    return write_page(sources, out)


def _sources(folder: "RunFolder") -> "Sources":
    from agents.reporting.page.sources import Sources
    from reasoner.domains.powers import judge_steps
    from reasoner.domains.registry import get_domain

    settings = _settings(folder)
    return Sources(folder, _sealed(settings), partial(judge_steps, get_domain(settings.task.name)))


def _settings(folder: "RunFolder") -> "Settings":
    """As the run was made with; what settings have come since has its default."""
    path = folder.root / "config.resolved.yaml"
    if not path.is_file():
        raise NotFoundError(f"{path} is not there; without it nobody knows which problems the run was about")
    return _parsed(path)


def _parsed(path: Path) -> "Settings":
    import yaml
    from pydantic import ValidationError

    from agents.run_folder import RESTORE
    from reasoner.config.settings import Settings
    from reasoner.storage.json_files import damaged, read_text

    try:
        return Settings.model_validate(yaml.safe_load(read_text(path, mend=RESTORE)))
    except (yaml.YAMLError, ValidationError, ValueError, RecursionError) as error:
        words = " ".join(str(error).split())[:200]
        raise damaged(path, f"holds no settings ({words})", RESTORE) from error


def _sealed(settings: "Settings") -> "list[Problem]":
    """Nothing where the file that the problems came from is gone: the page then says that their text is not at hand."""
    from reasoner.data.sources import open_source

    try:
        return open_source(settings).sealed()
    except (DataError, FileNotFoundError):
        return []


def _keep_latents(place: Home, folder: "RunFolder", sealed: "Sequence[Problem]") -> None:
    """For runs of before latents were kept: encodes the sealed questions with the champions that are still there."""
    from agents.reporting.events import read_events
    from agents.reporting.page.latents import keep_latents
    from agents.reporting.summary import summarise

    measured = summarise(read_events(folder.root)).measured
    for checkpoint in dict.fromkeys(cycle.champion for cycle in (*measured[:1], *measured[-1:])):
        if sealed and (place.checkpoints / checkpoint).is_dir():
            keep_latents(folder, checkpoint, lambda id=checkpoint: place.student(id), [p.question for p in sealed])
