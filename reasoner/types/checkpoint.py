"""Saved students."""

from typing import Literal

from reasoner.types.record import Record


class Checkpoint(Record):
    """A saved student. The files lie in `checkpoints/<id>/`."""

    id: str
    fingerprint: str
    """SHA-256 of weights, tokenizers and model settings, 16 hex digits."""
    parent: str
    """Id of the checkpoint it was fine-tuned from; empty for a base."""
    kind: Literal["base", "candidate"]
    run: str
    cycle: int
    core: str = ""
    """Id of the checkpoint whose weights it adds to; empty where all of its weights were trained."""
