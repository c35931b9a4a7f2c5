"""A candidate made of fast weights: its parent's core, and additions trained within a budget of change.

The budget is the KL divergence, in nats a token, of what the decoder expects from what the parent's expects, on
worked base problems that nothing else uses. Where training went further, the factors are taken back towards the
parent's, along the straight line between the two, until they are within it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from reasoner.config.settings import Settings
from reasoner.data.sources import ProblemSource
from reasoner.errors import ConfigError
from reasoner.models.checkpoints import load_student
from reasoner.models.student import Student
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.training.adapters import Adapters, read_factors
from reasoner.training.divergence import divergence, expectations
from reasoner.training.feed import Item, derive, encode

PROBE = 200
"""Problems that the divergence is measured on."""

HALVINGS = 7
"""Of the way back: the share kept is within 1 in 128 of the largest that is within the budget."""


@dataclass(frozen=True)
class Settled:
    """Additions merged into their student."""

    factors: dict[str, Tensor]
    about: dict[str, Any]
    """`core`, `adapter_rank`, `kl` in nats a token, `kept`: the share of the way from the parent that was kept."""


class FastWeights:
    """A student with additions to be trained.

    Args:
        settings: with `train.adapter_rank` and `train.kl_budget`.
        checkpoints: the folder of all checkpoints.
        parent: checkpoint id; all core, or a core with additions of the same rank.
        source: of base problems.
        cycle: whose candidate it is.

    Raises:
        ConfigError: the parent has additions of another rank.
        NotFoundError: the parent, or its core, is not there.
    """

    def __init__(self, settings: Settings, checkpoints: Path, parent: str, source: ProblemSource, cycle: int):
        self._rank, self._budget = settings.train.adapter_rank, settings.train.kl_budget
        self.core = read_checkpoint(checkpoints / parent).about.get("core") or parent
        self.student: Student = load_student(checkpoints / self.core)
        probe = list(source.base_problems(PROBE, derive(settings.seed, "divergence", cycle)))
        self._probe: list[Item] = encode(self.student.tokenizers, probe)
        self._present = expectations(load_student(checkpoints / parent), self._probe)
        self._adapters = Adapters(self.student.net, rank=self._rank, seed=derive(settings.seed, "adapters", cycle))
        known = read_factors(checkpoints / parent)
        self._require_rank(known, parent)
        if known:
            self._adapters.take(known)
        self._from = self._adapters.factors()

    def settle(self) -> Settled:
        """Merges what was trained, as much of it as the budget allows."""
        to, kept = self._adapters.factors(), 1.0
        kl = self._at(to, kept)
        if kl > self._budget:
            kept, kl = self._back(to)
        self._at(to, kept)
        factors = self._adapters.merge()
        about = {"core": self.core, "adapter_rank": self._rank, "kl": round(kl, 6), "kept": kept}
        return Settled(factors, about)

    def _back(self, to: dict[str, Tensor]) -> tuple[float, float]:
        """The largest share within the budget, by halving, and its divergence."""
        low, high, kl = 0.0, 1.0, 0.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found = self._at(to, middle)
            if found <= self._budget:
                low, kl = middle, found
            else:
                high = middle
        return low, kl

    def _at(self, to: dict[str, Tensor], share: float) -> float:
        """Puts the student at a share of the way; its divergence from the parent there."""
        self._adapters.take({name: tensor.lerp(to[name], share) for name, tensor in self._from.items()})
        return divergence(self._present, expectations(self.student, self._probe))

    def _require_rank(self, known: dict[str, Tensor], parent: str) -> None:
        ranks = {tensor.shape[0] for name, tensor in known.items() if name.endswith(".a")}
        if ranks - {self._rank}:
            raise ConfigError(
                f"train.adapter_rank: given {self._rank}, but {parent!r} has additions of rank {ranks.pop()}; set "
                "that, or 0 to train all weights from it"
            )
