"""propose: the predicted latent of each beam's next step, and candidates near it."""

import torch
from torch import Tensor

from agents.solving.state import SolveChange, SolveState
from reasoner.models.predictor import StepPredictor
from reasoner.search.arena import Arena
from reasoner.search.beams import Beams
from reasoner.search.proposers import Thought
from reasoner.search.searchers import Greedy


def propose(state: SolveState, arena: Arena) -> SolveChange:
    """Leaves proposals in the arena."""
    net, beams = arena.student.net, arena.beams
    history, states, mask = predict(arena)
    deeper = None
    if isinstance(net.predictor, StepPredictor) and arena.searcher.decodes > 1:
        passes = net.predictor.passes + 1
        deeper = net.predictor(history, states, mask, passes=passes)[:, -1][arena.which_N]
    recalled = arena.recalled.at(state["step"], beams.question_N) if arena.recalled is not None else None
    arena.thought = Thought(
        net, arena.clean_NKD, deeper, arena.expected_NKD, recalled, beams.question_N, beams.greedy_N
    )
    # Once the seconds are spent, nothing but greedy's own attempt is gone on with.
    searcher = Greedy() if arena.late else arena.searcher
    arena.proposals = searcher.propose(arena.thought, arena.noise)
    return {}


def predict(arena: Arena) -> tuple[Tensor, Tensor, Tensor]:
    """Leaves the latents that student and verifier predict for each beam's next step in the arena.

    Returns:
        What the student's predictor was given, for one beam of each question and text.
    """
    beams = arena.beams
    arena.first_U, arena.which_N = first_U, which_N = _distinct(beams)
    question_U = beams.question_N[first_U]
    given = beams.history_NTKD[first_U], arena.states_BLD[question_U], arena.mask_BL[question_U]
    arena.clean_NKD = arena.student.net.predictor(*given)[:, -1][which_N]
    if arena.verifier is not None:
        expected_UKD = arena.verifier.expect(given[0], arena.reread_BLD[question_U], given[2])[:, -1]
        arena.expected_NKD = expected_UKD[which_N]
    return given


def _distinct(beams: Beams) -> tuple[Tensor, Tensor]:
    """One beam of each question and text so far, [U], and which of them each beam equals, [N]: they think the same."""
    place: dict[tuple[int, tuple[str, ...]], int] = {}
    first: list[int] = []
    which: list[int] = []
    for i, key in enumerate(zip(beams.question_N.tolist(), beams.steps, strict=True)):
        if key not in place:
            place[key] = len(first)
            first.append(i)
        which.append(place[key])
    return torch.tensor(first, dtype=torch.long), torch.tensor(which, dtype=torch.long)
