"""Every way in which the selftest of decisions changes what is recorded: fields, rows, chains, files.

An edit changes a copy of the home of `decided_home` with the tools that anybody has, SQLite and an editor, and names
the decision on which a champion is then to be moved.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from agents.beside import REPAIRS
from agents.run_folder import RunFolder
from memory.store.chain import BEGINNING, digest_of, link
from reasoner.bootstrap.decided_home import ALONE, ASKED, name_of

PROPOSAL = "c0ffee000001"
GATE_KEYS = ("alpha", "veto_margin", "veto_alpha", "regression_size")
SUMS = "attempts_sha256"

RECORD: dict[str, Any] = {
    "id": "f" * 16,
    "run": ASKED,
    "cycle": 1,
    "candidate": name_of(ALONE, "other"),
    "champion": name_of(ALONE, "weak"),
    "verdict": "reject",
    "comparison": None,
    "alpha": 0.05,
    "reason": "so be it",
    "kind": "revert",
    "proposal": PROPOSAL,
    "rehearsed": "0" * 16,
    SUMS: ["0" * 64, "0" * 64],
}
"""A wrong value for each field of a decision to promote."""

COMPARISON: dict[str, Any] = {
    "n": 61,
    "wins": 30,
    "losses": 1,
    "gain": 0.5,
    "ci95": [0.4, 0.6],
    "p": 1e-30,
    "vetoes": [{"bucket": "skill add", "wins": 0, "losses": 9, "n": 20, "p": 0.001}],
    "errors": 1,
}

WITHOUT_EFFECT = {"reason", "rehearsed", SUMS}
"""Fields on which no promotion rests: only the chain, and with a new chain only a key, shows that they were changed."""

RULING = {
    "verdict": "denied",
    "by": "root@here",
    "at": "2026-01-01T00:00:00.000+00:00",
    "reason": "",
    "digest": "0" * 64,
}

Apply = Callable[[Path, dict[str, str]], str]
"""Changes the home in a folder, given the ids of its decisions; returns the decision to promote on."""


class Edit(NamedTuple):
    """One change."""

    group: str
    what: str
    apply: Apply


def all_edits() -> Iterator[Edit]:
    """All edits, those of one group after those of another."""
    for rechained in (False, True):
        yield from _decision_edits(rechained)
    yield from _row_edits()
    yield from _ruling_edits()
    yield from _setting_edits()
    yield from _attempt_edits()
    yield from _repair_edits()


def keyed_edits() -> Iterator[Edit]:
    """What only a key shows: any field changed, and the whole chain and its head written anew."""
    for field, value in (RECORD | {"everything": None}).items():
        changes = RECORD if field == "everything" else {field: value}
        yield Edit("sealed, chain written anew", f"decision.{field}", _record_edit("promote", changes, rechained=True))
    for field, value in RULING.items():
        if field != "digest":
            yield Edit("sealed, chain written anew", f"ruling.{field}", _ruling_edit(field, value, rechained=True))


def _decision_edits(rechained: bool) -> Iterator[Edit]:
    group = "decision's field, chain written anew" if rechained else "decision's field"
    for field, value in RECORD.items():
        if not (rechained and field in WITHOUT_EFFECT):
            yield Edit(group, field, _record_edit("promote", {field: value}, rechained=rechained))
    for field, value in COMPARISON.items():
        yield Edit(group, f"comparison.{field}", _comparison_edit("promote", {field: value}, {}, rechained))
    better = {"wins": 30, "losses": 0, "p": 1e-9}
    keep: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "keep to promote": ({}, {"verdict": "promote"}),
        "keep to promote, level": ({}, {"verdict": "promote", "alpha": 0.99}),
        "keep to promote, figures": (better, {"verdict": "promote"}),
        "keep to promote, figures, no sums": (better, {"verdict": "promote", SUMS: []}),
        "keep to promote of a merge": ({}, {"verdict": "promote", "kind": "merge"}),
    }
    for what, (figures, changes) in keep.items():
        yield Edit(group, what, _comparison_edit("keep", figures, changes, rechained))
    unruled = _statement_edit("DELETE FROM rulings", "await")
    hurried = _record_edit("await", {"verdict": "promote"}, rechained=rechained)
    yield Edit(group, "await to promote, ruling gone", lambda home, made: (unruled(home, made), hurried(home, made))[1])


def _row_edits() -> Iterator[Edit]:
    group = "row, chain or head"
    statements = {
        "decisions.recorded_at": "UPDATE decisions SET recorded_at = '2026' WHERE id = :promote",
        "decisions.run": f"UPDATE decisions SET run = '{ASKED}' WHERE id = :promote",
        "decisions.digest": "UPDATE decisions SET digest = '' WHERE id = :promote",
        "decisions.record is no JSON": "UPDATE decisions SET record = 'promote' WHERE id = :promote",
        "decisions.record is empty": "UPDATE decisions SET record = '{}' WHERE id = :promote",
        "order": "UPDATE decisions SET number = 99 WHERE id = :keep",
        "an earlier row is gone": "DELETE FROM decisions WHERE id = :keep",
        "the last row is gone": "DELETE FROM decisions WHERE id = :approved",
        "a row twice": "INSERT INTO decisions SELECT 99, id || 'x', run, record, recorded_at, digest FROM decisions "
        "WHERE id = :promote",
        "head.length": "UPDATE chains SET length = 3 WHERE name = 'decisions'",
        "head.digest": f"UPDATE chains SET digest = '{BEGINNING}' WHERE name = 'decisions'",
        "head.seal": "UPDATE chains SET seal = '0' WHERE name = 'decisions'",
        "the head is gone": "DELETE FROM chains WHERE name = 'decisions'",
    }
    for what, statement in statements.items():
        yield Edit(group, what, _statement_edit(statement, "promote"))


def _ruling_edits() -> Iterator[Edit]:
    for field, value in RULING.items():
        yield Edit("ruling or proposal", f"ruling.{field}", _ruling_edit(field, value, rechained=False))
    rows = {
        "ruling.proposal": "UPDATE rulings SET proposal = 'another'",
        "the last ruling is gone": "DELETE FROM rulings",
        "the last ruling and its head are gone": "DELETE FROM rulings; DELETE FROM chains WHERE name = 'rulings'",
        "the head of the rulings is gone": "DELETE FROM chains WHERE name = 'rulings'",
        "proposal.digest": "UPDATE proposals SET digest = '0'",
        "the proposal is gone": "DELETE FROM proposals",
        "proposal.record": "UPDATE proposals SET record = replace(record, '-strong', '-other')",
        "proposal.decision": "UPDATE proposals SET record = replace(record, :await, :promote)",
    }
    for what, statement in rows.items():
        yield Edit("ruling or proposal", what, _statement_edit(statement, "approved"))
    denied = _ruling_edit("verdict", "denied", rechained=True)
    yield Edit("ruling or proposal", "approved to denied, chain written anew", denied)


def _setting_edits() -> Iterator[Edit]:
    for key in GATE_KEYS:
        statement = f"UPDATE runs SET settings = json_set(settings, '$.gate.{key}', 0.4) WHERE id = '{ALONE}'"
        yield Edit("run's settings", f"gate.{key}", _statement_edit(statement, "promote"))
    statement = f"UPDATE runs SET settings = json_set(settings, '$.approval', 'auto') WHERE id = '{ASKED}'"
    yield Edit("run's settings", "approval", _statement_edit(statement, "approved"))
    yield Edit(
        "run's settings", "the row is gone", _statement_edit(f"DELETE FROM runs WHERE id = '{ALONE}'", "promote")
    )

    def in_folder(home: Path, made: dict[str, str]) -> str:
        path = RunFolder(home, ALONE).root / "config.resolved.yaml"
        path.write_text(path.read_text().replace("alpha: 0.05", "alpha: 0.4"))
        return made["promote"]

    yield Edit("run's settings", "gate in the run's folder", in_folder)


def _attempt_edits() -> Iterator[Edit]:
    first: dict[str, Any] = {
        "problem_id": "another",
        "mode": "think",
        "steps": ["1+1=3"],
        "answer": "7",
        "outcome": "wrong",
        "skill": "compare",
        "difficulty": 9,
        "logprob": -1.0,
    }
    for role in ("base", "strong"):
        for field, value in first.items():
            change = _on_row(lambda row, f=field, v=value: row | {f: v})
            yield Edit("attempts", f"{role}'s {field}", _attempts_edit(role, change))
    whole: dict[str, Callable[[list[str]], list[str]]] = {
        "a row is gone": lambda rows: rows[1:],
        "a row twice": lambda rows: [rows[0], *rows],
        "rows in another order": lambda rows: rows[::-1],
        "no row": lambda _: [],
        "no JSON": lambda rows: ["right", *rows],
        "all right": lambda rows: [row.replace('"wrong"', '"right"') for row in rows],
    }
    for what, change in whole.items():
        yield Edit("attempts", what, _attempts_edit("strong", change))
        # As in decisions from before the sums were kept: what remains are the attempts themselves.
        if what != "rows in another order":
            yield Edit("attempts, sums taken away", what, _attempts_edit("strong", change, forget=True))


def _repair_edits() -> Iterator[Edit]:
    """Of what is asked beside the gate set: a loss is put in, or what tells of it is taken away."""
    group = "attempts at repairs"
    whole: dict[str, Callable[[list[str]], list[str]]] = {
        "a row is gone": lambda rows: rows[1:],
        "no row": lambda _: [],
        "no JSON": lambda rows: ["right", *rows],
        "all wrong": lambda rows: [row.replace('"right"', '"wrong"') for row in rows],
    }
    for what, change in whole.items():
        yield Edit(group, what, _attempts_edit("strong", change, of=REPAIRS))
        yield Edit(group, f"{what}, sums taken away", _attempts_edit("strong", change, forget=True, of=REPAIRS))
    yield Edit(group, "the file is gone", _removal_edit("strong", forget=False))
    yield Edit(group, "the file is gone, sums taken away", _removal_edit("strong", forget=True))


def _record_edit(of: str, changes: dict[str, Any], *, rechained: bool) -> Apply:
    return _comparison_edit(of, {}, changes, rechained)


def _comparison_edit(of: str, figures: dict[str, Any], changes: dict[str, Any], rechained: bool) -> Apply:
    def apply(home: Path, made: dict[str, str]) -> str:
        with closing(_open(home)) as database, database:
            (text,) = database.execute("SELECT record FROM decisions WHERE id = ?", (made[of],)).fetchone()
            record = json.loads(text)
            record |= {"comparison": record["comparison"] | figures} | changes
            database.execute(
                "UPDATE decisions SET id = ?, run = ?, record = ? WHERE id = ?",
                (record["id"], record["run"], json.dumps(record), made[of]),
            )
            if rechained:
                rechain(database)
        return record["id"]

    return apply


def _ruling_edit(field: str, value: str, *, rechained: bool) -> Apply:
    def apply(home: Path, made: dict[str, str]) -> str:
        with closing(_open(home)) as database, database:
            database.execute(f"UPDATE rulings SET {_quoted(field)} = ?", (value,))
            if rechained:
                rechain(database)
        return made["approved"]

    return apply


def _statement_edit(statements: str, promote_on: str) -> Apply:
    def apply(home: Path, made: dict[str, str]) -> str:
        with closing(_open(home)) as database, database:
            for statement in statements.split(";"):
                database.execute(statement, made)
        return made[promote_on]

    return apply


def _removal_edit(role: str, *, forget: bool) -> Apply:
    def apply(home: Path, made: dict[str, str]) -> str:
        RunFolder(home, ALONE).attempts(2, f"{REPAIRS}-{name_of(ALONE, role)}").unlink()
        return _record_edit("promote", {SUMS: []}, rechained=True)(home, made) if forget else made["promote"]

    return apply


def _attempts_edit(
    role: str, change: Callable[[list[str]], list[str]], *, forget: bool = False, of: str = "gate"
) -> Apply:
    def apply(home: Path, made: dict[str, str]) -> str:
        path = RunFolder(home, ALONE).attempts(2, f"{of}-{name_of(ALONE, role)}")
        path.write_text("".join(f"{row}\n" for row in change(path.read_text().splitlines())))
        return _record_edit("promote", {SUMS: []}, rechained=True)(home, made) if forget else made["promote"]

    return apply


def _on_row(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[list[str]], list[str]]:
    """Changes the first row."""
    return lambda rows: [json.dumps(change(json.loads(rows[0]))), *rows[1:]]


def rechain(database: sqlite3.Connection) -> None:
    """Writes both chains and their heads anew, as somebody can who reads this file but has no key."""
    before, count = BEGINNING, 0
    rows = database.execute("SELECT number, id, run, record, recorded_at FROM decisions ORDER BY number").fetchall()
    for count, (number, id, run, record, at) in enumerate(rows, start=1):  # noqa: B007 (it is the number of rows)
        before = link([id, run, digest_of(json.loads(record)), at], before)
        database.execute("UPDATE decisions SET digest = ? WHERE number = ?", (before, number))
    database.execute("UPDATE chains SET length = ?, digest = ? WHERE name = 'decisions'", (count, before))
    before, columns = BEGINNING, 'r.number, r.proposal, r.verdict, r."by", r.at, r.reason, p.record'
    joined = f"SELECT {columns} FROM rulings r JOIN proposals p ON p.id = r.proposal ORDER BY r.number"
    for number, *words, record in database.execute(joined).fetchall():
        before = link([*words, digest_of(json.loads(record))], before)
        database.execute("UPDATE rulings SET digest = ? WHERE number = ?", (before, number))
    ruled = database.execute("SELECT count(*) FROM rulings").fetchone()[0]
    database.execute("UPDATE chains SET length = ?, digest = ? WHERE name = 'rulings'", (ruled, before))
    database.execute("DELETE FROM chains WHERE length = 0")


def _quoted(name: str) -> str:
    return f'"{name}"'


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(home / "reasoner.db")
