"""The kind of latent students behind the port; torch is imported where it is needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.config.settings import Settings
from reasoner.students.port import Candidate
from reasoner.training.footprint import Footprint, footprint
from reasoner.types.job import JobSpec
from reasoner.types.problem import Problem
from reasoner.types.student import Student as AnyStudent

if TYPE_CHECKING:
    from reasoner.models.student import Student
    from reasoner.students.latent.steps import LatentSteps
    from reasoner.training.work import Workplace


class LatentKind:
    """See `StudentKind`."""

    name = "latent"

    def load(self, folder: Path, *, device: str) -> "Student":
        """See `reasoner.models.checkpoints.load_student`."""
        from reasoner.models.checkpoints import load_student

        return load_student(folder, device=device)

    def fingerprint_of(self, folder: Path) -> str:
        """From the files alone; see `reasoner.models.stored_fingerprint`."""
        from reasoner.models.stored_fingerprint import stored_fingerprint

        return stored_fingerprint(folder)

    def base_spec(self, settings: Settings, *, threads: int) -> JobSpec:
        """See `reasoner.training.work.base_spec`."""
        from reasoner.training.work import base_spec

        return base_spec(settings, threads=threads)

    def candidate_payload(self, settings: Settings, made: Candidate, *, threads: int) -> dict[str, Any]:
        """See `reasoner.training.work.candidate_payload`."""
        from reasoner.training.work import candidate_payload

        return candidate_payload(settings, **made._asdict(), threads=threads)

    def train(self, work: str, payload: dict[str, Any], place: "Workplace") -> dict[str, Any]:
        """See `reasoner.training.work`."""
        from reasoner.training.work import KINDS

        return KINDS[work](payload, place)

    def footprint(self, settings: Settings) -> Footprint:
        """See `reasoner.training.footprint`."""
        return footprint(settings)

    def step_model(self, student: AnyStudent) -> "LatentSteps":
        """See `SearchedKind`."""
        from reasoner.students.latent.asked_for import as_latent
        from reasoner.students.latent.steps import LatentSteps

        return LatentSteps(as_latent(student, "a search"))

    def divergence(self, present: AnyStudent, other: AnyStudent, problems: Sequence[Problem]) -> float:
        """See `ComparedKind`."""
        from reasoner.students.latent.asked_for import as_latent
        from reasoner.training.divergence import divergence, expectations
        from reasoner.training.feed import encode
        from reasoner.training.threads import computing_with

        one, two = (as_latent(student, "a budget of change") for student in (present, other))
        probe = encode(one.tokenizers, list(problems))
        with computing_with(1):
            return round(divergence(expectations(one, probe), expectations(two, probe)), 6)
