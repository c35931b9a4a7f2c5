"""Muon for the matrices of the blocks, AdamW for everything else.

Muon orthogonalises the momentum of each matrix by a Newton-Schulz iteration (Jordan et al. 2024,
https://kellerjordan.github.io/posts/muon/). Here it halved the loss at equal updates (docs/lab-book.md).
`torch.optim.Muon` iterates in bfloat16, which CPUs without bfloat16 units run thirty times slower than float32;
this one stacks matrices of one size and iterates in bfloat16 only where that is quick.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

from reasoner.training.precision import Precision

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
MOMENTUM = 0.95
WEIGHT_DECAY = 0.01
BETAS, EPSILON = (0.9, 0.98), 1e-8
"""Of AdamW."""
MOMENTS = ("step", "exp_avg", "exp_avg_sq")
"""What AdamW keeps of a weight."""
PRETRAINED_SHARE = 0.02
"""Share of AdamW's rate for pretrained weights, which usual rates of fresh ones would wipe out (BERT's: near 3e-5)."""


def orthogonalise(updates_GMN: Tensor, precision: Precision = "float32") -> Tensor:
    """Moves the singular values of G matrices (M <= N) towards 1."""
    a, b, c = NEWTON_SCHULZ
    x = updates_GMN / (updates_GMN.norm(dim=(1, 2), keepdim=True) + 1e-7)
    x = x.bfloat16() if precision == "bfloat16" else x
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.to(updates_GMN.dtype)


class StudentOptimizer:
    """Both optimizers behind one `step`, with a state made of named tensors only."""

    def __init__(self, named: Sequence[tuple[str, nn.Parameter]], *, precision: Precision = "float32") -> None:
        """Args:
        named: parameters that it changes.
        precision: in which Muon iterates; weights and states are in float32.
        """
        self._precision: Precision = precision
        self._matrices = [(n, p) for n, p in named if p.ndim == 2 and ".blocks." in n and not _lent(n)]
        chosen = {n for n, _ in self._matrices}
        self._rest = [(n, p) for n, p in named if n not in chosen]
        self._momentum = {n: torch.zeros_like(p) for n, p in self._matrices}
        self._moments: dict[str, dict[str, Tensor]] = {}

    def step(self, *, adam_rate: float, muon_rate: float) -> None:
        """Applies the gradients of this update and clears them."""
        self._adam(adam_rate, [(n, p) for n, p in self._rest if not _lent(n)])
        self._adam(adam_rate * PRETRAINED_SHARE, [(n, p) for n, p in self._rest if _lent(n)])
        self._muon(muon_rate)
        for _, p in (*self._matrices, *self._rest):
            p.grad = None

    @torch.no_grad()
    def _adam(self, rate: float, named: Sequence[tuple[str, nn.Parameter]]) -> None:
        moved = [(n, p, p.grad) for n, p in named if p.grad is not None]
        self._moments |= {n: _fresh(p) for n, p, _ in moved if n not in self._moments}
        moments = [self._moments[n] for n, _, _ in moved]
        # The function behind `torch.optim.AdamW`: the class would import torch's compiler, which takes seconds.
        adamw(
            [p for _, p, _ in moved],
            [grad for _, _, grad in moved],
            exp_avgs=[m["exp_avg"] for m in moments],
            exp_avg_sqs=[m["exp_avg_sq"] for m in moments],
            max_exp_avg_sqs=[],
            state_steps=[m["step"] for m in moments],
            fused=True,
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=rate,
            weight_decay=WEIGHT_DECAY,
            eps=EPSILON,
            maximize=False,
        )

    @torch.no_grad()
    def _muon(self, rate: float) -> None:
        groups: dict[tuple[int, int], list[tuple[nn.Parameter, Tensor]]] = {}
        for name, p in self._matrices:
            if p.grad is None:
                continue
            momentum = self._momentum[name].lerp_(p.grad, 1 - MOMENTUM)
            update = p.grad.lerp(momentum, MOMENTUM)
            flat = update if p.shape[0] <= p.shape[1] else update.mT
            groups.setdefault((flat.shape[0], flat.shape[1]), []).append((p, flat))
        for members in groups.values():
            changes = orthogonalise(torch.stack([u for _, u in members]), self._precision)
            for (p, _), change in zip(members, changes, strict=True):
                tall = p.shape[0] > p.shape[1]
                scale = max(1.0, p.shape[0] / p.shape[1]) ** 0.5
                p.mul_(1 - rate * WEIGHT_DECAY).add_(change.mT if tall else change, alpha=-rate * scale)

    def state(self) -> dict[str, Tensor]:
        """Every tensor that the next step depends on, by name."""
        tensors = {f"muon.{n}": t for n, t in self._momentum.items()}
        for name, moments in self._moments.items():
            tensors |= {f"adam.{name}.{key}": value for key, value in moments.items()}
        return tensors

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Continues from what `state` gave."""
        for name, momentum in self._momentum.items():
            momentum.copy_(tensors[f"muon.{name}"])
        for name, p in self._rest:
            if f"adam.{name}.step" in tensors:
                self._moments[name] = {key: tensors[f"adam.{name}.{key}"].to(p.device).clone() for key in MOMENTS}


def _fresh(p: nn.Parameter) -> dict[str, Tensor]:
    """What AdamW knows of a weight that it has not moved yet."""
    step = torch.zeros((), dtype=torch.float32, device=p.device)
    return dict(zip(MOMENTS, (step, torch.zeros_like(p), torch.zeros_like(p)), strict=True))


def _lent(name: str) -> bool:
    """Whether a weight is a pretrained one; low-rank additions to those are fresh."""
    return ".backbone." in name and ".lora_" not in name
