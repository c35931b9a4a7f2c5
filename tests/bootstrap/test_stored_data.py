"""Stored data is never executed, and what was edited moves no champion: the selftests, and what they cannot show."""

import json
import pickle
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from memory.store.chain import KEY_VARIABLE
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.decisions import DecisionStore, verified_decisions
from memory.store.proposals import ProposalStore
from reasoner.bootstrap.champion import promote_decision, seal_home
from reasoner.bootstrap.code_selftest import selftest_code
from reasoner.bootstrap.decided_home import make_decided_home
from reasoner.bootstrap.decision_edits import rechain
from reasoner.bootstrap.decision_selftest import selftest_decisions
from reasoner.bootstrap.planted_code import ALARMS, Bomb
from reasoner.errors import ConfigError, GateError


def edit(home: Path, *statements: str, anew: bool = False) -> None:
    with closing(sqlite3.connect(home / "reasoner.db")) as database, database:
        for statement in statements:
            database.execute(statement)
        if anew:
            rechain(database)


def as_before_the_chain(home: Path) -> None:
    """The home as an earlier version left it, with a poisoned alarm."""
    edit(
        home,
        "DROP TABLE chains",
        "ALTER TABLE decisions DROP COLUMN digest",
        "ALTER TABLE teacher_requests DROP COLUMN purpose",
        "UPDATE decisions SET record = json_remove(record, '$.attempts_sha256')",
        "UPDATE alembic_version SET version_num = '0006'",
        f"CREATE TABLE {ALARMS} (id VARCHAR(191) PRIMARY KEY, next_run_time FLOAT, job_state BLOB)",
    )
    with closing(sqlite3.connect(home / "reasoner.db")) as database, database:
        database.execute(f"INSERT INTO {ALARMS} VALUES ('x', 1.0, ?)", (pickle.dumps(Bomb(home / "ran")),))


@pytest.mark.slow
def test_nothing_that_is_planted_in_a_home_runs() -> None:
    found = selftest_code()
    assert [one.where for one in found.opened if one.executed] == []
    assert [f"{one.where}: {one.answer}" for one in found.opened if not one.in_words] == []
    assert found.planted >= 39


def test_a_planted_pickle_would_run_in_a_careless_reader(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(tmp_path / "ran"))).close()
    assert (tmp_path / "ran").exists()


@pytest.mark.slow
def test_no_edit_of_what_a_promotion_rests_on_is_believed() -> None:
    found = selftest_decisions()
    assert [(group.name, group.believed) for group in found.groups if group.believed] == []
    assert found.edits >= 129
    assert found.promoted == found.controls == 4


def test_an_old_home_is_opened_safely_and_its_decisions_are_verified_by_their_attempts(tmp_path: Path) -> None:
    made = make_decided_home(tmp_path)
    as_before_the_chain(tmp_path)
    assert promote_decision(tmp_path, made["promote"]).id == "alone-strong"
    assert promote_decision(tmp_path, made["approved"]).id == "asked-strong"
    assert not (tmp_path / "ran").exists()
    with closing(open_database(tmp_path)) as database, database.reading() as session:
        assert ALARMS not in inspect(session.connection()).get_table_names()
        assert [*verified_decisions(session)] == [made[name] for name in ("keep", "promote", "await", "approved")]


def test_an_edit_in_an_old_home_is_refused_by_its_attempts(tmp_path: Path) -> None:
    made = make_decided_home(tmp_path)
    as_before_the_chain(tmp_path)
    edit(
        tmp_path, f"UPDATE decisions SET record = json_set(record, '$.verdict', 'promote') WHERE id = '{made['keep']}'"
    )
    with pytest.raises(GateError, match=r"the gate says 'keep' of its comparison"):
        promote_decision(tmp_path, made["keep"])
    with closing(open_database(tmp_path)) as database:
        champion = CheckpointStore(database).champion("alone")
    assert champion is not None
    assert champion.id == "alone-base"


def test_a_decision_that_waited_since_before_the_sums_were_kept_is_carried_out(tmp_path: Path) -> None:
    made = make_decided_home(tmp_path)
    forget = f"UPDATE decisions SET record = json_remove(record, '$.attempts_sha256') WHERE id = '{made['await']}'"
    edit(tmp_path, forget, anew=True)
    assert promote_decision(tmp_path, made["approved"]).id == "asked-strong"


def test_a_decision_without_its_attempts_says_which_file_is_missing(tmp_path: Path) -> None:
    made = make_decided_home(tmp_path)
    (tmp_path / "runs" / "alone" / "evals" / "2" / "gate-alone-base.jsonl").unlink()
    with pytest.raises(GateError, match=r"gate-alone-base.jsonl is not there"):
        promote_decision(tmp_path, made["promote"])


def test_a_changed_record_takes_no_further_decision(tmp_path: Path) -> None:
    made = make_decided_home(tmp_path)
    edit(tmp_path, f"DELETE FROM decisions WHERE id = '{made['approved']}'")
    with closing(open_database(tmp_path)) as database:
        store = DecisionStore(database)
        with pytest.raises(GateError, match=r"3 rows are there, its head tells of 4 rows"):
            store.record(store.get(made["keep"]).model_copy(update={"id": "f" * 16}))


def test_a_last_ruling_that_was_taken_away_is_seen(tmp_path: Path) -> None:
    make_decided_home(tmp_path)
    edit(tmp_path, "DELETE FROM rulings")
    with closing(open_database(tmp_path)) as database, pytest.raises(GateError, match="record of rulings was changed"):
        ProposalStore(database).list()


def test_a_home_is_sealed_once_and_then_needs_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_decided_home(tmp_path)
    with pytest.raises(ConfigError, match=f"{KEY_VARIABLE} is not set"):
        seal_home(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(ConfigError, match="5 characters; expected 16"):
        seal_home(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, "a long enough key")
    with pytest.raises(GateError, match="reasoner models seal"):
        promote_decision(tmp_path, made["promote"])
    assert seal_home(tmp_path) == ("decisions", "rulings")
    assert seal_home(tmp_path) == ()
    edit(tmp_path, f"UPDATE decisions SET recorded_at = 'x' WHERE id = '{made['keep']}'", anew=True)
    with pytest.raises(GateError, match="does not fit"):
        promote_decision(tmp_path, made["promote"])


def test_a_sealed_home_is_not_written_to_without_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a long enough key")
    made = make_decided_home(tmp_path)
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(GateError, match=f"sealed with a key, and {KEY_VARIABLE} is not set"):
        promote_decision(tmp_path, made["promote"])
    monkeypatch.setenv(KEY_VARIABLE, "another long key of somebody")
    with pytest.raises(GateError, match="does not fit"):
        promote_decision(tmp_path, made["promote"])
    monkeypatch.setenv(KEY_VARIABLE, "a long enough key")
    assert promote_decision(tmp_path, made["promote"]).id == "alone-strong"


def test_what_was_carried_out_already_is_not_told_of_an_edited_row(tmp_path: Path) -> None:
    made = make_decided_home(tmp_path)
    promote_decision(tmp_path, made["promote"])
    assert promote_decision(tmp_path, made["promote"]).id == "alone-strong"
    record = json.dumps({"candidate": "alone-other"})
    edit(tmp_path, f"UPDATE decisions SET record = json_patch(record, '{record}') WHERE id = '{made['promote']}'")
    with pytest.raises(GateError, match="does not match its digest"):
        promote_decision(tmp_path, made["promote"])
