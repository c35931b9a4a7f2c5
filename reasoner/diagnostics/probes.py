"""Linear probes: what can be read off the slots of a step by a linear map, and off controls that should hold less.

Operator and digits are read by a logistic map (LBFGS), values by ridge regression in closed form. A probe is trained on
some steps and judged on others whose text it has not seen.

Shapes: N steps, F features (K slots x D width), H logits of all heads together, P digit places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

OPERATORS = "+-*/"
NUMBERS = ("left", "right", "result")
DIGITS = 11
"""No digit at this place, or one of ten."""
RIDGE = 1.0
DECAY = 1e-3
ITERATIONS = 80

_EQUATION = re.compile(r"(\d+)([+\-*/])(\d+)=(\d+)")


@dataclass(frozen=True)
class Parsed:
    """N equations of the form `a op b = c` in whole numbers."""

    index_N: Tensor
    """Where they stood in the list that was parsed."""
    operator_N: Tensor
    numbers_N3: Tensor
    """Left and right operand and result."""

    def shuffled(self, seed: int) -> "Parsed":
        """The same labels on other steps: the control of what a probe learns from nothing."""
        order = torch.randperm(len(self.operator_N), generator=torch.Generator().manual_seed(seed))
        return Parsed(self.index_N, self.operator_N[order], self.numbers_N3[order])


def parse(texts: Sequence[str]) -> Parsed:
    """The texts that are plain equations; others are left out."""
    found = [(i, m) for i, m in enumerate(_EQUATION.fullmatch(t) for t in texts) if m]
    return Parsed(
        torch.tensor([i for i, _ in found], dtype=torch.long),
        torch.tensor([OPERATORS.index(m[2]) for _, m in found], dtype=torch.long),
        torch.tensor([[int(m[1]), int(m[3]), int(m[4])] for _, m in found], dtype=torch.long).view(-1, 3),
    )


def digits_of(numbers_N3: Tensor, places: int) -> Tensor:
    """Digit classes [N, 3, P], least significant first: 0 none, else digit + 1; zero itself has the digit 0."""
    power = 10 ** torch.arange(places)
    digit = numbers_N3[..., None] // power % 10
    there = (numbers_N3[..., None] >= power) | (power == 1)
    return torch.where(there, digit + 1, 0)


@dataclass(frozen=True)
class Scores:
    """How a probe did on steps it had not seen."""

    n: int
    operator: int
    """Operators read rightly."""
    exact: dict[str, int]
    """By number: all digits read rightly."""
    r2: dict[str, float]
    """By number: coefficient of determination of the value; at most 1, below 0 where the mean would be better."""


def probe(train_NF: Tensor, train: Parsed, test_NF: Tensor, test: Parsed) -> Scores:
    """Trains on one set of steps and judges on another.

    Args:
        train_NF: features of the steps in `train`, row by row.
        train: their labels, true or shuffled.
        test_NF: features of the steps in `test`.
        test: their true labels.
    """
    places = len(str(int(max(train.numbers_N3.max(), test.numbers_N3.max()))))
    mean, std = train_NF.mean(dim=0), train_NF.std(dim=0).clamp_min(1e-6)
    x, z = (_with_one((f - mean) / std) for f in (train_NF, test_NF))
    classes = _classes(train, places)
    logits = z @ _logistic(x, classes, sizes=[len(OPERATORS)] + [DIGITS] * (3 * places))
    operator, *digits = logits.split([len(OPERATORS)] + [DIGITS] * (3 * places), dim=1)
    read = torch.stack([d.argmax(dim=1) for d in digits], dim=1).view(-1, 3, places)
    right_N3 = (read == digits_of(test.numbers_N3, places)).all(dim=2)
    return Scores(
        n=len(z),
        operator=int((operator.argmax(dim=1) == test.operator_N).sum()),
        exact={name: int(right_N3[:, i].sum()) for i, name in enumerate(NUMBERS)},
        r2={name: _r2(x, train.numbers_N3[:, i], z, test.numbers_N3[:, i]) for i, name in enumerate(NUMBERS)},
    )


def _with_one(features_NF: Tensor) -> Tensor:
    return torch.cat([features_NF, features_NF.new_ones(len(features_NF), 1)], dim=1)


def _classes(labels: Parsed, places: int) -> Tensor:
    """[N, 1 + 3P]: the operator, then the digits of each number."""
    return torch.cat([labels.operator_N[:, None], digits_of(labels.numbers_N3, places).flatten(1)], dim=1)


def _logistic(x_NF: Tensor, classes_NC: Tensor, sizes: list[int]) -> Tensor:
    """Weights [F, H] of all heads, found together: they share nothing but the steps of the search."""
    weight = torch.zeros(x_NF.shape[1], sum(sizes), requires_grad=True)
    search = torch.optim.LBFGS([weight], max_iter=ITERATIONS, history_size=10, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        search.zero_grad()
        parts = (x_NF @ weight).split(sizes, dim=1)
        losses = [F.cross_entropy(part, classes_NC[:, i]) for i, part in enumerate(parts)]
        loss = torch.stack(losses).sum() + DECAY * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        search.step(closure)  # pyright: ignore[reportArgumentType] (a tensor serves as the loss)
    return weight.detach()


def _r2(x_NF: Tensor, train_N: Tensor, z_NF: Tensor, test_N: Tensor) -> float:
    """Ridge regression in closed form, judged on the test steps."""
    x, y, z, t = x_NF.double(), train_N.double(), z_NF.double(), test_N.double()
    mean = y.mean()
    gram = x.T @ x + RIDGE * torch.eye(x.shape[1], dtype=torch.double)
    weight = torch.linalg.solve(gram, x.T @ (y - mean))
    error = (z @ weight + mean - t).square().sum()
    return float(1 - error / (t - t.mean()).square().sum().clamp_min(1e-12))
