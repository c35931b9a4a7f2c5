"""Step verifier: is this next step right, given the question and the steps before it? It never sees the answer.

It reads the words (a number is one token, as in the question), the latent that the student predicted for the step, and
two signs of the student's own doubt. It looks at the student's states of the question through layers of its own.

Shapes: B questions, M claims, T steps of a claim (the newest first), S tokens of a step, R tokens read of a claim,
W words of a step, L question tokens, K slots, H heads, D width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.encoders import QuestionEncoder
from reasoner.models.layers import Attention, Block, begin_near_identity, init_weights, norm_attention
from reasoner.models.numbers import digit_table, merge_digits, number_vectors
from reasoner.models.shape import Shape
from reasoner.models.student import Student
from reasoner.models.tokenizers import FIRST_DIGIT, PAD

SIGNS = 2
"""Numbers beside the text: log-probability of the step under the clean latent, and the latent's round-trip distance."""
FIRST_BELIEF = -2.0
"""Logit that training begins with: most of what a search proposes is wrong."""


@dataclass(frozen=True)
class Claims:
    """Steps to be judged, those of one question side by side."""

    question_M: Tensor
    """Row of the question batch, not falling."""
    tokens_MTS: Tensor
    """The step itself first, then those before it, the last one first; `PAD` where there is none."""
    clean_MKD: Tensor
    """Slots that the student predicted for the step."""
    signs_MF: Tensor
    """`SIGNS` numbers."""


@dataclass(frozen=True)
class Beliefs:
    """Logits of claims."""

    step_M: Tensor
    """Of the step."""
    word_MW: Tensor
    """Of each of its words in reading order: that it and all before it begin a right step."""
    is_word_MW: Tensor
    """Whether there is a word."""


class SharedAttention(nn.Module):
    """Attention of many short sequences to the memory of their question, whose keys are made once."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, x_MRD: Tensor, memory_BLD: Tensor, mask_BL: Tensor, question_M: Tensor, place_M: Tensor
    ) -> Tensor:
        """Returns [M, R, D]. `place_M` counts the sequences of each question."""
        R, D = x_MRD.shape[1:]
        B, L, _ = memory_BLD.shape
        most = int(place_M.max()) + 1
        k, v = self.key_value(memory_BLD).view(B, L, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        packed = x_MRD.new_zeros(B, most, R, D).index_put((question_M, place_M), self.query(x_MRD))
        q = packed.view(B, most * R, self.heads, -1).transpose(1, 2)
        q, k = (F.rms_norm(part, part.shape[-1:]) for part in (q, k))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask_BL[:, None, None, :])
        return self.out(y.transpose(1, 2).reshape(B, most, R, D)[question_M, place_M])


class ClaimBlock(nn.Module):
    """Self-attention within a claim, attention to its question, and a feed-forward part, each with a residual."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm_self, self.norm_cross, self.norm_feed = (nn.LayerNorm(width) for _ in range(3))
        self.attend_self = Attention(width, heads)
        self.attend_question = SharedAttention(width, heads)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(
        self, x_MRD: Tensor, keep_MR: Tensor, memory_BLD: Tensor, mask_BL: Tensor, question_M: Tensor, place_M: Tensor
    ) -> Tensor:
        """Returns [M, R, D]."""
        h = self.norm_self(x_MRD)
        x_MRD = x_MRD + self.attend_self(h, h, keep_MR[:, None, None, :])
        h = self.norm_cross(x_MRD)
        x_MRD = x_MRD + self.attend_question(h, memory_BLD, mask_BL, question_M, place_M)
        return x_MRD + self.narrow(F.relu(self.widen(self.norm_feed(x_MRD))))


class QuestionStudy(nn.Module):
    """What a verifier makes of the student's question states; once for all claims about a question."""

    def __init__(self, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads, rotary=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, states_BLD: Tensor, mask_BL: Tensor) -> Tensor:
        """Returns [B, L, D]."""
        for block in self.blocks:
            states_BLD = block(states_BLD, mask_BL[:, None, None, :])
        return self.norm(states_BLD)


