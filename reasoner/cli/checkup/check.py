"""One thing that was looked at, and the guard that makes a failing look a finding."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

LONGEST = 300
"""Characters of what was found."""
RESTORE = "restore it from a backup"
"""What mends where the error does not say it."""


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    mend: str
    """What mends it; empty where nothing is broken."""


def good(name: str, found: str) -> Check:
    """Nothing to mend."""
    return Check(name, True, found, "")


def bad(name: str, found: str, mend: str) -> Check:
    """Something to mend."""
    return Check(name, False, found if len(found) <= LONGEST else f"{found[:LONGEST]}...", mend)


def of_error(name: str, error: Exception, mend: str = "") -> Check:
    """What a look ended with: an error of ours says itself what mends it, after its last semicolon."""
    from reasoner.storage.refusals import in_words

    told = in_words(error)
    if told is None:
        words = " ".join(str(error).split())
        return bad(name, f"{type(error).__name__}: {words}", mend or RESTORE)
    found, _, remedy = str(told).rpartition("; ")
    return bad(name, found or remedy, mend or (remedy if found else RESTORE))


def guarded(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """All that a look finds; an error within it is a finding too, for the next looks must go on."""
    try:
        yield from look()
    except Exception as error:
        yield of_error(name, error)
