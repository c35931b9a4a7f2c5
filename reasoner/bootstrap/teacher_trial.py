"""Whether the teacher can be used: its price, its key, its model string."""

from reasoner.config.settings import Settings
from reasoner.types.preflight import Look


def try_teacher(settings: Settings) -> list[Look]:
    """What is known of the teacher; nothing where nobody is asked.

    Raises:
        TeacherError: it cannot be used.
    """
    from agents.teachers.litellm_teacher import preflight

    preflight(settings.teacher)
    return [] if settings.teacher.model == "none" else [Look(what="teacher", found=settings.teacher.model)]
