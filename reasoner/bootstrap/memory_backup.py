"""Backups of a home's memory, and homes made from them."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from memory.backup import (
    CHECKPOINTS,
    FORMAT,
    STORE,
    Manifest,
    copy_checkpoint,
    made_whole,
    read_manifest,
    require_sums,
    sums,
    write_manifest,
)
from memory.store.checkpoints import CheckpointStore
from memory.store.copying import copy_store, require_known_revision, require_sound, store_counts
from memory.store.database import REVISION
from reasoner import __version__
from reasoner.bootstrap.home import Home, existing_home, open_home
from reasoner.bootstrap.memory_files import student_for
from reasoner.errors import NotFoundError, UsageError


def backup_memory(home: Path, folder: Path, *, with_checkpoints: bool) -> Manifest:
    """Copies the store as it is at one moment, the student that its memory is searched with and the champion.

    Runs may go on meanwhile.

    Args:
        home: its folder.
        folder: must be new or empty.
        with_checkpoints: every student of the home, not only those two.

    Raises:
        NotFoundError: there is no such home.
        UsageError: the folder is in use, or the store is not SQLite.
    """
    place = existing_home(home)
    with made_whole(folder.absolute()) as partial:
        copy_store(place.database(), partial / STORE)
        inside = _look_into(partial)
        needed = dict.fromkeys(id for id in (inside.encoder, inside.champion) if id)
        wanted = inside.checkpoints if with_checkpoints else needed
        copied = {id: copy_checkpoint(place.checkpoints / id, partial / CHECKPOINTS / id) for id in wanted}
        manifest = Manifest(
            format=FORMAT,
            package=__version__,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            revision=REVISION,
            counts=inside.counts,
            encoder=inside.encoder,
            checkpoints=tuple(id for id, there in copied.items() if there),
            missing=tuple(id for id, there in copied.items() if not there),
            files=sums(partial),
        )
        write_manifest(partial, manifest)
    return manifest


def restore_memory(folder: Path, *, home: Path) -> Manifest:
    """Makes a home from a backup; its index is built from the store when it is first searched.

    Args:
        folder: the backup.
        home: must be new or empty.

    Raises:
        DataError: the folder is no backup, or a file in it is not what it was.
        UsageError: there is a home already, or the backup is of a newer version.
    """
    manifest = read_manifest(folder)
    require_known_revision(manifest.revision)
    if (home / STORE).exists():
        raise UsageError(f"{str(home)!r} has a store already; a backup is restored into a new --home, never over one")
    require_sums(folder, manifest)
    with made_whole(home.absolute()) as partial:
        for name in manifest.files:
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, partial / name)
        require_sums(partial, manifest)
    place = open_home(home)
    require_sound(place.database())
    place.database().close()
    return manifest


class _Inside(NamedTuple):
    """What a copied store says. Ids are empty where there is no such checkpoint."""

    counts: dict[str, int]
    encoder: str
    champion: str
    checkpoints: list[str]


def _look_into(folder: Path) -> _Inside:
    """Reads the copied store, and leaves nothing but the one file."""
    copy = Home(folder)
    database = copy.database()
    try:
        require_sound(database)
        store = CheckpointStore(database)
        champion = store.home_champion()
        return _Inside(
            counts=store_counts(database),
            encoder=_encoder_id(copy),
            champion=champion.id if champion else "",
            checkpoints=[checkpoint.id for checkpoint in store.list()],
        )
    finally:
        database.close()
        (folder / "reasoner.lock").unlink(missing_ok=True)


def _encoder_id(place: Home) -> str:
    try:
        return student_for(place).id
    except NotFoundError:
        # A home may be kept before it has a student; there is nothing to search yet.
        return ""
