"""`sql`: the answer is a query whose result is that of the gold query.

Both run in SQLite on a database file (`database`, opened read-only) or on what a script of the row makes in memory
(`script`). Order counts if the gold query ends with ORDER BY; otherwise results are compared as multisets, as in the
execution accuracy of text-to-SQL benchmarks (Spider, BIRD). Names of columns do not count, their order does; `2` is
`2.0`, floats are equal to ten digits. A gold query without rows is refused, because every query that finds nothing
would be right; `allow_empty` accepts it.

A query may only read: one SELECT, WITH or VALUES, and SQLite's authorizer refuses all else (writes, ATTACH, PRAGMA,
load_extension). What it may take is counted in instructions of SQLite, not in seconds, so that a verdict is the same on
every machine; the child process in which it runs is killed beyond a time limit, which is an `error`.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, spells
from reasoner.domains.checkers.extraction import unfenced
from reasoner.types.check import Check, right, wrong

_RUN = "reasoner.domains.checkers.sql_run"
_QUOTING = re.compile(r"['\"`\[]|--|/\*|[^\x00-\x7f]")


class SqlSettings(CheckerSettings):
    """Options of `sql`."""

    database: str = ""
    """Path of an SQLite file, for rows without one of their own."""
    script: str = ""
    """SQL that makes the tables, for rows without `database` or `script`."""
    order: Literal["gold", "always", "never"] = "gold"
    """When the order of rows counts; `gold`: if the gold query ends with ORDER BY."""
    allow_empty: bool = False
    """Whether a gold query may find nothing."""
    most_rows: int = Field(default=10_000, ge=1, le=100_000)
    """Rows of a result; a query that finds more is wrong."""
    most_instructions: int = Field(default=50_000_000, ge=1000, le=10**9)
    """Instructions of SQLite's machine that a query may take; one that takes more is wrong."""


class SqlChecker:
    """Runs both queries in a child process and compares their results."""

    name = "sql"
    version = "1"
    settings_type = SqlSettings
    seconds = 10.0

    def __init__(self, settings: SqlSettings | None = None) -> None:
        self.settings = settings or SqlSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it finds what one of the accepted queries finds."""
        own = self.settings
        told = limited.call(
            f"{_RUN}:compare",
            *(self._source(gold), list(gold.accepted), unfenced(answer)),
            *(own.order, own.most_rows, own.most_instructions),
            seconds=self.seconds,
        )
        return wrong(told["reason"], evidence=told["evidence"]) if told["reason"] else right(told["evidence"])

    @spells
    def canonical(self, answer: str) -> str:
        """The query in small letters with single blanks, if it quotes nothing; else as it is."""
        query = unfenced(answer).rstrip("; \n\t\r")
        return query if _QUOTING.search(query) else " ".join(re.split(r"[ \t\n\f\r]+", query.lower())).strip()

    def validate_gold(self, gold: Gold) -> str:
        """There must be a database, and each accepted query must run on it and find something."""
        source = self._source(gold)
        if not gold.accepted:
            return "there is no gold query; give the row an `answer`"
        if not source["database"] and not source["script"]:
            return "there is no database; give the row or the task a `database` (a path) or a `script`"
        state = (0, 0)
        if source["database"]:
            if not Path(source["database"]).is_file():
                return f"the database {source['database']!r} is no file"
            about = Path(source["database"]).stat()
            state = (about.st_size, about.st_mtime_ns)
        return self._fault(source["database"], source["script"], gold.accepted, state)

    def _fault(self, database: str, script: str, queries: tuple[str, ...], state: tuple[int, int]) -> str:
        own = self.settings
        limits = (own.allow_empty, own.most_rows, own.most_instructions, self.seconds)
        return _gold_fault(database, script, queries, limits, state)

    def _source(self, gold: Gold) -> dict[str, str]:
        given: dict[str, Any] = {name: gold.material.get(name) or "" for name in ("database", "script")}
        if not any(given.values()):
            given = {"database": self.settings.database, "script": self.settings.script}
        path = str(given["database"])
        return {"database": str(Path(path).absolute()) if path else "", "script": str(given["script"])}


@lru_cache(maxsize=1024)
def _gold_fault(
    database: str, script: str, queries: tuple[str, ...], limits: tuple[Any, ...], _: tuple[int, int]
) -> str:
    """Asked once for each gold query and state (size, time of change) of its database."""
    source, (*run, seconds) = {"database": database, "script": script}, limits
    return limited.call(f"{_RUN}:gold_fault", source, list(queries), *run, seconds=seconds)