class StepVerifier(nn.Module):
    """Logit that a step is right if all before it are."""

    def __init__(
        self,
        *,
        width: int,
        heads: int,
        layers: int,
        question_layers: int,
        slots: int,
        steps: int,
        step_tokens: int,
        max_step_tokens: int,
        least_first: bool | None,
    ) -> None:
        """Args:
        width: of the student, as all sizes.
        heads: of attention.
        layers: that read a claim.
        question_layers: on top of the student's question states.
        slots: of a step.
        steps: at most, of a solution, its end included.
        step_tokens: vocabulary of steps.
        max_step_tokens: of a step.
        least_first: how numbers are written in steps; None where steps are written in words.
        """
        super().__init__()
        self.least_first = least_first
        self.study = QuestionStudy(width, heads, question_layers)
        self.token = nn.Embedding(step_tokens, width)
        self.digit = None if least_first is None else digit_table(width)
        self.position = nn.Embedding(max_step_tokens, width)
        self.age = nn.Embedding(steps + 1, width)
        self.slot = nn.Embedding(slots, width)
        self.bridge = nn.Linear(width, width)
        self.signs = nn.Linear(SIGNS, width)
        blocks = [ClaimBlock(width, heads) for _ in range(layers)]
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 1)
        self.word_head = nn.Linear(width, 1)
        init_weights(self)
        norm_attention(self)
        for block in blocks:
            begin_near_identity(block.attend_self.out, block.attend_question.out, block.narrow)
        for head in (self.head, self.word_head):
            nn.init.zeros_(head.weight)
        nn.init.constant_(self.head.bias, FIRST_BELIEF)

    def forward(self, studied_BLD: Tensor, mask_BL: Tensor, claims: Claims) -> Beliefs:
        """`studied_BLD` is what `study` made of the questions."""
        x, keep = self._read(claims.tokens_MTS)
        words = x.shape[1] // claims.tokens_MTS.shape[1]
        M = len(x)
        signs = self.signs(claims.signs_MF)[:, None]
        latent = self.bridge(claims.clean_MKD) + self.slot.weight
        x = torch.cat([signs, latent, x], dim=1)
        keep = torch.cat([keep.new_ones(M, 1 + latent.shape[1]), keep], dim=1)
        place_M = _places(claims.question_M)
        for block in self.blocks:
            x = block(x, keep, studied_BLD, mask_BL, claims.question_M, place_M)
        x = self.norm(x)
        own = slice(1 + latent.shape[1], 1 + latent.shape[1] + words)
        return Beliefs(self.head(x[:, 0])[:, 0], self.word_head(x[:, own])[..., 0], keep[:, own])

    def _read(self, tokens_MTS: Tensor) -> tuple[Tensor, Tensor]:
        """Embedded words of all steps [M, R, D], and which are there."""
        M, T, _ = tokens_MTS.shape
        flat = tokens_MTS.flatten(0, 1)
        numbers = None
        if self.digit is not None:
            merged = merge_digits(flat, least_first=bool(self.least_first))
            flat, numbers = merged.tokens_NM, number_vectors(self.digit, merged.digits_QP)
        x = self.token(flat)
        if numbers is not None:
            x = x.index_put((flat == FIRST_DIGIT).nonzero(as_tuple=True), numbers)
        x = x + self.position.weight[: x.shape[1]]
        x = x.view(M, T, *x.shape[1:]) + self.age.weight[:T, None]
        return x.flatten(1, 2), (flat != PAD).view(M, -1)


def make_verifier(shape: Shape, *, layers: int, question_layers: int) -> StepVerifier:
    """A verifier for students of this shape, its weights drawn from torch's own generator."""
    return StepVerifier(
        width=shape.width,
        heads=shape.heads,
        layers=layers,
        question_layers=question_layers,
        slots=shape.slots,
        steps=shape.max_steps,
        step_tokens=shape.step_tokens,
        max_step_tokens=shape.max_step_tokens,
        least_first=None if shape.step_words else shape.least_first,
    )


def new_verifier(student: Student, *, layers: int, question_layers: int, seed: int) -> StepVerifier:
    """A fresh verifier of a student; digits begin with the student's embeddings."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        verifier = make_verifier(student.shape, layers=layers, question_layers=question_layers)
    encoder = student.net.question_encoder
    if verifier.digit is not None and isinstance(encoder, QuestionEncoder):
        with torch.no_grad():
            verifier.digit.weight.copy_(encoder.digit.weight)
    return verifier


def _places(question_M: Tensor) -> Tensor:
    """How many claims of the same question stand before each; equal questions stand side by side."""
    index = torch.arange(len(question_M), device=question_M.device)
    begins = F.pad(question_M[1:] != question_M[:-1], (1, 0), value=True)
    return index - torch.where(begins, index, 0).cummax(dim=0).values


def signs_of(said_M: Tensor, round_trip_M: Tensor) -> Tensor:
    """The numbers beside the text, [M, F], of like size: unlikely texts are all the same."""
    return torch.stack([said_M.clamp(min=-20) / 4, round_trip_M], dim=1)
