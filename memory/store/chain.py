"""Chains of rows that are only ever appended to: decisions, and rulings.

A row's digest covers its content and the digest of the row before it, so that a row that was changed, moved or taken
out is seen. A head says how long the chain is and with which digest it ends, so that a last row that was taken away is
seen as well. Whoever may write the database can write another chain and another head. With `REASONER_CHAIN_KEY` the
head carries a seal (HMAC-SHA256), and then nobody can who does not have the key.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.store.tables import ChainTable
from reasoner.errors import ConfigError, GateError

Chain = Literal["decisions", "rulings"]
CHAINS: tuple[Chain, ...] = ("decisions", "rulings")

BEGINNING = "0" * 64
"""What stands before the first row."""

KEY_VARIABLE = "REASONER_CHAIN_KEY"
SHORTEST_KEY = 16
"""Characters."""


def link(content: list[str], before: str) -> str:
    """The digest of a row, 64 hex digits."""
    return hashlib.sha256(json.dumps([*content, before]).encode()).hexdigest()


def digest_of(record: dict[str, Any]) -> str:
    """SHA-256 (hex) of plain JSON, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


@contextmanager
def readable(chain: Chain) -> Iterator[None]:
    """Says of a row whose columns hold no record what it means that they do not.

    Raises:
        GateError: in place of what the row's reader raises.
    """
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise GateError(
            f"the record of {chain} was changed: a row cannot be read ({type(error).__name__}); nobody is promoted on "
            "it. Restore the store from a backup"
        ) from error


def require_head(session: Session, chain: Chain, *, length: int, digest: str, may_lack_seal: bool = False) -> None:
    """Holds what was read of a chain against its head.

    Args:
        session: of the transaction in which it was read.
        chain: its name.
        length: rows that were read.
        digest: of the last one.
        may_lack_seal: whether a head without a seal is taken although there is a key: only to seal it.

    Raises:
        GateError: a row was taken away or appended by somebody else, or the seal does not fit the key.
    """
    head = _head(session, chain)
    if (length, digest) == (0, BEGINNING) and head is None:
        return
    if head is None or (head.length, head.digest) != (length, digest):
        told = f"{head.length} rows" if head else "nothing"
        raise GateError(
            f"the record of {chain} was changed: {length} rows are there, its head tells of {told} or of other ones; "
            "nobody is promoted on it. Restore the store from a backup"
        )
    if not hmac.compare_digest(head.seal, _seal(chain, length, digest)) and (head.seal or not may_lack_seal):
        raise GateError(_unsealed(chain, head))


def move_head(session: Session, chain: Chain, *, length: int, digest: str) -> None:
    """Notes that a chain has a new last row; the caller has verified it up to there."""
    head = _head(session, chain)
    if head is None:
        head = ChainTable(name=chain)
        session.add(head)
    head.length, head.digest, head.seal = length, digest, _seal(chain, length, digest)


def seal_heads(session: Session) -> list[Chain]:
    """Seals with the key the heads that have no seal; returns which. The caller has verified their chains.

    Raises:
        ConfigError: there is no key.
    """
    if not _key():
        raise ConfigError(f"{KEY_VARIABLE} is not set: there is nothing to seal with; set it to a long random text")
    heads: dict[Chain, ChainTable | None] = {chain: _head(session, chain) for chain in CHAINS}
    bare: list[Chain] = [chain for chain, head in heads.items() if head is not None and not head.seal]
    for chain in bare:
        head = heads[chain]
        assert head is not None
        head.seal = _seal(chain, head.length, head.digest)
    return bare


def _unsealed(chain: Chain, head: ChainTable) -> str:
    if not _key():
        return f"the record of {chain} is sealed with a key, and {KEY_VARIABLE} is not set: set it to that key"
    if not head.seal:
        return (
            f"the record of {chain} has no seal, and {KEY_VARIABLE} is set: `reasoner models seal` verifies what is "
            "there and seals it. If it had a seal before, somebody has written it anew: restore a backup"
        )
    return (
        f"the seal on the record of {chain} does not fit {KEY_VARIABLE}: it is another key, or the record was written "
        "by somebody without the key. Correct the key, or restore the store from a backup"
    )


def _head(session: Session, chain: Chain) -> ChainTable | None:
    return session.scalars(select(ChainTable).where(ChainTable.name == chain)).one_or_none()


def _seal(chain: Chain, length: int, digest: str) -> str:
    """Empty without a key."""
    key = _key()
    return hmac.new(key, f"{chain}|{length}|{digest}".encode(), hashlib.sha256).hexdigest() if key else ""


def _key() -> bytes:
    key = os.environ.get(KEY_VARIABLE, "")
    if key and len(key) < SHORTEST_KEY:
        raise ConfigError(f"{KEY_VARIABLE} has {len(key)} characters; expected {SHORTEST_KEY} at least")
    return os.fsencode(key)
