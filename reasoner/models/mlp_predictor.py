"""Step predictor without attention between steps: cheaper, and blind to all but the step just before.

It sees the mean of the question's token states, the slots of the previous step and the step's number. So it cannot look
up a particular quantity of the question, nor use a result that an earlier step than the last one found: it suits chains
whose every step goes on from the one before, and is the control that shows what the transformer's looking-up is worth.

Shapes: B problems, T steps, K slots, D width, L question tokens.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.layers import normalise


class ResidualBlock(nn.Module):
    """Norm, widen, narrow, add."""

    def __init__(self, width: int, *, expansion: int = 2) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, expansion * width)
        self.narrow = nn.Linear(expansion * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return x + self.narrow(F.relu(self.widen(self.norm(x))))


class MlpPredictor(nn.Module):
    """Called as `StepPredictor` is."""

    def __init__(self, *, width: int, layers: int, slots: int, max_steps: int) -> None:
        super().__init__()
        self.slots, self.max_steps = slots, max_steps
        self.start = nn.Parameter(torch.randn(slots, width) * 0.02)
        self.step = nn.Embedding(max_steps, width)
        self.join = nn.Linear((slots + 1) * width, 2 * width)
        self.place = nn.Linear(width, 2 * width)
        self.blocks = nn.ModuleList(ResidualBlock(2 * width) for _ in range(layers))
        self.norm = nn.LayerNorm(2 * width)
        self.project = nn.Linear(2 * width, slots * width)

    def forward(self, previous_BTKD: Tensor, question_BLD: Tensor, question_mask_BL: Tensor) -> Tensor:
        """Args:
            previous_BTKD: slots of steps 0..T-1 (T may be 0); step t is predicted from step t-1 alone.
            question_BLD: states of the question's tokens.
            question_mask_BL: True on real tokens.

        Returns:
            Predicted slots of steps 0..T, [B, T+1, K, D], normalised.
        """
        B, T, K, D = previous_BTKD.shape
        steps = T + 1
        assert steps <= self.max_steps, f"{steps} steps, but the predictor holds {self.max_steps}"
        before = torch.cat([self.start.expand(B, 1, K, D), previous_BTKD], dim=1).flatten(2)
        real = question_mask_BL[..., None].to(question_BLD.dtype)
        mean_BD = (question_BLD * real).sum(dim=1) / real.sum(dim=1)
        x = self.join(torch.cat([before, mean_BD[:, None].expand(B, steps, D)], dim=-1))
        x = x + self.place(self.step.weight[:steps])
        for block in self.blocks:
            x = block(x)
        return normalise(self.project(self.norm(x)).view(B, steps, K, D))
