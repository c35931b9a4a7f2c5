"""Which pretrained models a student stands on: loaded by name for a new one, found again for a saved one.

A frozen model is named in a checkpoint with its mark and loaded again from where it came. A tuned one is part of the
checkpoint: its configuration and tokenizer lie beside the weights, in `backbones/`.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from reasoner.config.settings import SCRATCH, StudentSettings
from reasoner.errors import NotFoundError
from reasoner.models.pretrained import Pretrained, load_encoder, load_language_model, rebuild
from reasoner.models.shape import Shape
from reasoner.models.state_cache import StateCache
from reasoner.storage.json_files import read_object

BACKBONES = "backbones"


@dataclass(frozen=True)
class Lent:
    """Models for the parts that have one, and where their states are cached."""

    question: Pretrained | None = None
    step: Pretrained | None = None
    decoder: Pretrained | None = None
    cache: Path | None = None
    """Folder with a folder of states for each mark; None keeps states in memory."""
    _caches: dict[str, StateCache] = field(default_factory=dict)

    @property
    def marks(self) -> tuple[str, str, str]:
        """Of question encoder, step encoder and decoder; empty where there is no model."""
        question, step, decoder = (m.mark if m else "" for m in (self.question, self.step, self.decoder))
        return question, step, decoder

    def cache_of(self, mark: str) -> StateCache:
        """The cache of a frozen model's states, one for all parts that it serves."""
        if mark not in self._caches:
            self._caches[mark] = StateCache(None if self.cache is None else self.cache / mark)
        return self._caches[mark]

    def flush(self) -> None:
        """Writes the states that wait for their shard to be full, so that the next process finds them."""
        for cache in self._caches.values():
            cache.flush()


NOTHING_LENT = Lent()


def lend(settings: StudentSettings, *, cache: Path | None) -> Lent:
    """Loads what the settings name.

    Raises:
        ConfigError: there is no such model here.
    """
    question, step, decoder = (
        "" if name == SCRATCH else name for name in (settings.question_encoder, settings.step_encoder, settings.decoder)
    )
    return _load(question, step, decoder, shared=settings.backbone_training == "frozen", cache=cache)


def lend_again(shape: Shape, folder: Path) -> Lent:
    """What a saved student stands on. Its cache is that of the home in whose `checkpoints/` it lies.

    Raises:
        ConfigError: a frozen model is not here any more.
        NotFoundError: it is, but has changed.
    """
    cache = (
        folder.resolve().parent.parent / "cache" / "backbone" if folder.resolve().parent.name == "checkpoints" else None
    )
    frozen = not shape.tuned
    found = _load(
        shape.question_backbone if frozen else "",
        shape.step_backbone if frozen else "",
        shape.decoder_backbone if shape.lora_rank else "",
        shared=True,
        cache=cache,
    )
    again = Lent(
        question=found.question or _stored(folder, "question", shape.question_backbone, shape.question_mark),
        step=found.step or _stored(folder, "step", shape.step_backbone, shape.step_mark),
        decoder=found.decoder or _stored(folder, "decoder", shape.decoder_backbone, shape.decoder_mark),
        cache=cache,
    )
    for model, mark in zip((again.question, again.step, again.decoder), marks_of(shape), strict=True):
        if model is not None and model.mark != mark:
            raise NotFoundError(
                f"{folder} was trained on {model.name!r} with mark {mark!r}, but the model of that name has mark "
                f"{model.mark!r}: it was changed since. Restore it, or train again"
            )
    return again


def marks_of(shape: Shape) -> tuple[str, str, str]:
    """Of question encoder, step encoder and decoder."""
    return shape.question_mark, shape.step_mark, shape.decoder_mark


def keep_tuned(lent: Lent, shape: Shape, folder: Path) -> None:
    """Writes configuration and tokenizer of the models whose weights the checkpoint stores."""
    kept = {"question": lent.question, "step": lent.step} if shape.tuned else {}
    if not shape.lora_rank:
        kept["decoder"] = lent.decoder
    for part, model in kept.items():
        if model is not None:
            (folder / BACKBONES).mkdir(exist_ok=True)
            content = {"config": model.config, "tokenizer": model.tokenizer}
            (folder / BACKBONES / f"{part}.json").write_text(json.dumps(content, sort_keys=True), encoding="utf-8")


def _load(question: str, step: str, decoder: str, *, shared: bool, cache: Path | None) -> Lent:
    asks = load_encoder(question) if question else None
    reads = asks if shared and step == question else load_encoder(step) if step else None
    return Lent(asks, reads, load_language_model(decoder) if decoder else None, cache)


def _stored(folder: Path, part: str, name: str, mark: str) -> Pretrained | None:
    if not name:
        return None
    path = folder / BACKBONES / f"{part}.json"
    if not path.is_file():
        raise NotFoundError(f"{folder} is not a whole checkpoint: {BACKBONES}/{part}.json is missing")
    content = read_object(path, mend="restore the checkpoint from a backup")
    return rebuild(name, mark=mark, config=content["config"], tokenizer=content["tokenizer"], causal=part == "decoder")
