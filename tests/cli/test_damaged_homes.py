"""Every kind of damage to a home ends in words: those of the commands that meet it, and those of `doctor`."""

import errno
import gc
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import whole_home as w
from played import Command
from typer.testing import Result
from whole_home import RUN

from agents.checkpointing import open_saver
from memory.locks import exclusive
from reasoner.errors import BusyError, DamagedError

Damage = Callable[[Path], Any]

DATABASE: list[Damage] = [w.cut, w.zero_head, w.as_folder, w.as_pipe, w.with_foreign_tables, w.with_a_damaged_log]
EVENTS, MANIFEST = f"runs/{RUN}/events.jsonl", f"runs/{RUN}/manifest.json"
WEIGHTS, CONFIG = "checkpoints/base/model.safetensors", "checkpoints/base/checkpoint.json"
BROKEN: dict[tuple[str, str], list[Damage]] = {
    ("reasoner.db", "store"): [*DATABASE, w.empty, Path.unlink, w.of_the_future, w.without_a_table],
    ("graph.db", "graph.db"): DATABASE,
    (WEIGHTS, "champion"): [w.cut, w.empty, w.as_folder, w.as_pipe, Path.unlink],
    (CONFIG, "champion"): [w.cut, w.empty, w.with_text("[]"), w.with_text("[" * 9000)],
    ("checkpoints/base/question_tokenizer.json", "champion"): [w.cut],
    (EVENTS, f"run {RUN}"): [w.with_garbage_in_its_middle, w.as_pipe, w.with_text("1\n")],
    (MANIFEST, f"run {RUN}"): [w.cut, w.empty, w.as_folder, w.with_text("null")],
    (f"runs/{RUN}/limits.json", f"run {RUN}"): [w.empty],
    (f"runs/{RUN}/seconds.txt", f"run {RUN}"): [w.empty],
}
SOLVE = ("solve", "Ann has 3 pens and buys 4 more. How many pens does Ann have?")
MEETING: dict[str, tuple[tuple[str, ...], ...]] = {
    "reasoner.db": (("runs", "list"), ("memory", "stats"), SOLVE),
    "graph.db": (("runs", "prune"),),
    "checkpoints": (SOLVE, ("memory", "stats")),
    "runs": (("runs", "list"), ("runs", "show", RUN), ("trace", RUN)),
}
"""The commands that meet each part of a home."""
DAMAGES = [(file, damage, check) for (file, check), damages in BROKEN.items() for damage in damages]
"""A file of the home, what happens to it, and the check of `doctor` that finds it."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return w.make_home(tmp_path_factory.mktemp("whole") / "home")


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "home")
    return tmp_path / "home"


def contents_of(home: Path) -> dict[str, tuple[int, int]]:
    found = {str(path.relative_to(home)): path.lstat() for path in sorted(home.rglob("*"))}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


def require_words(result: Result) -> None:
    assert isinstance(result.exception, SystemExit | None), repr(result.exception)
    assert result.exit_code in (0, 1, 2)
    if result.exit_code:
        assert result.stderr.startswith("error: ")
        assert "Traceback" not in result.stderr


def checked(command: Command) -> dict[str, dict[str, Any]]:
    result = command("doctor", "--json")
    assert isinstance(result.exception, SystemExit | None), repr(result.exception)
    return {check["name"]: check for check in map(json.loads, result.stdout.splitlines())}


def test_doctor_finds_nothing_wrong_with_a_whole_home_and_leaves_no_trace_in_it(command: Command, home: Path) -> None:
    before = contents_of(home)
    checks = checked(command)
    assert [check for check in checks.values() if not check["ok"]] == []
    assert checks["checkpoints"]["found"].startswith("1 are what they were")
    assert checks["indices"]["found"].startswith("1 agree")
    assert contents_of(home) == before


@pytest.mark.parametrize(("file", "damage", "check"), DAMAGES)
def test_damage_ends_in_words_and_doctor_names_it_with_a_remedy_and_writes_nothing(
    command: Command, home: Path, file: str, damage: Damage, check: str
) -> None:
    damage(home / file)
    for words in MEETING[file.partition("/")[0]]:
        require_words(command(*words))
    # Commands within this process may leave a database open, whose files go with it.
    gc.collect()
    before = contents_of(home)
    found = checked(command)
    assert not found[check]["ok"], found[check]
    assert found[check]["mend"]
    assert contents_of(home) == before


def test_a_damaged_graph_database_is_named_by_who_opens_it(home: Path) -> None:
    w.zero_head(home / "graph.db")
    with pytest.raises(DamagedError, match=r"graph\.db"), open_saver(home):
        pass


def test_flipped_weights_are_found_by_their_fingerprint(command: Command, home: Path) -> None:
    w.flip(home / WEIGHTS, start=(home / WEIGHTS).stat().st_size - 100)
    found = checked(command)["champion"]
    assert (found["ok"], "it was changed" in found["found"]) == (False, True)
    result = command("solve", "Ann has 3 pens.")
    assert (result.exit_code, "was changed after it was saved" in result.stderr) == (2, True)


def test_flipped_pages_of_the_store_are_found(command: Command, home: Path) -> None:
    for page in range(2, 40, 3):
        w.flip(home / "reasoner.db", start=4096 * page)
    assert not checked(command)["store"]["ok"]
    for words in (("runs", "list"), ("models", "list"), ("memory", "stats")):
        require_words(command(*words))


@pytest.mark.parametrize("damage", [w.cut, w.empty, w.as_pipe, w.with_a_foreign_page, w.with_text("{}")])
def test_a_damaged_index_is_found_and_made_again_from_the_store(command: Command, home: Path, damage: Damage) -> None:
    (page,) = home.glob("index/*/right.json")
    damage(page)
    found = next(check for name, check in checked(command).items() if name.startswith("index "))
    assert (found["ok"], found["mend"]) == (False, "reasoner memory reindex")
    if damage is w.as_pipe:
        page.unlink()
    assert command("memory", "stats").exit_code == 0


def test_a_log_without_its_writer_is_looked_at_in_a_copy(command: Command, home: Path) -> None:
    with closing(sqlite3.connect(home / "reasoner.db")) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("UPDATE runs SET state = 'failed'")
        writer.commit()
        shutil.copytree(home, home.parent / "killed")
    before = contents_of(home.parent / "killed")
    assert (home.parent / "killed" / "reasoner.db-wal").stat().st_size
    result = command("doctor", "--home", str(home.parent / "killed"), "--json")
    assert result.exit_code == 0, result.stdout
    assert contents_of(home.parent / "killed") == before


def test_a_home_that_is_a_file_or_lies_below_one_or_has_too_long_a_name_is_refused_in_words(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("n" * 300)):
        found = [json.loads(line) for line in command("doctor", "--json", "--home", str(place)).stdout.splitlines()]
        assert [check["ok"] for check in found if check["name"] == "home"] == [False]


def test_a_last_line_cut_by_a_death_is_no_damage(command: Command, home: Path) -> None:
    with (home / EVENTS).open("a") as file:
        file.write('{"event": "cyc')
    assert command("trace", RUN).exit_code == 0
    assert command("doctor").exit_code == 0


def test_a_pointer_to_a_student_that_nobody_knows_is_named(command: Command, home: Path) -> None:
    with closing(sqlite3.connect(home / "reasoner.db")) as connection, connection:
        connection.execute("UPDATE pointer_moves SET checkpoint = 'gone'")
    found = checked(command)["champion"]
    assert (found["ok"], "'gone'" in found["found"]) == (False, True)


def test_unfinished_files_of_dead_processes_are_named(command: Command, home: Path) -> None:
    (home / "checkpoints" / "base.partial-999999999").mkdir()
    (home / "checkpoints" / f"base.partial-{os.getpid()}").mkdir()
    (home / "notes.partial-credit.txt").touch()  # a person's own
    assert checked(command)["leftovers"]["found"].startswith("1 unfinished")


def test_a_store_in_another_file_is_looked_into_and_never_made(
    command: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.db"
    (home / "reasoner.db").rename(other)
    monkeypatch.setenv("REASONER_DATABASE_URL", f"sqlite:///{other}")
    assert "1 runs in" in checked(command)["store"]["found"]
    w.cut(other)
    assert not checked(command)["store"]["ok"]
    other.unlink()
    assert "empty or missing" in checked(command)["store"]["found"]
    assert not other.exists()


def test_a_lock_that_nobody_lets_go_of_ends_in_words(home: Path) -> None:
    with (
        exclusive(home / "some.lock"),
        pytest.raises(BusyError, match=r"locked for 0\.1 seconds"),
        exclusive(home / "some.lock", patience=0.1),
    ):
        pass


def test_a_file_system_without_locks_is_named(home: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    import fcntl

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(fcntl, "flock", refuse)
    result = command("runs", "list")
    assert (result.exit_code, "put the home on a local disk" in result.stderr) == (1, True)
