"""The latent student's ways of proposing: the predicted latent of a next step itself, and what is near it.

Shapes: N rows, P of them to be continued, one perhaps several times, K slots, D width.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from torch import Tensor

from reasoner.models.layers import normalise
from reasoner.types.search import REFINED
from reasoner.types.step_model import CLEAN

if TYPE_CHECKING:
    from reasoner.students.latent.state import LatentState

STRIDE = 0.6
"""Of a gradient step: two leave a sixth of the distance."""
PULL = 0.5
"""Of a neighbour."""

Make = Callable[["LatentState", Tensor, float], Tensor]
"""Slots [P, K, D] to be decoded for rows [P], from `Wanted.by`."""


def refined(slots_PKD: Tensor, expected_PKD: Tensor, steps: int) -> Tensor:
    """The latents after so many gradient steps down the verifier's energy, put back on the manifold each time.

    The energy of a latent is half its squared distance from the one that the verifier expects.
    """
    for _ in range(steps):
        slots_PKD = normalise(slots_PKD - STRIDE * (slots_PKD - expected_PKD))
    return slots_PKD


def drawn_to(slots_PKD: Tensor, neighbour_PKD: Tensor) -> Tensor:
    """The latents drawn half way towards the same step of a remembered solution, back onto the manifold."""
    return normalise(slots_PKD.lerp(neighbour_PKD, PULL))


def _clean(state: "LatentState", row_P: Tensor, by: float) -> Tensor:  # noqa: ARG001 (a `Make`)
    return state.clean_NKD[row_P]


def _noise(state: "LatentState", row_P: Tensor, by: float) -> Tensor:
    """Gaussian noise on the slots, put back on the manifold."""
    slots = state.clean_NKD[row_P]
    drawn = state.read.noise.normal(state.question_N[row_P], *slots.shape[1:]).to(slots)
    return normalise(slots + by * drawn)


def _z(state: "LatentState", row_P: Tensor, by: float) -> Tensor:  # noqa: ARG001 (a `Make`)
    """The latent variable drawn from its prior."""
    latent = state.student.net.latent
    assert latent is not None, "a student without z has no such origin"
    slots = state.clean_NKD[row_P]
    return latent.with_z(slots, state.read.noise.normal(state.question_N[row_P], latent.size).to(slots))


def _denoise(state: "LatentState", row_P: Tensor, by: float) -> Tensor:  # noqa: ARG001 (a `Make`)
    """The predictor applied once more than it was trained for, to its own output."""
    return state.deeper_NKD[row_P]


def _verifier(state: "LatentState", row_P: Tensor, by: float) -> Tensor:  # noqa: ARG001 (a `Make`)
    """What the verifier expects: it has learnt from right attempts and may know what is not known."""
    return state.expected_NKD[row_P]


def _recall(state: "LatentState", row_P: Tensor, by: float) -> Tensor:
    slots_NRKD, _ = state.recalled
    return drawn_to(state.clean_NKD[row_P], slots_NRKD[row_P, int(by)])


def _refine(state: "LatentState", row_P: Tensor, by: float) -> Tensor:
    return refined(state.clean_NKD[row_P], state.expected_NKD[row_P], int(by))


WAYS: Mapping[str, Make] = {
    CLEAN: _clean,
    "noise": _noise,
    "sample": _clean,
    "z": _z,
    "denoise": _denoise,
    "verifier": _verifier,
    "recall": _recall,
    REFINED: _refine,
}
DRAWN = frozenset({"sample", "verifier"})
"""Whose texts are drawn at the temperature that `Wanted.by` says; 0 is greedy."""
BY_VERIFIER = frozenset({"verifier", REFINED})
"""What the verifier's decoder says in place of the student's: each understands its own latents best."""
