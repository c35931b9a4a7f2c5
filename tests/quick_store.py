"""New SQLite stores get their tables by the statements that the migrations have run once in this process.

Alembic takes a quarter of a second to find out what these statements are; they are the same for every empty store.
"""

from typing import Any

import pytest
from sqlalchemy import Connection, event, inspect

from memory.store import migrations

_migrate = migrations.upgrade
_statements: list[tuple[str, Any]] = []


def upgrade(connection: Connection) -> None:
    """As `migrations.upgrade`; what it runs on an empty SQLite store is remembered and run again on the next."""
    if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        _migrate(connection)
    elif _statements:
        for statement, parameters in _statements:
            connection.exec_driver_sql(statement, parameters)
    else:
        heard: list[tuple[str, Any]] = []

        def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            heard.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", hear)
        try:
            _migrate(connection)
        finally:
            event.remove(connection, "before_cursor_execute", hear)
        _statements.extend(heard)


@pytest.fixture(scope="session", autouse=True)
def quick_stores() -> None:
    """Has this process make its empty stores so."""
    migrations.upgrade = upgrade
