"""A student's verifier on disk and at work: its network, the energies fitted with it, and the margins found for them.

`verifier.safetensors` and `verifier.json` in a folder of their own, written whole or not at all; bound to the student
by its fingerprint. Nothing is unpickled.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

from reasoner.errors import NotFoundError
from reasoner.models.student import Student
from reasoner.models.verifier import StepVerifier
from reasoner.search.energy import FittedEnergy

WEIGHTS, ABOUT, CURRENT = "verifier.safetensors", "verifier.json", "current"


@dataclass(frozen=True)
class Judging:
    """How candidates are scored in one setting of the symbolic check, and when greedy's answer gives way."""

    energy: FittedEnergy
    margin: float
    """Nats."""


@dataclass(frozen=True)
class TrainedVerifier:
    """All of it. Its chances hold for the student that it was trained with, and no other."""

    net: StepVerifier
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
    return verifier_folder(home, student, pointer.read_text(encoding="utf-8")) if pointer.is_file() else None


def save_verifier(verifier: TrainedVerifier, folder: Path) -> None:
    """Replaces what is in the folder, and makes it the student's current one."""
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save_file({k: v.detach().contiguous().clone() for k, v in verifier.net.state_dict().items()}, partial / WEIGHTS)
    plain = {
        "student": verifier.student,
        "weights": _digest(partial / WEIGHTS),
        "judging": {
            kind_of(symbolic=symbolic): {"energy": j.energy.to_dict(), "margin": j.margin}
            for symbolic, j in verifier.judging.items()
        },
        "about": dict(verifier.about),
    }
    (partial / ABOUT).write_text(json.dumps(plain, indent=2, sort_keys=True), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
    make_current(folder)


def make_current(folder: Path) -> None:
    """From now on commands that name no other ask this one."""
    partial = folder.with_name(f"{CURRENT}.partial-{os.getpid()}")
    partial.write_text(folder.name, encoding="utf-8")
    partial.replace(folder.with_name(CURRENT))


def load_verifier(folder: Path, student: Student, *, fingerprint: str) -> TrainedVerifier:
    """The verifier in `folder`, ready to judge.

    Raises:
        NotFoundError: there is none, it is another student's, or its files were changed.
    """
    missing = [name for name in (WEIGHTS, ABOUT) if not (folder / name).is_file()]
    if missing:
        raise NotFoundError(f"{folder} holds no verifier: {', '.join(missing)} missing; train one")
    plain = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    if plain["student"] != fingerprint:
        raise NotFoundError(
            f"{folder} holds the verifier of student {plain['student']}, not of {fingerprint}: its chances would mean "
            "nothing here; train one for this student"
        )
    if plain["weights"] != _digest(folder / WEIGHTS):
        raise NotFoundError(f"{folder} was changed after it was saved; train the verifier again")
    net = StepVerifier(student.net)
    net.load_state_dict(load_file(folder / WEIGHTS))
    judging = {
        name == kind_of(symbolic=True): Judging(FittedEnergy.from_dict(j["energy"]), j["margin"])
        for name, j in plain["judging"].items()
    }
    return TrainedVerifier(net.eval(), plain["student"], judging, plain["about"])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
