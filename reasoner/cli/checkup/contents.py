"""What lies in a home beside its databases: students, the champion, runs, jobs, and the indices of the memory."""

import json
from collections.abc import Iterator
from pathlib import Path

from reasoner.cli.checkup.check import Check, bad, good, of_error
from reasoner.cli.checkup.databases import records
from reasoner.errors import ReasonerError

CHECKPOINTS = "SELECT id, record FROM checkpoints ORDER BY number DESC"
CHAMPION = "SELECT checkpoint FROM pointer_moves WHERE scope = '' ORDER BY number DESC LIMIT 1"
RUNS = "SELECT id, state FROM runs ORDER BY number"
LIGHT = 512 * 1024**2
"""Bytes of students whose fingerprints are made without --deep, the newest first."""
FRESH = "restore the run's folder from a copy, or start another run with --fresh"
ENDED = ("finished", "waiting", "budget")


def contents(home: Path, *, deep: bool) -> Iterator[Check]:
    """Everything that the store says must be there, as it must be."""
    store = home / "reasoner.db"
    yield from _checkpoints(home, store, deep=deep)
    yield from _runs(home, store)
    yield from _indices(home)


def _checkpoints(home: Path, store: Path, *, deep: bool) -> Iterator[Check]:
    known = {id: str(json.loads(record).get("fingerprint", "")) for id, record in records(store, CHECKPOINTS)}
    champion = next((id for (id,) in records(store, CHAMPION)), "")
    if champion and champion not in known:
        yield bad("champion", f"the pointer names {champion!r}, which is no checkpoint", "reasoner models rollback")
    left, sound, unread = LIGHT, 0, 0
    for id in sorted(known, key=lambda id: id != champion):
        folder = home / "checkpoints" / id
        if not folder.exists() and id != champion:
            continue  # cleared away; only the champion is needed
        size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
        left -= size
        if left < 0 and not deep:
            unread += 1
            continue
        if fault := _fault_of(folder, known[id], name="champion" if id == champion else f"checkpoint {id}"):
            yield fault
        else:
            sound += 1
    if known:
        beside = f", {unread} not read without --deep" if unread else ""
        yield good("checkpoints", f"{sound} are what they were{beside}; champion {champion or 'none'}")


def _fault_of(folder: Path, expected: str, *, name: str) -> Check | None:
    from reasoner.storage.checkpoint_file import MEND
    from reasoner.students import kind_of

    try:
        found = kind_of(folder).fingerprint_of(folder)
    except (ReasonerError, OSError, ValueError) as error:
        return of_error(name, error)
    if found != expected:
        return bad(name, f"{folder} has fingerprint {found}, the store says {expected}: it was changed", MEND)
    return None


def _runs(home: Path, store: Path) -> Iterator[Check]:
    sound = 0
    for run, state in records(store, RUNS):
        faults = list(_faults_of_run(home / "runs" / run, run, state))
        yield from faults
        sound += not faults
    if sound:
        yield good("runs", f"{sound} can be read")


def _faults_of_run(folder: Path, run: str, state: str) -> Iterator[Check]:
    from reasoner.storage.json_files import read_number, read_object
    from reasoner.storage.json_lines import read_lines

    name = f"run {run}"
    if not folder.is_dir() or not (folder / "manifest.json").exists():
        if state in ENDED:
            yield bad(name, f"{folder} or its manifest is missing, and the run is {state}", FRESH)
        return
    looks = (
        ("manifest.json", lambda path: read_object(path, mend=FRESH)),
        ("events.jsonl", lambda path: read_lines(path, mend=FRESH, key="event")),
        ("limits.json", lambda path: read_object(path, mend="remove it: the limits given now hold")),
        ("seconds.txt", lambda path: read_number(path, mend="write the run's seconds so far into it, or 0")),
        ("fork.json", lambda path: read_object(path, mend=FRESH)),
    )
    needed = ("manifest.json", "events.jsonl") if state in ENDED else ()
    for file, look in looks:
        if file not in needed and not (folder / file).exists():
            continue
        try:
            look(folder / file)
        except (ReasonerError, OSError) as error:
            yield of_error(name, error)
    yield from _lines_of(folder, name)


def _lines_of(folder: Path, name: str) -> Iterator[Check]:
    """Attempts, answers and rows: every whole line must be an object."""
    from reasoner.storage.json_lines import numbered_lines

    for pattern in ("evals/*/*.jsonl", "teacher/*.jsonl", "dataset/*.jsonl"):
        for path in sorted(folder.glob(pattern)):
            try:
                for _ in numbered_lines(path, mend=FRESH):
                    pass
            except (ReasonerError, OSError) as error:
                yield of_error(name, error)


def _indices(home: Path) -> Iterator[Check]:
    """A damaged index is made again by whoever searches; this says so before."""
    import hashlib

    from reasoner.storage.json_files import read_object
    from reasoner.storage.regular import reading

    mend, sound = "reasoner memory reindex", 0
    for page in sorted(home.glob("index/*/*.json")):
        try:
            told = read_object(page, mend=mend)
            for part in ("vectors", "rows"):
                with reading(page.with_name(Path(str(told[part])).name)) as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != told[f"{part}_sha256"]:
                        raise ValueError(f"{told[part]} is not what {page.name} says")
            sound += 1
        except (ReasonerError, OSError, KeyError, ValueError) as error:
            yield of_error(f"index {page.parent.name}/{page.stem}", error, mend)
    if sound:
        yield good("indices", f"{sound} agree with their sums")
