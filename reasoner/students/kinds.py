"""The kinds by name: built in, or added by an installed package's entry point in the group `reasoner.students`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.config.settings import Settings
from reasoner.errors import UsageError
from reasoner.plugins import Registry
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.students.port import ComparedKind, SearchedKind, StudentKind, Verifiable
from reasoner.training.footprint import Footprint
from reasoner.types.problem import Problem
from reasoner.types.student import Student

if TYPE_CHECKING:
    from torch.nn import Module

    from reasoner.training.work import Workplace
    from reasoner.types.step_model import StepModel

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


def train(work: str, payload: dict[str, Any], place: "Workplace") -> dict[str, Any]:
    """Does a training job's work, as the payload's kind of student does it.

    Args:
        work: `base` or `finetune`.
        payload: of the job; plain JSON. A payload without a kind is one of a latent student.
        place: where it works.

    Raises:
        TrainingFailed: there is nothing to learn, or training came to no good end.
    """
    from reasoner.training.threads import training_with

    kind = kind_named(payload.get("student_kind", "latent"))
    # Several processes share the threads of the job: more threads than cores are many times slower.
    with training_with(max(1, payload["threads"] // payload.get("processes", 1))):
        return kind.train(work, payload, place)


def footprint_of(settings: Settings) -> Footprint:
    """How much memory training the student that settings mean takes.

    Raises:
        ConfigError: there is no such kind, or what it stands on is not here.
    """
    return kind_named(settings.student.kind).footprint(settings)


def can_be_searched(student: Student) -> bool:
    """Whether `step_model` has one for it."""
    return isinstance(kind_named(student.kind), SearchedKind)


def step_model(student: Student, use: str) -> "StepModel":
    """What a search needs of a student.

    Args:
        student: ready for inference.
        use: what is to be done with it, as a sentence begins: `a search`.

    Raises:
        UsageError: its kind cannot be searched.
    """
    kind = kind_named(student.kind)
    if isinstance(kind, SearchedKind):
        return kind.step_model(student)
    raise UsageError(f"{use} goes step by step: given a {student.kind} student, expected one that can, such as latent")


def new_verifier(student: Student) -> "Module":
    """A verifier for a student, before it has learnt anything.

    Raises:
        UsageError: there are none for its kind.
    """
    from reasoner.types.step_model import required

    use = "a verifier"
    return required(step_model(student, use), Verifiable, use).new_verifier()


def divergence(present: Student, other: Student, problems: Sequence[Problem]) -> float:
    """KL(present || other) of what two students of one kind expect of worked steps, nats a token.

    Raises:
        UsageError: their kind cannot say it, or they are of two.
    """
    kind = kind_named(present.kind)
    if isinstance(kind, ComparedKind) and present.kind == other.kind:
        return kind.divergence(present, other, problems)
    raise UsageError(
        f"a budget of change compares what two students expect: given a {present.kind} and a {other.kind} one, "
        "expected two of one kind that can be compared, such as latent"
    )
