"""Columns of rows as a task file names them: chats, prompts, options, accepted answers, and what is refused."""

from typing import Any

import pytest

from reasoner.domains.checkers.registry import get_checker
from reasoner.domains.rows.columns import Reader
from reasoner.domains.rows.task_file import TaskFile
from reasoner.errors import ConfigError
from reasoner.types.domain import RowRefused


def read(fields: dict[str, Any], *, kind: str = "text", license: str = "unknown", **columns: str) -> dict[str, Any]:
    given = {"name": "t", "rows": "r.jsonl", "columns": columns, "checker": {"kind": kind}, "license": license}
    return Reader(TaskFile.model_validate(given)).read(fields)


def turns(*said: tuple[str, object]) -> list[dict[str, object]]:
    return [{"role": role, "content": content} for role, content in said]


CHAT = turns(("system", "Be brief."), ("user", "1?"), ("assistant", "2"), ("user", "3?"), ("assistant", "4"))


def test_of_a_chat_the_users_last_turn_is_the_question_and_the_assistants_last_the_answer() -> None:
    found = read({"messages": CHAT}, question="messages", answer="messages")
    assert (found["question"], found["answer"], found["steps"]) == ("3?", "4", ("4",))


def test_prompt_and_completion_are_texts_or_turns() -> None:
    columns = {"question": "prompt", "answer": "completion"}
    assert read({"prompt": "1?", "completion": "2"}, **columns)["answer"] == "2"
    asked, said = turns(("user", "1?")), turns(("assistant", [{"type": "text", "text": "2"}]))
    found = read({"prompt": asked, "completion": said}, **columns)
    assert (found["question"], found["answer"]) == ("1?", "2")


@pytest.mark.parametrize(
    "chat",
    [
        CHAT[:-1],
        turns(("assistant", "2")),
        turns(("user", "1?"), ("assistant", " ")),
        turns(("user", [{"type": "image", "url": "x"}]), ("assistant", "2")),
        [],
        "1?",
        [{"content": "1?"}],
    ],
)
def test_a_chat_without_question_or_answer_is_refused(chat: object) -> None:
    with pytest.raises(RowRefused):
        read({"messages": chat, "a": "2"}, question="messages", answer="messages" if chat != "1?" else "b")


def test_the_last_line_of_a_worked_answer_is_the_answer_and_those_before_are_steps() -> None:
    found = read({"question": "q", "answer": "She sold 24.\nThen 48.\n#### 72"})
    assert (found["answer"], found["steps"]) == ("72", ("She sold 24.", "Then 48.", "72"))
    assert read({"question": "q", "answer": "answer: yes"})["answer"] == "yes"
    assert read({"question": "q", "answer": "a\nb"})["answer"] == "a\nb"


def test_options_stand_in_a_list_or_in_a_column_each_and_a_number_counts_them_from_0() -> None:
    fields = {"question": "q", "A": "x", "B": 2, "answer": "1"}
    found = read(fields, choices="{A} {B}", kind="choice")
    assert (found["question"], found["answer"]) == ("q\n(A) x\n(B) 2", "B")
    listed = {"question": "q", "choices": {"text": ["1", "0"], "label": ["A", "B"]}, "answer": "1"}
    assert read(listed, choices="choices", kind="choice")["answer"] == "1"
    with pytest.raises(RowRefused, match="the number of an option, 0 to 1"):
        read(fields | {"answer": 2}, choices="{A} {B}", kind="choice")


def test_accepted_answers_are_a_list_or_the_texts_of_spans_and_json_stays_json() -> None:
    spans = read({"question": "q", "answer": {"text": ["a", "b"], "answer_start": [1, 2]}}, kind="squad")
    assert (spans["answer"], spans["material"]) == ("a", {"accepted": ["b"]})
    assert read({"question": "q", "answer": {"k": [1]}}, kind="json_schema")["answer"] == '{"k": [1]}'
    assert read({"question": "q", "answer": ["a", "b"]}, kind="labels")["answer"] == "a, b"


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(RowRefused, match=r"field 'text': .* the columns are 'question', 'answer'"):
        read({"question": "q", "answer": "a"}, question="text")


@pytest.mark.parametrize("answer", [None, "", " ", "\u200b", True, [], [True], [["a"]], {}, {"text": "a"}])
def test_an_answer_of_another_kind_is_refused_with_its_column(answer: object) -> None:
    with pytest.raises(RowRefused, match="field 'answer'"):
        read({"question": "q", "answer": answer})


def test_a_rows_own_licence_counts_while_the_task_names_none() -> None:
    row = {"question": "q", "answer": "a", "license": "MIT"}
    assert read(row)["license"] == "MIT"
    assert read(row, license="CC0")["license"] == "CC0"
    assert read(row | {"license": ""})["license"] == "unknown"


def test_options_of_a_checker_stand_beside_its_kind_or_apart_but_not_twice() -> None:
    rows = {"name": "t", "rows": "r.jsonl"}
    beside = TaskFile.model_validate({**rows, "checker": {"kind": "number", "relative": 0.01}})
    apart = TaskFile.model_validate({**rows, "checker": {"kind": "number", "options": {"relative": 0.01}}})
    assert beside == apart
    with pytest.raises(ValueError, match="'relative' is given twice"):
        TaskFile.model_validate({**rows, "checker": {"kind": "number", "relative": 1, "options": {"relative": 2}}})


def test_a_judge_must_be_named_and_be_no_expert() -> None:
    for model in ({}, {"model": "builtin/expert"}, {"model": "nobody"}):
        with pytest.raises(ConfigError, match="option 'model'"):
            get_checker("judge", model)
