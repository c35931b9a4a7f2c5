"""What goes wrong is said in words: the table of failures, and the commands that end by it."""

import errno
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from played import Command, Stage

from reasoner.cli.failures import failure_of, report
from reasoner.errors import NotFoundError

ESCAPES = "\x1b[2J\u202e[/bold]\x9b"


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        (NotFoundError("no such run"), "no such run", 2),
        (OSError(errno.ENOSPC, "No space left on device", "/h/store.db"), "'/h/store.db': No space left", 1),
        (PermissionError(errno.EACCES, "Permission denied", "/h"), "permissions", 1),
        (OSError(errno.ENAMETOOLONG, "File name too long", "a" * 300), "shorter name", 2),
        (RecursionError("maximum recursion depth exceeded"), "nested too deeply", 2),
        (MemoryError(), "not enough memory", 1),
        (OverflowError("int too large"), "too large", 2),
        (sqlite3.DatabaseError("database disk image is malformed"), "malformed", 1),
        (json.JSONDecodeError("Expecting value", "", 0), "no JSON", 1),
        (ValueError("open: embedded null character in path"), "NUL", 2),
        (RuntimeError("Could not determine home directory."), "HOME", 2),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_an_error_that_input_or_machine_can_cause_has_words_and_a_code(error: Exception, words: str, code: int) -> None:
    failure = failure_of(error)
    assert failure is not None
    assert words in failure.message
    assert failure.exit_code == code


def test_bytes_that_are_not_utf8_are_said_to_be_that() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        b"caf\xe9".decode()
    failure = failure_of(caught.value)
    assert failure is not None
    assert "UTF-8" in failure.message


def test_anything_else_is_a_bug_and_said_to_be_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REASONER_DEBUG", raising=False)
    assert failure_of(TypeError("unsupported operand")) is None
    assert report(TypeError("unsupported operand")) == 1
    told = capsys.readouterr().err
    assert told.startswith(
        "error: this is a bug in reasoner: TypeError: unsupported operand; run it again with --debug"
    )
    assert told.count("\n") == 1


def test_a_command_that_meets_a_bug_ends_with_one_line_and_with_debug_shows_the_traceback(
    stage: Stage, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONER_DEBUG", "")

    def broken(*_: object, **__: object) -> None:
        raise TypeError(f"what {ESCAPES} is password=hunter2")

    stage.memory_stats = broken  # pyright: ignore[reportAttributeAccessIssue] - a played part
    plain = command("memory", "stats")
    assert (plain.exit_code, plain.stderr.count("\n")) == (1, 1)
    shown = command("memory", "stats", "--debug")
    assert "Traceback" in shown.stderr
    for result in (plain, shown):
        assert not [sign for sign in "\x1b\u202e\x9b" if sign in result.stderr]
        assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such"], "no-such"),
        (["loop", "--cycles", "x"], "--cycles"),
        (["loop", "--cycles", "9" * 30], "beyond any sense"),
        (["loop", "--max-usd", "nan", "--dry-run"], "--max-usd"),
        (["loop", "--home", "", "--dry-run"], "empty"),
        (["loop", "--home=", "--dry-run"], "empty"),
        (["train", "--out", "--dry-run"], "--out needs a value"),
        (["solve", "caf\udce9"], "UTF-8"),
        (["runs", "show", "a\0b"], "UTF-8"),
        (["memory", "search", "x", "--only", "since=2026-13-01"], "since"),
    ],
    ids=lambda value: " ".join(value)[:30].encode("ascii", "replace").decode() if isinstance(value, list) else "",
)
def test_a_wrong_command_line_is_an_error_in_words_and_ends_with_2(
    words: list[str], said: str, command: Command
) -> None:
    result = command(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert said in result.stderr


def test_a_question_that_nobody_answers_names_the_option_that_does(stage: Stage, command: Command) -> None:
    import typer

    def ask(*_: object, **__: object) -> None:
        typer.confirm("really?")

    stage.memory_stats = ask  # pyright: ignore[reportAttributeAccessIssue] - a played part
    result = command("memory", "stats")
    assert result.exit_code == 2
    assert "--yes" in result.stderr


def child(words: str, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """`reasoner ...` in a process of its own, through a shell."""
    code = "from reasoner.cli.main import main; main()"
    here = {name: text for name, text in os.environ.items() if name not in ("HOME", "LANG", "LC_ALL", "COLUMNS")}
    return subprocess.run(
        ["sh", "-c", words.replace("reasoner", f"'{sys.executable}' -c '{code}'", 1)],
        env={**here, "REASONER_HOME": str(tmp_path / "home"), **env},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "env"),
    [
        ("reasoner schedule list", {"TZ": "Nowhere/Atlantis"}),
        ("reasoner schedule list", {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}),
        ("reasoner schedule list", {"COLUMNS": "0", "TERM": "dumb", "NO_COLOR": "1", "TERMINAL_WIDTH": "x"}),
        ("reasoner schedule list", {"COLUMNS": "²", "REASONER_DEBUG": "rubbish"}),
        ("reasoner schedule list <&- >&-", {}),
        ("reasoner schedule list <&- >&- 2>&-", {}),
    ],
)
def test_an_odd_environment_is_no_reason_for_a_traceback(words: str, env: dict[str, str], tmp_path: Path) -> None:
    ended = child(words, tmp_path, **env)
    both = ended.stdout + ended.stderr
    assert ended.returncode == 2, both
    assert b"bug in reasoner" not in both
    if "2>&-" not in words:
        assert b"error: " in ended.stderr
    if env.get("REASONER_DEBUG") is None:
        assert b"Traceback" not in both


def test_a_full_disk_behind_standard_output_is_said(tmp_path: Path) -> None:
    ended = child("reasoner --version > /dev/full", tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"error: ")
    assert b"Traceback" not in ended.stderr


def test_an_encoding_without_a_sign_shows_its_escape(tmp_path: Path) -> None:
    ended = child("reasoner loop --dry-run --config 'é.yaml'", tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C.UTF-8")
    assert ended.returncode == 2
    assert rb"\xe9.yaml" in ended.stderr
