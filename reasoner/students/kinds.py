"""The kinds by name: built in, or added by an installed package's entry point in the group `reasoner.students`."""

from pathlib import Path

from reasoner.config.settings import Settings
from reasoner.plugins import Registry
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.students.port import StudentKind
from reasoner.training.footprint import Footprint
from reasoner.types.student import Student

KINDS = Registry(
    "kind of student",
    group="reasoner.students",
    built_in={
        "encoder": "reasoner.students.encoder.kind:EncoderKind",
        "language": "reasoner.students.language.kind:LanguageKind",
        "latent": "reasoner.students.latent.kind:LatentKind",
    },
)


def kind_named(name: str) -> StudentKind:
    """The kind of that name.

    Raises:
        ConfigError: there is none; says which there are.
    """
    return KINDS.get(name)()


def kind_of(folder: Path) -> StudentKind:
    """The kind of the checkpoint in a folder.

    Raises:
        NotFoundError: there is no checkpoint.
        DamagedError: its `checkpoint.json` is not what was written.
    """
    return kind_named(read_checkpoint(folder).kind)


def load(folder: Path, *, device: str = "cpu") -> Student:
    """The student in a folder, ready to answer.

    Args:
        folder: of a checkpoint.
        device: as torch names it; where it computes.

    Raises:
        NotFoundError: there is no complete checkpoint, or its files do not match its fingerprint.
        DamagedError: a file of it is not what was written.
    """
    return kind_of(folder).load(folder, device=device)


def footprint_of(settings: Settings) -> Footprint:
    """How much memory training the student that settings mean takes.

    Raises:
        ConfigError: there is no such kind, or what it stands on is not here.
    """
    return kind_named(settings.student.kind).footprint(settings)
