"""The built-in expert reads the prompt, works, criticises, and errs as often as it is told to."""

from typing import Any

import pytest
from failures import problem, request

from agents.teachers.expert import write_lesson
from agents.teachers.lesson_text import parse_lesson
from agents.teachers.prompt import build_messages
from reasoner.domains.math.domain import BRIEF
from reasoner.domains.math.reader import read
from reasoner.types.teaching import Lesson

CHAIN = "Ann has 7 pens. Then Ann gets 5 more pens. Bo has 2 times as many pens as Ann. How many pens does Bo have?"


def lesson(asked: Any, *, seed: int = 0, sample: int = 0, error_rate: float = 0.0) -> Lesson:
    return parse_lesson(
        write_lesson(build_messages(asked, BRIEF), task="math", seed=seed, sample=sample, error_rate=error_rate)
    )


def about(question: str, steps: tuple[str, ...] = (), answer: str = "") -> Lesson:
    failed = problem(0).model_copy(update={"question": question})
    asked = request().model_copy(update={"problem": failed, "attempt_steps": steps, "attempt_answer": answer})
    return lesson(asked)


def test_it_solves_what_it_reads_and_never_looks_at_the_gold() -> None:
    for seed in range(60):
        asked = request(seed)
        blind = asked.problem.model_copy(update={"steps": ("1+1=2",), "answer": "2"})
        written = lesson(asked.model_copy(update={"problem": blind}))
        assert (tuple(written.steps), written.answer) == (asked.problem.steps, asked.problem.answer)


def test_new_problems_are_as_many_as_asked_right_unlike_one_another_and_of_the_same_length() -> None:
    for seed in range(12):
        asked = request(seed, new_problems=16)
        written = lesson(asked)
        assert len({p.question for p in written.problems} | {asked.problem.question}) == 17
        for new in written.problems:
            reading = read(new.question)
            assert (list(reading.steps), str(reading.answer)) == (new.steps, new.answer)
            assert len(new.steps) == asked.problem.difficulty


def test_most_new_problems_show_the_same_skill() -> None:
    skills = [read(p.question).skill for p in lesson(request(3, new_problems=64)).problems]
    assert skills.count(problem(3).skill) > 32
    assert len(set(skills)) == 3


@pytest.mark.parametrize(
    ("steps", "answer", "critique"),
    [
        ((), "", "wrote no step. Begin with '7+5=12'"),
        (("7+5=13", "13*2=26"), "26", "Step 1, '7+5=13', is not true. It should be '7+5=12'"),
        (("7+5=12", "12+2=14"), "14", "Step 2, '12+2=14', does not belong here. It should be '12*2=24'"),
        (("5+7=12",), "12", "stop too early. It should be '12*2=24'"),
        (("7+5=12", "2*12=24"), "42", "the answer is the last result, 24"),
        (("7+5=12", "12*2=24", "24+1=25"), "25", "Step 3, '24+1=25', does not belong here. The work was done"),
        (("7+5=12", "12*2=24"), "24", "are right"),
    ],
)
def test_the_critique_names_the_first_wrong_step(steps: tuple[str, ...], answer: str, critique: str) -> None:
    assert critique in about(CHAIN, steps, answer).critique


def test_a_problem_that_it_cannot_read_it_does_not_teach() -> None:
    written = about("Natalia sold clips to 48 of her friends. How many clips did she sell?")
    assert "cannot read this problem" in written.critique
    assert "'How many clips did she sell?'" in written.critique
    assert (written.steps, written.answer, written.problems) == ([], "", [])
    refusal = parse_lesson(
        write_lesson([{"role": "user", "content": "hi"}], task="math", seed=0, sample=0, error_rate=0.0)
    )
    assert refusal.answer == ""


def test_the_same_prompt_seed_and_sample_give_the_same_text_and_others_another() -> None:
    asked = request(5)
    assert lesson(asked) == lesson(asked)
    others = [lesson(asked), lesson(asked, seed=1), lesson(asked, sample=1), lesson(request(6))]
    assert len({w.model_dump_json() for w in others}) == 4


def test_about_as_many_pieces_are_spoilt_as_told() -> None:
    pieces = spoilt = 0
    for seed in range(40):
        asked = request(seed, new_problems=9)
        written = lesson(asked, error_rate=0.2)
        worked = [(asked.problem.question, written.steps, written.answer)]
        worked += [(p.question, p.steps, p.answer) for p in written.problems]
        for question, steps, answer in worked:
            reading = read(question)
            pieces += 1
            spoilt += (list(reading.steps), str(reading.answer)) != (steps, answer)
    assert pieces == 400
    assert 50 < spoilt < 115
