"""`selftest crash` over real loops: what is killed at a boundary comes to what is left alone."""

import json

import pytest
from played import Command

from reasoner.bootstrap.crash_selftest import CrashSelftest, Disturbed, Outcome


@pytest.mark.slow
def test_a_loop_killed_at_a_nodes_boundaries_comes_to_what_one_left_alone_does(command: Command) -> None:
    ended = command("selftest", "crash", "--node", "decide", "--random", "0", "--json")
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["event"], told["name"], told["kills"]) == ("selftest", "crash", 2)
    assert (told["same_rate"], told["paid_twice"], told["passed"]) == (1.0, 0, True)
    assert len(told["undisturbed"]["calls"]) == 4
    assert "every run survived" in ended.stderr


def test_one_run_that_differs_or_one_call_that_was_paid_twice_fails_it() -> None:
    whole = Outcome(fingerprint="f", checkpoints=("f",), calls=("c",), repeated_events=0, unfinished_jobs=0)
    fine = Disturbed(where="teach", kills=2, same=True, difference="")
    assert CrashSelftest(undisturbed=whole, runs=(fine,), paid_twice=0).passed
    assert not CrashSelftest(undisturbed=whole, runs=(fine,), paid_twice=1).passed
    bad = fine.model_copy(update={"same": False})
    assert not CrashSelftest(undisturbed=whole, runs=(fine, bad), paid_twice=0).passed
