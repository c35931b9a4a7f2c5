"""The rival: a decoder-only language model over one row of tokens, [question; steps], of the student's own blocks.

It reads questions exactly as the student does (number tokens made of digits) and writes the same character steps. The
question is read in both directions, as the student's question encoder does; the solution is causal.

Shapes: B problems, L tokens, M numbers, P digit places, D width, V step vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reasoner.models.batches import QuestionBatch
from reasoner.models.layers import Block, Past, init_weights, norm_attention, rotate
from reasoner.models.lines import line_tables, line_vectors
from reasoner.models.numbers import digit_table, number_vectors
from reasoner.models.student import Student
from reasoner.models.tokenizers import DIGIT_KINDS, FINISH, LINE_PLACES, NUMBER, PAD, PLACES, STOP

LAYERS = (6, 5, 7, 4, 8, 3, 2, 1)
"""Depths tried in this order: the student's question and step passes through as many blocks."""
TOLERANCE = 0.05


class TurningPast(Past):
    """Keys and values whose rotary positions are relative to the newest chunk, which always begins at position 0."""

    def __init__(self) -> None:
        super().__init__()
        self._newest = 0

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Turns what is kept back, so that it ends just before position 0, and appends the new chunk."""
        if self._key_value is not None:
            old_k, old_v = self._key_value
            self._key_value = (turn_back(old_k, self._newest), old_v)
        self._newest = k.shape[2]
        return super().extend(k, v)


def turn_back(k_BHMd: Tensor, positions: int) -> Tensor:
    """Rotary keys as if they stood `positions` places earlier."""
    d = k_BHMd.shape[-1]
    # Rotating the unit pair (1, 0) gives cosine and sine of a position; the inverse turn has the sine's sign changed.
    unit = k_BHMd.new_zeros(1, 1, positions + 1, d)
    unit[..., 0::2] = 1.0
    turned = rotate(unit)[:, :, -1:]
    cos, sin = turned[..., 0::2], turned[..., 1::2]
    even, odd = k_BHMd[..., 0::2], k_BHMd[..., 1::2]
    return torch.stack([even * cos + odd * sin, odd * cos - even * sin], dim=-1).flatten(-2)


class LanguageModel(nn.Module):
    """Predicts the tokens of a solution from its question and the tokens before."""

    def __init__(
        self, question_tokens: int, step_tokens: int, *, width: int, heads: int, layers: int, with_lines: bool = False
    ) -> None:
        super().__init__()
        self.token = nn.Embedding(question_tokens, width)
        self.digit = digit_table(width)
        self.lines = line_tables(width) if with_lines else None
        self.step_token = nn.Embedding(step_tokens, width)
        self.blocks = nn.ModuleList(Block(width, heads, rotary=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, step_tokens)
        init_weights(self)

    def embed_question(self, question: QuestionBatch) -> Tensor:
        """[B, L, D]; a number is the sum of its digits' embeddings, and lines are told, as in `QuestionEncoder`."""
        numbers_MD = number_vectors(self.digit, question.digits_MP)
        at_numbers = (question.tokens_BL == NUMBER).nonzero(as_tuple=True)
        x = self.token(question.tokens_BL).index_put(at_numbers, numbers_MD, accumulate=True)
        return x if self.lines is None else x + line_vectors(self.lines, question.lines_BLC)

    def forward(self, question: QuestionBatch, solution_BS: Tensor) -> Tensor:
        """Logits of every solution token, [B, S, V].

        Args:
            question: padded on the left, so that every solution begins at the same place.
            solution_BS: solution tokens, padded on the right.
        """
        L, S = question.tokens_BL.shape[1], solution_BS.shape[1]
        x = torch.cat([self.embed_question(question), self.step_token(solution_BS[:, :-1])], dim=1)
        mask = prefix_mask(question.tokens_BL, S - 1)
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x[:, L - 1 :]))

    def begin(self, question: QuestionBatch) -> tuple[Tensor, list[Past]]:
        """Logits [B, V] of the first solution token, and what `go_on` needs."""
        pasts: list[Past] = [TurningPast() for _ in self.blocks]
        x = self.embed_question(question)
        return self._next(x, prefix_mask(question.tokens_BL, 0), pasts), pasts

    def go_on(self, token_B: Tensor, question_BL: Tensor, written: int, pasts: list[Past]) -> Tensor:
        """Logits [B, V] after `token_B`, the `written`-th token of the solution, counted from 1."""
        own = question_BL.new_ones(len(question_BL), written, dtype=torch.bool)
        seen = torch.cat([question_BL != PAD, own], dim=1)
        return self._next(self.step_token(token_B)[:, None], seen[:, None, None, :], pasts)

    def _next(self, x_BLD: Tensor, mask: Tensor, pasts: list[Past]) -> Tensor:
        for block, past in zip(self.blocks, pasts, strict=True):
            x_BLD = block(x_BLD, mask, past=past)
        return self.head(self.norm(x_BLD[:, -1]))


