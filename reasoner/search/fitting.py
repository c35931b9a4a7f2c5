"""Fits the energy: logistic regression over the terms of judged candidates, one map a depth.

Shapes: M candidates, F features.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from torch import Tensor

from reasoner.search.energy import FittedEnergy, features

_Numbers = NDArray[np.float64]

PULL = 3.0
"""Weight of the squared distance of a depth's map from the map of all depths, in nats a unit: few candidates, small
change."""
FEW = 50
"""A depth with fewer candidates has no map of its own."""


def fit_energy(
    terms: Mapping[str, Tensor], names: tuple[str, ...], *, ends_M: Tensor, depth_M: Tensor, right_M: Tensor
) -> FittedEnergy:
    """Args:
    terms: of held-out candidates whose earlier steps are right.
    names: of the terms that the energy may read.
    ends_M: whether each ends its solution.
    depth_M: steps before it.
    right_M: its label.
    """
    x = features(terms, names, ends_M).double().numpy()
    y, depth = right_M.double().numpy(), depth_M.numpy()
    shared = _fit(x, y, towards=np.zeros(x.shape[1]), pull=1e-3)
    deepest = max((d for d in np.unique(depth) if (depth == d).sum() >= FEW), default=0)
    rows = [
        _fit(x[depth == d], y[depth == d], towards=shared, pull=PULL) if (depth == d).sum() >= FEW else shared
        for d in range(int(deepest) + 1)
    ]
    return FittedEnergy(names, tuple(tuple(float(w) for w in row) for row in rows))


def _fit(x: _Numbers, y: _Numbers, *, towards: _Numbers, pull: float) -> _Numbers:
    """The weights of least cross-entropy, pulled towards given ones."""

    def cost(w: _Numbers) -> tuple[float, _Numbers]:
        z = x @ w
        off = w - towards
        value = np.logaddexp(0.0, z).sum() - y @ z + pull * (off @ off)
        return float(value), x.T @ (expit(z) - y) + 2 * pull * off

    return minimize(cost, towards, jac=True, method="L-BFGS-B").x
