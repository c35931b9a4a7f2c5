"""Students on disk: `model.safetensors`, `config.json`, `question_tokenizer.json`, written whole or not at all.

The fingerprint is a SHA-256 over all tensors, both tokenizers' settings and the shape, so equal students have equal
fingerprints wherever they were trained. Nothing is unpickled. Frozen pretrained models are named, not stored; what a
tuned one needs beside its weights lies in `backbones/`.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from reasoner.errors import NotFoundError, ReasonerError
from reasoner.models.backbones import BackboneReader
from reasoner.models.lending import keep_tuned, lend_again
from reasoner.models.parts import step_tokenizer
from reasoner.models.shape import Shape
from reasoner.models.stored_fingerprint import CONFIG, MEND, TOKENIZER, WEIGHTS
from reasoner.models.student import Student, build_net
from reasoner.models.tokenizers import QuestionTokenizer
from reasoner.storage.json_files import damaged, read_object, read_text
from reasoner.storage.tensor_files import fitting, load_tensors, save_tensors
from reasoner.storage.writing import replace_folder, write_json, write_text

KINDS: dict[str, type] = {"fingerprint": str, "shape": dict, "about": dict}


def fingerprint(student: Student) -> str:
    """16 hex digits that change with any weight, token or size."""
    digest = hashlib.sha256(json.dumps(student.shape.to_dict(), sort_keys=True).encode())
    digest.update(student.reads.to_json().encode())
    for name, tensor in sorted(student.net.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def save_student(
    student: Student, folder: Path, *, about: dict[str, object], also: Callable[[Path], None] = lambda _: None
) -> str:
    """Writes the student to `folder` and returns its fingerprint.

    Args:
        student: to be saved.
        folder: replaced whole.
        about: kept in `config.json`.
        also: writes what else belongs to it into the folder that it is given.
    """
    mark = fingerprint(student)
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save_tensors(partial / WEIGHTS, student.net.state_dict())
    keep_tuned(student.lent, student.shape, partial)
    write_text(partial / TOKENIZER, student.reads.to_json())
    config = {"fingerprint": mark, "shape": student.shape.to_dict(), "about": about}
    also(partial)
    write_json(partial / CONFIG, config)
    replace_folder(partial, folder)
    return mark


def load_student(folder: Path, *, device: str = "cpu") -> Student:
    """The student in `folder`, ready for inference.

    Raises:
        NotFoundError: there is no complete checkpoint there, or its files do not match its fingerprint, or a frozen
            model that it stands on has changed.
        DamagedError: one of its files is not what was written.
        ConfigError: a frozen model that it stands on is not here.
    """
    missing = [name for name in (WEIGHTS, CONFIG, TOKENIZER) if not (folder / name).is_file()]
    if missing:
        raise NotFoundError(f"{folder} is not a checkpoint: {', '.join(missing)} missing; see `reasoner models list`")
    config = read_config(folder)
    with fitting(folder / CONFIG, mend=MEND):
        shape = Shape.from_dict(config["shape"])
    lent = lend_again(shape, folder)
    net = build_net(shape, seed=0, lent=lent)
    weights = load_tensors(folder / WEIGHTS, mend=MEND)
    with fitting(folder / WEIGHTS, mend=MEND):
        net.load_state_dict(weights)
    words = read_text(folder / TOKENIZER, mend=MEND)
    with fitting(folder / TOKENIZER, mend=MEND):
        reads = _reader(shape, words)
    student = Student(
        net=net.eval(),
        shape=shape,
        reads=reads,
        writes=step_tokenizer(shape),
        lent=lent,
    )
    if fingerprint(student) != config["fingerprint"]:
        raise NotFoundError(
            f"{folder} was changed after it was saved: its files do not match fingerprint "
            f"{config['fingerprint']!r}; restore it from a backup or train again"
        )
    student.net.to(torch.device(device))
    return student


def is_checkpoint(folder: Path) -> bool:
    """Whether a folder holds a student of ours; a Hugging Face model has a `config.json` that says other things."""
    try:
        read_config(folder)
    except ReasonerError:
        return False
    return True


def read_about(folder: Path) -> dict[str, Any]:
    """What `save_student` was told about the student in `folder`.

    Raises:
        NotFoundError: there is no checkpoint.
    """
    if not (folder / CONFIG).is_file():
        raise NotFoundError(f"{folder} is not a checkpoint: {CONFIG} missing; see `reasoner models list`")
    return read_config(folder)["about"]


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` of the student in `folder`.

    Raises:
        DamagedError: it is not what `save_student` wrote.
    """
    found = read_object(folder / CONFIG, mend=MEND)
    lacking = [name for name, kind in KINDS.items() if not isinstance(found.get(name), kind)]
    if lacking:
        raise damaged(folder / CONFIG, f"lacks {' and '.join(lacking)}", MEND)
    return found


def _reader(shape: Shape, text: str) -> QuestionTokenizer | BackboneReader:
    if shape.question_backbone:
        return BackboneReader(text)
    return QuestionTokenizer.from_json(text, max_tokens=shape.max_question_tokens, sentence_words=shape.sentence_words)
