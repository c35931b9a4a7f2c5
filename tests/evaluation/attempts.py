"""Attempts with chosen outcomes, for the tests of this folder."""

from collections.abc import Sequence

from reasoner.types.problem import Attempt, Outcome


def attempts(outcomes: Sequence[Outcome], skills: Sequence[str] = ("add",)) -> list[Attempt]:
    """One attempt per outcome; skills in turn."""
    return [
        Attempt(
            problem_id=f"p{i}",
            mode="talk",
            steps=(),
            answer="",
            outcome=outcome,
            skill=skills[i % len(skills)],
            difficulty=1 + i % 2,
        )
        for i, outcome in enumerate(outcomes)
    ]


def judged(right: Sequence[bool], skills: Sequence[str] = ("add",)) -> list[Attempt]:
    """Right and wrong attempts; skills in turn."""
    return attempts(["right" if r else "wrong" for r in right], skills)
