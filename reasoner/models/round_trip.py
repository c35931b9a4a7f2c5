"""Steps to latents and back: what the step encoder makes of a text, and what the decoder writes for a latent.

Shapes: N steps, K slots, D width.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from reasoner.models.batches import pad_steps
from reasoner.models.decoder import write
from reasoner.models.greedy import Thinker

BATCH = 1024


def as_written(student: Thinker, step: str) -> str:
    """The step as the student itself would write it; only spaces can differ."""
    return student.writes.decode(student.writes.encode(step))


@torch.inference_mode()
def decoded(student: Thinker, slots_NKD: Tensor) -> list[str]:
    """What the decoder writes for each row of slots."""
    device = next(student.net.parameters()).device
    texts: list[str] = []
    for part in slots_NKD.to(device).split(BATCH):
        texts += [student.writes.decode(row) for row in write(student.net.decoder, part).tokens_NL.tolist()]
    return texts


@torch.inference_mode()
def encoded(student: Thinker, steps: Sequence[str]) -> Tensor:
    """The step encoder's slots, [N, K, D]; every step must fit."""
    device = str(next(student.net.parameters()).device)
    rows = [student.writes.encode(s) for s in steps]
    parts = [
        student.net.step_encoder(pad_steps([[row] for row in rows[i : i + BATCH]], device=device)[:, 0]).cpu()
        for i in range(0, len(rows), BATCH)
    ]
    return torch.cat(parts)


def round_trips(student: Thinker, steps: Sequence[str]) -> list[bool]:
    """For each step that the student can write, whether decode(encode(step)) gives it back exactly."""
    assert all(student.writes.fits(s) for s in steps), "a step that does not fit cannot make the round trip"
    texts = [as_written(student, s) for s in steps]
    return [a == b for a, b in zip(decoded(student, encoded(student, texts)), texts, strict=True)] if texts else []
