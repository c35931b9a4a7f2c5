"""Latents of examples and of wrong attempts: vectors_ND, float32, one row for each item in each space.

A space is the fingerprint of the encoder that made the vectors; they are never compared across spaces. Rows are
numbered as they come, so an index that knows the last number it took in knows what is new.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import Select, exists, func, insert, select
from sqlalchemy.orm import Session

from memory.store.database import Database
from memory.store.rows import chunks
from memory.store.tables import ChangeTable, ExampleTable, LatentTable, VersionTable, WrongTable
from reasoner.errors import NotFoundError
from reasoner.types.record import Record


class News(Record, arbitrary_types_allowed=True):
    """What an index has to take in, in one consistent view of the store."""

    numbers: np.ndarray
    """Of the new vectors, ascending; int64, N."""
    items: np.ndarray
    """Their ids; bytes, N."""
    vectors_ND: np.ndarray
    """float32; (0, 0) if there is none."""
    gone: np.ndarray
    """Ids that have left the memory since."""
    back: np.ndarray
    """Ids that have come back since, whose vectors are older than the new ones."""
    version: int
    """Of the memory, with which the index then agrees."""


class Tally(Record):
    """What an index of a space must hold."""

    count: int
    total: int
    """Sum of the numbers of its latents."""


class LatentStore:
    """The vectors of a home."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, ids: Sequence[str], latents: np.ndarray, *, space: str, correct: bool = True) -> int:
        """Adds latents_ND of items that the store holds; one that has its latent already is left. How many were new."""
        require_rows(latents, len(ids))
        with self._database.session() as session:
            return keep_latents(session, ids, latents, space=space, correct=correct)

    def of(self, space: str, ids: Sequence[str], *, correct: bool = True) -> np.ndarray:
        """Vectors_ND float32 in the order of the ids.

        Raises:
            NotFoundError: one of them has no latent in this space.
        """
        vectors = self.known(space, ids, correct=correct)
        missing = [id for id in ids if id not in vectors]
        if missing:
            raise NotFoundError(
                f"{len(missing)} of {len(ids)} items have no latent in space {space!r}, such as {missing[0]!r}; "
                "`reasoner memory reindex` encodes what is missing"
            )
        return _matrix([vectors[id] for id in ids])

    def known(self, space: str, ids: Sequence[str], *, correct: bool = True) -> dict[str, bytes]:
        """Little-endian float32 by id, of those that have a latent in this space."""
        with self._database.reading() as session:
            return known_latents(session, space, ids, correct=correct)

    def numbers(self, space: str, ids: Sequence[str], *, correct: bool = True) -> np.ndarray:
        """Numbers of latents in the order of the ids, which must have one; int64."""
        found: dict[str, int] = {}
        with self._database.reading() as session:
            for chunk in chunks(ids):
                query = select(LatentTable.item, LatentTable.number).where(
                    LatentTable.space == space, LatentTable.correct.is_(correct), LatentTable.item.in_(chunk)
                )
                found.update(dict(session.execute(query).all()))
        return np.array([found[id] for id in ids], dtype=np.int64)

    def holds(self, numbers: Sequence[int], items: Sequence[str]) -> bool:
        """Whether each of so many numbers is the latent of that item."""
        found: dict[int, str] = {}
        with self._database.reading() as session:
            for chunk in chunks(numbers):
                query = select(LatentTable.number, LatentTable.item).where(LatentTable.number.in_(chunk))
                found.update(dict(session.execute(query).all()))
        return all(found.get(number) == item for number, item in zip(numbers, items, strict=True))

    def spaces(self) -> dict[str, int]:
        """How many latents of examples each space holds."""
        query = select(LatentTable.space, func.count()).where(LatentTable.correct).group_by(LatentTable.space)
        with self._database.reading() as session:
            return dict(session.execute(query).all())

    def missing(self, space: str, *, correct: bool, limit: int | None = None) -> list[str]:
        """Ids in the memory that have no latent in this space, sorted."""
        with self._database.reading() as session:
            return missing_latents(session, space, correct=correct, limit=limit)

    def shared(self, one: str, other: str, *, limit: int) -> list[str]:
        """Ids of examples in the memory that have a latent in both spaces, sorted; at most `limit`."""
        inside = select(ExampleTable.id).where(ExampleTable.dropped.is_(False))
        in_both = [
            select(LatentTable.item).where(LatentTable.space == space, LatentTable.correct) for space in (one, other)
        ]
        query = inside.where(*(ExampleTable.id.in_(has) for has in in_both)).order_by(ExampleTable.id).limit(limit)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def news(self, space: str, *, correct: bool, after: int, version: int) -> News:
        """What has changed for an index that knows the latents up to number `after` and the memory up to `version`."""
        with self._database.reading() as session:
            return _news(session, space, correct, after=after, version=version)

    def counted_news(self, space: str, *, correct: bool, after: int, version: int) -> tuple[News, Tally]:
        """The news, and what an index must hold that has taken them in: both in one view, whoever writes meanwhile."""
        with self._database.reading() as session:
            news = _news(session, space, correct, after=after, version=version)
            rows = _present(space, correct).with_only_columns(LatentTable.number).order_by(None).subquery()
            count, total = session.execute(select(func.count(), func.coalesce(func.sum(rows.c.number), 0))).one()
        return news, Tally(count=count, total=int(total))


