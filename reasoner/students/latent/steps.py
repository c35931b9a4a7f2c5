"""The latent student step by step, as a search sees it: it predicts latents, has them written, reads them again.

Shapes: B questions, N rows, M candidates, K slots, D width, L tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import Module
from torch.nn import functional as F

from reasoner.models.batches import pad_questions
from reasoner.models.decoder import read_back, write
from reasoner.models.network import pooled_slots
from reasoner.models.predictor import StepPredictor
from reasoner.models.student import Student
from reasoner.models.tokenizers import FINISH, PAD
from reasoner.models.verifier import StepVerifier
from reasoner.search.noise import Noise
from reasoner.search.practising import Seen
from reasoner.students.latent.recalled import read_neighbours
from reasoner.students.latent.state import Decoded, LatentState, Read, side_by_side
from reasoner.students.latent.ways import BY_VERIFIER, DRAWN, WAYS
from reasoner.training.claims import JudgedClaims, token_rows
from reasoner.training.verifying import all_logits
from reasoner.types.step_model import BELIEF, CLEAN, HOLDS, ROUND_TRIP, SAID, Candidates, Wanted


@dataclass(frozen=True)
class LatentSteps:
    """See `StepModel`; it is `Steerable` where it has a verifier, `Remembers`, `Condenses` and is `Verifiable`."""

    student: Student
    verifier: StepVerifier | None = None

    @property
    def origins(self) -> tuple[str, ...]:
        """See `StepModel`."""
        net = self.student.net
        own = {
            "denoise": isinstance(net.predictor, StepPredictor),
            "z": net.latent is not None,
            "verifier": self.verifier is not None,
        }
        return (CLEAN, "noise", "sample", "recall", *(name for name, has in own.items() if has))

    @property
    def max_steps(self) -> int:
        """See `StepModel`."""
        return self.student.shape.max_steps

    def lengths(self, questions: Sequence[str]) -> Sequence[int]:
        """See `StepModel`."""
        return [len(one.ids) for one in self.student.reads.encode(questions)]

    def can_write(self, step: str) -> bool:
        """See `StepModel`."""
        return self.student.writes.fits(step)

    def root(self, questions: Sequence[str], *, seed: int) -> LatentState:
        """See `StepModel`."""
        net, shape = self.student.net, self.student.shape
        batch = pad_questions(self.student.reads.encode(questions), device=str(next(net.parameters()).device))
        states = net.question_encoder(batch)
        reread = self.verifier.read(batch) if self.verifier else states
        N = len(questions)
        return LatentState(
            self.student,
            self.verifier,
            Read(states, batch.mask_BL, reread, Noise(seed, questions)),
            torch.arange(N),
            states.new_zeros(N, 0, shape.slots, shape.width),
            ((),) * N,
        )

    def propose(self, state: LatentState, plan: Sequence[Wanted]) -> Candidates:
        """See `StepModel`."""
        slots = [WAYS[one.origin](state, torch.from_numpy(one.parent_M), one.by) for one in plan]
        tokens_ML = self._written(state, plan, slots)
        return Candidates(
            parent_M=np.concatenate([one.parent_M for one in plan]),
            texts=tuple("" if row[0] == FINISH else self.student.writes.decode(row) for row in tokens_ML.tolist()),
            ends_M=(tokens_ML[:, 0] == FINISH).cpu().numpy(),
            origin=tuple(one.origin for one in plan for _ in range(len(one.parent_M))),
            handle=Decoded(torch.cat(slots), tokens_ML),
            found=(1,) * len(tokens_ML),
        )

    def nudge(self, state: LatentState, plan: Sequence[Wanted]) -> Candidates:
        """See `Steerable`."""
        return self.propose(state, plan)

    def apart(self, candidates: Candidates) -> np.ndarray:
        """See `Steerable`."""
        held = cast("Decoded", candidates.handle)
        return _distance(self.student.net.step_encoder(held.tokens_ML), held.slots_MKD).cpu().numpy()

    def measure(self, state: LatentState, candidates: Candidates) -> Candidates:
        """See `StepModel`."""
        net, tokens_ML = self.student.net, cast("Decoded", candidates.handle).tokens_ML
        # A candidate is believed under the latent without noise: its own would always speak for it (docs/lab-book.md).
        parent_M = torch.from_numpy(candidates.parent_M)
        clean_MKD = state.clean_NKD[parent_M]
        said_M = read_back(net.decoder, clean_MKD, tokens_ML)
        round_trip_M = _distance(net.step_encoder(tokens_ML), clean_MKD)
        terms = {SAID: said_M, ROUND_TRIP: round_trip_M}
        if self.verifier is not None:
            logprob_ML = self.verifier.token_logprobs(state.expected_NKD[parent_M], tokens_ML)
            terms[BELIEF] = self.verifier(logprob_ML, said_M.to(logprob_ML), round_trip_M.to(logprob_ML))
        return replace(candidates, terms={name: term.cpu().numpy() for name, term in terms.items()})

    def advance(self, state: LatentState, candidates: Candidates) -> LatentState:
        """See `StepModel`."""
        held = cast("Decoded", candidates.handle)
        taken = self.student.net.step_encoder(held.tokens_ML) if len(candidates) else held.slots_MKD
        return state.followed(torch.from_numpy(candidates.parent_M), taken, candidates.texts)

    def score(self, state: LatentState, texts: Sequence[str]) -> Candidates:
        """See `StepModel`."""
        writes, clean_NKD = self.student.writes, state.clean_NKD
        rows = [torch.tensor([writes.encode(text) if text else writes.finish]) for text in texts]
        given = Candidates(
            parent_M=np.arange(len(texts)),
            texts=tuple(texts),
            ends_M=np.array([not text for text in texts]),
            origin=("given",) * len(texts),
            handle=Decoded(clean_NKD, side_by_side(rows).to(clean_NKD.device)),
            found=(1,) * len(texts),
        )
        return self.measure(state, given)

    def recall(self, state: LatentState, solutions: Sequence[Sequence[tuple[str, ...]]]) -> LatentState:
        """See `Remembers`; solutions with a step that it could not write are passed over."""
        return replace(state, read=replace(state.read, recalled=read_neighbours(self.student, solutions)))

    def neighbours(self, state: LatentState) -> np.ndarray | None:
        """See `Remembers`."""
        return None if state.read.recalled is None else state.recalled[1].numpy()

    def condense(self, state: LatentState) -> np.ndarray:
        """See `Condenses`: the mean of all slots."""
        return np.stack([pooled_slots(history_TKD).cpu().float().numpy() for history_TKD in state.history_NTKD])

    def new_verifier(self) -> StepVerifier:
        """See `Verifiable`."""
        return StepVerifier(self.student.net)

    def with_verifier(self, net: Module) -> "LatentSteps":
        """See `Verifiable`."""
        assert isinstance(net, StepVerifier), f"a verifier of another kind: {type(net)}"
        return replace(self, verifier=net)

    def alone(self, net: Module) -> Student:
        """See `Verifiable`."""
        assert isinstance(net, StepVerifier), f"a verifier of another kind: {type(net)}"
        return net.as_student(self.student)

    def claims(self, seen: Seen, places: Sequence[int]) -> JudgedClaims:
        """See `Verifiable`."""
        writes, terms = self.student.writes, seen.candidates.terms
        tokens = cast("Decoded", seen.candidates.handle).tokens_ML.cpu()
        return JudgedClaims(
            question_M=torch.tensor(places)[torch.from_numpy(seen.question_M)],
            tokens_MS=F.pad(tokens, (0, writes.max_tokens - tokens.shape[1]), value=PAD).to(torch.int16),
            before_MTS=token_rows(writes, seen.before).to(torch.int16),
            depth_M=torch.tensor([len(b) for b in seen.before]),
            said_M=torch.from_numpy(terms[SAID]),
            round_trip_M=torch.from_numpy(terms[ROUND_TRIP]),
            holds_M=torch.from_numpy(terms[HOLDS]),
            right_M=torch.from_numpy(seen.right_M).float(),
        )

    def beliefs(self, questions: Sequence[str], claims: JudgedClaims) -> Tensor:
        """See `Verifiable`."""
        assert self.verifier is not None, "`with_verifier` comes first"
        return all_logits(self.verifier, self.student, self.student.reads.encode(questions), claims)

    def _written(self, state: LatentState, plan: Sequence[Wanted], slots: Sequence[Tensor]) -> Tensor:
        """Tokens of all in their order, those of one decoder and temperature decoded together."""
        texts: list[Tensor] = []
        for (temperature, by_verifier), group in groupby(zip(plan, slots, strict=True), key=lambda one: _how(one[0])):
            decoder = self.verifier.writer if self.verifier and by_verifier else self.student.net.decoder
            members = list(group)
            row_M = torch.from_numpy(np.concatenate([one.parent_M for one, _ in members]))
            slots_MKD = torch.cat([made for _, made in members])
            luck = state.read.noise.uniform(state.question_N[row_M], decoder.max_tokens) if temperature else None
            texts.append(write(decoder, slots_MKD, temperature=temperature, luck_NL=luck).tokens_NL)
        return side_by_side(texts)


def _how(wanted: Wanted) -> tuple[float, bool]:
    """Temperature, and whether the verifier's decoder writes."""
    return (wanted.by if wanted.origin in DRAWN else 0.0, wanted.origin in BY_VERIFIER)


def _distance(one_MKD: Tensor, other_MKD: Tensor) -> Tensor:
    """Mean square, [M]."""
    return (one_MKD - other_MKD).square().mean(dim=(1, 2))
