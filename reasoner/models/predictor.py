"""Block-causal step predictor: the latent of the next step from the question and the latents of earlier steps.

Shapes: B problems, T steps, K slots, D width, L question tokens.
"""

import torch
from torch import Tensor, nn

from reasoner.models.layers import Block, block_causal_mask, normalise


class StepPredictor(nn.Module):
    """Block t of the output is the predicted slots of step t; it sees the slots of steps before t only.

    With more than one of `passes` the same blocks refine their own output (Tiny Recursive Model, arXiv:2510.04871).
    """

    def __init__(self, *, width: int, heads: int, layers: int, slots: int, max_steps: int, passes: int = 1) -> None:
        super().__init__()
        self.slots, self.max_steps, self.passes = slots, max_steps, passes
        self.start = nn.Parameter(torch.randn(slots, width) * 0.02)
        self.slot = nn.Embedding(slots, width)
        self.step = nn.Embedding(max_steps, width)
        self.blocks = nn.ModuleList(Block(width, heads, cross=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, width)

    def forward(
        self, previous_BTKD: Tensor, question_BLD: Tensor, question_mask_BL: Tensor, *, passes: int | None = None
    ) -> Tensor:
        """What the last of `rounds` gives; its arguments."""
        return self.rounds(previous_BTKD, question_BLD, question_mask_BL, passes=passes)[-1]

    def rounds(
        self, previous_BTKD: Tensor, question_BLD: Tensor, question_mask_BL: Tensor, *, passes: int | None = None
    ) -> list[Tensor]:
        """Args:
            previous_BTKD: slots of steps 0..T-1 (T may be 0); step t is predicted from those before t.
            question_BLD: states of the question's tokens.
            question_mask_BL: True on real tokens.
            passes: in place of the number that it was trained with.

        Returns:
            After each pass the predicted slots of steps 0..T, [B, T+1, K, D], normalised.
        """
        B, T, K, D = previous_BTKD.shape
        blocks = T + 1
        assert blocks <= self.max_steps, f"{blocks} steps, but the predictor holds {self.max_steps}"
        x = torch.cat([self.start.expand(B, 1, K, D), previous_BTKD], dim=1)
        x = x + self.slot.weight + self.step.weight[:blocks, None]
        x = x.reshape(B, blocks * K, D)
        mask = block_causal_mask(blocks, K, x.device)
        found = list[Tensor]()
        for _ in range(passes or self.passes):
            for block in self.blocks:
                x = block(x, mask, memory_BMD=question_BLD, memory_mask=question_mask_BL[:, None, None, :])
            found.append(normalise(self.project(self.norm(x))).view(B, blocks, K, D))
        return found
