"""A home with a ledger, a server, and failures to teach."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import ModelServer, running

from memory.store.database import open_database
from memory.store.ledger import CallLedger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[CallLedger]:
    database = open_database(tmp_path)
    yield CallLedger(database, "run-1", cycle=1)
    database.close()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as server:
        yield server
