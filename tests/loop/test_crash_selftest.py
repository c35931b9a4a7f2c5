"""What `selftest crash` compares: what a run has come to, and whether another one differs in it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from loop_runs import Ended, paid_calls, run_folder

from reasoner.bootstrap.crash_selftest import CrashSelftest, Disturbed, difference_of, outcome_of


@pytest.mark.slow
def test_whatever_a_kill_could_spoil_is_compared(tmp_path: Path, undisturbed: tuple[Path, Ended]) -> None:
    home = tmp_path / "home"
    shutil.copytree(undisturbed[0], home)
    whole = outcome_of(undisturbed[0])
    assert whole.fingerprint == undisturbed[1].done["fingerprint"]
    assert list(whole.calls) == paid_calls(home)
    assert (whole.repeated_events, whole.unfinished_jobs) == (0, 0)
    assert difference_of(whole, outcome_of(home)) == ""
    events = run_folder(home) / "events.jsonl"
    events.write_text(events.read_text() + events.read_text().splitlines(keepends=True)[-1])
    with closing(sqlite3.connect(home / "reasoner.db")) as connection, connection:
        connection.execute("UPDATE jobs SET state = 'queued' WHERE kind = 'finetune'")
        connection.execute("DELETE FROM checkpoints WHERE number = (SELECT max(number) FROM checkpoints)")
    found = difference_of(whole, outcome_of(home))
    assert [name.split(":")[0] for name in found.split(", ") if ":" in name] == [
        "checkpoints",
        "repeated_events",
        "unfinished_jobs",
    ]


def test_one_run_that_differs_or_one_call_that_was_paid_twice_fails_it(undisturbed: tuple[Path, Ended]) -> None:
    whole = outcome_of(undisturbed[0])
    fine = Disturbed(where="teach", kills=2, same=True, difference="")
    passed = CrashSelftest(undisturbed=whole, runs=(fine,), paid_twice=0)
    assert (passed.passed, passed.kills) == (True, 2)
    assert not passed.model_copy(update={"paid_twice": 1}).passed
    bad = fine.model_copy(update={"same": False})
    assert not passed.model_copy(update={"runs": (fine, bad)}).passed
