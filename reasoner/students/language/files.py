"""Language students on disk: `checkpoint.json`, and what the model that it names has not.

Nothing, where the student is that model; a PEFT folder (`adapter_model.safetensors`, `adapter_config.json`) for
additions; a Hugging Face folder (`model.safetensors`, `config.json`, tokenizer) where all weights were trained. The
fingerprint is a SHA-256 over the settings but for the model's place, which may move, and over the files' digests.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.errors import NotFoundError
from reasoner.storage.checkpoint_file import (
    MEND,
    CheckpointFile,
    digests,
    read_checkpoint,
    replacing,
    require_unchanged,
    write_checkpoint,
)
from reasoner.storage.tensor_files import fitting

if TYPE_CHECKING:
    from reasoner.students.language.student import LanguageStudent

DTYPES = ("float32", "bfloat16")
TOGETHER = {"cpu": 16, "cuda": 64}
"""Questions that are answered together, by kind of device."""


def save_language(student: "LanguageStudent", folder: Path, *, about: Mapping[str, Any]) -> str:
    """Writes the student to `folder`, which is replaced whole, and returns its fingerprint."""
    with replacing(folder) as partial:
        if student.adapter:
            student.adapter.save(partial)
        elif student.stored == "weights":
            student.model.network.save_pretrained(partial)
            student.model.tokenizer.save_pretrained(partial)
        template = student.template
        settings = {
            "model": student.origin.name,
            "mark": student.origin.mark,
            "stored": student.stored,
            "dtype": str(student.model.network.dtype).removeprefix("torch."),
            "lora_rank": student.adapter.rank if student.adapter else 0,
            "way": template.way,
            "form": template.form,
            "instruction": template.instruction,
            "max_prompt_tokens": template.max_prompt_tokens,
            "max_new_tokens": template.max_new_tokens,
            "answer_by": student.answer_by,
            "score_by": student.score_by,
        }
        mark = _mark(settings, partial, (path.name for path in partial.iterdir()))
        write_checkpoint(partial, CheckpointFile(kind="language", fingerprint=mark, settings=settings, about=about))
    return mark


def load_language_student(folder: Path, *, device: str = "cpu") -> "LanguageStudent":
    """The student in `folder`.

    Raises:
        NotFoundError: its files do not match its fingerprint, or the model that it stands on has changed.
        DamagedError: a file is not what was written.
        ConfigError: its model is not here.
    """
    import torch

    from reasoner.models.causal import load_causal
    from reasoner.students.language.adapter import stored_adapter
    from reasoner.students.language.student import LanguageStudent, Origin
    from reasoner.students.language.template import Template

    said = read_checkpoint(folder)
    settings = said.settings
    require_unchanged(folder, said=said.fingerprint, found=fingerprint_of(folder))
    with fitting(folder / "checkpoint.json", mend=MEND):
        origin, stored = Origin(settings["model"], settings["mark"]), settings["stored"]
        dtype = getattr(torch, DTYPES[DTYPES.index(settings["dtype"])])
        limits = {name: settings[name] for name in ("way", "form", "instruction", "max_prompt_tokens")}
        limits["max_new_tokens"] = settings["max_new_tokens"]
        # A checkpoint of before answers could be weighed writes them.
        answers = settings.get("answer_by", "write"), settings.get("score_by", "sum")
    place = str(folder) if stored == "weights" else origin.name
    batch = TOGETHER[device.partition(":")[0]]
    model = load_causal(place, device=device, dtype=dtype, batch=batch, setting="student.model")
    if stored != "weights" and model.mark != origin.mark:
        raise NotFoundError(
            f"{folder} stands on {origin.name!r} with mark {origin.mark!r}, but the model of that name has mark "
            f"{model.mark!r}: it was changed since. Restore it, or train again"
        )
    adapter = stored_adapter(model.network, folder, name=origin.name) if stored == "adapter" else None
    model.network.eval()
    return LanguageStudent(model, Template(model.tokenizer, **limits), origin, stored, adapter, *answers)


def fingerprint_of(folder: Path) -> str:
    """From the files alone."""
    said = read_checkpoint(folder)
    return _mark(said.settings, folder, said.files)


def _mark(settings: Mapping[str, Any], folder: Path, names: Iterable[str]) -> str:
    told = {name: value for name, value in settings.items() if name != "model"}
    content = json.dumps([told, digests(folder, sorted(names))], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
