"""Writing with kept keys and values is writing; a loss over buckets is the loss."""

import pytest
import torch
from student_maker import small_student
from torch.nn import functional as F

from reasoner.models.decoder import write
from reasoner.models.tokenizers import PAD, STOP
from reasoner.training import losses as objective
from reasoner.training.losses import decode_loss

N = 12


def some_slots() -> torch.Tensor:
    student = small_student()
    return torch.randn(N, student.shape.slots, student.shape.width, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_each_written_token_is_the_likeliest_after_those_before_it() -> None:
    decoder, slots = small_student().net.decoder, some_slots()
    written = write(decoder, slots)
    scores = decoder(slots, written.tokens_NL)[:, :-1].log_softmax(dim=-1)
    scores[..., PAD] = -torch.inf
    real = written.tokens_NL != PAD
    assert torch.equal(scores.argmax(dim=-1)[real], written.tokens_NL[real])
    chosen = scores.gather(-1, written.tokens_NL[..., None])[..., 0].where(real, 0.0)
    torch.testing.assert_close(chosen.sum(dim=1), written.logprob_N, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("worth", [0, 10**9])
def test_the_loss_does_not_depend_on_whether_short_steps_go_apart(worth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objective, "WORTH_A_CALL", worth)
    decoder, slots = small_student().net.decoder, some_slots()
    lengths = [2] * 5 + [4, 5, 6, 7, 8, 9, 9]
    tokens = torch.zeros(N, 9, dtype=torch.long)
    for row, length in enumerate(lengths):
        tokens[row, :length] = torch.tensor([*range(3, 2 + length), STOP])
    whole = F.cross_entropy(decoder(slots, tokens[:, :-1]).flatten(0, 1), tokens.flatten(), ignore_index=PAD)
    torch.testing.assert_close(decode_loss(decoder, slots, tokens), whole)


def test_drawing_without_luck_is_a_fault_and_not_silently_greedy() -> None:
    with pytest.raises(AssertionError, match="luck"):
        write(small_student().net.decoder, some_slots(), temperature=1.0)
