"""Fast weights: low-rank additions to the linear maps of a student whose own weights, its core, stay as they are.

LoRA (Hu et al. 2021, arXiv:2106.09685), by peft, on question encoder, predictor and decoder. The step encoder is left
alone, so what a latent means does not move. A trained addition is merged into the weights it is saved with, which load
like any student's; its factors lie beside them, so that the next cycle goes on from there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from reasoner.errors import ConfigError
from reasoner.models.network import LatentReasoner
from reasoner.storage.tensor_files import load_tensors, save_tensors

PARTS = ("question_encoder", "predictor", "decoder")
FACTORS = "adapter.safetensors"
NAME = "fast"


class Adapters:
    """The additions to one network, attached in place. They add nothing until they are trained.

    Args:
        net: its weights are frozen from here on.
        rank: of each addition.
        seed: of the factors that do not begin at zero.

    Raises:
        ConfigError: peft is not installed.
    """

    def __init__(self, net: LatentReasoner, *, rank: int, seed: int) -> None:
        self._net = net
        self._target = {name: t.clone() for name, t in net.target_encoder.state_dict().items()}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            _inject(net, rank)
        self._layers: dict[str, Any] = {n: m for n, m in net.named_modules() if hasattr(m, "lora_A")}

    def factors(self) -> dict[str, Tensor]:
        """Both factors of each addition, by the name of its map."""
        tensors: dict[str, Tensor] = {}
        for name, layer in self._layers.items():
            tensors[f"{name}.a"] = layer.lora_A[NAME].weight.detach().clone()
            tensors[f"{name}.b"] = layer.lora_B[NAME].weight.detach().clone()
        return tensors

    @torch.no_grad()
    def take(self, factors: Mapping[str, Tensor]) -> None:
        """Goes on from such factors, of the same rank and maps."""
        for name, layer in self._layers.items():
            layer.lora_A[NAME].weight.copy_(factors[f"{name}.a"])
            layer.lora_B[NAME].weight.copy_(factors[f"{name}.b"])

    @torch.no_grad()
    def merge(self) -> dict[str, Tensor]:
        """Adds the additions to the weights and takes them off; returns the factors."""
        kept = self.factors()
        for name, layer in self._layers.items():
            layer.merge()
            parent, _, last = name.rpartition(".")
            setattr(self._net.get_submodule(parent), last, layer.get_base_layer())
        # Training let the target encoder follow the step encoder; both belong to the core.
        self._net.target_encoder.load_state_dict(self._target)
        self._net.requires_grad_(True)
        self._net.target_encoder.requires_grad_(False)
        if self._net.anchor is not None:
            self._net.anchor.encoder.requires_grad_(False)
        return kept


def keep_factors(factors: Mapping[str, Tensor], folder: Path) -> None:
    """Writes them beside a checkpoint's weights."""
    save_tensors(folder / FACTORS, {name: t.cpu() for name, t in factors.items()})


def read_factors(folder: Path) -> dict[str, Tensor]:
    """Those of a checkpoint; none for one that is all core."""
    return load_tensors(folder / FACTORS) if (folder / FACTORS).exists() else {}


def _inject(net: nn.Module, rank: int) -> None:
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise ConfigError(
            f"train.adapter_rank={rank} needs peft, which is not installed: "
            "`pip install 'reasoner[lora]'`, or set it to 0 to train all weights"
        ) from error
    # Pretrained models within have adapters of their own (student.lora_rank).
    names = [
        name
        for name, part in net.named_modules()
        if isinstance(part, nn.Linear) and name.partition(".")[0] in PARTS and ".backbone." not in name
    ]
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=names, bias="none")
    net.requires_grad_(False)
    inject_adapter_in_model(config, net, adapter_name=NAME)
