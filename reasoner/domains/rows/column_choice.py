"""Which column of some rows is the question, which the answer: proposals with a reason, and the others that could be.

Names are asked before shapes, because a column called `question` is one, however long the others are. Where two are as
likely the first is taken, and the reason names the other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reasoner.domains.rows.column_facts import Column
from reasoner.errors import DataError

QUESTIONS = (
    "messages", "conversation", "question", "problem", "query", "prompt", "instruction", "text", "input", "sentence",
    "utterance", "content",
)  # fmt: skip
CONTEXTS = ("context", "passage", "body", "paragraph", "background", "story", "article", "document")
"""What a question is asked of, where it stands in a column of its own."""
PAIRS = (("premise", "hypothesis"), ("sentence1", "sentence2"), ("question1", "question2"), ("text1", "text2"))
ANSWERS = (
    "answer", "final_answer", "answers", "answerkey", "correct_answer", "gold", "label_text", "label", "labels",
    "target", "targets", "completion", "output", "response", "category", "class", "intent", "sentiment", "solution",
    "ground_truth", "reference", "correct", "cop", "canonical_solution", "code",
)  # fmt: skip
CHOICES = ("choices", "options", "candidates", "endings", "alternatives")
STEPS = ("steps", "solution_steps", "reasoning_steps", "proof")
SKILLS = ("skill", "type", "category", "subject", "topic", "task", "level", "difficulty", "kind")
TESTS = ("tests", "test_list", "test")
TESTS_MATERIAL = (*TESTS, "setup", "names", "entry_point", "prompt", "test_setup_code", "test_imports")
"""Columns that the checker `tests` reads."""
IDS = ("id", "idx", "uid", "uuid", "guid", "key", "qid", "question_id", "example_id", "task_id", "row_id")
MOST_SKILLS = 50
_FAMILY = re.compile(r"(?P<prefix>|choice|option|ending|opt|op|answer)[_ ]?(?P<at>[a-j]|\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Chosen:
    """A column, or a template of several, and why."""

    value: str = ""
    """Empty where there is none."""
    reason: str = "no column does"


def choose_question(columns: Mapping[str, Column]) -> Chosen:
    """The column that asks, or two of them.

    Raises:
        DataError: none can; says what there is.
    """
    able = [column for column in columns.values() if column.kind in ("text", "turns")]
    for first, second in PAIRS:
        if len(both := _called(able, (first, second))) == 2:
            return Chosen(_template(both), f"two texts that belong together; {both[0].words}")
    if named := _called(able, QUESTIONS):
        found, why = named[0], f"called {named[0].name!r}; "
        others = named[1:]
    elif able:
        unique = [column for column in able if column.is_nearly_unique] or able
        longest = max(column.length for column in unique)
        found, *others = [column for column in unique if column.length >= 0.8 * longest]
        why = "the longest text that is nearly unique; " if found.is_nearly_unique else "the longest text; "
    else:
        raise DataError(f"no column can be the question: given {told_of(columns.values())}; expected a column of texts")
    return _with_context(found, able, f"{why}{found.words}", others)


def choose_answer(columns: Mapping[str, Column], *, asking: Column | None) -> Chosen:
    """The column with the gold answer, out of those that are nothing else.

    Args:
        columns: that are left.
        asking: the column that asks, if there is one alone; of a chat it answers too.

    Raises:
        DataError: none can; says what there is.
    """
    able = [column for column in columns.values() if column.kind != "nothing" and column.filled]
    if named := _called(able, ANSWERS):
        return Chosen(named[0].name, f"called {named[0].name!r}; {named[0].words}{_also(named[1:])}")
    if asking is not None and asking.kind == "turns":
        return Chosen(asking.name, f"the assistant's last turn; {asking.words}")
    able = [column for column in able if column.distinct > 1 and column.kind != "turns"]
    if not able:
        raise DataError(
            f"no column can be the answer: given {told_of(columns.values())}; expected one beside the question"
        )
    labels = [column for column in able if column.is_repeated]
    found = (labels or sorted(able, key=lambda column: column.length))[0]
    why = "the first whose values are repeated" if labels else "the shortest of those left"
    return Chosen(found.name, f"{why}; {found.words}{_also([c for c in able if c is not found])}")


def choose_choices(columns: Mapping[str, Column], counts: Mapping[str, set[int]]) -> Chosen:
    """The options of each row: a list, or a column for each.

    Args:
        columns: that are left.
        counts: how many texts the lists of a column have.
    """
    others = (*ANSWERS, *STEPS)
    listed = [c for c in columns.values() if c.name in counts and c.is_full and min(counts[c.name]) >= 2]
    listed = [c for c in listed if c.name.lower() not in others]
    named = _called(listed, CHOICES)
    if found := (named or [c for c in listed if len(counts[c.name]) == 1 and max(counts[c.name]) <= 26]):
        sizes = sorted(counts[found[0].name])
        how_many = f"{sizes[0]} to {sizes[-1]}" if len(sizes) > 1 else str(sizes[0])
        return Chosen(found[0].name, f"lists of {how_many} texts in all of {found[0].rows} rows{_also(found[1:])}")
    families: dict[str, list[Column]] = {}
    for column in columns.values():
        if (match := _FAMILY.fullmatch(column.name)) and column.kind in ("text", "number") and column.is_full:
            families.setdefault(match["prefix"].lower(), []).append(column)
    for family in families.values():
        ordered = sorted(family, key=lambda column: column.name.lower())
        if len(ordered) > 1 and _FAMILY.fullmatch(ordered[0].name)["at"].lower() in "a01":  # pyright: ignore[reportOptionalSubscript]
            template = " ".join(f"{{{column.name}}}" for column in ordered)
            return Chosen(
                template, f"{len(ordered)} columns of one kind of name, full in all of {ordered[0].rows} rows"
            )
    return Chosen()


def choose_steps(columns: Mapping[str, Column]) -> Chosen:
    """A list of steps, by its name alone."""
    found = _called([column for column in columns.values() if column.kind == "list" and column.is_full], STEPS)
    return Chosen(found[0].name, f"called {found[0].name!r}; {found[0].words}") if found else Chosen()


def choose_tests(columns: Mapping[str, Column]) -> Chosen:
    """Unit tests of a program, by name; `test` counts only beside `entry_point`, as HumanEval has them."""
    able = [c for c in columns.values() if c.kind in ("text", "list") and c.is_full]
    found = [c for c in _called(able, TESTS) if c.name != "test" or "entry_point" in columns]
    return Chosen(found[0].name, f"called {found[0].name!r}; {found[0].words}") if found else Chosen()


def choose_skill(columns: Mapping[str, Column]) -> Chosen:
    """A column by which reports can divide, by its name."""
    able = [c for c in columns.values() if c.kind in ("text", "number") and c.is_repeated and c.distinct <= MOST_SKILLS]
    found = _called(able, SKILLS)
    return Chosen(found[0].name, f"called {found[0].name!r}; {found[0].words}{_also(found[1:])}") if found else Chosen()


def choose_id(columns: Mapping[str, Column]) -> Chosen:
    """A column that names each row, by its name."""
    able = [c for c in columns.values() if c.kind in ("text", "number") and c.is_full and c.distinct == c.rows]
    found = _called(able, IDS)
    return (
        Chosen(found[0].name, f"called {found[0].name!r}; all of {found[0].rows} are different") if found else Chosen()
    )


def told_of(columns: Iterable[Column]) -> str:
    """The columns and what they hold, for an error."""
    told = [f"{column.name!r:.40} ({column.words})" for column in columns]
    return "; ".join(told[:8]) or "no columns"


def _with_context(found: Column, able: Sequence[Column], reason: str, others: Sequence[Column]) -> Chosen:
    contexts = [column for column in _called(able, CONTEXTS) if column is not found]
    if found.kind == "turns" or not contexts:
        return Chosen(found.name, reason + _also(others))
    context = contexts[0]
    if not context.is_full:
        empty = context.rows - context.filled
        return Chosen(found.name, f"{reason}; without {context.name!r}, which is empty in {empty} rows{_also(others)}")
    told = f"asked of {context.name!r} ({context.words}), which stands before it: {reason}"
    return Chosen(_template([context, found]), told + _also([c for c in others if c is not context]))


def _template(columns: Sequence[Column]) -> str:
    return " ".join(f"{{{column.name}}}" for column in columns)


def _called(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """Those with one of the names, whatever their case, in the order of the names."""
    return [column for name in names for column in columns if column.name.lower() == name]


def _also(others: Sequence[Column]) -> str:
    names = ", ".join(f"{column.name!r:.40}" for column in others[:4])
    return f"; as likely: {names}, the first is taken" if others else ""
