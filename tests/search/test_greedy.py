import torch
from student_maker import small_student, some_problems

from reasoner.models.greedy import embed_questions, solve


def test_batched_and_single_answers_agree_in_the_order_given() -> None:
    student = small_student()
    student.net.eval()
    questions = [p.question for p in some_problems(12)]
    together = solve(student, questions)
    alone = [solve(student, [q])[0] for q in questions]
    assert [s.steps for s in together] == [s.steps for s in alone]


def test_no_rollout_is_longer_than_the_student_can_think() -> None:
    student = small_student()
    for mode in ("talk", "think"):
        solved = solve(student, [p.question for p in some_problems(6)], mode)
        assert all(len(s.steps) <= student.shape.max_steps for s in solved)
        assert all(lp <= 0 for s in solved for lp in s.logprobs)


def test_no_questions_have_no_answers() -> None:
    assert solve(small_student(), []) == []
    assert embed_questions(small_student(), []).shape == (0, 32)


def test_a_question_without_numbers_is_solved_to_something() -> None:
    assert len(solve(small_student(), ["How many apples does nobody have?"])) == 1


def test_embedded_questions_are_unit_vectors_that_ignore_their_batch() -> None:
    student = small_student()
    questions = [p.question for p in some_problems(9)]
    vectors = embed_questions(student, questions)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(9))
    torch.testing.assert_close(vectors[:1], embed_questions(student, questions[:1]), atol=1e-5, rtol=1e-4)
