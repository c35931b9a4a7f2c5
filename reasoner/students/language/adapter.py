"""LoRA additions to all linear maps of a language model, in PEFT's own layout.

LoRA (Hu et al. 2021, arXiv:2106.09685), by peft. Files are read and written here as safetensors and JSON: peft's own
reader would also take pickles, and its writer lists the maps in an order that changes from process to process.
"""

import json
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from reasoner.errors import ConfigError
from reasoner.storage.checkpoint_file import MEND
from reasoner.storage.json_files import damaged, read_object
from reasoner.storage.tensor_files import fitting, load_tensors, save_tensors
from reasoner.storage.writing import write_json

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


class Adapter:
    """Additions that are attached in place; they add nothing until they are trained.

    Args:
        network: of transformers, whose own weights are frozen from here on.
        config: of peft.
        seed: of the factors that do not begin at zero.
    """

    def __init__(self, network: Any, config: Any, *, seed: int) -> None:
        from peft import get_peft_model

        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            torch.manual_seed(seed)
            # GPT-2 keeps its matrices the other way round; peft sees that and says so.
            warnings.filterwarnings("ignore", message="fan_in_fan_out")
            # peft asks transformers by a name that is no longer the newest.
            warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")
            self._peft: Any = get_peft_model(network, config)
        self._config: Any = config

    @property
    def rank(self) -> int:
        """Of each addition."""
        return int(self._config.r)

    def off(self) -> AbstractContextManager[Any]:
        """Within the block the model is as it was without additions."""
        return self._peft.disable_adapter()

    def factors(self) -> dict[str, Tensor]:
        """By the names that PEFT gives them in a file."""
        from peft import get_peft_model_state_dict

        # Told not to look for changed embeddings, for which it would ask the network.
        return get_peft_model_state_dict(self._peft, save_embedding_layers=False)

    def save(self, folder: Path) -> None:
        """Writes a folder that `PeftModel.from_pretrained` reads."""
        save_tensors(folder / WEIGHTS, {name: t.cpu() for name, t in self.factors().items()}, metadata={"format": "pt"})
        plain = json.loads(json.dumps(self._config.to_dict(), default=sorted))
        plain |= {"target_modules": sorted(plain["target_modules"]), "inference_mode": True}
        write_json(folder / CONFIG, dict(sorted(plain.items())))

    def take(self, stored: Mapping[str, Tensor], folder: Path) -> None:
        """Goes on from the factors of a folder, of the same rank and maps.

        Raises:
            DamagedError: they are others.
        """
        from peft import set_peft_model_state_dict

        if stored.keys() != self.factors().keys():
            raise damaged(folder / WEIGHTS, "holds additions to other maps than the model has", MEND)
        with fitting(folder / WEIGHTS, mend=MEND):
            set_peft_model_state_dict(self._peft, dict(stored))


def fresh_adapter(network: Any, *, name: str, rank: int, alpha: int, seed: int) -> Adapter:
    """Additions to all linear maps but the head's.

    Raises:
        ConfigError: peft is not installed.
    """
    return Adapter(network, _config(name, rank=rank, alpha=alpha, maps="all-linear"), seed=seed)


def stored_adapter(network: Any, folder: Path, *, name: str) -> Adapter:
    """The additions of a folder.

    Raises:
        DamagedError: a file is missing or not what was written.
        ConfigError: peft is not installed.
    """
    said, factors = read_object(folder / CONFIG, mend=MEND), load_tensors(folder / WEIGHTS, mend=MEND)
    with fitting(folder / CONFIG, mend=MEND):
        rank, alpha, maps = int(said["r"]), int(said["lora_alpha"]), [str(one) for one in said["target_modules"]]
        adapter = Adapter(network, _config(name, rank=rank, alpha=alpha, maps=maps), seed=0)
    adapter.take(factors, folder)
    return adapter


def _config(name: str, *, rank: int, alpha: int, maps: str | list[str]) -> Any:
    try:
        from peft import LoraConfig
    except ImportError as error:
        raise ConfigError(
            f"language.lora_rank={rank} needs peft, which is not installed: "
            "`pip install 'reasoner[lora]'`, or set it to 0 to train all weights"
        ) from error
    return LoraConfig(
        r=rank,
        lora_alpha=alpha,
        lora_dropout=0.0,
        target_modules=maps,
        bias="none",
        task_type="CAUSAL_LM",
        base_model_name_or_path=name,
    )
