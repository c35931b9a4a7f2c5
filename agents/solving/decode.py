"""decode: candidates become texts; equal texts of one beam become one candidate."""

from collections.abc import Sequence
from itertools import groupby

import torch
from torch import Tensor
from torch.nn import functional as F

from agents.solving.state import SolveChange, SolveState
from reasoner.models.decoder import write
from reasoner.models.tokenizers import FINISH, PAD
from reasoner.search.arena import Arena
from reasoner.search.beams import Candidates, merged
from reasoner.search.proposers import Proposal


def decode(state: SolveState, arena: Arena) -> SolveChange:
    """Leaves candidates in the arena, those of one beam side by side, as proposed."""
    arena.candidates = decoded(arena, arena.proposals)
    return {"decodes": state["decodes"] + sum(arena.candidates.found)}


def decoded(arena: Arena, proposals: Sequence[Proposal]) -> Candidates:
    """What at least one proposal says; the arena counts the decodes."""
    tokens_ML = _written(arena, proposals)
    beam_M = torch.cat([p.beam_M for p in proposals])
    origin = tuple(p.origin for p in proposals for _ in range(len(p.beam_M)))
    for question in arena.beams.question_N[beam_M].tolist():
        arena.decodes[question] += 1
    return merged(
        Candidates(
            beam_M=beam_M,
            slots_MKD=torch.cat([p.slots_MKD for p in proposals]),
            origin=origin,
            greedy_M=arena.beams.greedy_N[beam_M] & torch.tensor([one == "clean" for one in origin]),
            tokens_ML=tokens_ML,
            texts=tuple("" if row[0] == FINISH else arena.student.writes.decode(row) for row in tokens_ML.tolist()),
            ends_M=(tokens_ML[:, 0] == FINISH).cpu(),
            found=(1,) * len(origin),
        )
    )


def _written(arena: Arena, proposals: Sequence[Proposal]) -> Tensor:
    """Tokens of all proposals in their order, those of one decoder and temperature decoded together."""
    texts: list[Tensor] = []
    for (temperature, by_verifier), group in groupby(proposals, key=lambda p: (p.temperature, p.by_verifier)):
        decoder = arena.verifier.writer if arena.verifier and by_verifier else arena.student.net.decoder
        members = list(group)
        slots = torch.cat([p.slots_MKD for p in members])
        arena.watch(slots)
        question_M = arena.beams.question_N[torch.cat([p.beam_M for p in members])]
        luck = arena.noise.uniform(question_M, decoder.max_tokens) if temperature else None
        texts.append(write(decoder, slots, temperature=temperature, luck_NL=luck).tokens_NL)
    longest = max(t.shape[1] for t in texts)
    return torch.cat([F.pad(t, (0, longest - t.shape[1]), value=PAD) for t in texts])
