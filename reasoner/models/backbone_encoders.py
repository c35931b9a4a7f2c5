"""Question and step encoders on a pretrained backbone: its token states, projected to the student's width, and trained
layers above.

Shapes: B problems, N steps, L tokens, K slots, D width of the student, H width of the backbone.
"""

import torch
from torch import Tensor, nn

from reasoner.models.backbones import Backbone, BackboneReader
from reasoner.models.batches import QuestionBatch
from reasoner.models.layers import Block, normalise
from reasoner.models.tokenizers import FINISH, PAD, StepTokenizer

FINISHED = "done"
"""What the backbone reads for the step that ends a solution, which has no text."""


class BackboneQuestionEncoder(nn.Module):
    """Called as `QuestionEncoder` is; numbers are what the backbone's tokenizer makes of them."""

    def __init__(self, backbone: Backbone, *, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.project = nn.Linear(backbone.width, width)
        self.blocks = nn.ModuleList(Block(width, heads, rotary=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, question: QuestionBatch) -> Tensor:
        """States [B, L, D] of token ids from a `BackboneReader`."""
        x = self.project(normalise(self.backbone(question.tokens_BL)))
        mask = question.mask_BL[:, None, None, :]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


class BackboneStepEncoder(nn.Module):
    """Called as `StepEncoder` is: it turns step tokens back to text, which the backbone reads, and pools K slots.

    A copy shares a frozen backbone, so that a target encoder follows projection and pooling alone.
    """

    def __init__(
        self,
        backbone: Backbone,
        *,
        reader: BackboneReader,
        writes: StepTokenizer,
        width: int,
        heads: int,
        layers: int,
        slots: int,
    ) -> None:
        super().__init__()
        self.backbone, self.reader, self.writes = backbone, reader, writes
        self.take = nn.Linear(backbone.width, width)
        self.queries = nn.Parameter(torch.randn(slots, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.project = nn.Linear(width, width)

    def forward(self, tokens_NL: Tensor) -> Tensor:
        """Returns slots [N, K, D], each with zero mean and unit variance over D."""
        N, K = tokens_NL.shape[0], self.queries.shape[0]
        read_NL = self._read(tokens_NL)
        states = self.take(normalise(self.backbone(read_NL)))
        x = torch.cat([self.queries.expand(N, -1, -1), states], dim=1)
        keep = torch.cat([read_NL.new_ones(N, K, dtype=torch.bool), read_NL != PAD], dim=1)
        for block in self.blocks:
            x = block(x, keep[:, None, None, :])
        return normalise(self.project(x[:, :K]))

    def _read(self, tokens_NL: Tensor) -> Tensor:
        """The steps in the backbone's tokens."""
        rows = tokens_NL.tolist()
        texts = [FINISHED if row[0] == FINISH else self.writes.decode(row) for row in rows]
        ids = self.reader.ids(texts)
        longest = max(1, *(len(row) for row in ids)) if ids else 1
        return tokens_NL.new_tensor([row + [PAD] * (longest - len(row)) for row in ids]).view(len(ids), longest)
