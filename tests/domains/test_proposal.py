"""What is proposed for rows of many shapes, and that every proposal says why and reads back as it is written."""

import json
from typing import Any

import pytest

from reasoner.domains.rows.proposal import TaskProposal, propose
from reasoner.domains.rows.task_file import TaskFile
from reasoner.domains.rows.task_text import inline, task_text
from reasoner.errors import DataError
from reasoner.storage.plain_yaml import value_of

Rows = list[dict[str, Any]]


def of(count: int, **columns: Any) -> Rows:
    """Rows whose values are functions of their number, or the same in all."""
    return [{name: made(n) if callable(made) else made for name, made in columns.items()} for n in range(count)]


def question(n: int) -> str:
    return f"Question {n} of some length, is it not?"


def chosen(proposal: TaskProposal) -> dict[str, str]:
    return {key: one.value for key, one in proposal.columns.items() if one.value}


def chat(n: int) -> list[dict[str, str]]:
    said = [("system", "Judge."), ("user", question(n)), ("assistant", "good" if n % 2 else "bad")]
    return [{"role": role, "content": content} for role, content in said]


SHAPES = {
    "labels": (
        of(60, text=question, category=lambda n: f"label {n % 5}"),
        {"question": "text", "answer": "category"},
        "text",
    ),
    "numbers": (
        of(
            60,
            ID=lambda n: f"x{n}",
            Body=lambda n: f"Ann has {n}.",
            Question="How many?",
            Answer=float,
            Type=lambda n: "ab"[n % 2],
        ),
        {"question": "{Body} {Question}", "answer": "Answer", "id": "ID", "skill": "Type"},
        "number",
    ),
    "options in a list": (
        of(60, question=question, choices=["p", "q", "r"], answer=lambda n: n % 3),
        {"question": "question", "answer": "answer", "choices": "choices"},
        "choice",
    ),
    "options without a name": (
        of(60, question=question, several=["p", "q"], tags=["x", "y"], answer=lambda n: "pq"[n % 2]),
        {"question": "question", "answer": "answer", "choices": "several"},
        "choice",
    ),
    "options in columns": (
        of(60, prompt=question, A="p", B="q", C="r", answer=lambda n: "ABC"[n % 3]),
        {"question": "prompt", "answer": "answer", "choices": "{A} {B} {C}"},
        "choice",
    ),
    "options from 0": (
        of(60, ctx=question, choice0="p", choice1="q", label=lambda n: n % 2),
        {"question": "ctx", "answer": "label", "choices": "{choice0} {choice1}"},
        "choice",
    ),
    "lists of labels": (
        of(60, text=question, labels=lambda n: ["ui", "bug"][: 1 + n % 2]),
        {"question": "text", "answer": "labels"},
        "labels",
    ),
    "accepted answers": (
        of(60, question=question, answers=lambda n: [f"name {n}", f"Name {n}"]),
        {"question": "question", "answer": "answers"},
        "squad",
    ),
    "spans": (
        of(
            60,
            context=question,
            question=lambda n: f"Who {n}?",
            answers=lambda n: {"text": [f"n{n}"], "answer_start": [1]},
        ),
        {"question": "{context} {question}", "answer": "answers"},
        "squad",
    ),
    "objects": (
        of(60, input=question, output=lambda n: {"a": n}),
        {"question": "input", "answer": "output"},
        "json_schema",
    ),
    "objects as text": (
        of(60, input=question, output=lambda n: json.dumps({"a": n})),
        {"question": "input", "answer": "output"},
        "json_schema",
    ),
    "texts": (
        of(60, question=question, answer=lambda n: f"the answer {n}"),
        {"question": "question", "answer": "answer"},
        "text",
    ),
    "worked": (
        of(60, question=question, answer=lambda n: f"{n}+1={n + 1}\n#### {n + 1}"),
        {"question": "question", "answer": "answer"},
        "number",
    ),
    "a chat": (of(60, messages=chat), {"question": "messages", "answer": "messages"}, "text"),
    "prompts": (
        of(60, prompt=question, completion=lambda n: f"It is {n} words."),
        {"question": "prompt", "answer": "completion"},
        "text",
    ),
    "no known name": (
        of(60, u=lambda n: question(n) * 3, v=lambda n: "xy"[n % 2]),
        {"question": "u", "answer": "v"},
        "text",
    ),
    "pairs": (
        of(60, premise=question, hypothesis=lambda n: f"It {n}.", label=lambda n: ("yes", "no", "maybe")[n % 3]),
        {"question": "{premise} {hypothesis}", "answer": "label"},
        "text",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_columns_and_checker_follow_from_the_rows(shape: str) -> None:
    rows, columns, kind = SHAPES[shape]
    proposal = propose(rows)
    assert chosen(proposal) == columns
    assert proposal.checker.kind == kind
    told = [*proposal.columns.values(), proposal.splits.column, proposal.license]
    assert all(one.reason for one in told)
    assert all(str(len(rows)) in proposal.columns[key].reason for key in ("question", "answer"))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_proposal_is_a_task_file_with_a_reason_beside_every_column(shape: str) -> None:
    rows, columns, kind = SHAPES[shape]
    text = task_text(propose(rows), name="mine", rows="rows.jsonl", looked_at=len(rows))
    read: Any = value_of(text)
    task = TaskFile.model_validate(read)
    assert (task.checker.kind, task.columns.question) == (kind, columns["question"])
    begun = text.splitlines()[text.splitlines().index("columns:") + 1 :][:7]
    assert all("  # " in line for line in begun)


@pytest.mark.parametrize(
    ("values", "meaning"),
    [
        (["train", "validation", "test"], {"train": "practice", "validation": "gate", "test": "sealed"}),
        (["train", "test"], {"test": "sealed"}),
        (["Train", "dev"], {"dev": "gate"}),
        (["dev", "test"], {"test": "sealed"}),
        (["train", "test", "extra"], {"test": "sealed"}),
        (["train"], {}),
        (["left", "right"], {}),
    ],
)
def test_published_splits_are_kept_as_far_as_every_set_gets_rows(values: list[str], meaning: dict[str, str]) -> None:
    rows = of(60, question=question, answer=lambda n: f"a{n}", split=lambda n: values[n % len(values)])
    proposal = propose(rows)
    assert proposal.splits.meaning == meaning
    assert chosen(proposal).get("split", "") == ("split" if meaning else "")
    if "extra" in values:
        assert "'extra'" in proposal.splits.reason


def test_columns_that_are_as_likely_are_named_and_the_first_is_taken() -> None:
    proposal = propose(of(60, one=question, other=lambda n: question(n + 1), answer=lambda n: n, label=lambda n: n % 2))
    assert chosen(proposal)["question"] == "one"
    assert "as likely: 'other', the first is taken" in proposal.columns["question"].reason
    assert "as likely: 'label'" in proposal.columns["answer"].reason


def test_a_licence_comes_from_a_column_or_the_card_and_else_is_unknown() -> None:
    rows = of(60, question=question, answer=lambda n: f"a{n}")
    assert propose(rows).license.value == "unknown"
    assert "MIT License" in propose(rows, notice="MIT License").license.reason
    assert propose(rows, card_license="mit").license.value == "mit"
    assert propose([row | {"license": "CC0"} for row in rows], card_license="mit").license.value == "CC0"
    mixed = propose([row | {"license": f"L{n % 2}"} for n, row in enumerate(rows)]).license
    assert (mixed.value, "each row's own counts" in mixed.reason) == ("unknown", True)


def test_what_is_left_out_of_a_chat_and_what_no_answer_can_be_is_noted() -> None:
    assert propose(of(30, messages=chat)).notes == ("30 system turns (1 different) are no part of the question",)
    truths = propose(of(30, question=question, answer=lambda n: n % 2 == 0))
    assert "true or false" in truths.notes[0]
    assert propose(of(30, question=question, answer=lambda n: n, more=1)).notes == ("not used: 'more'",)
    assert "more than 200 characters" in propose(of(30, question=question, answer=lambda n: f"{n} " * 200)).notes[0]


def test_steps_are_taken_where_they_end_in_the_answer() -> None:
    rows = of(30, question=question, steps=lambda n: [f"{n}+1={n + 1}", f"It is {n}."], answer=lambda n: f"it is {n}")
    assert chosen(propose(rows))["steps"] == "steps"
    found = propose([row | {"answer": "other"} for row in rows] + [rows[0]])
    assert "steps" not in chosen(found)
    assert "the answer in 1 of 31 rows only" in found.columns["steps"].reason


@pytest.mark.parametrize("rows", [of(9, n=int), of(9, text=question), of(9, question=None), [{}]])
def test_rows_without_question_or_answer_are_refused_with_what_there_is(rows: Rows) -> None:
    with pytest.raises(DataError, match="no column can be the"):
        propose(rows)


@pytest.mark.parametrize("value", ["yes", "1e5", "010", "a: b", "x # y", "a\nb", "\u202e", "-", {"1": "gate"}, "ü", ""])
def test_every_value_is_written_on_one_line_and_read_back(value: object) -> None:
    assert value_of(inline(value)) == value
    assert inline(value).isprintable()
