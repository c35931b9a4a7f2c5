"""The collapse contract: what must hold of the latents for training to go on.

Shapes: N steps, K slots, D width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from reasoner.errors import CollapseError
from reasoner.models.decoder import write
from reasoner.models.student import Student

MIN_STD = 0.3
"""Mean std of a slot dimension over steps; a healthy space has about 1 (nano students measured 0.9 to 1.0)."""
MIN_RANK_SHARE = 0.08
"""Effective rank of one slot over width. An equation is a handful of digits, so a slot that holds its share of it needs
few directions: healthy nano students measured 0.19 to 0.35, a space fallen onto one line 1/width."""


@dataclass(frozen=True)
class Health:
    """Measurements of one batch of steps."""

    std: float
    rank_share: float
    round_trip: float

    def to_dict(self) -> dict[str, float]:
        """Plain JSON, rounded to four places."""
        return {
            "std": round(self.std, 4),
            "rank_share": round(self.rank_share, 4),
            "round_trip": round(self.round_trip, 4),
        }


def effective_rank(vectors_ND: Tensor) -> float:
    """exp of the entropy of the normalised singular values (Roy & Vetterli 2007), 1 to D."""
    centred = vectors_ND - vectors_ND.mean(dim=0)
    values = torch.linalg.svdvals(centred.double())
    share = values / values.sum().clamp_min(1e-12)
    return float(torch.exp(-(share * share.clamp_min(1e-12).log()).sum()))


@torch.inference_mode()
def examine(student: Student, tokens_NL: Tensor) -> Health:
    """Measures the latents of real steps (no two alike, at least twice as many as the width for a fair rank)."""
    slots = student.net.step_encoder(tokens_NL)
    N, K, D = slots.shape
    ranks = [effective_rank(slots[:, k]) for k in range(K)]
    written = write(student.net.decoder, slots).tokens_NL
    read = [student.writes.decode(row) for row in tokens_NL.tolist()]
    back = [student.writes.decode(row) for row in written.tolist()]
    right = sum(a == b for a, b in zip(read, back, strict=True))
    return Health(
        std=float(slots.flatten(1).std(dim=0).mean()),
        rank_share=sum(ranks) / len(ranks) / min(D, N),
        round_trip=right / N,
    )


def require(health: Health, *, min_round_trip: float) -> None:
    """Fails closed.

    Args:
        health: what was measured.
        min_round_trip: smallest share of steps that decode(encode(step)) must give back; 0 early in training.

    Raises:
        CollapseError: a measurement lies under the contract.
    """
    faults = []
    if not health.std >= MIN_STD:
        faults.append(f"std {health.std:.3f} < {MIN_STD}")
    if not health.rank_share >= MIN_RANK_SHARE:
        faults.append(f"effective rank {health.rank_share:.3f} of the width < {MIN_RANK_SHARE}")
    if not health.round_trip >= min_round_trip:
        faults.append(f"round trip {health.round_trip:.3f} < {min_round_trip}")
    if faults:
        raise CollapseError(
            f"the latents have collapsed: {'; '.join(faults)}. The checkpoint was not kept. Lower "
            "train.learning_rate and train.muon_rate, train longer (train.base_updates), or widen the student"
        )
