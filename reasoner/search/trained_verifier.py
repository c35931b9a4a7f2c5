"""A student's verifier on disk and at work: its network, the energies fitted with it, and the margins found for them.

`verifier.safetensors` and `verifier.json` in a folder of their own, written whole or not at all; bound to the student
by its fingerprint. Nothing is unpickled.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch.nn import Module

from reasoner.errors import NotFoundError
from reasoner.search.energy import FittedEnergy
from reasoner.storage.json_files import damaged, read_object, read_text
from reasoner.storage.tensor_files import fitting, load_tensors, save_tensors
from reasoner.storage.writing import replace_folder, write_json, write_text

WEIGHTS, ABOUT, CURRENT = "verifier.safetensors", "verifier.json", "current"
TRAIN = "train the verifier again (`reasoner train --verifier`)"


@dataclass(frozen=True)
class Judging:
    """How candidates are scored in one setting of the symbolic check, and when greedy's answer gives way."""

    energy: FittedEnergy
    margin: float
    """Nats."""


@dataclass(frozen=True)
class TrainedVerifier:
    """All of it. Its chances hold for the student that it was trained with, and no other."""

    net: Module
    """That only the student's kind can read."""
    student: str
    """Fingerprint."""
    judging: Mapping[bool, Judging]
    """By whether the symbolic check is on."""
    about: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Where it comes from and how good it is; plain JSON."""

    def quality(self, *, symbolic: bool | None) -> dict[str, Any]:
        """Calibrations on held-out problems, over `all` steps and `by_depth`: of an energy, or (None) of the head."""
        return self.about["belief"] if symbolic is None else self.about["energy"][kind_of(symbolic=symbolic)]


def kind_of(*, symbolic: bool) -> str:
    """What an energy is called in files."""
    return "symbolic" if symbolic else "plain"


def verifier_folder(home: Path, student: str, work: str) -> Path:
    """Where a verifier of a student lies in a home. Other work makes another, and leaves this one alone."""
    return home / "verifiers" / student / work


def current_verifier(home: Path, student: str) -> Path | None:
    """The folder of the student's newest verifier; None where it has none."""
    pointer = home / "verifiers" / student / CURRENT
    return verifier_folder(home, student, _name_in(pointer)) if pointer.exists() else None


def _name_in(pointer: Path) -> str:
    name = read_text(pointer, mend=TRAIN)
    if not name or Path(name).name != name:
        raise damaged(pointer, f"holds {name[:40]!r}, the name of a folder was expected", TRAIN)
    return name


def save_verifier(verifier: TrainedVerifier, folder: Path) -> None:
    """Replaces what is in the folder, and makes it the student's current one."""
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save_tensors(partial / WEIGHTS, verifier.net.state_dict())
    plain = {
        "student": verifier.student,
        "weights": _digest(partial / WEIGHTS),
        "judging": {
            kind_of(symbolic=symbolic): {"energy": j.energy.to_dict(), "margin": j.margin}
            for symbolic, j in verifier.judging.items()
        },
        "about": dict(verifier.about),
    }
    write_json(partial / ABOUT, plain)
    replace_folder(partial, folder)
    make_current(folder)


def make_current(folder: Path) -> None:
    """From now on commands that name no other ask this one."""
    write_text(folder.with_name(CURRENT), folder.name)


def load_verifier(folder: Path, net: Module, *, fingerprint: str) -> TrainedVerifier:
    """The verifier in `folder`, ready to judge.

    Args:
        folder: of its files.
        net: a fresh verifier of the student (`reasoner.students.new_verifier`), which is given their weights.
        fingerprint: of the student.

    Raises:
        NotFoundError: there is none, it is another student's, or its files were changed.
    """
    missing = [name for name in (WEIGHTS, ABOUT) if not (folder / name).is_file()]
    if missing:
        raise NotFoundError(f"{folder} holds no verifier: {', '.join(missing)} missing; train one")
    plain = read_object(folder / ABOUT, mend=TRAIN)
    lacking = {"student", "weights", "judging", "about"} - plain.keys()
    if lacking:
        raise damaged(folder / ABOUT, f"lacks {', '.join(sorted(lacking))}", TRAIN)
    if plain["student"] != fingerprint:
        raise NotFoundError(
            f"{folder} holds the verifier of student {plain['student']}, not of {fingerprint}: its chances would mean "
            "nothing here; train one for this student"
        )
    if plain["weights"] != _digest(folder / WEIGHTS):
        raise NotFoundError(f"{folder} was changed after it was saved; train the verifier again")
    weights = load_tensors(folder / WEIGHTS, mend=TRAIN)
    with fitting(folder / WEIGHTS, mend=TRAIN):
        net.load_state_dict(weights)
    with fitting(folder / ABOUT, mend=TRAIN):
        judging = _judging(plain["judging"])
    return TrainedVerifier(net.eval(), plain["student"], judging, plain["about"])


def _judging(plain: Mapping[str, Any]) -> dict[bool, Judging]:
    return {
        name == kind_of(symbolic=True): Judging(FittedEnergy.from_dict(j["energy"]), j["margin"])
        for name, j in plain.items()
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
