"""The kind of encoder students behind the port; torch is imported where it is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.config.packages import MINILM
from reasoner.config.settings import Settings
from reasoner.students.base_job import base_job, told_settings
from reasoner.students.port import Candidate
from reasoner.training.footprint import FLOAT, Footprint
from reasoner.types.job import JobSpec

if TYPE_CHECKING:
    from reasoner.students.encoder.student import EncoderStudent
    from reasoner.training.work import Workplace

READING_BYTES = 64 * 2**20
"""Of states while questions are read, one by each thread."""


class EncoderKind:
    """See `StudentKind`."""

    name = "encoder"

    def load(self, folder: Path, *, device: str) -> "EncoderStudent":
        """See `files.load_encoder_student`."""
        from reasoner.students.encoder.files import load_encoder_student

        return load_encoder_student(folder, device=device)

    def fingerprint_of(self, folder: Path) -> str:
        """See `files.fingerprint_of`."""
        from reasoner.students.encoder.files import fingerprint_of

        return fingerprint_of(folder)

    def base_spec(self, settings: Settings, *, threads: int) -> JobSpec:
        """The job of a base; its key stands for all that decides the outcome."""
        return base_job(self._payload(settings, threads))

    def candidate_payload(self, settings: Settings, made: Candidate, *, threads: int) -> dict[str, Any]:
        """See `StudentKind`."""
        return {**self._payload(settings, threads), **made._asdict()}

    def train(self, work: str, payload: dict[str, Any], place: "Workplace") -> dict[str, Any]:  # noqa: ARG002
        """See `training.train_encoder`: a base and a candidate differ in their rows alone."""
        from reasoner.students.encoder.training import train_encoder

        return train_encoder(payload, place)

    def footprint(self, settings: Settings) -> Footprint:
        """The encoder's weights, which are only read, and the states of one batch of questions."""
        from reasoner.models.pretrained import place_of

        where, _ = place_of(settings.student.model or MINILM, setting="student.model")
        file = Path(where) / "model.safetensors"
        size = file.stat().st_size if file.is_file() else 0
        return Footprint(weights=size // FLOAT, state_bytes=size, activation_bytes=READING_BYTES)

    def _payload(self, settings: Settings, threads: int) -> dict[str, Any]:
        told = told_settings(settings, own=self.name)
        return {"student_kind": self.name, "settings": told, "threads": threads, "device": settings.compute.device}
