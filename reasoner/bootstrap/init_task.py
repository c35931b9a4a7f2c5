"""`reasoner init`: looks at rows and writes a commented task file and settings for it. Torch is not loaded."""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from reasoner.bootstrap.licence_beside import card_license, licence_notice
from reasoner.bootstrap.settings_text import settings_text
from reasoner.bootstrap.student_sizes import Sized, sizes_of, told_if_unworked
from reasoner.config.loading import load_settings
from reasoner.data.dataset_folder import is_dataset_folder
from reasoner.data.files import survey_problems
from reasoner.data.open_rows import Rows, open_rows
from reasoner.data.row_files import no_rows
from reasoner.domains.registry import DOMAINS
from reasoner.domains.rows.checker_choice import told_labels
from reasoner.domains.rows.domain import RowsDomain
from reasoner.domains.rows.proposal import MOST_ROWS, TaskProposal, propose
from reasoner.domains.rows.task_file import ROWS, SUFFIXES, is_hub_name, name_of, task_of
from reasoner.domains.rows.task_text import task_text
from reasoner.errors import DataError, UsageError
from reasoner.storage.plain_yaml import value_of
from reasoner.storage.writing import write_text
from reasoner.types.problem import Problem
from reasoner.types.record import Record

EXPECTED = (
    "expected rows: a file that ends with .jsonl, .json, .csv, .tsv or .parquet, a folder written by `save_to_disk`, "
    "or hf:owner/name of the Hugging Face hub"
)


class Initialised(Record):
    """What was proposed, and what became of it."""

    rows: str
    task_file: str
    settings_file: str
    written: bool
    looked_at: int
    """Rows that the proposal stands on."""
    read: int
    """Rows that the proposed task can use."""
    refused: int
    first_refused: str
    """Place and reason; empty where every row can be used."""
    warnings: tuple[str, ...]
    proposed: dict[str, dict[str, Any]]
    """By key: its value and the reason for it."""
    task_text: str
    settings_text: str


def init_task(rows: str | None, *, out: Path, force: bool, dry_run: bool) -> Initialised:
    """Proposes a task file and settings for some rows.

    Args:
        rows: a file, a folder that `save_to_disk` wrote, or a name of the Hugging Face hub.
        out: the folder to write to.
        force: whether files that are there may be overwritten.
        dry_run: write nothing.

    Raises:
        UsageError: these are no rows, or a file is in the way.
        DataError: the rows cannot be read, or no column can be the question or the answer.
    """
    if rows is None:
        raise UsageError(f"--task is missing: {EXPECTED}")
    path = _path_of(rows)
    file = open_rows(path)
    stem = name_of(path)
    targets = out / f"{stem}.task.yaml", out / f"{stem}.yaml"
    _refuse_to_overwrite(targets, force=force or dry_run)
    sample = _sample(file)
    proposal = propose(sample, card_license=file.license or card_license(path), notice=licence_notice(path))
    name = f"{stem}_rows"[:32] if stem in DOMAINS.names() else stem
    about = {"name": name, "rows": _rows_key(rows, out), "looked_at": len(sample)}
    domain = RowsDomain(task_of(_parsed(task_text(proposal, **about)), targets[0]))
    problems, faults = survey_problems(file, domain)
    if not problems:
        raise DataError(f"{faults[0]} ({len(faults)} rows cannot be used, which is all). {_by_hand(proposal)}")
    proposal = _with_all_labels(proposal, problems)
    sizes = sizes_of(problems, domain)
    settings = settings_text(sizes, name=name[:24], task=str(targets[0]), rows=len(problems))
    task = task_text(proposal, **about)
    if not dry_run:
        write_text(targets[0], task)
        write_text(targets[1], settings)
        load_settings(str(targets[1]), [], {}, None)
    return Initialised(
        rows=rows,
        task_file=str(targets[0]),
        settings_file=str(targets[1]),
        written=not dry_run,
        looked_at=len(sample),
        read=len(problems),
        refused=len(faults),
        first_refused=faults[0] if faults else "",
        warnings=(*proposal.notes, *_contradictions(problems), *told_if_unworked(sizes)),
        proposed=_reasons(proposal, sizes),
        task_text=task,
        settings_text=settings,
    )


