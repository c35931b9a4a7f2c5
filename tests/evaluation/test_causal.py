import pytest
import torch
from student_maker import small_student, some_problems
from trained_student import sealed_problems, trained_student

from reasoner.domains.math.domain import MathDomain
from reasoner.evaluation.causal import (
    Record,
    Shuffle,
    Transplant,
    batch_mean,
    causal_section,
    chance_of_another,
    chance_of_commonest,
)
from reasoner.models.greedy import solve

pytestmark = pytest.mark.slow


def shuffler() -> Shuffle:
    return Shuffle(torch.Generator().manual_seed(0))


def test_nobody_keeps_their_own_latent_and_every_latent_is_used() -> None:
    slots = torch.arange(7.0).view(7, 1, 1).expand(7, 2, 3)
    for _ in range(20):
        altered = shuffler()(slots, step=0, questions_N=torch.arange(7))
        assert sorted(altered[:, 0, 0].tolist()) == list(range(7))
        assert not (altered == slots).all(dim=(1, 2)).any()


def test_the_last_question_at_work_is_given_a_latent_of_another_one() -> None:
    shuffle = shuffler()
    shuffle(torch.tensor([[[1.0]], [[2.0]]]), step=0, questions_N=torch.tensor([4, 9]))
    assert shuffle(torch.tensor([[[3.0]]]), step=1, questions_N=torch.tensor([4])).tolist() == [[[2.0]]]


def test_the_mean_latent_is_the_same_for_all_and_lies_where_latents_lie() -> None:
    altered = batch_mean(torch.randn(5, 2, 16), step=0, questions_N=torch.arange(5))
    assert (altered == altered[:1]).all()
    torch.testing.assert_close(altered.std(dim=-1, unbiased=False), torch.ones(5, 2), atol=1e-3, rtol=0)


def test_a_question_that_is_given_the_latents_of_another_one_says_what_that_one_says() -> None:
    student = small_student()
    student.net.eval()
    questions = [p.question for p in some_problems(2)]
    record = Record()
    plain = solve(student, questions, "think", alter=record)
    moved = solve(student, questions, "think", alter=Transplant(record.kept, {0: 1, 1: 0}, {0: 0, 1: 0}))
    assert [s.steps[:1] for s in moved] == [plain[1].steps[:1], plain[0].steps[:1]]
    assert record.kept.keys() >= {(0, 0), (1, 0)}


def test_recording_changes_nothing() -> None:
    student = small_student()
    student.net.eval()
    questions = [p.question for p in some_problems(5)]
    assert [s.steps for s in solve(student, questions, alter=Record())] == [s.steps for s in solve(student, questions)]


def test_chance_is_what_guessing_gives() -> None:
    problems = [
        p.model_copy(update={"answer": a, "difficulty": 1}) for p, a in zip(some_problems(4), "5567", strict=True)
    ]
    assert chance_of_commonest(problems) == 0.5
    assert chance_of_another(problems) == pytest.approx(2 / 3 / 4)


@pytest.mark.slow
def test_the_answers_of_a_trained_student_fall_with_its_latents_and_follow_them() -> None:
    problems = sealed_problems()
    section = causal_section(trained_student(), MathDomain(), problems, seed=0)
    found = {f.name: f for f in section.findings}
    plain = found["talk: as it is"].value
    assert plain > 0.25
    for broken in ("latents shuffled", "latents zero", "latents the batch's mean"):
        row = found[f"talk: {broken}"]
        assert row.against is not None
        assert row.value < min(plain / 2, row.against + 0.1)
    follows = found["talk: last latents swapped, the answer follows the latent"]
    stays = found["talk: last latents swapped, the answer stays the question's"]
    assert follows.n >= 20
    assert follows.value > 0.5 > 0.1 > stays.value
