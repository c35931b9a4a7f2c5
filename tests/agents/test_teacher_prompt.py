"""What a teacher is told."""

import pytest
from failures import problem, request
from hypothesis import given
from hypothesis import strategies as st

from agents.teachers.prompt import build_messages, read_messages, repair_messages
from reasoner.domains.math.domain import BRIEF
from reasoner.types.teaching import TeacherRequest


def test_the_gold_steps_and_answer_never_enter_the_prompt() -> None:
    for seed in range(100):
        asked = request(seed)
        said = build_messages(asked, BRIEF)[-1]["content"]
        assert not any(step in said for step in asked.problem.steps)
        elsewhere = asked.problem.model_copy(update={"steps": (), "answer": "", "skill": "?", "structure": ""})
        assert build_messages(asked.model_copy(update={"problem": elsewhere}), BRIEF) == build_messages(asked, BRIEF)


@given(st.text(), st.lists(st.text()), st.text(), st.integers(0, 64))
def test_whatever_is_asked_is_read_back_word_for_word(question: str, steps: list[str], answer: str, count: int) -> None:
    asked = TeacherRequest(
        problem=problem(0).model_copy(update={"question": question}),
        attempt_steps=tuple(steps),
        attempt_answer=answer,
        new_problems=count,
    )
    read = read_messages(build_messages(asked, BRIEF))
    assert (read.question, read.student_steps, read.student_answer, read.new_problems) == (
        question,
        steps,
        answer,
        count,
    )


def test_a_repair_goes_on_from_the_unusable_text() -> None:
    messages = build_messages(request(), BRIEF)
    longer = repair_messages(messages, "oops", error="no JSON")
    assert longer[:2] == messages
    assert longer[2] == {"role": "assistant", "content": "oops"}
    assert "no JSON" in longer[3]["content"]


def test_a_repair_quotes_of_a_huge_answer_only_the_beginning_and_nothing_that_no_wire_can_carry() -> None:
    quoted = repair_messages(build_messages(request(), BRIEF), "\ud83d" + "x" * 1_000_000, error="no JSON")[2][
        "content"
    ]
    assert len(quoted.encode()) < 20_000
    assert quoted.startswith("\ufffdx")


def test_messages_of_another_make_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a user message"):
        read_messages([{"role": "system", "content": "x"}])
    with pytest.raises(ValueError, match="Invalid JSON"):
        read_messages([{"role": "user", "content": "x"}])
