"""What a reader of a proposed task file should know beside the reasons: what is left out, and what will not work."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reasoner.domains.rows.column_facts import as_text, kind_of
from reasoner.domains.rows.columns import slots, worked
from reasoner.domains.rows.turns import is_dialogue, text_of

LONG = 200
"""Characters of an answer from which on nobody says the same words again."""


def notes_of(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], material: Sequence[str] = ()
) -> tuple[str, ...]:
    """Sentences about some rows.

    Args:
        rows: that were looked at.
        columns: what each key of a task file names; empty where it names nothing.
        material: columns that the checker reads beside them.
    """
    used = {"license", "licence", *material} | {name for value in columns.values() for name in slots(value) or [value]}
    unused = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if name.lower() not in used and name not in used
    ]
    told = [f"not used: {', '.join(f'{name!r:.40}' for name in unused[:12])}"] * bool(unused)
    answers = [row.get(columns["answer"]) for row in rows]
    chats = _of_chats([row.get(columns["question"]) for row in rows])
    return (*chats, *_of_answers(answers, columns["answer"], said=not material), *told)


def _of_chats(questions: Sequence[object]) -> list[str]:
    chats = [value for value in questions if is_dialogue(value)]
    systems = Counter(text_of(turn) for chat in chats for turn in chat if turn["role"] == "system")
    longer = sum(sum(turn["role"] == "user" for turn in chat) > 1 for chat in chats)
    told: list[str] = []
    if systems:
        told.append(f"{systems.total()} system turns ({len(systems)} different) are no part of the question")
    if longer:
        told.append(f"{longer} of {len(chats)} chats have several turns of the user; only the last is asked")
    return told


def _of_answers(answers: Sequence[object], name: str, *, said: bool) -> list[str]:
    """`said`: whether an answer is right by its words; a program of any length can pass tests."""
    kinds, told = Counter(map(kind_of, answers)), list[str]()
    if kinds["nothing"]:
        told.append(f"{kinds['nothing']} of {len(answers)} rows have nothing in {name!r}")
    if kinds["truth"]:
        told.append(f"{kinds['truth']} of {len(answers)} rows have true or false in {name!r}; write yes and no")
    long = sum(len(worked(as_text(one))[1]) > LONG for one in answers if isinstance(one, str))
    if said and long > len(answers) / 2:
        told.append(
            f"{long} of {len(answers)} answers have more than {LONG} characters, and hardly anything says the same "
            "words: put the final answer into a column of its own, or into a last line that begins with '####'"
        )
    return told
