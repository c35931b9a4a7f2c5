"""What a teacher wrote teaches only if it holds."""

from collections.abc import Iterable, Mapping

import pytest
from failures import call_with, problem, request

from agents import judging
from agents.checking import Checked, Opinions, check_lesson
from agents.judging import example_id
from agents.teachers.expert import write_lesson
from agents.teachers.lesson_text import parse_lesson
from agents.teachers.prompt import build_messages
from agents.withholding import HeldOut
from reasoner.data.held_out import HeldOutQuestions
from reasoner.domains.math.domain import BRIEF, MathDomain
from reasoner.types.problem import Problem, Split
from reasoner.types.teaching import Lesson, WrittenProblem

DOMAIN = MathDomain()
FAILED = problem(0).model_copy(
    update={
        "question": "Ann has 7 pens. Then Ann gets 5 more pens. Count the pens of Ann.",
        "steps": ("7+5=12",),
        "answer": "12",
        "skill": "add",
        "difficulty": 1,
    }
)
SHELLS = "Bo has 9 shells. Bo gives away 4 shells. Count the shells of Bo."
GEESE = "Nine geese sit on a roof and 4 fly off. How many stay?"


def everything_is_practice(structure: str) -> Split:
    return "practice"


def nothing_but(questions: Iterable[str]) -> HeldOut:
    return HeldOut(HeldOutQuestions(questions), split_of=everything_is_practice)


def check(
    lesson: Lesson | None, failed: Problem = FAILED, *, opinions: Mapping[str, Opinions] | None = None
) -> Checked:
    return check_lesson(
        call_with(lesson), failed, DOMAIN, held_out=nothing_but(()), run="r", cycle=2, opinions=opinions
    )


def solved(*steps: str, answer: str) -> Lesson:
    return Lesson(critique="", steps=list(steps), answer=answer)


def wrote(question: str, *steps: str, answer: str) -> Lesson:
    new = WrittenProblem(question=question, steps=list(steps), answer=answer)
    return Lesson(critique="", steps=["7+5=12"], answer="12", problems=[new])


def test_a_true_solution_with_the_gold_answer_teaches() -> None:
    checked = check(solved("7 + 5 = 12", answer="12.0"))
    (verdict,) = checked.verdicts
    (example,) = checked.examples
    assert (verdict.accepted, verdict.reason, verdict.subject) == (True, judging.ACCEPTED, "solution")
    assert (example.problem.steps, example.problem.answer) == (("7+5=12",), "12")
    assert (example.problem.id, example.problem.structure) == (FAILED.id, FAILED.structure)
    assert example.source == "teacher_solution"
    assert example.id == example_id(FAILED)


@pytest.mark.parametrize(
    ("lesson", "reason"),
    [
        (None, judging.NO_LESSON),
        (solved(answer=""), judging.NO_ANSWER),
        (solved(answer="12"), judging.NO_STEPS),
        (solved("7+5=12", answer=" "), judging.NO_ANSWER),
        (solved("7+5=13", answer="13"), judging.FALSE_STEP),
        (solved("seven and five make 12", answer="12"), judging.FALSE_STEP),
        (solved("6*2=12", answer="12"), judging.UNKNOWN_OPERAND),
        (solved("7+5=12", answer="13"), judging.LOOSE_ANSWER),
        (solved("7-5=2", answer="2"), judging.WRONG_ANSWER),
        (solved(*["7+5=12"] * 21, answer="12"), judging.TOO_LONG),
    ],
)
def test_a_solution_that_does_not_hold_is_refused_with_a_fixed_word(lesson: Lesson | None, reason: str) -> None:
    checked = check(lesson)
    assert [v.reason for v in checked.verdicts] == [reason]
    assert not checked.verdicts[0].accepted
    assert checked.examples == []
    assert reason in judging.REASONS


def test_a_gold_answer_that_the_checker_cannot_read_is_its_own_failure() -> None:
    broken = FAILED.model_copy(update={"answer": "a dozen or so"})
    assert check(solved("7+5=12", answer="12"), broken).verdicts[0].reason == judging.CHECKER_FAILED


RIGHT, WRONG, LOOSE = solved("9-4=5", answer="5"), solved("9+4=13", answer="13"), solved("10-5=5", answer="5")


def test_a_problem_that_nobody_has_confirmed_does_not_teach_and_is_asked_without_its_solution() -> None:
    checked = check(wrote(GEESE, "9-4=5", answer="5"))
    assert not checked.verdicts[1].accepted
    assert len(checked.examples) == 1
    (asked,) = checked.unconfirmed
    assert (asked.question, asked.steps, asked.answer) == (GEESE, (), "")
    assert asked.id.startswith("teacher-")


