"""What a teacher is told, and how its text is read."""

import json

import pytest
from failures import problem, request
from hypothesis import given
from hypothesis import strategies as st

from agents.teachers.prompt import LessonError, build_messages, parse_lesson, read_messages, repair_messages
from reasoner.types.teaching import TeacherRequest

LESSON = {"critique": "c", "steps": ["1+2=3"], "answer": "3", "problems": []}


def test_the_gold_steps_and_answer_never_enter_the_prompt() -> None:
    for seed in range(100):
        asked = request(seed)
        said = build_messages(asked)[-1]["content"]
        assert not any(step in said for step in asked.problem.steps)
        elsewhere = asked.problem.model_copy(update={"steps": (), "answer": "", "skill": "?", "structure": ""})
        assert build_messages(asked.model_copy(update={"problem": elsewhere})) == build_messages(asked)


@given(st.text(), st.lists(st.text()), st.text(), st.integers(0, 64))
def test_whatever_is_asked_is_read_back_word_for_word(question: str, steps: list[str], answer: str, count: int) -> None:
    asked = TeacherRequest(
        problem=problem(0).model_copy(update={"question": question}),
        attempt_steps=tuple(steps),
        attempt_answer=answer,
        new_problems=count,
    )
    read = read_messages(build_messages(asked))
    assert (read.question, read.student_steps, read.student_answer, read.new_problems) == (
        question,
        steps,
        answer,
        count,
    )


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(LESSON),
        f"```json\n{json.dumps(LESSON, indent=2)}\n```",
        f"```\n{json.dumps(LESSON)}\n```",
        f"Here you are:\n\n{json.dumps(LESSON)}\n\nGood luck!",
        json.dumps({**LESSON, "answer": 3}),
        json.dumps({k: v for k, v in LESSON.items() if k != "problems"}),
    ],
)
def test_fences_words_around_and_bare_numbers_are_forgiven(text: str) -> None:
    lesson = parse_lesson(text)
    assert (lesson.steps, lesson.answer, lesson.problems) == (["1+2=3"], "3", [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one JSON object, got ''"),
        ("I cannot.", "expected one JSON object, got 'I cannot.'"),
        ('{"critique": "c", "steps": [', "the JSON object is broken"),
        ("[" * 100_000 + "{" * 100_000, "the JSON object is broken"),
        ('{"critique": "c"}', "steps: Field required"),
        (json.dumps({**LESSON, "mood": "good"}), "mood: Extra inputs are not permitted"),
    ],
)
def test_what_is_no_lesson_says_why(text: str, message: str) -> None:
    with pytest.raises(LessonError, match=message):
        parse_lesson(text)


def test_a_repair_goes_on_from_the_unusable_text() -> None:
    messages = build_messages(request())
    longer = repair_messages(messages, "oops", error="no JSON")
    assert longer[:2] == messages
    assert longer[2] == {"role": "assistant", "content": "oops"}
    assert "no JSON" in longer[3]["content"]


def test_messages_of_another_make_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a user message"):
        read_messages([{"role": "system", "content": "x"}])
    with pytest.raises(ValueError, match="Invalid JSON"):
        read_messages([{"role": "user", "content": "x"}])
