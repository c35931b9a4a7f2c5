"""A run whose store is a Postgres database comes to what one on SQLite comes to."""

from pathlib import Path

import pytest
from loop_runs import Ended, Running
from postgres_server import running_postgres
from sqlalchemy import make_url

SECRET = "hunter2"


@pytest.mark.slow
def test_a_run_on_postgres_ends_as_one_on_sqlite_and_writes_no_password(
    tmp_path: Path, undisturbed: tuple[Path, Ended]
) -> None:
    with running_postgres() as server:
        url = make_url(server.create()).set(password=SECRET).render_as_string(hide_password=False)
        ended = Running(tmp_path, url=url).ended()
        again = Running(tmp_path, url=url).ended()
    assert (ended.code, again.code) == (0, 0), ended.words
    assert not (tmp_path / "reasoner.db").exists()
    hashes = {one.of("launch")[0]["config_hash"] for one in (ended, again, undisturbed[1])}
    assert len(hashes) == 1
    assert [event["accuracy"] for event in ended.of("evaluation")] == [
        event["accuracy"] for event in undisturbed[1].of("evaluation")
    ]
    assert again.done["run"] == ended.done["run"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
    assert SECRET not in ended.words
