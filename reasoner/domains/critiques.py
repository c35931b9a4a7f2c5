"""What a built-in expert says of a student's steps: the first one that is wrong, and what it should be."""

from collections.abc import Callable

from reasoner.types.domain import Exercise, Worked


def critique(
    exercise: Exercise,
    right: Worked,
    *,
    same: Callable[[str, str], bool],
    told: Callable[[int, str, str], str],
) -> str:
    """Names the first step that is another one.

    Args:
        exercise: with the student's steps.
        right: the worked solution.
        same: whether two steps say the same.
        told: the sentence about a wrong step, of its place (from 1), itself, and what it should be.
    """
    if not exercise.student_steps:
        return f"The student wrote no step. Begin with {right.steps[0]!r}."
    for place, (written, expected) in enumerate(zip(exercise.student_steps, right.steps, strict=False), start=1):
        if not same(written, expected):
            return told(place, written, expected)
    if len(exercise.student_steps) < len(right.steps):
        return f"The steps are right but stop too early: {right.steps[len(exercise.student_steps)]!r} comes next."
    return f"The steps are right; the answer is {right.answer!r}."
