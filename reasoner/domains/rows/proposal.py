"""A task file proposed from some rows: which column is what, which checker judges, each with its reason.

Pure: rows in, a proposal out. Nothing is read, written or decided here; whoever asked reads it and changes it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reasoner.domains.checkers.choice import LETTERS
from reasoner.domains.rows.checker_choice import ChosenChecker, choose_checker
from reasoner.domains.rows.column_choice import (
    CHOICES,
    Chosen,
    choose_answer,
    choose_choices,
    choose_id,
    choose_question,
    choose_skill,
    choose_steps,
)
from reasoner.domains.rows.column_facts import NEARLY_ALL, Column, columns_of, kind_of
from reasoner.domains.rows.columns import slots
from reasoner.domains.rows.split_choice import ChosenSplits, choose_splits
from reasoner.domains.rows.task_file import UNKNOWN_LICENSE
from reasoner.domains.rows.turns import is_dialogue, text_of

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
    steps = choose_steps(left)
    left = _without(left, steps)
    question = choose_question(left)
    asking = left.get(question.value)
    left = _without(left, question)
    answer = choose_answer(left, asking=asking)
    skill = choose_skill(_without(left, answer))
    values = [row[answer.value] for row in rows if kind_of(row.get(answer.value)) != "nothing"]
    return TaskProposal(
        columns={
            "question": question,
            "answer": answer,
            "choices": choices,
            "steps": steps,
            "split": splits.column,
            "skill": skill,
            "id": named,
        },
        splits=splits,
        checker=choose_checker(values, choices=bool(choices.value)),
        license=license,
        notes=(*_notes(rows, question.value), *_empty(rows, answer.value)),
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


def _notes(rows: Sequence[Mapping[str, Any]], question: str) -> list[str]:
    """What of a chat is left out."""
    chats = [value for row in rows if is_dialogue(value := row.get(question))]
    if not chats:
        return []
    systems = Counter(text_of(turn) for chat in chats for turn in chat if turn["role"] == "system")
    longer = sum(sum(turn["role"] == "user" for turn in chat) > 1 for chat in chats)
    notes = [f"{sum(systems.values())} system turns ({len(systems)} different) are no part of the question"] * bool(
        systems
    )
    return notes + [f"{longer} of {len(chats)} chats have several turns of the user; only the last is asked"] * bool(
        longer
    )


def _empty(rows: Sequence[Mapping[str, Any]], answer: str) -> list[str]:
    empty = sum(kind_of(row.get(answer)) == "nothing" for row in rows)
    truths = sum(kind_of(row.get(answer)) == "truth" for row in rows)
    notes = [f"{empty} of {len(rows)} rows have nothing in {answer!r}"] * bool(empty)
    return notes + [
        f"{truths} of {len(rows)} rows have true or false in {answer!r}; write texts such as yes and no"
    ] * bool(truths)
