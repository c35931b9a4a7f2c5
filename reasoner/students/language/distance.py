"""How far a candidate has moved from what it began as: KL of what it expects at each supervised token of probes.

Shapes: N supervised tokens, V vocabulary.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from reasoner.errors import CandidateFailed
from reasoner.models.causal import CausalModel
from reasoner.students.language.chances import log_chances
from reasoner.students.language.template import Row
from reasoner.training.divergence import divergence

PROBES, TOGETHER = 32, 4
"""Base problems that it is measured on; kept few, since vocabularies are large."""


@torch.no_grad()
def expectations(model: CausalModel, probes: Sequence[Row]) -> list[Tensor]:
    """Log-probabilities [N, V] of a few probes each, on the CPU."""
    network = model.network.eval()
    parts = [probes[at : at + TOGETHER] for at in range(0, len(probes), TOGETHER)]
    return [log_chances(network, part, pad=model.pad)[0].cpu() for part in parts]


def require_near(before: Sequence[Tensor], after: Sequence[Tensor], budget: float) -> float:
    """The mean KL(after || before) in nats a token.

    Raises:
        CandidateFailed: it is more than the budget.
    """
    moved = divergence(after, before)
    if moved > budget:
        raise CandidateFailed(
            f"the candidate is {moved:.3f} nats a token away from what it began as, language.kl_budget={budget} allows "
            "less; lower language.learning_rate or language.epochs, raise language.replay_share, or allow more"
        )
    return round(moved, 5)
