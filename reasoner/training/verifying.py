"""Trains a verifier on judged steps of the student's own attempts.

Shapes: B lines, M claims, T steps of a line, S tokens of a step, L question tokens, K slots, D width.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.errors import TrainingFailed
from reasoner.models.batches import pad_questions
from reasoner.models.student import Student
from reasoner.models.tokenizers import PAD, EncodedQuestion
from reasoner.models.verifier import StepVerifier
from reasoner.training.claims import JudgedClaims, Line, lines_of
from reasoner.training.feed import derive
from reasoner.training.optimizer import StudentOptimizer
from reasoner.training.recipe import cosine
from reasoner.training.state import load_state, save_state

BLOCK = 8
"""Updates whose lines are drawn together and sorted by length."""
CLIP = 1.0


@dataclass(frozen=True)
class VerifierRecipe:
    """What decides the weights of a verifier, beside its data."""

    updates: int
    questions: int
    """Of an update."""
    claims: int
    """Of a line, half of them right where there are enough."""
    adam_rate: float
    muon_rate: float
    seed: int
    threads: int
    warmup: int = 40
    checkpoint_every: int = 250

    def rate(self, update: int) -> float:
        """Share of the full rates."""
        return cosine(update, updates=self.updates, warmup=self.warmup)


def train_verifier(
    verifier: StepVerifier,
    student: Student,
    questions: Sequence[EncodedQuestion],
    judged: JudgedClaims,
    *,
    recipe: VerifierRecipe,
    folder: Path,
    report: Callable[[float, str], None],
    should_stop: Callable[[], bool],
) -> float:
    """Trains in place, going on from the state in `folder` if there is one; the mean loss of the last updates.

    Args:
        verifier: fresh.
        student: whose question states it reads; not changed.
        questions: in the places that the claims name.
        judged: the claims.
        recipe: how.
        folder: for the resumable state.
        report: share done, and a note.
        should_stop: whether to save and stop.

    Raises:
        KeyboardInterrupt: `should_stop` said so; the state is saved.
    """
    torch.set_deterministic_debug_mode("error")
    torch.utils.deterministic.fill_uninitialized_memory = False  # pyright: ignore[reportAttributeAccessIssue]
    verifier.train()
    optimizer = StudentOptimizer(list(verifier.named_parameters()))
    state = load_state(folder, verifier, optimizer, recipe=asdict(recipe))
    feed = _Feed(questions, judged, recipe)
    recent: list[float] = []
    for update in range(state.updates if state else 0, recipe.updates):
        loss = _loss(verifier, student, questions, feed.at(update))
        if not torch.isfinite(loss):
            raise TrainingFailed(f"the loss is {loss.item()} at update {update}; lower verifier.learning_rate")
        loss.backward()
        nn.utils.clip_grad_norm_(verifier.parameters(), CLIP)
        rate = recipe.rate(update)
        optimizer.step(adam_rate=recipe.adam_rate * rate, muon_rate=recipe.muon_rate * rate)
        recent = [*recent[-49:], loss.item()]
        done, stopping = update + 1, should_stop()
        if done % 25 == 0:
            report(
                done / recipe.updates, f"verifier: update {done}/{recipe.updates}, loss {sum(recent) / len(recent):.3f}"
            )
        if stopping or done % recipe.checkpoint_every == 0:
            save_state(folder, verifier, optimizer, updates=done, seconds=0.0, recipe=asdict(recipe))
        if stopping:
            raise KeyboardInterrupt("training was asked to stop; its state is saved")
    verifier.eval()
    return sum(recent) / max(1, len(recent))


@dataclass(frozen=True)
class _Batch:
    """Some lines, and claims along them."""

    lines: list[Line]
    line_M: Tensor
    judged: JudgedClaims


def _loss(verifier: StepVerifier, student: Student, questions: Sequence[EncodedQuestion], batch: _Batch) -> Tensor:
    """Cross-entropy of the labels, and of the words of right steps under the slots that the verifier expects."""
    logprob_MS, logit_M = _judge(verifier, student, questions, batch)
    right_M = batch.judged.right_M
    words = (batch.judged.tokens_MS[right_M.bool()] != PAD).sum().clamp(min=1)
    said = logprob_MS[right_M.bool()].sum() / words
    return F.binary_cross_entropy_with_logits(logit_M, right_M) - said


def _judge(
    verifier: StepVerifier, student: Student, questions: Sequence[EncodedQuestion], batch: _Batch
) -> tuple[Tensor, Tensor]:
    """Log-probabilities of the claims' tokens [M, S], and their logits [M]."""
    question = pad_questions([questions[line.question] for line in batch.lines])
    history_BTKD = _history(student, batch.lines)
    expected = verifier.expect(history_BTKD, verifier.read(question), question.mask_BL)
    judged = batch.judged
    length = int((judged.tokens_MS != PAD).any(dim=0).sum())
    logprob_MS = verifier.token_logprobs(expected[batch.line_M, judged.depth_M], judged.tokens_MS[:, :length].long())
    return logprob_MS, verifier(logprob_MS, judged.said_M, judged.round_trip_M)


