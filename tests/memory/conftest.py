import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.store.database import Database, open_database


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("migrated")
    open_database(home).close()
    return home / "reasoner.db"


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    shutil.copy(migrated, tmp_path)
    opened = open_database(tmp_path)
    yield opened
    opened.close()
