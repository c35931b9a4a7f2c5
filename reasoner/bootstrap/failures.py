"""What went wrong, as words: the one table from an exception to a sentence, an advice and an exit code.

    ReasonerError           its own message and exit code
    OSError                 by number (`storage.refusals`): what failed, with which file, what to do
    libraries' errors       by the name of their class, so that none is imported for it
    anything else           a bug in reasoner

The terminal prints these words; Python raises them.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from reasoner.errors import EXIT_FAILED, EXIT_USAGE, ReasonerError, StorageError, UsageError
from reasoner.storage.refusals import ADVICE

_LOOK = "`reasoner doctor` says what is wrong with a home and what mends it"


class Failure(NamedTuple):
    """What people and the shell are told."""

    message: str
    exit_code: int


_CLASSES: dict[str, tuple[str, str, int]] = {
    "builtins.UnicodeDecodeError": ("a file is not UTF-8 text", "save it as UTF-8", EXIT_USAGE),
    "builtins.UnicodeEncodeError": (
        "a text holds half a surrogate pair or bytes that are not UTF-8",
        "write it again as UTF-8",
        EXIT_USAGE,
    ),
    "builtins.RecursionError": ("something given is nested too deeply", "give it in a flatter form", EXIT_USAGE),
    "builtins.MemoryError": (
        "not enough memory",
        "end other programs, or choose smaller sizes; what was done is saved",
        EXIT_FAILED,
    ),
    "builtins.OverflowError": ("a number is too large", "give a smaller one", EXIT_USAGE),
    "builtins.EOFError": ("a file, or the input, ends too early", "make the file anew", EXIT_FAILED),
    "builtins.ModuleNotFoundError": ("a package is missing", "`reasoner doctor` names the command", EXIT_FAILED),
    "json.decoder.JSONDecodeError": ("a file holds no JSON where JSON is expected", _LOOK, EXIT_FAILED),
    "yaml.error.YAMLError": ("a file is not YAML", "correct or remove it", EXIT_USAGE),
    "pydantic_core._pydantic_core.ValidationError": (
        "a stored record does not have the form that this version expects",
        _LOOK,
        EXIT_FAILED,
    ),
    "sqlalchemy.exc.SQLAlchemyError": ("the store cannot be read or written", _LOOK, EXIT_FAILED),
    "sqlite3.Error": ("a database of the home cannot be read or written", _LOOK, EXIT_FAILED),
    "psycopg.Error": ("the database cannot be used", "check REASONER_DATABASE_URL and its server", EXIT_FAILED),
    "safetensors_rust.SafetensorError": ("a file of weights is damaged", _LOOK, EXIT_FAILED),
    "torch.OutOfMemoryError": ("the device has not enough memory", "choose smaller sizes", EXIT_FAILED),
    "zipfile.BadZipFile": ("an archive is damaged", "make it anew", EXIT_FAILED),
    "zlib.error": ("a compressed file is damaged", "make it anew", EXIT_FAILED),
    "pyarrow.lib.ArrowException": ("a Parquet file cannot be read or written", "make it anew", EXIT_USAGE),
    "zoneinfo._common.ZoneInfoNotFoundError": (
        "there is no such time zone",
        "set TZ to a name such as Europe/Berlin, or unset it",
        EXIT_USAGE,
    ),
}
"""Class, or a base of it: what happened, advice, exit code."""

_SENTENCES: tuple[tuple[str, str, int], ...] = (
    (r"embedded null (byte|character)", "a path holds a NUL character: give another", EXIT_USAGE),
    (r"Exceeds the limit \(\d+ digits\)", "a number has thousands of digits: give a smaller one", EXIT_USAGE),
    (r"DefaultCPUAllocator|can't allocate memory", "not enough memory: choose smaller sizes", EXIT_FAILED),
    (r"Could not determine home directory", "`~` has no meaning without HOME: give a whole path", EXIT_USAGE),
    (r"TZ environment variable", "the time zone in TZ is not known: set one such as Europe/Berlin", EXIT_USAGE),
)
"""Of ValueError and RuntimeError, which libraries raise for users' faults too: part of the text, words, exit code."""


def failure_of(error: BaseException) -> Failure | None:
    """The words for an error that input or machine can cause; None for a bug."""
    if isinstance(error, ReasonerError):
        return Failure(str(error), error.exit_code)
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    if isinstance(error, OSError) and error.errno is not None:
        advice, code = ADVICE.get(error.errno, (_LOOK, EXIT_FAILED))
        return Failure(f"{_place(error)}{error.strerror or os.strerror(error.errno)}{notes}; {advice}", code)
    if isinstance(error, (ValueError, RuntimeError)):
        for pattern, words, code in _SENTENCES:
            if re.search(pattern, str(error)):
                return Failure(words + notes, code)
    for cls in type(error).__mro__:
        if known := _CLASSES.get(f"{cls.__module__}.{cls.__qualname__}"):
            what, advice, code = known
            return Failure(f"{what}: {detail(error)}{notes}; {advice}", code)
    if isinstance(error, OSError):
        return Failure(f"{detail(error)}{notes}; {_LOOK}", EXIT_FAILED)
    return None


@contextmanager
def in_words() -> Iterator[None]:
    """Raises what input or machine can cause as an error of ours, with the words that the terminal has for it.

    Raises:
        ReasonerError: of the kind that the failure is. A bug is raised as it is, with its traceback.
    """
    try:
        yield
    except ReasonerError:
        raise
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        from reasoner.config.secrets import redactor_of_process

        told = redactor_of_process((), os.environ).clean(failure.message)
        kind = StorageError if isinstance(error, OSError) else ReasonerError
        raise (UsageError if failure.exit_code == EXIT_USAGE else kind)(told) from error


def _place(error: OSError) -> str:
    names = [repr(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, (str, bytes))]
    return f"{' and '.join(names)}: " if names else ""


def detail(error: BaseException) -> str:
    """Its own words in one line; of a database error the driver's, for the statement holds the rows."""
    told = str(getattr(error, "orig", None) or error) or type(error).__name__
    return " ".join(told.split())[:400]
