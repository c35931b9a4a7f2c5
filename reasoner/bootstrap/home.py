"""A home: the folder with everything that a person's students, runs and memories are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from memory.store.address import is_begun, nothing_in
from memory.store.checkpoints import CheckpointStore
from memory.store.database import Database, open_database
from memory.store.ids import IdStore
from reasoner.config.places import database_url
from reasoner.errors import NotFoundError
from reasoner.storage.checkpoint_file import NAME, OLD, read_checkpoint
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.printable import shortened

if TYPE_CHECKING:
    from reasoner.search.trained_verifier import TrainedVerifier
    from reasoner.types.student import Student


_OPENING = Lock()
"""Held while a store is opened or closed."""


@dataclass(frozen=True)
class Chosen:
    """A checkpoint and where its files are."""

    checkpoint: Checkpoint
    folder: Path

    @property
    def about(self) -> Mapping[str, Any]:
        """What was kept of its training."""
        return read_checkpoint(self.folder).about

    def task(self, usual: str) -> str:
        """The task that it was trained for; `usual` where its files do not say it."""
        return read_checkpoint(self.folder).task or usual

    def student(self, *, device: str = "cpu") -> "Student":
        """It, ready for inference."""
        from reasoner.students import load

        return load(self.folder, device=device)


@dataclass(frozen=True)
class Home:
    """Paths and store of a home."""

    root: Path
    keeps: bool = False
    """Whether students that were loaded here are kept for the next question; a command asks once and keeps none."""

    @cached_property
    def _database(self) -> Database:
        return open_database(self.root, database_url())

    def database(self) -> Database:
        """The store, opened once, whichever thread asks first."""
        with _OPENING:
            return self._database

    def close(self) -> None:
        """Closes the store; what asks for it later opens it again."""
        with _OPENING:
            database = vars(self).pop("_database", None)
        if database is not None:
            database.close()

    def begun(self, sought: str = "") -> "Home":
        """This home, for what only reads: that makes no store. What is `sought` there is named in the error.

        Raises:
            NotFoundError: it has no store yet.
        """
        if not self.is_begun:
            lost = f"checkpoint {shortened(sought)} is not there: " if sought else ""
            raise NotFoundError(lost + nothing_in(self.root))
        return self

    @property
    def is_begun(self) -> bool:
        """Whether it has a store."""
        return is_begun(self.root) or database_url() is not None

    @property
    def checkpoints(self) -> Path:
        """Folder of the saved students."""
        return self.root / "checkpoints"

    def checkpoint(self, id: str | None) -> Checkpoint:
        """A checkpoint by id, or by part of one, or the home's champion.

        Raises:
            NotFoundError: the id is unknown, or there is no champion yet.
        """
        store = CheckpointStore(self.begun(id or "").database())
        if id is not None:
            return store.get(IdStore(self.database()).full(id, "checkpoint"))
        champion = store.home_champion()
        if champion is None:
            raise NotFoundError(
                f"{self.root} has no champion yet; run `reasoner loop` or `reasoner train` first, or name a --home"
            )
        return champion

    def student(self, id: str) -> "Student":
        """The student of a checkpoint id."""
        found = self.checkpoint(id)
        return Chosen(found, self.checkpoints / found.id).student()

    def ready(self, picked: Chosen, *, device: str = "cpu") -> "Student":
        """The student of a checkpoint, ready to answer: loaded now, or once in this process where students are kept."""
        from reasoner.bootstrap.loaded import LOADED

        if not self.keeps:
            return picked.student(device=device)
        kept = picked.checkpoint.fingerprint
        return LOADED.get(picked.folder, kept, device, lambda: picked.student(device=device))

    def verifier(self, fingerprint: str, student: "Student") -> "TrainedVerifier | None":
        """The newest verifier of a student, if one was trained for it.

        Raises:
            NotFoundError: its files were changed.
        """
        from reasoner.search.trained_verifier import current_verifier, load_verifier
        from reasoner.students import new_verifier

        folder = current_verifier(self.root, fingerprint)
        return load_verifier(folder, new_verifier(student), fingerprint=fingerprint) if folder is not None else None

    def choose(self, given: str | None) -> Chosen:
        """A checkpoint by id or by the folder of its files, or the home's champion.

        Raises:
            NotFoundError: neither is there.
        """
        folder = Path(given) if given else None
        if folder is None or not any((folder / name).is_file() for name in (NAME, OLD)):
            found = self.checkpoint(given)
            return Chosen(found, self.checkpoints / found.id)
        said = read_checkpoint(folder)
        made = Checkpoint(
            id=folder.resolve().name,
            fingerprint=said.fingerprint,
            parent=said.parent,
            kind="candidate" if said.parent else "base",
            run="",
            cycle=0,
        )
        return Chosen(made, folder)


Place = Path | Home
"""Where a home is, or one that is open already: who asks often opens it once."""


def open_home(root: Place) -> Home:
    """The home in this folder, made if it is not there."""
    folder = root.root if isinstance(root, Home) else root
    folder.mkdir(parents=True, exist_ok=True)
    return home_at(root)


def home_at(root: Place) -> Home:
    """The home in this folder, for what only reads it: nothing is made where there is none."""
    return root if isinstance(root, Home) else Home(root.resolve())


def existing_home(root: Place) -> Home:
    """The home in this folder, for what has no use for an empty one.

    Raises:
        NotFoundError: there is no such folder.
    """
    place = home_at(root)
    if not place.root.is_dir():
        raise NotFoundError(nothing_in(root if isinstance(root, Path) else root.root))
    return place
