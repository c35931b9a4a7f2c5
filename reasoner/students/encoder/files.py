"""Encoder students on disk: `head.safetensors` and `checkpoint.json`. The encoder itself is named, with its mark.

The fingerprint is a SHA-256 over the settings in `checkpoint.json` (labels, mark, temperature) and the head's file.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
from reasoner.storage.tensor_files import fitting, load_tensors, save_tensors
from reasoner.students.encoder.head import Head
from reasoner.students.encoder.reader import open_reader
from reasoner.students.encoder.student import EncoderStudent

HEAD = "head.safetensors"


def save_encoder(student: EncoderStudent, folder: Path, *, about: Mapping[str, Any]) -> str:
    """Writes the student to `folder`, which is replaced whole, and returns its fingerprint."""
    with replacing(folder) as partial:
        save_tensors(partial / HEAD, {"weight": student.head.weight_HC, "bias": student.head.bias_C})
        settings = {
            "model": student.reader.pretrained.name,
            "mark": student.reader.pretrained.mark,
            "labels": list(student.head.labels),
            "temperature": student.head.temperature,
            "sure": student.sure,
        }
        mark = _mark(settings, partial)
        write_checkpoint(partial, CheckpointFile(kind="encoder", fingerprint=mark, settings=settings, about=about))
    return mark


def load_encoder_student(folder: Path, *, device: str = "cpu") -> EncoderStudent:
    """The student in `folder`.

    Raises:
        NotFoundError: its files do not match its fingerprint, or the encoder that it stands on has changed.
        DamagedError: a file is not what was written.
        ConfigError: its encoder is not here.
    """
    said = read_checkpoint(folder)
    settings = said.settings
    tensors = load_tensors(folder / HEAD, mend=MEND)
    require_unchanged(folder, said=said.fingerprint, found=fingerprint_of(folder))
    home = folder.resolve().parent
    cache = home.parent / "cache" / "backbone" if home.name == "checkpoints" else None
    with fitting(folder / HEAD, mend=MEND):
        reader = open_reader(settings["model"], cache=cache, device=device)
        head = Head(tuple(settings["labels"]), tensors["weight"], tensors["bias"], settings["temperature"])
        student = EncoderStudent(reader, head, sure=settings["sure"])
    if reader.pretrained.mark != settings["mark"]:
        raise NotFoundError(
            f"{folder} was trained on {settings['model']!r} with mark {settings['mark']!r}, but the model of that name "
            f"has mark {reader.pretrained.mark!r}: it was changed since. Restore it, or train again"
        )
    return student


def fingerprint_of(folder: Path) -> str:
    """From the files alone."""
    return _mark(dict(read_checkpoint(folder).settings), folder)


def _mark(settings: Mapping[str, Any], folder: Path) -> str:
    told = json.dumps(settings, sort_keys=True) + digests(folder, [HEAD])[HEAD]
    return hashlib.sha256(told.encode()).hexdigest()[:16]
