"""Errors of the system and of SQLite become words."""

import os
import sqlite3

import pytest

from reasoner.errors import BusyError, DamagedError, StorageError, UsageError
from reasoner.storage.refusals import ADVICE, in_words, of_sqlite


@pytest.mark.parametrize("number", [*ADVICE, 9999])
def test_every_error_of_the_system_names_the_file_and_what_to_do(number: int) -> None:
    told = in_words(OSError(number, os.strerror(number), "a/file"))
    assert isinstance(told, StorageError | UsageError)
    where, _, remedy = str(told).partition("; ")
    assert "'a/file'" in where
    assert remedy


def test_an_error_that_the_machine_did_not_cause_is_no_refusal() -> None:
    assert in_words(ValueError("x")) is None
    assert in_words(OSError("without a number")) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SQLITE_CORRUPT", DamagedError),
        ("SQLITE_NOTADB", DamagedError),
        ("SQLITE_FULL", StorageError),
        ("SQLITE_IOERR_WRITE", StorageError),
        ("SQLITE_READONLY_DBMOVED", StorageError),
        ("SQLITE_CANTOPEN_ISDIR", StorageError),
        ("SQLITE_BUSY_SNAPSHOT", BusyError),
    ],
)
def test_sqlites_codes_are_told_apart(code: str, kind: type[Exception]) -> None:
    error = sqlite3.OperationalError("said so")
    error.sqlite_errorname = code
    assert type(of_sqlite(error, "a/reasoner.db")) is kind


def test_a_wrong_statement_is_no_fault_of_the_file() -> None:
    error = sqlite3.IntegrityError("UNIQUE constraint failed")
    error.sqlite_errorname = "SQLITE_CONSTRAINT_UNIQUE"
    assert of_sqlite(error, "f") is None
