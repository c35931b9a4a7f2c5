"""What became of the memory: its versions, what differs between two, and ways back."""

from pathlib import Path

from memory.filters import Filter
from memory.store.examples import ExampleStore
from memory.store.ids import IdStore
from memory.store.versions import Difference, MemoryVersion, VersionStore
from reasoner.bootstrap.home import existing_home
from reasoner.types.record import Record


class Pruned(Record):
    """What a prune did, or would do."""

    ids: list[str]
    """Of the items that go, sorted."""
    version: int
    """The present one, afterwards."""
    dry_run: bool


def memory_log(home: Path, *, item: str | None = None) -> list[MemoryVersion]:
    """All versions of a home's memory, or those that changed one item, oldest first."""
    database = existing_home(home).begun().database()
    whole = IdStore(database).full(item, "example", "failed attempt", or_as_typed=True) if item else None
    return VersionStore(database).log(item=whole)


def memory_diff(home: Path, earlier: int, later: int | None) -> Difference:
    """What the later version has and has not; the present one where none is named."""
    versions = VersionStore(existing_home(home).begun().database())
    return versions.difference(earlier, versions.newest() if later is None else later)


def revert_memory(home: Path, to: int) -> Difference:
    """Makes the memory what it was at a version, as a new version."""
    return VersionStore(existing_home(home).begun().database()).revert(to, cause=f"reasoner memory revert {to}")


def prune_memory(home: Path, only: Filter, *, wrong: bool, dry_run: bool) -> Pruned:
    """Takes out what is meant; nothing is deleted, `revert` brings it back."""
    database = existing_home(home).begun().database()
    ids = ExampleStore(database).ids(only, correct=not wrong)
    versions = VersionStore(database)
    if not dry_run:
        asked = " ".join(f"{key}={value}" for key, value in only.model_dump(exclude_none=True).items())
        versions.drop(ids, kind="pruned", cause=f"reasoner memory prune {asked}", correct=not wrong)
    return Pruned(ids=ids, version=versions.newest(), dry_run=dry_run)
