"""The door for all that works in latents: searches, verifiers, audits."""

from reasoner.errors import UsageError
from reasoner.models.student import Student as LatentStudent
from reasoner.types.student import Student


def as_latent(student: Student, use: str) -> LatentStudent:
    """A student whose latents can be worked with.

    Args:
        student: of any kind.
        use: what is to be done with it, as a sentence begins: `a search`.

    Raises:
        UsageError: it is of another kind.
    """
    if isinstance(student, LatentStudent):
        return student
    raise UsageError(f"{use} works in the latents of steps: given a {student.kind} student, expected a latent one")
