"""Checkers are found by name, refuse wrong options in words, load nothing that is not used, and have a fingerprint."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import Gold
from reasoner.domains.checkers.fingerprint import fingerprint
from reasoner.domains.checkers.registry import CHECKERS, get_checker
from reasoner.errors import ConfigError

OWN = """
from reasoner.types.check import Check

calls = []

def near(question, answer):
    calls.append(question)
    return abs(float(answer) - float(question["answer"])) < 1

def share(question, answer):
    return float(answer)

def graded(question, answer):
    return Check(outcome="wrong", score=0.5, reason=question["hint"])

def leaves(question, answer):
    raise SystemExit("gone")

limit = 3
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return str(path)


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("numbr", {}, "no checker 'numbr': expected one of exact, text, number"),
        ("numbr", {}, "did you mean 'number'?"),
        ("number", {"absolut": 1}, "has no option 'absolut': expected absolute, relative, units, percent, decimal"),
        ("number", {"absolut": 1}, "did you mean 'absolute'?"),
        ("number", {"absolute": -1}, "option 'absolute': got '-1'; it should be greater than or equal to 0"),
        ("number", {"relative": float("nan")}, "option 'relative': got 'nan'; it should be a finite number"),
        ("number", {"absolute": True}, "it should be a number, not true or false"),
        ("number", {"units": {"km": 0}}, "factors of units must be above 0"),
        ("squad", {"f1": True}, "has no option 'f1': it has none"),
        ("json_schema", {"schema": 3}, "option 'schema'"),
        ("nowhere.py:check", {}, "'nowhere.py' is no such file"),
        ("\ud800", {}, "no checker"),
    ],
)
def test_what_cannot_be_used_is_said_with_what_was_expected(kind: str, settings: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        get_checker(kind, settings)
    assert said in str(refusal.value)


def test_without_math_verify_the_error_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.domains.checkers.math_equal.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install 'reasoner\\[math-verify\\]'"):
        get_checker("math")


def test_the_registry_loads_neither_databases_nor_processes() -> None:
    code = """import sys, reasoner.domains.checkers.registry as room
before = set(sys.modules); room.get_checker("text"); room.get_checker("number")
print(sorted({"sqlite3", "jsonschema", "multiprocessing", "subprocess", "sympy", "torch"} & set(sys.modules)))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_fingerprints_differ_between_kinds_and_options_and_not_between_calls() -> None:
    kinds = {kind: {"model": "p/m"} if kind == "judge" else {} for kind in CHECKERS if kind != "math"}
    marks = [fingerprint(get_checker(kind, options)) for kind, options in kinds.items()]
    assert len(set(marks)) == len(marks)
    assert marks == [fingerprint(get_checker(kind, options)) for kind, options in kinds.items()]
    assert fingerprint(get_checker("number", {"absolute": 1})) != fingerprint(get_checker("number"))


def test_a_function_of_the_user_judges_with_what_the_row_brings(own: str) -> None:
    near, share, graded = (get_checker(f"{own}:{name}") for name in ("near", "share", "graded"))
    gold = Gold(answer="18", choices=("x",), material={"hint": "look again"})
    assert [near.check(gold, said).outcome for said in ("18.5", "20", "", "word")] == [
        "right",
        "wrong",
        "wrong",
        "error",
    ]
    assert "ValueError" in near.check(gold, "word").reason
    told = share.check(gold, "0.25")
    assert (told.outcome, told.score) == ("wrong", 0.25)
    assert get_checker(f"{own}:share", {"right_from": 0.2}).check(gold, "0.25").outcome == "right"
    assert [share.check(gold, said).outcome for said in ("nan", "2", "-1", "inf")] == ["error"] * 4
    assert graded.check(gold, "1").reason == "look again"
    assert get_checker(f"{own}:leaves").check(gold, "1").outcome == "error"


def test_the_bytes_of_a_users_file_are_part_of_its_fingerprint(own: str) -> None:
    before = fingerprint(get_checker(f"{own}:near"))
    assert before == fingerprint(get_checker(f"{own}:near"))
    Path(own).write_text(OWN + "\n# changed\n")
    assert fingerprint(get_checker(f"{own}:near")) != before


@pytest.mark.parametrize(
    ("name", "said"), [("absent", "has no function 'absent'"), ("limit", "has no function 'limit'")]
)
def test_a_file_without_that_function_is_refused(own: str, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        get_checker(f"{own}:{name}")


def test_a_file_that_cannot_be_loaded_is_refused_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    with pytest.raises(ConfigError, match="ZeroDivisionError"):
        get_checker(f"{tmp_path}/broken.py:check")


def test_a_catastrophic_pattern_is_stopped_named_and_harms_no_later_check() -> None:
    checker, gold = get_checker("regex"), Gold(material={"pattern": "(a+)+b"})
    began = time.monotonic()
    told = checker.check(gold, "a" * 60)
    assert (told.outcome, "(a+)+b" in told.reason) == ("error", True)
    assert time.monotonic() - began < 30
    assert checker.check(gold, "aaab").outcome == "right"


def test_many_threads_may_check_at_once() -> None:
    checker, gold, told = get_checker("regex"), Gold(material={"pattern": "[0-9]+"}), list[str]()
    threads = [
        threading.Thread(target=lambda said=said: told.append(f"{said} {checker.check(gold, said).outcome}"))
        for said in ("1", "2", "x", "3", "y") * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) == {"1 right", "2 right", "3 right", "x wrong", "y wrong"}
    assert len(told) == len(threads)


def test_a_child_that_dies_is_replaced() -> None:
    with pytest.raises(limited.LimitReached):
        limited.call("os:_exit", 0)
    assert limited.call("operator:add", 2, 3) == 5


def test_what_a_function_raises_in_the_child_is_told() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        limited.call("operator:truediv", 1, 0)


def test_a_query_cannot_change_the_database_or_leave_a_file_behind(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);")
    connection.close()
    before, checker = path.read_bytes(), get_checker("sql", {"database": str(path)})
    gold = Gold(answer="SELECT a FROM t")
    assert checker.check(gold, "SELECT a FROM t ORDER BY 1 DESC").outcome == "right"
    for query in (
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", f"VACUUM INTO '{tmp_path}/copy.db'",
        f"ATTACH '{tmp_path}/copy.db' AS c", "SELECT a FROM t; DELETE FROM t", "SELECT writefile('x', 'y')",
    ):  # fmt: skip
        assert checker.check(gold, query).outcome == "wrong"
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["shop.db"]


@pytest.mark.parametrize(
    "script", ["ATTACH '{0}/x.db' AS x", "VACUUM INTO '{0}/x.db'", "PRAGMA journal_mode = WAL", "nonsense"]
)
def test_a_script_makes_tables_in_memory_and_nothing_else(tmp_path: Path, script: str) -> None:
    gold = Gold(answer="SELECT 1", material={"script": script.format(tmp_path)})
    assert get_checker("sql").check(gold, "SELECT 1").outcome == "error"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "gold", "said"),
    [
        ("number", Gold(answer="12,34"), "not one number"),
        ("choice", Gold(answer="C", choices=("x", "y")), "there is no choice C"),
        ("choice", Gold(answer="A", choices=("x", "X.")), "are the same"),
        ("choice", Gold(answer="A", choices=("B", "A")), "the letter of another one"),
        ("choice", Gold(answer="A", choices=("x",)), "expected 2 to 26"),
        ("text", Gold(answer="?!"), "nothing is left"),
        ("squad", Gold(answer="the"), "nothing is left"),
        ("regex", Gold(material={"pattern": "(a"}), "is none"),
        ("regex", Gold(material={"pattern": 3}), "there is no pattern"),
        ("json_schema", Gold(material={"schema": {"type": "nonsense"}}), "the schema is none"),
        ("json_schema", Gold(material={"schema": [1]}), "got list"),
        ("sql", Gold(answer="SELECT 1"), "there is no database"),
        ("sql", Gold(answer="SELECT 1", material={"database": "nowhere.db"}), "is no file"),
        ("sql", Gold(answer="SELECT 1 WHERE 0", material={"script": "SELECT 1"}), "finds no rows"),
    ],
)  # fmt: skip
def test_a_gold_answer_that_cannot_be_used_is_told_when_the_row_is_read(kind: str, gold: Gold, said: str) -> None:
    assert said in get_checker(kind).validate_gold(gold)


def test_labels_outside_of_the_allowed_ones_are_refused_in_rows() -> None:
    assert "none of the allowed labels" in get_checker("labels", {"allowed": ["a", "b"]}).validate_gold(
        Gold(answer="a, c")
    )


def test_partly_right_labels_and_words_have_their_f1_as_score() -> None:
    assert get_checker("labels").check(Gold(answers=("a", "b", "c")), "a, b, d").score == pytest.approx(2 / 3)
    assert get_checker("squad").check(Gold(answer="big red dog"), "a red dog").score == pytest.approx(0.8)
    assert get_checker("squad").check(Gold(answer="yes"), "yes sir").score == 0
