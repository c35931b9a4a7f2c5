"""The latent variable z of a joint-embedding predictive architecture: what the target holds that no context can tell.

LeCun, "A Path Towards Autonomous Machine Intelligence" (2022), section 4.4; the posterior with a Gaussian bottleneck is
Kingma & Welling's (arXiv:1312.6114). In training z is drawn from a posterior that sees the target step, and pays its
divergence from N(0, 1). At z = 0, the prior's mean, predicted slots stay as the predictor made them: inference without
z needs nothing of this module. Other values of z give other next steps.

Shapes: N steps, K slots, D width, Z size of z.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.layers import normalise


@dataclass(frozen=True)
class Informed:
    """Predicted slots after z, and what z cost."""

    slots_NKD: Tensor
    divergence: Tensor
    """Mean KL(posterior | N(0, 1)) in nats a step, a scalar."""


class LatentVariable(nn.Module):
    """A Gaussian z of Z numbers for each step."""

    def __init__(self, *, width: int, slots: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.read = nn.Linear(2 * slots * width, width)
        self.posterior = nn.Linear(width, 2 * size)
        # Without a bias, so that z = 0 changes nothing.
        self.add = nn.Linear(size, slots * width, bias=False)

    def forward(self, predicted_NKD: Tensor, target_NKD: Tensor, *, noise: torch.Generator) -> Informed:
        """Adds a z drawn from the posterior; `noise` (on the CPU) is all its randomness."""
        seen = torch.cat([predicted_NKD.flatten(1), target_NKD.flatten(1)], dim=-1)
        mean_NZ, spread_NZ = self.posterior(F.relu(self.read(seen))).chunk(2, dim=-1)
        logvar_NZ = spread_NZ.clamp(-8, 8)
        drawn = torch.randn(mean_NZ.shape, generator=noise).to(mean_NZ)
        z = mean_NZ + torch.exp(0.5 * logvar_NZ) * drawn
        divergence = 0.5 * (mean_NZ.square() + logvar_NZ.exp() - 1 - logvar_NZ).sum(dim=-1).mean()
        return Informed(self.with_z(predicted_NKD, z), divergence)

    def with_z(self, predicted_NKD: Tensor, z_NZ: Tensor) -> Tensor:
        """The predicted slots under a given z, normalised; standard normal numbers are a draw from the prior."""
        return normalise(predicted_NKD + self.add(z_NZ).view_as(predicted_NKD))