def _reasons(proposal: TaskProposal, sizes: Sequence[Sized]) -> dict[str, dict[str, Any]]:
    """Every value with its reason, by key."""
    checker, splits = proposal.checker, proposal.splits
    found: dict[str, tuple[Any, str]] = {key: (one.value, one.reason) for key, one in proposal.columns.items()}
    found |= {"license": (proposal.license.value, proposal.license.reason), "checker": (checker.kind, checker.reason)}
    found |= {"splits": (splits.meaning, splits.reason), **{size.key: (size.value, size.reason) for size in sizes}}
    return {key: {"value": value, "reason": reason} for key, (value, reason) in found.items()}


def _path_of(rows: str) -> Path:
    path = Path(rows).expanduser()
    if is_hub_name(rows) or is_dataset_folder(path):
        return Path(rows) if is_hub_name(rows) else path
    if path.suffix in SUFFIXES:
        raise UsageError(f"{rows!r:.200} is a task file already; {EXPECTED}. `reasoner loop --task` takes it as it is")
    if path.suffix.lower() not in ROWS:
        given = "a known task" if rows in DOMAINS.names() else "no kind of rows"
        raise UsageError(f"--task {rows!r:.200}: given {given}; {EXPECTED}")
    return path


def _refuse_to_overwrite(targets: Sequence[Path], *, force: bool) -> None:
    there = [str(target) for target in targets if target.exists()]
    if there and not force:
        raise UsageError(
            f"{' and '.join(there)} would be overwritten; add --force, choose another folder with --out, or look first "
            "with --dry-run"
        )


def _sample(file: Rows) -> list[dict[str, Any]]:
    """Up to `MOST_ROWS` rows, spread over the whole file: files are often sorted by their answers."""
    stride = -(-file.most // MOST_ROWS) or 1
    found = [row.fields for row in islice(file, 0, None, stride) if not row.fault]
    if not found:
        first = next(iter(file), None)
        raise DataError(file.where(first, first.fault)) if first is not None else no_rows(file.path)
    if len(found) == 1:
        _refuse_wrapped(file, found[0])
    return found


def _refuse_wrapped(file: Rows, only: dict[str, Any]) -> None:
    """Of one object that holds all rows in a list, the list is what is meant; that is said, not guessed."""
    for name, value in only.items():
        if isinstance(value, list) and len(value) > 1 and all(isinstance(one, dict) for one in value):
            raise DataError(
                f"{file.path}: given one object whose field {name!r:.40} holds {len(value)} objects, expected rows; "
                "write that list into a .json file of its own"
            )


def _parsed(text: str) -> dict[str, Any]:
    read = value_of(text)
    assert isinstance(read, dict), "a proposed task file is a group of keys"
    return read


def _rows_key(rows: str, out: Path) -> str:
    """As the task file says it: from its own folder, unless the path is absolute."""
    path = Path(rows).expanduser()
    return rows if is_hub_name(rows) else str(path) if path.is_absolute() else os.path.relpath(path, out)


def _with_all_labels(proposal: TaskProposal, problems: Sequence[Problem]) -> TaskProposal:
    """Teacher and checker are told the labels of all rows, not only of those that were looked at."""
    if not proposal.checker.is_label:
        return proposal
    labels = sorted({problem.answer for problem in problems})
    checker = replace(proposal.checker, told=told_labels(labels), options={"allowed": labels})
    return replace(proposal, checker=checker)


def _contradictions(problems: Sequence[Problem]) -> list[str]:
    """Questions that stand twice, with the same answer or with another."""
    answers: dict[str, set[str]] = defaultdict(set)
    first: dict[str, str] = {}
    for problem in problems:
        first.setdefault(problem.structure, problem.id)
        answers[problem.structure].add(problem.answer)
    odd = [structure for structure, given in answers.items() if len(given) > 1]
    again = len(problems) - len(answers)
    told = [f"{again} rows ask a question that an earlier row asks"] * bool(again)
    if odd:
        told.append(f"{len(odd)} questions stand several times with different answers; the first is {first[odd[0]]}")
    return told


def _by_hand(proposal: TaskProposal) -> str:
    named = {key: chosen.value for key, chosen in proposal.columns.items() if chosen.value}
    return f"Proposed were the columns {named} and the checker {proposal.checker.kind!r}; write a task file by hand"
