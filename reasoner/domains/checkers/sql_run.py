"""What the `sql` checker runs in its child process: queries that may only read, and the comparison of their results."""

import re
import sqlite3
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_NOT_IN_SCRIPTS = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA})
_REFUSED_FUNCTIONS = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "random", "randomblob"}
)
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
}
_TOKENS = re.compile(
    r"""'(?:[^']|'')*(?:'|\Z)|"(?:[^"]|"")*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)"""
    r"""|--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[();])"""
)
_TICK = 1000
"""Instructions between two looks at their number."""

Rows = list[tuple[Any, ...]]
Source = dict[str, str]


class QueryError(Exception):
    """A query cannot be run, in words."""


def compare(
    source: Source, golds: list[str], query: str, order: str, most_rows: int, most_instructions: int
) -> dict[str, Any]:
    """Whether a query finds what one of the gold queries finds: `reason` is empty, or says why not."""
    wanted = [run(source, gold, most_rows, most_instructions) for gold in golds]
    try:
        given = run(source, query, most_rows, most_instructions)
    except QueryError as fault:
        return {"reason": str(fault), "evidence": {}}
    evidence = {
        "rows": len(given),
        "gold_rows": len(wanted[0]),
        "first_rows": [list(map(str, row)) for row in given[:3]],
    }
    reasons = [
        difference(given, rows, ordered=order == "always" or (order == "gold" and is_ordered(gold)))
        for gold, rows in zip(golds, wanted, strict=True)
    ]
    return {"reason": "" if "" in reasons else reasons[0], "evidence": evidence}


def gold_fault(source: Source, golds: list[str], allow_empty: bool, most_rows: int, most_instructions: int) -> str:
    """What is wrong with gold queries; empty if nothing is."""
    for gold in golds:
        try:
            found = run(source, gold, most_rows, most_instructions)
        except QueryError as fault:
            return f"the gold query {gold[:100]!r}: {fault}"
        if not found and not allow_empty:
            return f"the gold query {gold[:100]!r} finds no rows, so every query that finds none would be right"
    return ""


def run(source: Source, query: str, most_rows: int, most_instructions: int) -> Rows:
    """The rows that a query finds, floats to ten digits.

    Raises:
        QueryError: it is no query that only reads, fails, or takes more than it may.
    """
    words = [match["word"].upper() for match in _TOKENS.finditer(query) if match["word"]]
    if words[:1] not in (["SELECT"], ["WITH"], ["VALUES"]):
        raise QueryError("a query begins with SELECT, WITH or VALUES")
    try:
        database = _opened(source, most_instructions)
        try:
            _guard(database, most_instructions, reading=True)
            rows = database.execute(query).fetchmany(most_rows + 1)
        finally:
            database.close()
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as fault:
        said = "it takes more instructions than it may" if str(fault) == "interrupted" else str(fault)
        raise QueryError(f"SQLite refuses it: {said[:200]}") from None
    if len(rows) > most_rows:
        raise QueryError(f"it finds more than {most_rows:,} rows")
    return [tuple(map(_plain, row)) for row in rows]


def difference(given: Rows, wanted: Rows, *, ordered: bool) -> str:
    """How a result differs from the gold one; empty if it does not."""
    columns = len(wanted[0]) if wanted else 0
    if given and wanted and len(given[0]) != columns:
        return f"it has {len(given[0])} columns; expected {columns}"
    if len(given) != len(wanted):
        return f"it finds {len(given):,} rows; expected {len(wanted):,}"
    if Counter(given) != Counter(wanted):
        return f"{sum((Counter(wanted) - Counter(given)).values()):,} of {len(wanted):,} rows are not those expected"
    return "the rows are right and their order is not" if ordered and given != wanted else ""


def is_ordered(query: str) -> bool:
    """Whether a query ends with ORDER BY: outside of all parentheses, texts and comments."""
    depth, words = 0, list[str]()
    for token in _TOKENS.finditer(query):
        if token["sign"]:
            depth += {"(": 1, ")": -1}.get(token["sign"], 0)
        elif token["word"] and depth == 0:
            words.append(token["word"].upper())
    return ("ORDER", "BY") in pairwise(words)


def _opened(source: Source, most_instructions: int) -> sqlite3.Connection:
    if source["database"]:
        database = sqlite3.connect(f"{Path(source['database']).as_uri()}?mode=ro", uri=True)
    else:
        database = sqlite3.connect(":memory:")
    database.text_factory = lambda found: found.decode("utf-8", "replace")
    database.execute("PRAGMA trusted_schema = OFF")
    if not source["database"]:
        _guard(database, most_instructions, reading=False)
        database.executescript(source["script"])
        database.commit()
    return database


def _guard(database: sqlite3.Connection, most_instructions: int, *, reading: bool) -> None:
    """Sets the limits and who may do what."""
    for limit, most in _LIMITS.items():
        database.setlimit(limit, most)
    ticks = 0

    def look() -> bool:
        nonlocal ticks
        ticks += 1
        return ticks * _TICK > most_instructions

    def authorize(action: int, _: str | None, second: str | None, *__: str | None) -> int:
        refused = action == sqlite3.SQLITE_FUNCTION and str(second).lower() in _REFUSED_FUNCTIONS
        allowed = action in _ALLOWED if reading else action not in _NOT_IN_SCRIPTS
        return sqlite3.SQLITE_OK if allowed and not refused else sqlite3.SQLITE_DENY

    database.set_progress_handler(look, _TICK)
    database.set_authorizer(authorize)


def _plain(value: Any) -> Any:
    """Numbers of one value as one number; bytes as their length and hex digits, so that they are no text."""
    if isinstance(value, bytes):
        return ("blob", value.hex())
    if isinstance(value, float):
        rounded = float(f"{value:.10g}")
        return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded
    return value
