"""Latent students on disk: `model.safetensors`, `checkpoint.json`, `question_tokenizer.json`, whole or not at all.

The fingerprint is a SHA-256 over all tensors, both tokenizers' settings and the shape, so equal students have equal
fingerprints wherever they were trained. Nothing is unpickled. Frozen pretrained models are named, not stored; what a
tuned one needs beside its weights lies in `backbones/`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from reasoner.errors import NotFoundError
from reasoner.models.backbones import BackboneReader
from reasoner.models.lending import keep_tuned, lend_again
from reasoner.models.network import build_net
from reasoner.models.parts import step_tokenizer
from reasoner.models.shape import Shape
from reasoner.models.stored_fingerprint import TOKENIZER, WEIGHTS
from reasoner.models.student import Student
from reasoner.models.tokenizers import QuestionTokenizer
from reasoner.storage.checkpoint_file import (
    MEND,
    NAME,
    CheckpointFile,
    read_checkpoint,
    replacing,
    require_unchanged,
    write_checkpoint,
)
from reasoner.storage.json_files import read_text
from reasoner.storage.tensor_files import fitting, load_tensors, save_tensors
from reasoner.storage.writing import write_text


def fingerprint(student: Student) -> str:
    """16 hex digits that change with any weight, token or size."""
    digest = hashlib.sha256(json.dumps(student.shape.to_dict(), sort_keys=True).encode())
    digest.update(student.reads.to_json().encode())
    for name, tensor in sorted(student.net.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def save_student(
    student: Student, folder: Path, *, about: Mapping[str, object], also: Callable[[Path], None] = lambda _: None
) -> str:
    """Writes the student to `folder` and returns its fingerprint.

    Args:
        student: to be saved.
        folder: replaced whole.
        about: kept in `checkpoint.json`.
        also: writes what else belongs to it into the folder that it is given.
    """
    mark = fingerprint(student)
    with replacing(folder) as partial:
        save_tensors(partial / WEIGHTS, student.net.state_dict())
        keep_tuned(student.lent, student.shape, partial)
        write_text(partial / TOKENIZER, student.reads.to_json())
        also(partial)
        said = CheckpointFile(kind="latent", fingerprint=mark, settings=student.shape.to_dict(), about=about)
        write_checkpoint(partial, said)
    return mark


def load_student(folder: Path, *, device: str = "cpu") -> Student:
    """The student in `folder`, ready for inference.

    Raises:
        NotFoundError: there is no complete checkpoint there, or its files do not match its fingerprint, or a frozen
            model that it stands on has changed.
        DamagedError: one of its files is not what was written.
        ConfigError: a frozen model that it stands on is not here.
    """
    said = read_checkpoint(folder)
    missing = [name for name in (WEIGHTS, TOKENIZER) if not (folder / name).is_file()]
    if missing:
        raise NotFoundError(f"{folder} is not a checkpoint: {', '.join(missing)} missing; see `reasoner models list`")
    with fitting(folder / NAME, mend=MEND):
        shape = Shape.from_dict(dict(said.settings))
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
    require_unchanged(folder, said=said.fingerprint, found=fingerprint(student))
    student.net.to(torch.device(device))
    return student


def _reader(shape: Shape, text: str) -> QuestionTokenizer | BackboneReader:
    if shape.question_backbone:
        return BackboneReader(text)
    most = shape.max_question_tokens
    words, lines = shape.sentence_words, shape.with_lines
    return QuestionTokenizer.from_json(text, max_tokens=most, sentence_words=words, with_lines=lines)