@torch.no_grad()
def _history(student: Student, lines: Sequence[Line]) -> Tensor:
    """Slots of the lines' steps as the student re-reads them, [B, T, K, D], zeros where there is none."""
    shape, most = student.shape, max(len(line.steps_TS) for line in lines)
    history = torch.zeros(len(lines), most, shape.slots, shape.width)
    if most:
        index = [(b, t) for b, line in enumerate(lines) for t in range(len(line.steps_TS))]
        tokens = torch.cat([line.steps_TS for line in lines])
        distinct, which = torch.unique(tokens, dim=0, return_inverse=True)
        rows, places = torch.tensor(index).unbind(dim=1)
        history[rows, places] = student.net.step_encoder(distinct)[which]
    return history


@torch.inference_mode()
def all_logits(
    verifier: StepVerifier, student: Student, questions: Sequence[EncodedQuestion], judged: JudgedClaims
) -> Tensor:
    """Logits [M] of any number of claims, in batches of like length."""
    lines = sorted(lines_of(judged), key=lambda line: (len(questions[line.question].ids), len(line.steps_TS)))
    logits = torch.zeros(len(judged))
    for start in range(0, len(lines), 64):
        some = lines[start : start + 64]
        rows = [list(line.rows) for line in some]
        batch = _batch(some, rows, judged)
        logits[torch.tensor([r for of in rows for r in of])] = _judge(verifier, student, questions, batch)[1]
    return logits


class _Feed:
    """Batches as a pure function of their number: lines whose questions are of like length."""

    def __init__(self, questions: Sequence[EncodedQuestion], judged: JudgedClaims, recipe: VerifierRecipe) -> None:
        self._questions, self._judged, self._recipe = questions, judged, recipe
        self._right = judged.right_M.bool().tolist()
        self._lines = lines_of(judged)

    def at(self, update: int) -> _Batch:
        """The lines of an update and some claims of each."""
        size = self._recipe.questions
        random = Random(derive(self._recipe.seed, "verifier block", update // BLOCK))
        drawn = random.choices(self._lines, k=size * BLOCK)
        drawn.sort(key=lambda line: len(self._questions[line.question].ids))
        starts = [size * k for k in range(BLOCK)]
        random.shuffle(starts)
        start = starts[update % BLOCK]
        lines = drawn[start : start + size]
        random = Random(derive(self._recipe.seed, "verifier claims", update))
        return _batch(lines, [self._balanced(line.rows, random) for line in lines], self._judged)

    def _balanced(self, rows: Sequence[int], random: Random) -> list[int]:
        """`claims` of a line, or all: half of them right, if there are so many."""
        size = self._recipe.claims
        right = [r for r in rows if self._right[r]]
        wrong = [r for r in rows if not self._right[r]]
        n = min(len(right), max(size // 2, size - len(wrong)))
        return random.sample(right, n) + random.sample(wrong, min(len(wrong), size - n))


def _batch(lines: list[Line], rows: Sequence[Sequence[int]], judged: JudgedClaims) -> _Batch:
    line_M = torch.tensor([b for b, of in enumerate(rows) for _ in of])
    return _Batch(lines, line_M, judged.take(torch.tensor([r for of in rows for r in of])))
