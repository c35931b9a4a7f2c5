"""Decoder on a pretrained causal language model: a step's slots are a soft prefix, projected to the model's width.

The model lends its transformer. Words are the student's own: the step tokenizer's few tokens have their own embedding
and head, so steps, checkers and the round-trip measure are those of any student, and no prompt has to be parsed.

LoRA (arXiv:2106.09685) trains low-rank additions to a frozen transformer, whose weights are then no part of the
student's state: a checkpoint names them.

Shapes: N steps, K slots, L tokens, D width of the student, H width of the model, V step vocabulary.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

import torch
from torch import Tensor, nn

from reasoner.errors import ConfigError
from reasoner.models.pretrained import Pretrained, positions_of


class LentTransformer(nn.Module):
    """The body of a language model. It stays in inference mode: dropout would need random state to resume from."""

    pretrained = True

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body.eval()

    def train(self, mode: bool = True) -> "LentTransformer":  # noqa: ARG002 (see the class)
        """Stays in inference mode."""
        return super().train(False)

    def forward(self, x_NLH: Tensor, *, past: Any = None, keep: bool = False) -> tuple[Tensor, Any]:
        """Hidden states [N, L, H], and keys and values if they are to be kept."""
        out = self.body(inputs_embeds=x_NLH, past_key_values=past, use_cache=keep)
        return out.last_hidden_state, out.past_key_values if keep else None


class LanguageDecoder(nn.Module):
    """Called as `StepDecoder` is."""

    def __init__(
        self, vocabulary: int, pretrained: Pretrained, *, width: int, slots: int, max_tokens: int, lora_rank: int
    ) -> None:
        super().__init__()
        most = positions_of(pretrained.body)
        if slots + max_tokens > most:
            raise ConfigError(
                f"student.decoder={pretrained.name!r} has room for {most} positions; expected at least "
                f"student.slots + student.max_step_tokens = {slots + max_tokens}"
            )
        self.slots, self.max_tokens = slots, max_tokens
        self.token = nn.Embedding(vocabulary, pretrained.width)
        self.bridge = nn.Linear(width, pretrained.width)
        self.backbone = LentTransformer(_adapted(pretrained.body, rank=lora_rank))
        self.head = nn.Linear(pretrained.width, vocabulary)
        if lora_rank:
            self.register_state_dict_post_hook(_leave_out_frozen)
            self.register_load_state_dict_post_hook(_expect_no_frozen)

    def forward(self, slots_NKD: Tensor, tokens_NL: Tensor) -> Tensor:
        """Logits [N, L+1, V]: position i predicts token i from the slots and tokens before i."""
        states, _ = self.backbone(torch.cat([self.bridge(slots_NKD), self.token(tokens_NL)], dim=1))
        return self.head(states[:, self.slots - 1 :])

    def begin(self, slots_NKD: Tensor) -> tuple[Tensor, Any]:
        """Logits [N, V] of the first token, and what `go_on` needs."""
        states, past = self.backbone(self.bridge(slots_NKD), keep=True)
        return self.head(states[:, -1]), past

    def go_on(self, token_N: Tensor, position: int, pasts: Any) -> Tensor:  # noqa: ARG002 (the past knows its length)
        """Logits [N, V] of the token after `token_N`, which stands at `position`, counted from 0."""
        states, _ = self.backbone(self.token(token_N)[:, None], past=pasts, keep=True)
        return self.head(states[:, -1])


def _adapted(body: nn.Module, *, rank: int) -> nn.Module:
    """The body with low-rank adapters on all linear maps and the rest frozen; at rank 0 all of it is trained."""
    if not rank:
        body.requires_grad_(True)
        body.get_input_embeddings().requires_grad_(False)  # pyright: ignore[reportCallIssue]
        return body
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise ConfigError(
            f"student.lora_rank={rank} needs peft, which is not installed: "
            "`pip install 'reasoner[lora]'`, or set it to 0"
        ) from error
    body.requires_grad_(False)
    names = [name.rpartition(".")[2] for name, part in body.named_modules() if _is_linear(part)]
    # GPT-2 keeps its matrices transposed.
    turned = any(type(part).__name__ == "Conv1D" for part in body.modules())
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules=sorted(set(names)), bias="none", fan_in_fan_out=turned
    )
    return inject_adapter_in_model(config, body)


def _is_linear(part: nn.Module) -> bool:
    return isinstance(part, nn.Linear) or type(part).__name__ == "Conv1D"


def _frozen_names(decoder: nn.Module) -> set[str]:
    body = decoder.get_submodule("backbone")
    trained = {name for name, p in body.named_parameters() if p.requires_grad}
    return {f"backbone.{name}" for name in body.state_dict() if name not in trained}


def _leave_out_frozen(decoder: nn.Module, state: MutableMapping[str, Any], prefix: str, *_: Mapping[str, Any]) -> None:
    for name in _frozen_names(decoder):
        state.pop(prefix + name, None)


def _expect_no_frozen(decoder: nn.Module, incompatible: Any) -> None:
    frozen = _frozen_names(decoder)
    incompatible.missing_keys[:] = [
        key for key in incompatible.missing_keys if not any(key == name or key.endswith(f".{name}") for name in frozen)
    ]
