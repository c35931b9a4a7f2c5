"""A Hugging Face causal language model that writes texts, weighs them, and makes vectors of them, in batches.

What a benchmark asks of a language model, computed as lm-evaluation-harness 0.4.13 computes it (`HFLM`): context and
continuation are tokenised together, spaces at a context's end belong to the continuation, what is too long loses its
beginning, a text is cut before its first stop. Two things are ours: log-softmax is always in float32, and samples are
drawn from the whole distribution (no top-k, no top-p), whatever the model's files propose.

Shapes: B texts, L tokens, V vocabulary, D width.
"""

import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from reasoner.errors import ConfigError, UsageError
from reasoner.models.pretrained import load_weights, mark_of, not_found, place_of
from reasoner.models.stops import Stops
from reasoner.types.text import cut_before

BATCH = 16
"""Texts that are computed together at most."""

LOGITS = 1 << 28
"""Logits that are held at once at most: 1 GiB of float32."""

_POSITIONS = ("n_positions", "max_position_embeddings", "n_ctx")
_USUAL_POSITIONS = 2048
_UNLIMITED = 10**18


@dataclass(frozen=True)
class Weighed:
    """How likely a continuation is."""

    loglikelihood: float
    """Natural logarithm, summed over its tokens."""
    cut: bool
    """Whether the context lost its beginning."""


@dataclass(frozen=True)
class Written:
    """What was written after one prompt."""

    texts: tuple[str, ...]
    """One a sample, each cut before its first stop."""
    cut: bool
    """Whether the prompt lost its beginning."""


