"""prune: which candidates become beams, which solutions are complete, and when a question is done."""

import math
from collections.abc import Sequence

import torch

from agents.solving.state import SolveChange, SolveState
from reasoner.models.network import pooled_slots
from reasoner.search.arena import Arena
from reasoner.search.beams import Beams, Candidates, Complete
from reasoner.search.energy import SAID
from reasoner.types.search import REFINED, SearchRound, SeenCandidate


def prune(state: SolveState, arena: Arena) -> SolveChange:
    """Goes on with what the searcher keeps. What is left at the student's last step is complete, but not finished."""
    candidates, beams = arena.candidates, arena.beams
    bar_B, late = _bars(arena), arena.late
    kept = arena.searcher.keep(beams, candidates, bar_B)
    if late:
        kept = kept[candidates.greedy_M[kept] | candidates.ends_M[kept]]
    if arena.tracing:
        _note(arena, state["step"] + 1, set(kept.tolist()), bar_B, late=late)
    chosen = candidates.take(kept)
    following = follow(arena, chosen)
    last = state["step"] + 1 >= arena.student.shape.max_steps
    over = torch.ones_like(chosen.ends_M) if last else chosen.ends_M
    for row in over.nonzero()[:, 0].tolist():
        arena.complete[int(following.question_N[row])].append(_completed(following, row, bool(chosen.ends_M[row])))
    arena.beams = following.take((~over).nonzero()[:, 0])
    return {"step": state["step"] + 1, "live": len(arena.beams)}


def _bars(arena: Arena) -> list[float]:
    """The best score of each question among solutions that have an answer; no bar where every attempt counts."""
    if not arena.searcher.halts:
        return [-math.inf] * len(arena.complete)
    return [max((s.score for s in found if arena.answer_of(s)), default=-math.inf) for found in arena.complete]


def follow(arena: Arena, chosen: Candidates) -> Beams:
    """The beams that the chosen candidates make, complete ones among them."""
    beams, parents = arena.beams, chosen.beam_M.tolist()
    net = arena.student.net
    taken = net.step_encoder(chosen.tokens_ML) if len(chosen) else chosen.slots_MKD
    texts = [() if ends else (text,) for ends, text in zip(chosen.ends_M.tolist(), chosen.texts, strict=True)]
    said = chosen.terms[SAID].tolist()
    return Beams(
        question_N=beams.question_N[chosen.beam_M],
        history_NTKD=torch.cat([beams.history_NTKD[chosen.beam_M], taken[:, None]], dim=1),
        score_N=beams.score_N[chosen.beam_M] + chosen.gain_M,
        greedy_N=chosen.greedy_M,
        steps=tuple((*beams.steps[b], *text) for b, text in zip(parents, texts, strict=True)),
        logprobs=tuple((*beams.logprobs[b], s) for b, s in zip(parents, said, strict=True)),
    )


def _completed(beams: Beams, row: int, finished: bool) -> Complete:
    return Complete(
        steps=beams.steps[row],
        logprobs=beams.logprobs[row],
        score=float(beams.score_N[row]),
        finished=finished,
        greedy=bool(beams.greedy_N[row]),
        latent_D=pooled_slots(beams.history_NTKD[row]).cpu(),
    )


def _note(arena: Arena, step: int, kept: set[int], bar_B: Sequence[float], *, late: bool) -> None:
    """Writes down what was seen, question by question."""
    candidates, beams = arena.candidates, arena.beams
    by_question: dict[int, list[SeenCandidate]] = {}
    beam_of = candidates.beam_M.tolist()
    clean = {b: text for b, text, o in zip(beam_of, candidates.texts, candidates.origin, strict=True) if o == "clean"}
    for place in range(len(candidates)):
        beam = int(candidates.beam_M[place])
        question = int(beams.question_N[beam])
        score = float(beams.score_N[beam] + candidates.gain_M[place])
        ends = bool(candidates.ends_M[place])
        seen = SeenCandidate(
            beam=beam,
            origin=candidates.origin[place],
            found=candidates.found[place],
            text=candidates.texts[place],
            terms={name: round(float(term[place]), 4) for name, term in candidates.terms.items()},
            gain=round(float(candidates.gain_M[place]), 4),
            score=round(score, 4),
            fate=("complete" if ends else "kept") if place in kept else "pruned",
            why="" if place in kept else _why(candidates, place, late=late, beaten=score <= bar_B[question]),
            refined_from=clean.get(beam, "") if candidates.origin[place] == REFINED else "",
        )
        by_question.setdefault(question, []).append(seen)
    arena.rounds += [
        SearchRound(question=question, step=step, candidates=tuple(seen)) for question, seen in by_question.items()
    ]


def _why(candidates: Candidates, place: int, *, late: bool, beaten: bool) -> str:
    """Why a candidate was pruned."""
    if candidates.refused[place]:
        return "a refinement that does not mean what it says"
    if late:
        return "the seconds are spent"
    return "cannot beat the best complete solution" if beaten else "not among the best of its question"
