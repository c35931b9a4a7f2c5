"""The audit of a home's memory, and its mending."""

from pathlib import Path

from memory.audit import Audit, Auditor, Fault, Finding
from memory.store.database import Database
from reasoner.bootstrap.domains import domains_of
from reasoner.bootstrap.held_out import questions_of
from reasoner.bootstrap.home import existing_home
from reasoner.bootstrap.recall import encoder_of
from reasoner.errors import NotFoundError


def audit_memory(home: Path) -> Audit:
    """Everything that a memory should not hold, with ids and what mends it."""
    return _auditor(home).audit()


def mend_memory(home: Path, fault: Fault, *, dry_run: bool) -> Finding:
    """Mends one kind of fault, or only looks; returns what was found before."""
    auditor = _auditor(home)
    finding = auditor.look(fault)
    if not dry_run and finding.count:
        auditor.mend(fault)
    return finding


def _auditor(home: Path) -> Auditor:
    place = existing_home(home).begun()
    database: Database = place.database()
    try:
        space = encoder_of(place).fingerprint
    except NotFoundError:
        space = ""
    return Auditor(database, space, domains_of(place), lambda: questions_of(place))
