"""prune: which candidates become beams, which solutions are complete, and when a question is done."""

import math
from collections.abc import Sequence

import numpy as np

from agents.solving.state import SolveChange, SolveState
from reasoner.search.beams import Beams, Complete
from reasoner.search.search import Search
from reasoner.types.search import REFINED, SearchRound, SeenCandidate
from reasoner.types.step_model import CLEAN, Candidates, Condenses, State

NO_LATENT = np.zeros(0, np.float32)

Found = tuple[tuple[Complete, ...], ...]


def prune(state: SolveState, search: Search) -> SolveChange:
    """Goes on with what the searcher keeps. What is left at the student's last step is complete, but not finished."""
    candidates, beams, step = state["candidates"], state["beams"], state["step"] + 1
    bar_B, late = _bars(state["complete"], search), search.late
    kept = search.searcher.keep(beams, candidates, bar_B)
    if late:
        kept = kept[beams.greedy_of(candidates)[kept] | candidates.ends_M[kept]]
    chosen = candidates.take(kept)
    rows, following = search.model.advance(state["rows"], chosen), beams.follow(chosen)
    over_N = chosen.ends_M | (step >= search.model.max_steps)
    live = np.flatnonzero(~over_N)
    change: SolveChange = {"step": step, "live": len(live), "rows": rows.take(live), "beams": following.take(live)}
    if over_N.any():
        over = np.flatnonzero(over_N)
        ended = _completed(search, following.take(over), rows.take(over), chosen.ends_M[over].tolist())
        change["complete"] = _with(state["complete"], ended, following.question_N[over].tolist())
    if search.tracing:
        change["rounds"] = _seen(beams, candidates, step, set(kept.tolist()), bar_B, late=late)
    return change


def _bars(complete: Found, search: Search) -> list[float]:
    """The best score of each question among solutions that have an answer; no bar where every attempt counts."""
    if not search.searcher.halts:
        return [-math.inf] * len(complete)
    return [max((s.score for s in found if search.answer_of(s)), default=-math.inf) for found in complete]


def _completed(search: Search, beams: Beams, rows: State, finished: Sequence[bool]) -> list[Complete]:
    model = search.model
    latents = model.condense(rows) if isinstance(model, Condenses) else [NO_LATENT] * len(beams)
    scores, greedy = beams.score_N.tolist(), beams.greedy_N.tolist()
    parts = zip(beams.steps, beams.logprobs, scores, finished, greedy, latents, strict=True)
    return [Complete(*part) for part in parts]


def _with(complete: Found, ended: Sequence[Complete], questions: Sequence[int]) -> Found:
    """Each question's solutions with those that have ended now."""
    more: list[list[Complete]] = [[] for _ in complete]
    for one, question in zip(ended, questions, strict=True):
        more[question].append(one)
    return tuple((*before, *now) for before, now in zip(complete, more, strict=True))


def _seen(
    beams: Beams, candidates: Candidates, step: int, kept: set[int], bar_B: Sequence[float], *, late: bool
) -> tuple[SearchRound, ...]:
    """What was seen, question by question."""
    by_question: dict[int, list[SeenCandidate]] = {}
    beam_of = candidates.parent_M.tolist()
    clean = {b: text for b, text, o in zip(beam_of, candidates.texts, candidates.origin, strict=True) if o == CLEAN}
    for place in range(len(candidates)):
        beam = beam_of[place]
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
    return tuple(
        SearchRound(question=question, step=step, candidates=tuple(seen)) for question, seen in by_question.items()
    )


def _why(candidates: Candidates, place: int, *, late: bool, beaten: bool) -> str:
    """Why a candidate was pruned."""
    if candidates.refused[place]:
        return "a refinement that does not mean what it says"
    if late:
        return "the seconds are spent"
    return "cannot beat the best complete solution" if beaten else "not among the best of its question"
