"""`reasoner selftest graders`: what it counts, what it reads, and that it can fail."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reasoner.bootstrap import grader_attacks, grader_cheats, graders_selftest
from reasoner.bootstrap.grader_attacking_programs import attacking_programs
from reasoner.bootstrap.grader_attacks import Attack, attacks
from reasoner.bootstrap.grader_programs import own_programs
from reasoner.bootstrap.graders_selftest import selftest_graders
from reasoner.cli.main import app
from reasoner.errors import DataError
from reasoner.sandbox.choosing import BACKENDS, trial
from reasoner.types.sandbox import Sandbox

ROW = {"task_id": 1, "code": "def f(x):\n    return x\n", "test_list": ["assert f(1) == 1"]}


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs, one cheat, two attacks."""
    monkeypatch.setattr(graders_selftest, "own_programs", lambda: own_programs()[:2])
    monkeypatch.setattr(graders_selftest, "attacks", lambda: attacks()[:2])
    monkeypatch.setattr(graders_selftest, "attacking_programs", lambda: {"no function": "g = 1\n"})
    monkeypatch.setattr(graders_selftest, "CHEATS", {"stub": ""})


def test_the_lists_are_long_enough_and_names_are_not_repeated() -> None:
    names = [attack.name for attack in attacks()] + [*attacking_programs()]
    assert len(names) == len(set(names)) >= 30
    assert len(grader_cheats.CHEATS) >= 10
    assert len({task.id for task in own_programs()}) == len(own_programs()) >= 30
    for name in grader_cheats.CHEATS:
        compile(grader_cheats.cheat(own_programs()[0], name), name, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_that_works_here_meets_every_bar(backend: str) -> None:
    if trial(backend).fault:
        pytest.skip(trial(backend).fault)
    found = selftest_graders(backend=backend)
    assert found.misjudged == ()
    assert found.passed


def test_the_command_prints_the_record_that_scripts_rely_on(little: None, any_sandbox: Sandbox, tmp_path: Path) -> None:
    rows = tmp_path / "mbpp.jsonl"
    rows.write_text(json.dumps(ROW) + "\n")
    done = CliRunner().invoke(app, ["selftest", "graders", "--json", "--mbpp", str(rows)])
    (said,) = [line for line in map(json.loads, done.stdout.splitlines()) if line["event"] == "selftest"]
    assert done.exit_code == 0
    expected = {"name": "graders", "canonical": 2, "of": 2, "cheats_passed": 0, "attacks": 3, "attacks_held": 3}
    assert {key: said[key] for key in expected} == expected
    assert (said["mbpp"], said["mbpp_of"], said["backend"]) == (1, 1, any_sandbox.name)


def test_an_attack_that_works_or_a_cheat_that_passes_ends_with_1(
    little: None, any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = (Attack("prints", "print('BROKEN')"), Attack("mistaken", "undefined_name"))
    monkeypatch.setattr(graders_selftest, "attacks", lambda: working)
    monkeypatch.setattr(graders_selftest, "CHEATS", {"honest": ""})
    monkeypatch.setattr(graders_selftest, "cheat", lambda task, name: task.canonical)
    done = CliRunner().invoke(app, ["selftest", "graders"])
    assert done.exit_code == 1
    assert "attack prints: it did what it must not" in done.stdout
    assert "attack mistaken: the attack itself is broken" in done.stdout
    assert "cheat honest at add: right" in done.stdout


def test_a_bad_row_is_named_with_its_place(any_sandbox: Sandbox, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(ROW) + "\n" + json.dumps({"code": "x = 1"}) + "\n")
    with pytest.raises(DataError, match=r"rows\.jsonl, line 2, field 'test_list'"):
        selftest_graders(mbpp=rows)


def test_a_changed_file_of_the_user_counts_as_broken(
    little: None, any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(sandbox: Sandbox, files: dict[str, str], script: str, **_: object) -> object:
        path = files[script].partition("open('")[2].partition("'")[0]
        Path(path).write_text("changed")
        return graders_selftest_run(sandbox, {"attack.py": ""}, "attack.py")

    graders_selftest_run = graders_selftest.run
    monkeypatch.setattr(graders_selftest, "run", run)
    monkeypatch.setattr(graders_selftest, "attacks", lambda: (Attack("x", "open('SECRET')"),))
    found = selftest_graders()
    assert [(one.name, one.said) for one in found.misjudged] == [("x", "a file of the user changed")]
    assert grader_attacks.BROKEN
