"""What a question draws hangs on its text and the seed, and on nothing that stands beside it."""

import pytest
import torch
from student_maker import small_student, some_problems

from agents.searching import search_all
from reasoner.config.settings import SearchSettings
from reasoner.domains.math.domain import MathDomain
from reasoner.models.decoder import write
from reasoner.search.noise import Noise


def test_a_question_draws_alike_alone_and_among_others() -> None:
    together, alone = Noise(3, ["a", "b", "c"]), Noise(3, ["b"])
    both = together.normal(torch.tensor([0, 1, 1, 2]), 5)
    assert both.shape == (4, 5)
    assert torch.equal(both[1:3], alone.normal(torch.tensor([0, 0]), 5))
    assert torch.equal(together.uniform(torch.tensor([1]), 2), alone.uniform(torch.tensor([0]), 2))
    assert not torch.equal(Noise(3, ["b"]).normal(torch.tensor([0]), 5), Noise(4, ["b"]).normal(torch.tensor([0]), 5))
    drawn = Noise(0, ["a"]).uniform(torch.zeros(4000, dtype=torch.long), 1)
    assert 0 <= float(drawn.min()) < 0.01
    assert 0.99 < float(drawn.max()) < 1


def test_tokens_are_drawn_in_the_shares_that_the_decoder_believes() -> None:
    decoder = small_student().net.decoder.eval()
    slots = torch.randn(1, *_slots(), generator=torch.Generator().manual_seed(0)).expand(4000, -1, -1)
    luck = Noise(0, ["a"]).uniform(torch.zeros(4000, dtype=torch.long), decoder.max_tokens)
    with torch.inference_mode():
        shares = decoder.begin(slots[:1])[0].softmax(dim=-1)[0]
        shares[0] = 0.0
        first = write(decoder, slots, temperature=1.0, luck_NL=luck).tokens_NL[:, 0]
    counted = torch.bincount(first, minlength=len(shares)) / len(first)
    assert torch.allclose(counted, shares / shares.sum(), atol=0.03)
    assert counted[0] == 0, "padding is never drawn"


@pytest.mark.parametrize("searcher", ["beam", "sample"])
def test_a_search_finds_the_same_alone_and_in_a_batch(searcher: str) -> None:
    student = small_student()
    student.net.eval()
    questions = [p.question for p in some_problems(8)]
    settings = SearchSettings.model_validate({"searcher": searcher, "width": 3, "candidates": 4})
    together = search_all(student, MathDomain(), questions, settings, seed=0)
    for question, found in zip(questions, together, strict=True):
        (alone,) = search_all(student, MathDomain(), [question], settings, seed=0)
        assert [s.steps for s in alone.solutions] == [s.steps for s in found.solutions]


def _slots() -> tuple[int, int]:
    shape = small_student().shape
    return shape.slots, shape.width