def as_bytes(ids: Iterable[str]) -> np.ndarray:
    """Ids as a compact array."""
    listed = [id.encode() for id in ids]
    return np.array(listed, dtype=bytes) if listed else np.zeros(0, dtype="S1")


def keep_latents(session: Session, ids: Sequence[str], latents: np.ndarray, *, space: str, correct: bool) -> int:
    """Adds latents within a write transaction; of several with one id the first counts. How many were new."""
    rows = dict(zip(reversed(ids), latents[::-1], strict=True))
    for chunk in chunks(list(rows)):
        query = select(LatentTable.item).where(
            LatentTable.space == space, LatentTable.correct.is_(correct), LatentTable.item.in_(chunk)
        )
        for item in session.scalars(query):
            del rows[item]
    if rows:
        session.execute(
            insert(LatentTable),
            [
                {"space": space, "correct": correct, "item": id, "vector": vector.astype("<f4").tobytes()}
                for id, vector in reversed(rows.items())
            ],
        )
    return len(rows)


def known_latents(session: Session, space: str, ids: Sequence[str], *, correct: bool) -> dict[str, bytes]:
    """Vectors by id within a transaction."""
    found: dict[str, bytes] = {}
    for chunk in chunks(ids):
        query = select(LatentTable.item, LatentTable.vector).where(
            LatentTable.space == space, LatentTable.correct.is_(correct), LatentTable.item.in_(chunk)
        )
        found.update(dict(session.execute(query).all()))
    return found


def missing_latents(session: Session, space: str, *, correct: bool, limit: int | None = None) -> list[str]:
    """Ids in the memory without a latent in this space, within a transaction."""
    table = ExampleTable if correct else WrongTable
    has = select(LatentTable.item).where(LatentTable.space == space, LatentTable.correct.is_(correct))
    query = select(table.id).distinct().where(table.dropped.is_(False), table.id.not_in(has)).order_by(table.id)
    return list(session.scalars(query if limit is None else query.limit(limit)))


def require_rows(latents: np.ndarray | None, count: int) -> None:
    """Stops a caller whose latents are not one finite row for each item."""
    if latents is None:
        return
    assert latents.ndim == 2, f"latents of shape {latents.shape}, expected (N, D)"
    assert len(latents) == count, f"{len(latents)} latents for {count} items"
    assert np.isfinite(latents).all(), "a latent is not finite"


def _present(space: str, correct: bool) -> Select[int, str, bytes]:
    """Number, item and vector of what is in the memory, by number."""
    table = ExampleTable if correct else WrongTable
    # For a few new rows: a look at each, where IN would read the whole table first (190 ms against .02 at 73,000 rows).
    inside = exists().where(table.id == LatentTable.item, table.dropped.is_(False))
    return (
        select(LatentTable.number, LatentTable.item, LatentTable.vector)
        .where(LatentTable.space == space, LatentTable.correct.is_(correct), inside)
        .order_by(LatentTable.number)
    )


def _news(session: Session, space: str, correct: bool, *, after: int, version: int) -> News:
    rows = session.execute(_present(space, correct).where(LatentTable.number > after)).all()
    gone, back = _moved(session, space, correct, after=after, version=version)
    return News(
        numbers=np.array([row.number for row in rows], dtype=np.int64),
        items=as_bytes([row.item for row in rows]),
        vectors_ND=_matrix([row.vector for row in rows]),
        gone=as_bytes(gone),
        back=as_bytes(back),
        version=session.scalar(select(func.max(VersionTable.number))) or 0,
    )


def _moved(session: Session, space: str, correct: bool, *, after: int, version: int) -> tuple[list[str], list[str]]:
    """Ids that went and that came back since a version, of vectors that an index holds or held."""
    query = (
        select(ChangeTable.item, ChangeTable.dropped)
        .where(ChangeTable.version > version, ChangeTable.correct.is_(correct))
        .order_by(ChangeTable.number)
    )
    last: Mapping[str, bool] = {row.item: row.dropped for row in session.execute(query)}
    old: set[str] = set()
    for chunk in chunks(sorted(last)):
        known = select(LatentTable.item).where(
            LatentTable.space == space,
            LatentTable.correct.is_(correct),
            LatentTable.item.in_(chunk),
            LatentTable.number <= after,
        )
        old.update(session.scalars(known))
    return [id for id in last if last[id] and id in old], [id for id in last if not last[id] and id in old]


def _matrix(vectors: Sequence[bytes]) -> np.ndarray:
    if not vectors:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(vectors), -1).astype(np.float32)
