"""The map of the sealed questions as drawn: a mark a question, coloured by what became of it, skill or steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.reporting.page.latents import Plane, evenly, plane, read_latents, turned
from agents.reporting.page.markup import Markup, element
from agents.reporting.page.svg import drawing
from agents.run_folder import RunFolder
from reasoner.types.problem import Attempt

SIZE = 420
Fate = Literal["always", "gained", "lost", "never"]
FATES: dict[Fate, str] = {
    "always": "solved by first and last champion",
    "gained": "solved by the last only",
    "lost": "solved by the first only",
    "never": "solved by neither",
}
SHAPES = {
    "always": "M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0z",
    "gained": "M0 -4.6L4.4 3.4H-4.4z",
    "lost": "M0 5.2L5 -3.9H-5z",
    "never": "M-3 -3L3 3M-3 3L3 -3",
}
"""A shape for each fate, so that colour alone says nothing."""


@dataclass(frozen=True)
class MappedQuestion:
    """One question of the map."""

    id: str
    skill: str
    steps: int
    fate: Fate


@dataclass(frozen=True)
class LatentMap:
    """The whole map."""

    questions: list[MappedQuestion]
    skills: list[str]
    pictures: list[tuple[str, Markup]]
    """Whose latents, and the drawing; one or two."""

    @property
    def steps(self) -> list[int]:
        """The difficulties that occur."""
        return sorted({question.steps for question in self.questions})


def latent_map(
    folder: RunFolder, first: str, last: str, before: Sequence[Attempt], after: Sequence[Attempt]
) -> LatentMap | None:
    """The map of first and last champion, or None where no latents were kept."""
    pairs = [(before[place], after[place]) for place in evenly(len(before))] if len(before) == len(after) else []
    mapped = [MappedQuestion(a.problem_id, a.skill, a.difficulty, _fate(a, b)) for a, b in pairs]
    skills = sorted({question.skill for question in mapped})
    base: Plane | None = None
    pictures = list[tuple[str, Markup]]()
    for checkpoint in dict.fromkeys((first, last)):
        vectors_ND = read_latents(folder, checkpoint)
        if vectors_ND is None or len(vectors_ND) != len(mapped) or len(mapped) < 3:
            continue
        found = plane(vectors_ND)
        base, found = (base, turned(found, base)) if base else (found, found)
        pictures.append((checkpoint, _picture(found, mapped, skills, checkpoint)))
    return LatentMap(mapped, skills, pictures) if pictures else None


def _fate(before: Attempt, after: Attempt) -> Fate:
    if before.correct:
        return "always" if after.correct else "lost"
    return "gained" if after.correct else "never"


def _picture(found: Plane, questions: list[MappedQuestion], skills: list[str], whose: str) -> Markup:
    middle, reach = SIZE / 2, SIZE / 2 - 14
    steps = sorted({question.steps for question in questions})
    marks = [
        element(
            "path",
            d=SHAPES[q.fate],
            transform=f"translate({middle + reach * x:.1f} {middle - reach * y:.1f})",
            cls=f"p {q.fate} s{skills.index(q.skill) % 8} d{steps.index(q.steps) % 8}",
            data_i=place,
        )
        for place, (q, (x, y)) in enumerate(zip(questions, found.places_N2, strict=True))
    ]
    shown = f"{100 * found.shown:.0f}% of their variance"
    label = f"Map of {len(questions)} sealed questions in the latents of {whose}; {shown}"
    return drawing(SIZE, SIZE, *marks, label=label, cls="map")
