"""The words of remembered solutions, to be found by name and number.

Each database has its own kind: SQLite an FTS5 table ranked by bm25, Postgres a `tsvector` under a GIN index ranked by
`ts_rank_cd`. Both hold one row for each example and find any of the words asked for, best first.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from memory.sameness import words_of
from reasoner.errors import UsageError
from reasoner.types.example import Example

TABLE = "memory_text"
"""The words; SQLite keeps more tables of this name with an ending."""

_MAKE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(id UNINDEXED, body, tokenize='unicode61 remove_diacritics 2')",
    ),
    "postgresql": (
        f"CREATE TABLE {TABLE} (id varchar(255) PRIMARY KEY, body text NOT NULL, "
        "words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED)",
        f"CREATE INDEX ix_{TABLE}_words ON {TABLE} USING gin (words)",
    ),
}
_FIND = {
    "sqlite": f"SELECT t.id FROM {TABLE} t JOIN examples e ON e.id = t.id WHERE {TABLE} MATCH :query "
    "AND NOT e.dropped ORDER BY bm25(memory_text), t.id LIMIT :k",
    "postgresql": f"SELECT t.id FROM {TABLE} t JOIN examples e ON e.id = t.id, to_tsquery('simple', :query) q "
    "WHERE t.words @@ q AND NOT e.dropped ORDER BY ts_rank_cd(t.words, q) DESC, t.id LIMIT :k",
}


def make(connection: Connection) -> None:
    """Makes the table, empty.

    Raises:
        UsageError: the database is of a kind whose full text search is not known here.
    """
    kind = connection.dialect.name
    if kind not in _MAKE:
        raise UsageError(f"database {kind!r}: the memory needs full text search; use SQLite or Postgres")
    for statement in _MAKE[kind]:
        connection.execute(text(statement))


def keep(connection: Connection, examples: Iterable[Example]) -> None:
    """Takes in the words of examples that are not there yet."""
    rows: Sequence[Mapping[str, str]] = [{"id": e.id, "body": _body(e)} for e in examples]
    if rows:
        connection.execute(text(f"INSERT INTO {TABLE} (id, body) VALUES (:id, :body)"), rows)


def find(session: Session, words: str, *, k: int) -> list[str]:
    """Ids of the k examples that share most, or the rarest, words with the text; the best first."""
    terms = list(dict.fromkeys(term for term in words_of(words) if term[0].isalnum()))
    if not terms:
        return []
    kind = session.get_bind().dialect.name
    # Terms are quoted, so that words such as OR and NEAR mean themselves.
    query = " OR ".join(f'"{t}"' for t in terms) if kind == "sqlite" else " | ".join(f"'{t}'" for t in terms)
    return list(session.scalars(text(_FIND[kind]), {"query": query, "k": k}))


def _body(example: Example) -> str:
    problem = example.problem
    # Equations are one word to Postgres' parser; blanks around their signs let their numbers be found.
    return "\n".join(" ".join(words_of(line)) for line in (problem.question, *problem.steps, problem.answer))
