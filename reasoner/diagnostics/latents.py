"""The latents of worked steps: what the encoder makes of a step, and what the predictor makes of it beforehand.

Predictions are made with the true steps before as history ("teacher forcing"), so that each step is judged by itself.

Shapes: N steps, K slots, D width, B problems, T steps of a problem, L tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from reasoner.models.batches import pad_questions, pad_steps
from reasoner.models.round_trip import as_written
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD
from reasoner.types.problem import Problem

BATCH = 256


@dataclass(frozen=True)
class Latents:
    """N steps of worked problems, in the order of the problems; finishing steps are not among them."""

    texts: tuple[str, ...]
    place_N: Tensor
    """Steps before it in its solution."""
    encoded_NKD: Tensor
    target_NKD: Tensor
    predicted_NKD: Tensor
    previous_NKD: Tensor
    """Target slots of the step before; zeros for a first step."""

    def only(self, keep_N: Tensor) -> "Latents":
        """The steps where `keep_N` is true."""
        texts = tuple(t for t, k in zip(self.texts, keep_N.tolist(), strict=True) if k)
        tensors = (self.place_N, self.encoded_NKD, self.target_NKD, self.predicted_NKD, self.previous_NKD)
        return Latents(texts, *(t[keep_N] for t in tensors))


def writable(student: Student, problem: Problem) -> bool:
    """Whether the student can write every step, with room for the finishing one."""
    return all(student.writes.fits(s) for s in problem.steps) and 0 < len(problem.steps) < student.shape.max_steps


@torch.inference_mode()
def collect(student: Student, problems: Sequence[Problem]) -> Latents:
    """The latents of all steps of the problems that the student can write; on the CPU."""
    kept = sorted((p for p in problems if writable(student, p)), key=lambda p: len(p.steps))
    assert kept, "no problem that this student can write"
    parts = [_of_batch(student, kept[start : start + BATCH]) for start in range(0, len(kept), BATCH)]
    names = ("place_N", "encoded_NKD", "target_NKD", "predicted_NKD", "previous_NKD")
    texts = tuple(text for part in parts for text in part.texts)
    return Latents(texts, *(torch.cat([getattr(part, name) for part in parts]) for name in names))


def _of_batch(student: Student, problems: Sequence[Problem]) -> Latents:
    net, device = student.net, str(next(student.net.parameters()).device)
    question = pad_questions(student.reads.encode([p.question for p in problems]), device=device)
    steps_BTL = pad_steps([[student.writes.encode(s) for s in p.steps] for p in problems], device=device)
    B, T, _ = steps_BTL.shape
    real = steps_BTL[:, :, 0] != PAD
    encoded = net.step_encoder(steps_BTL[real])
    target = net.target_encoder(steps_BTL[real])
    shape = (B, T, *encoded.shape[1:])
    known = encoded.new_zeros(shape).masked_scatter(real[..., None, None], encoded)
    aimed = target.new_zeros(shape).masked_scatter(real[..., None, None], target)
    states = net.question_encoder(question)
    predicted = net.predictor(known[:, :-1], states, question.mask_BL)
    previous = torch.cat([aimed.new_zeros(B, 1, *shape[2:]), aimed[:, :-1]], dim=1)
    places = torch.arange(T, device=device).expand(B, T)
    texts = tuple(as_written(student, s) for p in problems for s in p.steps)
    tensors = (places[real], encoded, target, predicted[real], previous[real])
    return Latents(texts, *(t.float().cpu() for t in tensors))
