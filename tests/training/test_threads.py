"""What training changes of its process, it changes back."""

import torch

from reasoner.training.threads import training_with


def test_only_within_training_are_very_small_numbers_zero() -> None:
    small, threads = torch.full((8,), 1e-40), torch.get_num_threads()
    with training_with(1):
        assert torch.get_num_threads() == 1
        assert not (small * 0.5).any()
    assert torch.get_num_threads() == threads
    assert (small * 0.5).all()
