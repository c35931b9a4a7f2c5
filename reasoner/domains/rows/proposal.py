"""A task file proposed from some rows: which column is what, which checker judges, each with its reason.

Pure: rows in, a proposal out. Nothing is read, written or decided here; whoever asked reads it and changes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reasoner.domains.checkers.choice import LETTERS
from reasoner.domains.checkers.plain_words import plain_words
from reasoner.domains.rows.checker_choice import ChosenChecker, choose_checker
from reasoner.domains.rows.column_choice import (
    CHOICES,
    TESTS_MATERIAL,
    Chosen,
    choose_answer,
    choose_choices,
    choose_id,
    choose_question,
    choose_skill,
    choose_steps,
    choose_tests,
)
from reasoner.domains.rows.column_facts import NEARLY_ALL, Column, columns_of, kind_of
from reasoner.domains.rows.columns import slots
from reasoner.domains.rows.proposal_notes import notes_of
from reasoner.domains.rows.split_choice import ChosenSplits, choose_splits
from reasoner.domains.rows.task_file import UNKNOWN_LICENSE

MOST_ROWS = 2000
"""That are looked at."""


@dataclass(frozen=True)
class TaskProposal:
    """Everything that a task file says of its rows, and why."""

    columns: dict[str, Chosen]
    """By key of `columns` in a task file, in its order."""
    splits: ChosenSplits
    checker: ChosenChecker
    license: Chosen
    notes: tuple[str, ...] = ()
    """What else a reader should know."""


def propose(rows: Sequence[Mapping[str, Any]], *, card_license: str = "", notice: str = "") -> TaskProposal:
    """What these rows seem to be.

    Args:
        rows: at least one; of more than `MOST_ROWS` some are enough.
        card_license: as the dataset's card says it.
        notice: the first line of a licence text that lies beside the rows.

    Raises:
        DataError: no column can be the question, or none the answer.
    """
    left = columns_of(rows)
    splits = choose_splits(left)
    left = _without(left, splits.column)
    named = choose_id(left)
    left = _without(left, named)
    license = _license(left, card_license, notice)
    left = {name: column for name, column in left.items() if name.lower() not in ("license", "licence")}
    choices = choose_choices(left, _counts(rows, left))
    left = _without(left, choices)
    tests = choose_tests(left)
    if tests.value:
        left = {name: column for name, column in left.items() if name not in TESTS_MATERIAL or name == "prompt"}
    steps = choose_steps(left)
    question = choose_question(_without(left, steps))
    asking = left.get(question.value)
    answer = choose_answer(_without(_without(left, steps), question), asking=asking)
    steps = _if_they_end_in(answer.value, steps, rows)
    skill = choose_skill(_without(_without(_without(left, steps), question), answer))
    columns = {
        "question": question,
        "answer": answer,
        "choices": choices,
        "steps": steps,
        "split": splits.column,
        "skill": skill,
        "id": named,
    }
    values = [row[answer.value] for row in rows if kind_of(row.get(answer.value)) != "nothing"]
    judged = choose_checker(values, choices=bool(choices.value))
    checker = _of_programs(tests, rows) if tests.value else judged
    return TaskProposal(
        columns=columns,
        splits=splits,
        checker=checker,
        license=license,
        notes=notes_of(rows, {key: chosen.value for key, chosen in columns.items()}, checker.material),
    )


def _of_programs(tests: Chosen, rows: Sequence[Mapping[str, Any]]) -> ChosenChecker:
    """The checker of rows with unit tests, and which columns it reads."""
    there = {name for row in rows for name in row}
    # A prompt is a beginning of the program only where a row says by which name the tests call it.
    named = [name for name in TESTS_MATERIAL if name in there and (name != "prompt" or "entry_point" in there)]
    reason = f"{tests.value!r} has unit tests, which run in the sandbox"
    return ChosenChecker(
        "tests", reason, "a whole Python program that defines what is asked for", material=tuple(named)
    )


def _if_they_end_in(answer: str, steps: Chosen, rows: Sequence[Mapping[str, Any]]) -> Chosen:
    """Steps are of use where the last of them is the answer; else none are named, and the reason says so."""
    if not steps.value:
        return steps
    plain = [(plain_words(str(row[steps.value][-1])), plain_words(str(row.get(answer)))) for row in rows]
    ends = sum(last.removeprefix("answer:").strip() == gold for last, gold in plain)
    if ends >= len(rows) / 2:
        return Chosen(steps.value, f"{steps.reason}; the last is the answer in {ends} rows, and only these teach")
    return Chosen(
        reason=f"{steps.value!r} has lists, but the last of them is the answer in {ends} of {len(rows)} rows only"
    )


def _without(columns: Mapping[str, Column], chosen: Chosen) -> dict[str, Column]:
    taken = slots(chosen.value) or [chosen.value]
    return {name: column for name, column in columns.items() if name not in taken}


def _counts(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Column]) -> dict[str, set[int]]:
    """How many texts the lists of a column have, of columns whose lists can be options."""
    found: dict[str, set[int]] = {}
    for name in columns:
        values = [_texts(row.get(name)) for row in rows]
        if all(values) and (name.lower() in CHOICES or _are_answered(rows, values, but=name)):
            found[name] = {len(value) for value in values}
    return found


def _are_answered(rows: Sequence[Mapping[str, Any]], options: Sequence[list[Any]], *, but: str) -> bool:
    """Whether another column names an option in nearly all rows: its text, its number from 0, or its letter."""

    def meant(row: Mapping[str, Any], given: list[Any], name: str) -> bool:
        value = row.get(name)
        letters = LETTERS[: len(given)]
        return value in given or value in range(len(given)) or (isinstance(value, str) and value in tuple(letters))

    names = dict.fromkeys(name for row in rows for name in row if name != but)
    return any(
        sum(meant(row, given, name) for row, given in zip(rows, options, strict=True)) >= NEARLY_ALL * len(rows)
        for name in names
    )


def _texts(value: object) -> list[Any]:
    listed = value.get("text") if isinstance(value, Mapping) else value
    return listed if isinstance(listed, list) and all(isinstance(one, str | int | float) for one in listed) else []


def _license(columns: Mapping[str, Column], card: str, notice: str) -> Chosen:
    found = next((column for name, column in columns.items() if name.lower() in ("license", "licence")), None)
    if found is not None and found.distinct == 1 and found.is_full:
        return Chosen(next(iter(found.counts)), f"the column {found.name!r} says so in all of {found.rows} rows")
    if found is not None and found.filled:
        own = "each row's own counts" if found.name == "license" else "call it 'license' and each row's own counts"
        return Chosen(UNKNOWN_LICENSE, f"the column {found.name!r} has {found.distinct} different ones; {own}")
    if card:
        return Chosen(card, "the dataset's card says so")
    if notice:
        return Chosen(UNKNOWN_LICENSE, f"a file LICENSE beside the rows begins with {notice!r}; write its name here")
    return Chosen(UNKNOWN_LICENSE, "neither a column nor a card says it; write it here")
