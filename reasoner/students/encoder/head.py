"""A linear head over unit vectors: multinomial logistic regression, fitted to the optimum, with calibrated chances.

Shapes: N questions, H width, C labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ITERATIONS = 300
HELD_OUT = 5
"""Each fifth row of a label is held out to calibrate the chances; the head itself is then fitted on all rows."""
FEWEST_HELD_OUT = 20
COLDEST, HOTTEST = 0.05, 5.0
"""Bounds of the temperature."""


@dataclass(frozen=True)
class Head:
    """Scores of labels: `vector @ weight + bias`, divided by the temperature."""

    labels: tuple[str, ...]
    weight_HC: Tensor
    bias_C: Tensor
    temperature: float = 1.0

    def log_chances(self, vectors_NH: Tensor) -> Tensor:
        """Natural logarithm of each label's chance, [N, C]."""
        return ((vectors_NH @ self.weight_HC + self.bias_C) / self.temperature).log_softmax(dim=-1)


@dataclass(frozen=True)
class Fitted:
    """A head, and what it did on the rows that were held out to calibrate it."""

    head: Head
    held_out: int
    accuracy: float | None
    """On them, by the head of the other rows; None where there were too few."""


def fit(vectors_NH: Tensor, said: Sequence[str], *, penalty: float) -> Fitted:
    """The head for labelled vectors; the same rows give the same bits.

    Args:
        vectors_NH: float32.
        said: the label of each.
        penalty: squared weights are held down with so much; larger means simpler. 1 / C of common libraries.
    """
    labels = tuple(sorted(set(said)))
    place = {label: at for at, label in enumerate(labels)}
    target_N = torch.tensor([place[label] for label in said])
    held_N = _held_out(target_N)
    temperature, accuracy = 1.0, None
    if int(held_N.sum()) >= FEWEST_HELD_OUT:
        weight_HC, bias_C = _optimum(vectors_NH[~held_N], target_N[~held_N], len(labels), penalty)
        logits = vectors_NH[held_N] @ weight_HC + bias_C
        temperature = _temperature(logits, target_N[held_N])
        accuracy = float((logits.argmax(-1) == target_N[held_N]).double().mean())
    weight_HC, bias_C = _optimum(vectors_NH, target_N, len(labels), penalty)
    return Fitted(Head(labels, weight_HC, bias_C, temperature), int(held_N.sum()), accuracy)


def _held_out(target_N: Tensor) -> Tensor:
    """True on each `HELD_OUT`-th row of its label, by order of the rows."""
    seen: dict[int, int] = {}
    chosen = []
    for label in target_N.tolist():
        seen[label] = seen.get(label, 0) + 1
        chosen.append(seen[label] % HELD_OUT == 0)
    return torch.tensor(chosen, dtype=torch.bool)


def _optimum(vectors_NH: Tensor, target_N: Tensor, labels: int, penalty: float) -> tuple[Tensor, Tensor]:
    weight = nn.Parameter(torch.zeros(vectors_NH.shape[1], labels))
    bias = nn.Parameter(torch.zeros(labels))
    search = torch.optim.LBFGS(
        [weight, bias], max_iter=ITERATIONS, tolerance_grad=1e-6, history_size=20, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        search.zero_grad()
        cost = F.cross_entropy(vectors_NH @ weight + bias, target_N)
        loss = cost + penalty / (2 * len(target_N)) * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        search.step(closure)
    return weight.detach(), bias.detach()


def _temperature(logits_NC: Tensor, target_N: Tensor) -> float:
    """The temperature whose chances fit best, found by thirds on a logarithmic scale: its cost has one valley."""
    low, high = torch.tensor(COLDEST).log(), torch.tensor(HOTTEST).log()

    def cost(log: Tensor) -> float:
        return float(F.cross_entropy(logits_NC / log.exp(), target_N))

    for _ in range(40):
        third = (high - low) / 3
        if cost(low + third) < cost(high - third):
            high = high - third
        else:
            low = low + third
    return round(float(((low + high) / 2).exp()), 4)
