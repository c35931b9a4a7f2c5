"""`reasoner selftest decisions`: changes everything that a promotion rests on, and sees whether anybody is promoted."""

import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from memory.store.chain import KEY_VARIABLE
from reasoner.bootstrap.champion import promote_decision
from reasoner.bootstrap.decided_home import make_decided_home
from reasoner.bootstrap.decision_edits import Edit, all_edits, keyed_edits
from reasoner.errors import ReasonerError
from reasoner.types.record import Record

Watch = Callable[[float, str], None]


class EditGroup(Record):
    """Edits of one kind."""

    name: str
    edits: int
    believed: tuple[str, ...]
    """Those after which somebody was promoted, or that ended in anything but words."""


class DecisionSelftest(Record):
    """What became of all edits."""

    edits: int
    refused: int
    controls: int
    """Untouched decisions to promote, in a home with a key and in one without."""
    promoted: int
    """Those of them that made a champion."""
    groups: tuple[EditGroup, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every edit was refused, and every untouched decision carried out."""
        return self.refused == self.edits and self.promoted == self.controls


def selftest_decisions(*, watch: Watch = lambda _share, _note: None) -> DecisionSelftest:
    """Makes a home with decisions in a scratch folder, edits copies of it, and tries to promote on each."""
    began = time.monotonic()
    groups: dict[str, list[tuple[str, bool]]] = {}
    promoted = 0
    with tempfile.TemporaryDirectory(prefix="selftest-decisions-") as folder:
        for key, edits in (("", [*all_edits()]), (secrets.token_hex(16), [*keyed_edits()])):
            with _key(key):
                origin = Path(folder) / f"origin-{bool(key)}"
                made = make_decided_home(origin)
                for number, edit in enumerate(edits):
                    groups.setdefault(edit.group, []).append((edit.what, _is_refused(edit, origin, made)))
                    watch(number / len(edits), edit.group)
                promoted += sum(_moves(origin, made[name]) for name in ("promote", "approved"))
    told = [
        EditGroup(name=name, edits=len(found), believed=tuple(what for what, refused in found if not refused))
        for name, found in groups.items()
    ]
    edits = sum(group.edits for group in told)
    return DecisionSelftest(
        edits=edits,
        refused=edits - sum(len(group.believed) for group in told),
        controls=4,
        promoted=promoted,
        groups=tuple(told),
        seconds=round(time.monotonic() - began, 1),
    )


def _is_refused(edit: Edit, origin: Path, made: dict[str, str]) -> bool:
    home = origin.with_name("edited")
    shutil.copytree(origin, home)
    try:
        return not _moves(home, edit.apply(home, made))
    except Exception:
        # A traceback is no refusal: it would be one that nobody understands.
        return False
    finally:
        shutil.rmtree(home)


def _moves(home: Path, decision: str) -> bool:
    """Whether a champion moves on a decision; what is refused must be refused in words."""
    before = _champions(home)
    try:
        promote_decision(home, decision)
    except ReasonerError:
        return _champions(home) != before
    return True


def _champions(home: Path) -> list[tuple[str, str]]:
    """All moves of pointers, whatever has become of the rest of the store."""
    with closing(sqlite3.connect(home / "reasoner.db")) as database:
        return database.execute("SELECT scope, checkpoint FROM pointer_moves ORDER BY number").fetchall()


@contextmanager
def _key(key: str) -> Iterator[None]:
    """The environment with this key for the chain, or with none."""
    former = os.environ.pop(KEY_VARIABLE, None)
    if key:
        os.environ[KEY_VARIABLE] = key
    try:
        yield
    finally:
        os.environ.pop(KEY_VARIABLE, None)
        if former is not None:
            os.environ[KEY_VARIABLE] = former