class CausalModel:
    """A loaded model with its tokenizer.

    Args:
        name: what its user called it.
        model: with its language-model head, on its device.
        tokenizer: of transformers.
        mark: 16 hex digits over weights, configuration and tokenizer.
        batch: texts that are computed together at most.
    """

    def __init__(self, name: str, model: Any, tokenizer: Any, *, mark: str, batch: int = BATCH) -> None:
        self.name, self.mark, self.batch = name, mark, batch
        self._model, self._tokenizer = model, tokenizer
        self.ends = _ends(model, tokenizer)
        self._device = next(model.parameters()).device
        self.positions = _positions(model.config, tokenizer)
        eos, bos = tokenizer.eos_token_id, tokenizer.bos_token_id
        self._prefix: int | None = eos if bos is None else bos
        pad = tokenizer.pad_token_id
        self._pad = int(pad if pad is not None else eos if eos is not None else 0)
        self._bos_text = "" if self._prefix is None else tokenizer.decode(self._prefix)

    @property
    def network(self) -> Any:
        """The model itself, for training and saving."""
        return self._model

    @property
    def tokenizer(self) -> Any:
        """As transformers made it."""
        return self._tokenizer

    @property
    def pad(self) -> int:
        """A token that may stand where no text is."""
        return self._pad

    def loglikelihoods(self, pairs: Sequence[tuple[str, str]]) -> list[Weighed]:
        """How likely each continuation is after its context.

        Args:
            pairs: context and continuation; an empty context stands for the model's first token.

        Raises:
            UsageError: a continuation has no token or more than the model reads.
        """
        tokens = [self._pair(context, continuation) for context, continuation in pairs]
        # Options of one token share their context: it is computed once.
        wanted: dict[tuple[int, ...], list[int]] = {}
        for i, (context, continuation) in enumerate(tokens):
            wanted.setdefault(tuple((context + continuation)[-(self.positions + 1) :][:-1]), []).append(i)
        found: dict[int, float] = {}
        for rows in self._batches(list(wanted)):
            scores = self._scores(rows)
            for row, score_LV in zip(rows, scores, strict=True):
                for i in wanted[row]:
                    answer = torch.tensor(tokens[i][1], device=self._device)
                    own = score_LV[len(row) - len(answer) : len(row)]
                    found[i] = float(own.gather(1, answer[:, None]).sum())
        return [Weighed(found[i], len(c) + len(a) > self.positions + 1) for i, (c, a) in enumerate(tokens)]

    def generate(
        self,
        prompts: Sequence[str],
        *,
        stops: Sequence[str],
        most_tokens: int,
        samples: int = 1,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Written]:
        """Texts after prompts: the likeliest tokens at temperature 0, else drawn ones.

        Args:
            prompts: each is tokenised as the tokenizer does it by itself.
            stops: a text ends before the first of them.
            most_tokens: of a text.
            samples: texts for each prompt.
            temperature: 0 or more; 0 writes the same text `samples` times, once.
            seed: of the draws; they also depend on what is computed together.

        Raises:
            UsageError: the model has no room for so many tokens.
        """
        room = self.positions - most_tokens
        if room <= 0:
            raise UsageError(
                f"the model {self.name!r} reads {self.positions} tokens in all and {most_tokens} are to be written; "
                "expected fewer: --max-tokens N"
            )
        tokens = [self._encode(prompt) for prompt in prompts]
        kept = [one[-room:] or [self._first_token()] for one in tokens]
        order = sorted(range(len(prompts)), key=lambda i: (-len(kept[i]), i))
        texts: dict[int, tuple[str, ...]] = {}
        size = max(1, self.batch // samples)
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            drawn = self._write([kept[i] for i in chosen], stops, most_tokens, samples, temperature, seed)
            texts.update(zip(chosen, drawn, strict=True))
        return [Written(texts[i], len(tokens[i]) > room) for i in range(len(prompts))]

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors, [B, D] in float32 on the CPU: the mean of a text's last hidden states."""
        tokens = [tuple(self._encode(text)[: self.positions]) or (self._first_token(),) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: (-len(tokens[i]), i))
        vectors: dict[int, Tensor] = {}
        for start in range(0, len(order), self.batch):
            chosen = order[start : start + self.batch]
            ids_BL, mask_BL = self.padded([tokens[i] for i in chosen], left=False)
            states_BLD = self._model.base_model(input_ids=ids_BL, attention_mask=mask_BL).last_hidden_state.float()
            mean_BD = (states_BLD * mask_BL[..., None]).sum(1) / mask_BL.sum(1, keepdim=True)
            vectors.update(zip(chosen, F.normalize(mean_BD, dim=-1).cpu(), strict=True))
        width = int(self._model.config.hidden_size)
        return torch.stack([vectors[i] for i in range(len(texts))]) if texts else torch.zeros(0, width)

    def _pair(self, context: str, continuation: str) -> tuple[list[int], list[int]]:
        """Tokens of a context and of what comes after it."""
        if not context:
            answer, first = self._encode(continuation, special=False), self._first_token()
            before, after = ([first], answer) if answer[:1] != [first] else (answer[:1], answer[1:])
        else:
            bare = context.rstrip()
            before = self._encode(bare)
            after = self._encode(context + continuation)[len(before) :]
            # A context of spaces alone has no token of its own to be read first.
            before = before or [self._first_token()]
        if not 0 < len(after) <= self.positions:
            raise UsageError(
                f"the continuation {continuation[:60]!r} has {len(after)} tokens for {self.name!r}; expected 1 to "
                f"{self.positions}"
            )
        return before, after

    def _encode(self, text: str, *, special: bool = True) -> list[int]:
        """Tokens, with those that the tokenizer adds by itself unless the text already begins with them."""
        added = special and not (self._bos_text and text.startswith(self._bos_text))
        return self._tokenizer.encode(text, add_special_tokens=added)

    def _first_token(self) -> int:
        if self._prefix is None:
            raise ConfigError(
                f"the tokenizer of {self.name!r} has neither a first nor a last token, so that nothing can be read "
                "before an empty text; expected bos_token or eos_token in tokenizer_config.json"
            )
        return self._prefix

    def _batches(self, rows: list[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
        """Rows of like length together, long ones first, no more than their logits leave room for."""
        found: list[list[tuple[int, ...]]] = []
        for row in sorted(rows, key=lambda row: (-len(row), row)):
            if not found or len(found[-1]) >= self.fitting(len(found[-1][0])):
                found.append([])
            found[-1].append(row)
        return found

    def fitting(self, length: int) -> int:
        """Rows of that many tokens that are computed together at most: their logits are large."""
        return max(1, min(self.batch, LOGITS // (length * int(self._model.config.vocab_size))))

    @torch.inference_mode()
    def _scores(self, rows: Sequence[tuple[int, ...]]) -> Tensor:
        """Log-probabilities of what comes after each token, [B, L, V]."""
        ids_BL, mask_BL = self.padded(rows, left=False)
        logits_BLV = self._model(input_ids=ids_BL, attention_mask=mask_BL, use_cache=False).logits
        return F.log_softmax(logits_BLV.float(), dim=-1)

    @torch.inference_mode()
    def _write(
        self,
        rows: Sequence[Sequence[int]],
        stops: Sequence[str],
        most_tokens: int,
        samples: int,
        temperature: float,
        seed: int,
    ) -> list[tuple[str, ...]]:
        ids_BL, mask_BL = self.padded(rows, left=True)
        draws = temperature > 0
        how: dict[str, Any] = {"do_sample": False}
        if draws:
            drawing = {"temperature": temperature, "top_k": 0, "top_p": 1.0, "num_return_sequences": samples}
            how = {"do_sample": True, **drawing}
        devices = [self._device] if self._device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(_seed_of(rows, seed))
            out = self._model.generate(
                input_ids=ids_BL,
                attention_mask=mask_BL,
                max_new_tokens=most_tokens,
                pad_token_id=self._pad,
                stopping_criteria=[Stops(self._tokenizer, stops, ids_BL.shape[1])] if stops else None,
                **how,
            )
        texts = [self._tokenizer.decode(row, skip_special_tokens=True) for row in out[:, ids_BL.shape[1] :].tolist()]
        cut = [cut_before(text, stops) for text in texts]
        each = samples if draws else 1
        return [tuple(cut[i * each : (i + 1) * each]) * (1 if draws else samples) for i in range(len(rows))]

    def padded(self, rows: Sequence[Sequence[int]], *, left: bool) -> tuple[Tensor, Tensor]:
        """Token ids and mask, [B, L] each."""
        L = max(len(row) for row in rows)
        ids_BL = torch.full((len(rows), L), self._pad)
        mask_BL = torch.zeros(len(rows), L, dtype=torch.long)
        for i, row in enumerate(rows):
            place = slice(L - len(row), L) if left else slice(0, len(row))
            ids_BL[i, place], mask_BL[i, place] = torch.tensor(row), 1
        return ids_BL.to(self._device), mask_BL.to(self._device)


def takes(network: Any, argument: str) -> bool:
    """Whether a network's call knows an argument; architectures differ."""
    return argument in inspect.signature(network.forward).parameters


def load_causal(
    name: str, *, device: str, dtype: torch.dtype, batch: int = BATCH, setting: str = "--student"
) -> CausalModel:
    """A causal language model by folder or hub name; a folder never touches the network.

    Args:
        name: a folder, or a hub name, which its user wrote and the network may be asked for.
        device: `cpu`, `cuda` or `cuda:<n>`.
        dtype: of the weights in memory.
        batch: texts that are computed together at most.
        setting: what named it; begins the error's sentence.

    Raises:
        ConfigError: there is no such model here, it has no plain safetensors weights, or no tokenizer.
    """
    place = place_of(name, setting=setting)
    model, config = load_weights(name, place, writes=True, dtype=dtype)
    tokenizer, text = _tokenizer_of(name, place)
    mark = mark_of(model, config, text)
    return CausalModel(name, model.to(device).eval(), tokenizer, mark=mark, batch=batch)


def _tokenizer_of(name: str, place: tuple[str, bool]) -> tuple[Any, str]:
    from transformers import AutoTokenizer

    where, may_ask = place
    try:
        found = AutoTokenizer.from_pretrained(where, local_files_only=not may_ask, trust_remote_code=False)
        text = found.backend_tokenizer.to_str()
    except (OSError, ValueError, AttributeError) as error:
        raise not_found(name, may_ask) from error
    return found, text


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """Tokens that end a text: the tokenizer's, and those that the model's files name."""
    said = getattr(model.generation_config, "eos_token_id", None)
    named = [said] if isinstance(said, int) else list(said or [])
    own = tokenizer.eos_token_id
    return frozenset([*named, *([] if own is None else [own])])


def _positions(config: Any, tokenizer: Any) -> int:
    """Most tokens that the model reads, as lm-evaluation-harness finds them."""
    for key in _POSITIONS:
        if isinstance(most := getattr(config, key, None), int) and most > 0:
            return most
    most = getattr(tokenizer, "model_max_length", None)
    return int(most) if most and most < _UNLIMITED else _USUAL_POSITIONS


def _seed_of(rows: Sequence[Sequence[int]], seed: int) -> int:
    """Other rows are other draws: the same noise for all batches would tie their samples together."""
    return int.from_bytes(hashlib.sha256(repr((seed, [list(row) for row in rows])).encode()).digest()[:6])
