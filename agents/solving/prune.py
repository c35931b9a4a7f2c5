"""prune: which candidates become beams, which solutions are complete, and when a question is done."""

import torch
from torch import Tensor

from agents.solving.state import SolveChange, SolveState
from reasoner.models.student import pooled_slots
from reasoner.search.arena import Arena
from reasoner.search.beams import Beams, Candidates, Complete
from reasoner.types.search import SearchRound, SeenCandidate


def prune(state: SolveState, arena: Arena) -> SolveChange:
    """Goes on with what the searcher keeps. What is left at the student's last step is complete, but not finished."""
    candidates, beams = arena.candidates, arena.beams
    kept = arena.searcher.keep(beams, candidates, _bars(arena))
    if arena.late:
        kept = kept[candidates.greedy_M[kept] | candidates.ends_M[kept]]
    if arena.tracing:
        _note(arena, state["step"] + 1, set(kept.tolist()))
    chosen = candidates.take(kept)
    following = _follow(arena, chosen)
    last = state["step"] + 1 >= arena.student.shape.max_steps
    over = torch.ones_like(chosen.ends_M) if last else chosen.ends_M
    for row in over.nonzero()[:, 0].tolist():
        arena.complete[int(following.question_N[row])].append(_completed(following, row, bool(chosen.ends_M[row])))
    arena.beams = _only(following, (~over).nonzero()[:, 0])
    return {"step": state["step"] + 1, "live": len(arena.beams)}


def _bars(arena: Arena) -> list[float]:
    """The best score of each question among solutions that have an answer."""
    return [max((s.score for s in found if arena.answer_of(s)), default=float("-inf")) for found in arena.complete]


def _follow(arena: Arena, chosen: Candidates) -> Beams:
    """The beams that the chosen candidates make, complete ones among them."""
    beams, parents = arena.beams, chosen.beam_M.tolist()
    net = arena.student.net
    taken = net.step_encoder(chosen.tokens_ML) if len(chosen) else chosen.slots_MKD
    texts = [() if ends else (text,) for ends, text in zip(chosen.ends_M.tolist(), chosen.texts, strict=True)]
    said = chosen.terms["said"].tolist()
    return Beams(
        question_N=beams.question_N[chosen.beam_M],
        history_NTKD=torch.cat([beams.history_NTKD[chosen.beam_M], taken[:, None]], dim=1),
        score_N=beams.score_N[chosen.beam_M] + chosen.gain_M,
        greedy_N=_greedy(arena, chosen),
        steps=tuple((*beams.steps[b], *text) for b, text in zip(parents, texts, strict=True)),
        logprobs=tuple((*beams.logprobs[b], s) for b, s in zip(parents, said, strict=True)),
    )


def _greedy(arena: Arena, chosen: Candidates) -> Tensor:
    return chosen.greedy_M & arena.beams.greedy_N[chosen.beam_M]


def _completed(beams: Beams, row: int, finished: bool) -> Complete:
    return Complete(
        steps=beams.steps[row],
        logprobs=beams.logprobs[row],
        score=float(beams.score_N[row]),
        finished=finished,
        greedy=bool(beams.greedy_N[row]),
        latent_D=pooled_slots(beams.history_NTKD[row]).cpu(),
    )


def _only(beams: Beams, index: Tensor) -> Beams:
    rows = index.tolist()
    return Beams(
        question_N=beams.question_N[index],
        history_NTKD=beams.history_NTKD[index],
        score_N=beams.score_N[index],
        greedy_N=beams.greedy_N[index],
        steps=tuple(beams.steps[i] for i in rows),
        logprobs=tuple(beams.logprobs[i] for i in rows),
    )


def _note(arena: Arena, step: int, kept: set[int]) -> None:
    """Writes down what was seen, question by question."""
    candidates, beams, bars = arena.candidates, arena.beams, _bars(arena)
    by_question: dict[int, list[SeenCandidate]] = {}
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
            why=_why(arena, place in kept, score, bars[question]),
        )
        by_question.setdefault(question, []).append(seen)
    arena.rounds += [
        SearchRound(question=question, step=step, candidates=tuple(seen)) for question, seen in by_question.items()
    ]


def _why(arena: Arena, kept: bool, score: float, bar: float) -> str:
    if kept:
        return ""
    if arena.late:
        return "the seconds are spent"
    if score <= bar:
        return "cannot beat the best complete solution"
    return "not among the best of its question"
