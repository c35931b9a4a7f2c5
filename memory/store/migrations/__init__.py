"""How the tables came to be, one file a revision. Applied when a store is opened, within the transaction given."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    # Alembic expands `%`; a folder's name may hold one.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Brings the tables to the newest revision; the caller's transaction commits all of it or nothing."""
    command.upgrade(configuration(connection), "head")
