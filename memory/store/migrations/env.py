"""Alembic runs this file; the connection and its transaction belong to the caller."""

from alembic import context

from memory.store.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata)
context.run_migrations()
