import pytest
import torch
from student_maker import small_student, some_problems

from reasoner.models.batches import QuestionBatch, pad_questions, pad_steps
from reasoner.models.language_model import joined_steps, left_padded, rival_of, say
from reasoner.models.tokenizers import FINISH, PAD, STOP
from reasoner.training.feed import encode


def padded(tokens: list[list[int]] | list[list[list[int]]]) -> list[list[int]]:
    return left_padded(QuestionBatch(torch.tensor(tokens), torch.zeros(0, 6))).tokens_BL.tolist()


@pytest.mark.parametrize("text", ["pieces", "lines"])
def test_the_rival_has_as_many_weights_as_the_student_within_a_twentieth(text: str) -> None:
    student = small_student(question_text=text)
    weights = sum(p.numel() for p in rival_of(student, seed=0).parameters())
    assert abs(weights - student.parameters) <= 0.05 * student.parameters


def test_padding_moves_to_the_front_and_steps_join() -> None:
    assert padded([[5, 6, PAD], [7, 8, 9]]) == [[PAD, 5, 6], [7, 8, 9]]
    assert padded([[[5, PAD], [6, 7]], [[8, PAD], [PAD, PAD]]]) == [
        [5, 6, 7],
        [PAD, PAD, 8],
    ]
    steps = pad_steps([[[4, STOP], [FINISH, STOP]], [[4, 5, STOP]]])
    assert joined_steps(steps).tolist() == [[4, STOP, FINISH, STOP], [4, 5, STOP, PAD]]


@pytest.mark.parametrize("text", ["pieces", "lines"])
def test_logits_with_kept_keys_are_those_of_the_full_pass(text: str) -> None:
    student = small_student(question_text=text)
    model = rival_of(student, seed=1).eval()
    items = encode(student.tokenizers, some_problems(8))
    questions = pad_questions([i.question for i in items])
    question, solution = left_padded(questions), joined_steps(pad_steps([i.steps for i in items]))
    full = model(question, solution)
    logits, pasts = model.begin(question)
    kept = [logits]
    for written in range(1, solution.shape[1]):
        kept.append(model.go_on(solution[:, written - 1], question.tokens_BL, written, pasts))
    torch.testing.assert_close(torch.stack(kept, dim=1), full, atol=1e-4, rtol=1e-3)


def test_what_is_said_ends_and_does_not_hang_on_its_neighbours() -> None:
    student = small_student()
    model = rival_of(student, seed=1).eval()
    encoded = student.reads.encode([p.question for p in some_problems(6)])
    batches = [pad_questions(encoded), *(pad_questions([one]) for one in encoded)]
    together, *alone = (say(model, b, max_steps=3, max_tokens=20) for b in batches)
    assert [one.steps for one in together] == [one[0].steps for one in alone]
    assert all(len(one.steps) <= 3 and sum(map(len, one.steps)) <= 20 for one in together)


def test_no_solution_token_sees_what_comes_after_it() -> None:
    student = small_student()
    model = rival_of(student, seed=0).eval()
    items = encode(student.tokenizers, some_problems(3))
    question = pad_questions([i.question for i in items])
    solution = joined_steps(pad_steps([i.steps for i in items]))
    changed = solution.clone()
    changed[:, 3:] = 5
    ours, theirs = (model(left_padded(question), s)[:, :4] for s in (solution, changed))
    torch.testing.assert_close(ours, theirs)
