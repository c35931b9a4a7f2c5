"""Rotary positions and attention give the same numbers whatever the rest computes in, and on whatever device."""

import torch

from reasoner.models.layers import ROTARY_BASE, attend, rotate


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def test_rotation_turns_each_pair_by_its_place() -> None:
    x = drawn(2, 3, 7, 8).requires_grad_()
    turned = rotate(x)
    for place in range(7):
        for pair in range(4):
            angle = torch.tensor(place * ROTARY_BASE ** (-2 * pair / 8))
            even, odd = x[..., place, 2 * pair], x[..., place, 2 * pair + 1]
            torch.testing.assert_close(turned[..., place, 2 * pair], even * angle.cos() - odd * angle.sin())
            torch.testing.assert_close(turned[..., place, 2 * pair + 1], even * angle.sin() + odd * angle.cos())
    turned.square().sum().backward()
    assert x.grad is not None
    torch.testing.assert_close(x.grad, 2 * x.detach())  # a rotation changes no length


def test_attention_on_a_cpu_stays_in_float32_under_autocast() -> None:
    q, k, v = (drawn(2, 2, 5, 8).bfloat16().requires_grad_() for _ in range(3))
    mask = torch.ones(2, 1, 1, 5, dtype=torch.bool)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = attend(q, k, v, mask, causal=False)
    assert found.dtype == torch.float32
    plain = torch.nn.functional.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=mask)
    assert torch.equal(found, plain)
    found.sum().backward()
    assert q.grad is not None
    assert q.grad.dtype == torch.bfloat16
