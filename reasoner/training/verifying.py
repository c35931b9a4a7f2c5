"""Trains a verifier on judged steps of the student's own attempts.

Shapes: B questions, M claims, L question tokens, D width.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.models.batches import pad_questions
from reasoner.models.claims import shortened
from reasoner.models.student import Student
from reasoner.models.tokenizers import EncodedQuestion
from reasoner.models.verifier import Beliefs, Claims, StepVerifier, signs_of
from reasoner.training.claims import JudgedClaims
from reasoner.training.feed import derive
from reasoner.training.optimizer import StudentOptimizer
from reasoner.training.recipe import cosine
from reasoner.training.state import load_state, save_state

BLOCK = 8
"""Updates whose questions are drawn together and sorted by length."""
CLIP = 1.0
WORD_WEIGHT = 1.0
"""A step has one label, its words have several: where it goes wrong is learnt sooner than that it is wrong."""


@dataclass(frozen=True)
class VerifierRecipe:
    """What decides the weights of a verifier, beside its data."""

    updates: int
    questions: int
    """Of an update."""
    claims: int
    """Of a question, half of them right where there are enough."""
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
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # pyright: ignore[reportAttributeAccessIssue]
    verifier.train()
    optimizer = StudentOptimizer([(f"verifier.{name}", p) for name, p in verifier.named_parameters()])
    state = load_state(folder, verifier, optimizer, recipe=asdict(recipe))
    feed = _Feed(questions, judged, recipe)
    recent: list[float] = []
    for update in range(state.updates if state else 0, recipe.updates):
        batch = feed.at(update)
        loss = _loss(beliefs_of(verifier, student, [questions[i] for i in batch.places], batch.judged), batch.judged)
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


def _loss(beliefs: Beliefs, judged: JudgedClaims) -> Tensor:
    """Cross-entropy of the steps and, with weight `WORD_WEIGHT`, of their words up to the first wrong one."""
    place_W = torch.arange(beliefs.word_MW.shape[1])
    right_M1, words_M1 = judged.right_M.bool()[:, None], judged.words_M.long()[:, None]
    counted_MW = beliefs.is_word_MW & (right_M1 | (place_W <= words_M1))
    label_MW = (right_M1 | (place_W < words_M1)).float()
    words = F.binary_cross_entropy_with_logits(beliefs.word_MW[counted_MW], label_MW[counted_MW])
    return F.binary_cross_entropy_with_logits(beliefs.step_M, judged.right_M) + WORD_WEIGHT * words


def beliefs_of(
    verifier: StepVerifier, student: Student, questions: Sequence[EncodedQuestion], judged: JudgedClaims
) -> Beliefs:
    """What it makes of claims whose `question_M` are places among these questions."""
    batch = pad_questions(questions)
    with torch.no_grad():
        states_BLD = student.net.question_encoder(batch.tokens_BL, batch.digits_MP)
    claims = Claims(
        question_M=judged.question_M,
        tokens_MTS=shortened(judged.tokens_MTS.long()),
        clean_MKD=judged.clean_MKD.float(),
        signs_MF=signs_of(judged.said_M, judged.round_trip_M),
    )
    return verifier(verifier.study(states_BLD, batch.mask_BL), batch.mask_BL, claims)


@torch.inference_mode()
def all_logits(
    verifier: StepVerifier, student: Student, questions: Sequence[EncodedQuestion], judged: JudgedClaims
) -> Tensor:
    """Logits [M] of any number of claims, in batches of like length."""
    order = sorted(range(len(questions)), key=lambda i: len(questions[i].ids))
    rows = _rows_by_question(judged.question_M)
    logits = torch.zeros(len(judged))
    for start in range(0, len(order), 64):
        places = [i for i in order[start : start + 64] if i in rows]
        if places:
            index = torch.tensor([row for i in places for row in rows[i]])
            some = _numbered(judged.take(index), places)
            logits[index] = beliefs_of(verifier, student, [questions[i] for i in places], some).step_M
    return logits


@dataclass(frozen=True)
class _Batch:
    places: list[int]
    judged: JudgedClaims


class _Feed:
    """Batches as a pure function of their number: claims of one depth, about questions of like length."""

    def __init__(self, questions: Sequence[EncodedQuestion], judged: JudgedClaims, recipe: VerifierRecipe) -> None:
        self._questions, self._judged, self._recipe = questions, judged, recipe
        self._right = judged.right_M.bool().tolist()
        depths = judged.depth_M.tolist()
        self._depths = sorted(set(depths))
        self._sizes = [depths.count(depth) for depth in self._depths]
        rows = _rows_by_question(judged.question_M)
        self._rows = {d: {q: [r for r in of if depths[r] == d] for q, of in rows.items()} for d in self._depths}
        self._known = {d: [q for q, of in self._rows[d].items() if of] for d in self._depths}

    def at(self, update: int) -> _Batch:
        """The questions of an update and some claims of each."""
        size, block = self._recipe.questions, update // BLOCK
        random = Random(derive(self._recipe.seed, "verifier block", block))
        depth = random.choices(self._depths, self._sizes)[0]
        drawn = random.choices(self._known[depth], k=size * BLOCK)
        drawn.sort(key=lambda i: len(self._questions[i].ids))
        starts = [size * k for k in range(BLOCK)]
        random.shuffle(starts)
        start = starts[update % BLOCK]
        places = list(dict.fromkeys(drawn[start : start + size]))
        random = Random(derive(self._recipe.seed, "verifier claims", update))
        rows = [row for i in places for row in self._balanced(self._rows[depth][i], random)]
        return _Batch(places, _numbered(self._judged.take(torch.tensor(rows)), places))

    def _balanced(self, rows: Sequence[int], random: Random) -> list[int]:
        """`claims` of a question's claims, or all: half of them right, if there are so many."""
        size = self._recipe.claims
        right = [r for r in rows if self._right[r]]
        wrong = [r for r in rows if not self._right[r]]
        n = min(len(right), max(size // 2, size - len(wrong)))
        return sorted(random.sample(right, n) + random.sample(wrong, min(len(wrong), size - n)))


def _rows_by_question(question_M: Tensor) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for row, question in enumerate(question_M.tolist()):
        rows.setdefault(question, []).append(row)
    return rows


def _numbered(judged: JudgedClaims, places: Sequence[int]) -> JudgedClaims:
    """The same claims, their questions named by their place in `places`."""
    row = {place: i for i, place in enumerate(places)}
    renamed = torch.tensor([row[q] for q in judged.question_M.tolist()], dtype=torch.long)
    return JudgedClaims(**{**vars(judged), "question_M": renamed})
