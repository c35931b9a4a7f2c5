"""Few solutions of one question, and different ones: the rest are dropped, to be restored by whoever wants them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.sameness import question_key, resemblance
from memory.store.rows import chunks
from memory.store.tables import ExampleTable
from memory.store.versions import turn
from reasoner.types.example import Example


def crowd_out(session: Session, newcomers: Sequence[Example], *, most: int) -> int:
    """Drops what is more than `most` solutions of a newcomer's question; how many went."""
    crowded: list[str] = []
    for chunk in chunks(sorted({question_key(e.problem.question) for e in newcomers})):
        crowded += session.scalars(
            select(ExampleTable.question_key)
            .where(ExampleTable.question_key.in_(chunk), ExampleTable.dropped.is_(False))
            .group_by(ExampleTable.question_key)
            .having(func.count() > most)
        )
    surplus = [id for key in crowded for id in surplus_of(session, key, most=most)]
    return turn(
        session,
        surplus,
        dropped=True,
        kind="crowded",
        cause=f"more than {most} solutions of one question",
        reason="other solutions of its question differ more",
    )


def surplus_of(session: Session, key: str, *, most: int) -> list[str]:
    """Ids of the solutions of a question that are too many: those most like the others."""
    rows = session.execute(
        select(ExampleTable.id, ExampleTable.record)
        .where(ExampleTable.question_key == key, ExampleTable.dropped.is_(False))
        .order_by(ExampleTable.version, ExampleTable.id)
    ).all()
    texts = ["\n".join(record["problem"]["steps"]) for _, record in rows]
    kept = most_different(texts, most)
    return [row.id for place, row in enumerate(rows) if place not in kept]


def most_different(texts: Sequence[str], count: int) -> set[int]:
    """Places of texts of which each is as unlike those before it as any (farthest first); the first is always one."""
    kept = [0] if texts else []
    nearest = [resemblance(text, texts[0]) for text in texts]
    while len(kept) < min(count, len(texts)):
        place = min((p for p in range(len(texts)) if p not in kept), key=lambda p: (nearest[p], p))
        kept.append(place)
        nearest = [max(near, resemblance(text, texts[place])) for near, text in zip(nearest, texts, strict=True)]
    return set(kept)
