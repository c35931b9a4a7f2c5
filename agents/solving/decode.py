"""decode: candidates become texts; equal texts of one beam become one candidate."""

from dataclasses import replace
from itertools import groupby

import torch
from torch import Tensor
from torch.nn import functional as F

from agents.solving.state import SolveChange, SolveState
from reasoner.models.decoder import write
from reasoner.models.tokenizers import FINISH, PAD
from reasoner.search.arena import Arena
from reasoner.search.beams import Candidates
from reasoner.search.proposers import Proposal


def decode(state: SolveState, arena: Arena) -> SolveChange:
    """Leaves candidates in the arena, those of one beam side by side, as proposed."""
    proposals = arena.proposals
    tokens_ML = _written(arena, proposals)
    beam_M = torch.cat([p.beam_M for p in proposals])
    origin = [p.origin for p in proposals for _ in range(len(p.beam_M))]
    order = beam_M.argsort(stable=True)
    rows = order.tolist()
    beam_M, tokens_ML = beam_M[order], tokens_ML[order]
    for question in arena.beams.question_N[beam_M].tolist():
        arena.decodes[question] += 1
    candidates = Candidates(
        beam_M=beam_M,
        slots_MKD=torch.cat([p.slots_MKD for p in proposals])[order],
        origin=tuple(origin[i] for i in rows),
        greedy_M=arena.beams.greedy_N[beam_M] & torch.tensor([origin[i] == "clean" for i in rows]),
        tokens_ML=tokens_ML,
        texts=tuple("" if row[0] == FINISH else arena.student.writes.decode(row) for row in tokens_ML.tolist()),
        ends_M=(tokens_ML[:, 0] == FINISH).cpu(),
        found=(1,) * len(rows),
    )
    arena.candidates = _distinct(candidates)
    return {"decodes": state["decodes"] + len(rows)}


def _written(arena: Arena, proposals: list[Proposal]) -> Tensor:
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


def _distinct(candidates: Candidates) -> Candidates:
    """The first candidate of each beam and text, which stands for all of them; greedy's is always a first one."""
    first: dict[tuple[int, bool, str], int] = {}
    found: dict[int, int] = {}
    keys = zip(candidates.beam_M.tolist(), candidates.ends_M.tolist(), candidates.texts, strict=True)
    for place, (beam, ends, text) in enumerate(keys):
        stands = first.setdefault((beam, ends, text), place)
        found[stands] = found.get(stands, 0) + 1
    kept = candidates.take(torch.tensor(list(found), dtype=torch.long))
    return replace(kept, found=tuple(found.values()))