def prefix_mask(question_BL: Tensor, solution: int) -> Tensor:
    """[B, 1, L+S, L+S]: the question is seen by all, the solution by what comes after it.

    A padding position sees itself, since attention to nothing is not a number; nobody else sees it.
    """
    B, L = question_BL.shape
    size = L + solution
    index = torch.arange(size, device=question_BL.device)
    causal = index[:, None] >= index[None, :]
    real = torch.cat([question_BL != PAD, question_BL.new_ones(B, solution, dtype=torch.bool)], dim=1)
    seen = (causal | (index < L)[None, :])[None] & real[:, None, :]
    return (seen | torch.eye(size, dtype=torch.bool, device=question_BL.device))[:, None]


def left_padded(question: QuestionBatch) -> QuestionBatch:
    """The same questions, [B, L'], with their padding in front; the words of sentences [B, L, W] one after another."""
    flat = question.tokens_BL.flatten(1)
    longest = int((flat != PAD).sum(dim=1).max())
    order = torch.argsort((flat != PAD).int(), dim=1, stable=True)[:, flat.shape[1] - longest :]
    lines = question.lines_BLC
    if lines is not None:
        lines = lines.gather(1, order[..., None].expand(-1, -1, lines.shape[-1]))
    return QuestionBatch(flat.gather(1, order), question.digits_MP, lines)


def joined_steps(steps_BTL: Tensor) -> Tensor:
    """The steps of each solution in one row, [B, S], without the padding between them."""
    flat = steps_BTL.flatten(1)
    order = torch.argsort((flat == PAD).int(), dim=1, stable=True)
    longest = int((flat != PAD).sum(dim=1).max())
    return flat.gather(1, order)[:, :longest]


def rival_of(student: Student, *, seed: int) -> LanguageModel:
    """A language model with the student's number of trainable weights within 5%, of fresh weights.

    The width follows from the depth; the first depth of `LAYERS` that comes near enough is taken.
    """
    heads, wanted = student.shape.heads, student.parameters
    for layers in LAYERS:
        width = min(range(2 * heads, 4096, 2 * heads), key=lambda w: abs(_weights(student, w, layers) - wanted))
        if abs(_weights(student, width, layers) - wanted) <= TOLERANCE * wanted:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                model = _model(student, width, layers)
            if student.shape.attention_norm:
                norm_attention(model)
            return model
    raise AssertionError(f"no language model of about {wanted} weights with {heads} heads")


def _model(student: Student, width: int, layers: int) -> LanguageModel:
    shape = student.shape
    return LanguageModel(
        shape.question_tokens,
        shape.step_tokens,
        width=width,
        heads=shape.heads,
        layers=layers,
        with_lines=shape.with_lines,
    )


def _weights(student: Student, width: int, layers: int) -> int:
    """Weights of a model: those of its embeddings, head and blocks."""
    shape = student.shape
    lines = sum(LINE_PLACES) if shape.with_lines else 0
    embeddings = (shape.question_tokens + PLACES * DIGIT_KINDS + shape.step_tokens + lines) * width
    block = 12 * width * width + 13 * width
    head = width * shape.step_tokens + shape.step_tokens + 2 * width
    return embeddings + layers * block + head


@dataclass(frozen=True)
class Said:
    """What the model wrote for one question."""

    steps: list[list[int]]
    """Token ids of each step, the finishing one left out."""
    logprobs: list[float]
    finished: bool


@torch.inference_mode()
def say(model: LanguageModel, question: QuestionBatch, *, max_steps: int, max_tokens: int) -> list[Said]:
    """Greedy solutions with kept keys and values.

    Args:
        model: ready for inference.
        question: padded on either side.
        max_steps: steps after which nothing more is written, the finishing step included.
        max_tokens: tokens of a whole solution.
    """
    question = left_padded(question)
    question_BL = question.tokens_BL
    B = len(question_BL)
    logits, pasts = model.begin(question)
    tokens, scores = list[Tensor](), list[Tensor]()
    steps, over = question_BL.new_zeros(B), question_BL.new_zeros(B, dtype=torch.bool)
    for written in range(1, max_tokens + 1):
        chances = logits.log_softmax(dim=-1)
        chances[:, PAD] = -torch.inf
        score, token = chances.max(dim=-1)
        tokens.append(torch.where(over, PAD, token))
        scores.append(torch.where(over, 0.0, score))
        steps = steps + (token == STOP)
        over = over | (token == FINISH) | (steps >= max_steps)
        if bool(over.all()) or written == max_tokens:
            break
        logits = model.go_on(token, question_BL, written, pasts)
    rows = zip(torch.stack(tokens, 1).tolist(), torch.stack(scores, 1).tolist(), strict=True)
    return [_said(row, score) for row, score in rows]


def _said(tokens: list[int], scores: list[float]) -> Said:
    steps, logprobs = list[list[int]](), list[float]()
    step, logprob = list[int](), 0.0
    for token, score in zip(tokens, scores, strict=True):
        logprob += score
        if token == FINISH:
            return Said(steps, [*logprobs, logprob], finished=not step)
        step.append(token)
        if token == STOP:
            steps.append(step)
            logprobs.append(logprob)
            step, logprob = [], 0.0
    return Said(steps, logprobs, finished=False)
