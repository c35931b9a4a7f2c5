"""Where the graphs keep their state: LangGraph's SQLite saver in `<home>/graph.db`, one thread a run.

LangGraph's own reader imports and calls whatever a stored state names, unless the environment says otherwise, and some
of it even then. A home may come from anywhere, so this one reads plain data (numbers, texts, lists, dicts) and the one
type that LangGraph itself writes beside it, and nothing else. Nothing is imported by name and nothing is unpickled.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from langgraph.checkpoint.serde.jsonplus import EXT_CONSTRUCTOR_KW_ARGS, JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Interrupt

from reasoner.errors import DataError
from reasoner.storage.refusals import sqlite_in_words
from reasoner.storage.sqlite_files import claimed

BUSY_SECONDS = 15.0
PLAIN = ("null", "bytes", "msgpack")
"""Kinds of stored values; LangGraph knows `json` and `pickle` too, which can name what is to be called."""

INTERRUPT = (Interrupt.__module__, Interrupt.__name__)


class PlainSerializer(JsonPlusSerializer):
    """Writes as LangGraph does; reads plain data alone, whatever the environment says."""

    def __init__(self) -> None:
        super().__init__(pickle_fallback=False, allowed_msgpack_modules=None, __unpack_ext_hook__=self._object)

    def with_msgpack_allowlist(self, extra_allowlist: Any) -> "PlainSerializer":  # noqa: ARG002 (nothing is added)
        """Stays as it is."""
        return self

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """The value.

        Raises:
            DataError: it is no plain data.
        """
        kind, content = data
        if kind not in PLAIN:
            _refuse(f"a value of kind {kind!r:.40}, expected one of {', '.join(PLAIN)}")
        try:
            return super().loads_typed((kind, content))
        except (ValueError, TypeError) as error:
            _refuse(f"an object, or what is no msgpack at all ({error})")

    def _object(self, code: int, data: bytes) -> Interrupt:
        """What stands for an extension type: an interrupt, or an error, which ormsgpack passes on as its own."""
        module, name, words = super().loads_typed(("msgpack", data))
        if code != EXT_CONSTRUCTOR_KW_ARGS or (module, name) != INTERRUPT:
            raise ValueError(f"extension type {code}")
        return Interrupt(value=words["value"], id=str(words["id"]))


@contextmanager
def open_saver(home: Path) -> Iterator[SqliteSaver]:
    """The saver of a home; several runs may use it at once.

    Raises:
        DamagedError: the file is broken.
        StorageError: it cannot be read or written.
        BusyError: another process kept it to itself.
    """
    path = home / "graph.db"
    # The store's errors are ours before they come here: what is left of SQLite's within the block is this file's.
    with claimed(path), sqlite_in_words(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            saver = SqliteSaver(connection, serde=PlainSerializer())
            saver.setup()
            yield saver
        finally:
            connection.close()


def _refuse(what: str) -> NoReturn:
    raise DataError(
        f"graph.db holds {what}: that is no state that this package wrote, and nothing of it was run. Restore graph.db "
        "from a backup, or delete it and go on from the run's events: `reasoner runs fork RUN --from NODE --cycle K`"
    )