@pytest.mark.parametrize(
    ("asked", "answers", "reason"),
    [
        (3, [RIGHT, RIGHT, WRONG], judging.AGREED),
        (3, [RIGHT, RIGHT], judging.AGREED),
        (3, [RIGHT, WRONG, WRONG], judging.NO_AGREEMENT),
        (3, [RIGHT, LOOSE, LOOSE], judging.NO_AGREEMENT),
        (3, [RIGHT, None, None], judging.NO_AGREEMENT),
        (3, [RIGHT, WRONG], judging.UNCONFIRMED),
        (3, [WRONG, None], judging.NO_AGREEMENT),
        (3, [], judging.UNCONFIRMED),
        (2, [RIGHT, WRONG], judging.NO_AGREEMENT),
        (2, [RIGHT, RIGHT], judging.AGREED),
        (1, [RIGHT], judging.AGREED),
        (1, [WRONG], judging.NO_AGREEMENT),
        (4, [RIGHT, RIGHT, WRONG, WRONG], judging.NO_AGREEMENT),
    ],
)
def test_where_nobody_can_read_a_problem_most_answers_must_agree_with_the_written_one(
    asked: int, answers: list[Lesson | None], reason: str
) -> None:
    opinions = {GEESE: Opinions(asked=asked, lessons=answers)}
    checked = check(wrote(GEESE, "9-4=5", answer="5"), opinions=opinions)
    assert checked.verdicts[1].reason == reason
    assert [e.problem.question for e in checked.examples[1:]] == ([GEESE] if reason == judging.AGREED else [])


def test_opinions_save_no_problem_that_is_wrong_by_itself() -> None:
    opinions = {q: Opinions(asked=1, lessons=[WRONG]) for q in (SHELLS, GEESE)}
    for question in opinions:
        checked = check(wrote(question, "9-4=6", answer="6"), opinions=opinions)
        assert checked.verdicts[1].reason == judging.FALSE_STEP
    assert check(wrote(SHELLS, "9+4=13", answer="13"), opinions=opinions).verdicts[1].reason == judging.WRONG_ANSWER


@pytest.mark.parametrize(
    ("lesson", "reason"),
    [
        (wrote(SHELLS, "9-4=5", answer="5"), judging.ACCEPTED),
        (wrote(SHELLS, "9+4=13", answer="13"), judging.WRONG_ANSWER),
        (wrote(SHELLS, "9-4=6", answer="6"), judging.FALSE_STEP),
        (wrote(SHELLS, "9-3=6", answer="6"), judging.UNKNOWN_OPERAND),
        (wrote(SHELLS, "9-4=5", answer="4"), judging.LOOSE_ANSWER),
        (wrote(SHELLS, answer="5"), judging.NO_STEPS),
        (wrote(GEESE, "9-4=5", answer="5"), judging.UNCONFIRMED),
        (wrote("9-4?", "9-4=5", answer="5"), judging.INSANE_QUESTION),
        (wrote("9 and 4. " * 400, "9-4=5", answer="5"), judging.INSANE_QUESTION),
        (wrote(f" {FAILED.question.upper()} ", "7+5=12", answer="12"), judging.SAME_QUESTION),
    ],
)
def test_a_new_problem_must_hold_and_agree_with_the_domain_where_that_can_read_it(lesson: Lesson, reason: str) -> None:
    solution, new = check(lesson).verdicts
    assert solution.accepted
    assert (new.reason, new.subject, new.accepted) == (reason, "problem", reason == judging.ACCEPTED)


def test_what_was_said_once_in_a_call_is_not_taught_again() -> None:
    new = WrittenProblem(question=SHELLS, steps=["9-4=5"], answer="5")
    checked = check(Lesson(critique="", steps=["7+5=12"], answer="12", problems=[new, new]))
    assert [v.reason for v in checked.verdicts] == [judging.ACCEPTED, judging.ACCEPTED, judging.DUPLICATE]
    assert len({v.id for v in checked.verdicts}) == 3


@pytest.mark.parametrize("split", ["gate", "sealed"])
def test_a_structure_of_the_held_out_splits_never_teaches(split: Split) -> None:
    held_out = DOMAIN.structure(SHELLS, ["9-4=5"])
    checked = check_lesson(
        call_with(wrote(SHELLS, "9 - 4 = 5", answer="5")),
        FAILED,
        DOMAIN,
        held_out=HeldOut(
            HeldOutQuestions(()), split_of=lambda structure: split if structure == held_out else "practice"
        ),
        run="r",
        cycle=2,
    )
    assert [v.reason for v in checked.verdicts] == [judging.ACCEPTED, judging.HELD_OUT]


def test_a_new_problem_becomes_a_full_record_with_its_lineage() -> None:
    checked = check(wrote(SHELLS, "9-4=5", answer="5"))
    example = checked.examples[1]
    new = example.problem
    assert (new.skill, new.difficulty, new.answer, new.domain) == ("take_away", 1, "5", "math")
    assert new.id.startswith("teacher-")
    assert new.structure == DOMAIN.structure(SHELLS, new.steps)
    assert new.provenance.generator == "teacher:builtin/expert"
    assert example.source == "teacher_problem"
    lineage = example.lineage
    assert (lineage.run, lineage.cycle, lineage.failure) == ("r", 2, FAILED.id)
    assert (lineage.teacher_call, lineage.verdict) == (call_with(None).id, checked.verdicts[1].id)
    assert checked == check(wrote(SHELLS, "9-4=5", answer="5"))


def test_the_experts_true_lessons_all_pass_and_hardly_a_spoilt_piece_does() -> None:
    passed = {0.0: 0, 1.0: 0}
    for error_rate in passed:
        for seed in range(50):
            asked = request(seed, new_problems=7)
            text = write_lesson(build_messages(asked, BRIEF), task="math", seed=0, sample=0, error_rate=error_rate)
            passed[error_rate] += len(check(parse_lesson(text), asked.problem).examples)
    assert passed[0.0] == 400
    assert passed[1.0] < 20, "a missing step goes unseen only where its result is also a number of the question"
