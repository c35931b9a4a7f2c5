"""What must not teach in a home: the questions that its runs report or decide by."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from memory.store.runs import RunRow, RunStore
from reasoner.bootstrap.home import Home
from reasoner.config.settings import Settings
from reasoner.errors import UsageError

if TYPE_CHECKING:
    from agents.withholding import HeldOut
    from reasoner.data.held_out import HeldOutQuestions

LATEST = 8
"""Problem sources, of the newest runs, whose questions are known at the doors of a home. Each run asks about its own
once more before it trains."""


def held_out_of(place: Home) -> "HeldOut":
    """The rule for the doors of a home: its runs' questions, and every structure of a held-out split."""
    from agents.withholding import HeldOut

    return HeldOut(questions_of(place))


def questions_of(place: Home) -> "HeldOutQuestions":
    """Questions of the sealed and gate sets of the home's newest runs."""
    from reasoner.data.held_out import HeldOutQuestions

    known = HeldOutQuestions(())
    marks: set[str] = set()
    for row in reversed(RunStore(place.database()).list()):
        for mark, questions in _of_run(row, place.root, marks):
            marks.add(mark)
            known.add(questions)
        if len(marks) >= LATEST:
            break
    return known


def _of_run(row: RunRow, home: Path, seen: set[str]) -> Iterator[tuple[str, list[str]]]:
    """The mark and the questions of a run's problems and of what it must retain, unless they have been seen.

    A run whose file of problems is gone, or whose settings this version cannot read, cannot go on either.
    """
    from reasoner.data.held_out_files import held_out_questions
    from reasoner.data.sources import open_source
    from reasoner.domains.registry import get_domain
    from reasoner.evaluation.retention import retained_questions

    try:
        settings = Settings.model_validate(row.settings)
        source, retained = open_source(settings), settings.gate.retention
        mark = source.held_out_mark(row.cycles_done) or f"{settings.task.rows}/{settings.seed}"
        mark = "/".join([mark, *retained])
        if mark not in seen:
            drawn = held_out_questions(source, cycles=row.cycles_done, home=home)
            yield mark, [*drawn, *retained_questions(retained, get_domain(settings.task.name))]
    except (ValidationError, UsageError):
        return
