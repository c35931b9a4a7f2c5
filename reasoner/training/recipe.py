"""What one training run does at each update: stage, learning rate, target momentum, curriculum.

Three stages, in the order in which their gradients make sense: `decoder` (step encoder and decoder learn to
round-trip steps), `predictor` (the predictor learns to hit the frozen latents), `joint` (everything).
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from reasoner.config.settings import LossSettings
from reasoner.training.precision import Precision

Stage = Literal["decoder", "predictor", "joint"]

MOMENTUM_FIRST, MOMENTUM_LAST = 0.99, 0.999
LAST_RATE = 0.05
"""Share of the learning rate that is left at the end of the cosine."""


def cosine(update: int, *, updates: int, warmup: int) -> float:
    """Learning-rate factor: linear warm-up, then a cosine down to `LAST_RATE`."""
    falling = 0.5 * (1 + math.cos(math.pi * update / updates))
    return min(1.0, (update + 1) / warmup) * (LAST_RATE + (1 - LAST_RATE) * falling)


@dataclass(frozen=True)
class Recipe:
    """Everything but the data that decides the outcome of a training run."""

    updates: int
    decoder_updates: int
    predictor_updates: int
    warmup: int
    batch_size: int
    adam_rate: float
    muon_rate: float
    seed: int
    threads: int
    checkpoint_every: int
    min_round_trip: float
    accumulate: int = 1
    precision: Precision = "float32"
    loss: LossSettings = field(default_factory=LossSettings)

    def to_dict(self) -> Mapping[str, object]:
        """Plain JSON."""
        return asdict(self) | {"loss": self.loss.model_dump(mode="json")}

    def stage(self, update: int) -> Stage:
        """The stage of an update, counted from 0."""
        if update < self.decoder_updates:
            return "decoder"
        return "predictor" if update < self.decoder_updates + self.predictor_updates else "joint"

    def own_latents(self, update: int) -> float:
        """Share of problems that go on from own latents: none before the predictor has something of its own to say."""
        return self.loss.own_latents if update >= self.loss.own_latents_from * self.updates else 0.0

    def rate(self, update: int) -> float:
        """Learning-rate factor; see `cosine`."""
        return cosine(update, updates=self.updates, warmup=self.warmup)

    def momentum(self, update: int) -> float:
        """Share of the target encoder that stays at each update."""
        return MOMENTUM_FIRST + (MOMENTUM_LAST - MOMENTUM_FIRST) * update / self.updates
