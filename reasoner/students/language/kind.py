"""The kind of language students behind the port; torch is imported where it is needed."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.config.settings import LanguageSettings, Settings
from reasoner.students.base_job import base_job, told_settings
from reasoner.students.port import Candidate
from reasoner.training.footprint import FLOAT, Footprint
from reasoner.types.job import JobSpec

if TYPE_CHECKING:
    from reasoner.students.language.student import LanguageStudent
    from reasoner.training.work import Workplace

OF_CANDIDATES = {"epochs", "kl_budget", "checkpoint_every", "objective", "dpo_beta", "dpo_sft"}
"""Settings of `language` that a base knows nothing of, or that change no weight."""
TRAINED_FLOATS, STORED_BYTES = 4, 2
"""Weights, gradients and two moments, each in float32; a weight in a file is at least so large."""
USUAL_SHARE = 0.25
"""Of the most tokens that a usual row has."""
KEPT_FLOATS, ADDED_SHARE = 34, 10
"""Kept for the way back of each token, layer and width; a map of both sides of width D gains 2 D rank weights."""


class LanguageKind:
    """See `StudentKind`."""

    name = "language"

    def load(self, folder: Path, *, device: str) -> "LanguageStudent":
        """See `files.load_language_student`."""
        from reasoner.students.language.files import load_language_student

        return load_language_student(folder, device=device)

    def fingerprint_of(self, folder: Path) -> str:
        """See `files.fingerprint_of`."""
        from reasoner.students.language.files import fingerprint_of

        return fingerprint_of(folder)

    def base_spec(self, settings: Settings, *, threads: int) -> JobSpec:
        """The job of a base; its key stands for all that decides the outcome."""
        return base_job(self._payload(settings, threads), uncounted={"language": OF_CANDIDATES})

    def candidate_payload(self, settings: Settings, made: Candidate, *, threads: int) -> dict[str, Any]:
        """See `StudentKind`."""
        return {**self._payload(settings, threads), **made._asdict()}

    def train(self, work: str, payload: dict[str, Any], place: "Workplace") -> dict[str, Any]:
        """See `training.train_language`."""
        from reasoner.students.language.training import train_language

        return train_language(work, payload, place)

    def footprint(self, settings: Settings) -> Footprint:
        """From the model's files, where they are a folder; a hub name is not asked for, and counts nothing."""
        from reasoner.models.pretrained import place_of

        folder = Path(place_of(settings.student.model, setting="student.model")[0])
        said = folder / "config.json"
        config = json.loads(said.read_text(encoding="utf-8")) if said.is_file() else {}
        size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        bytes_each = FLOAT if config.get("dtype", config.get("torch_dtype")) in (None, "float32") else STORED_BYTES
        return reckoned(settings.language, size // bytes_each, config)

    def _payload(self, settings: Settings, threads: int) -> dict[str, Any]:
        from reasoner.training.precision import precision_of, require_device

        compute = settings.compute
        require_device(compute.device)
        told = told_settings(settings, own=self.name)
        # Whoever writes on a CPU is asked for the same text alone and among others: that holds in float32 alone.
        own = compute.device == "cpu" and compute.precision == "auto"
        precision = "float32" if own else precision_of(compute)
        machine = {"threads": threads, "device": compute.device, "precision": precision}
        return {"student_kind": self.name, "settings": told, **machine}


def reckoned(language: LanguageSettings, weights: int, config: dict[str, Any]) -> Footprint:
    """Bytes in training, reckoned from a model's size; activations of rows of a usual length.

    Args:
        language: settings.
        weights: of the model.
        config: what its `config.json` says; empty where it is not known.
    """
    D, layers, V = (int(config.get(name) or 0) for name in ("hidden_size", "num_hidden_layers", "vocab_size"))
    trained = min(weights, layers * ADDED_SHARE * 2 * D * language.lora_rank) if language.lora_rank else weights
    state = FLOAT * (TRAINED_FLOATS * trained + (weights if language.lora_rank else 0))
    solution = language.batch_size * USUAL_SHARE * language.max_new_tokens
    tokens = solution + language.batch_size * USUAL_SHARE * language.max_prompt_tokens
    per_token = D * KEPT_FLOATS * (1 if language.recompute else layers)
    return Footprint(
        weights=trained, state_bytes=state, activation_bytes=round(FLOAT * (tokens * per_token + 3 * solution * V))
    )
