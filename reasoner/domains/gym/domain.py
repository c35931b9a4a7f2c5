"""The families of reasoning-gym behind the `Domain` port: items drawn from seeds, answers judged by a family's scorer.

Both run in a child process (`drawing`). There is no expert: `teach.from=gold` teaches the drawn answers, and a teacher
can be named. A problem that this task did not draw (a teacher's, a row's) is judged by the text of its answer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from reasoner.domains import lookalikes, plain_text, structures
from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import LimitReached, is_blank, shown
from reasoner.domains.gym import drawing, evaluation, families
from reasoner.domains.gym.options import GymOptions
from reasoner.domains.structures import structure_of_text
from reasoner.errors import ConfigError
from reasoner.types.check import Check, failed, wrong
from reasoner.types.domain import DomainInfo, DrawRange, TeacherBrief
from reasoner.types.problem import Problem, Provenance

NAME, VERSION = "gym", "1"
PACKAGE = "reasoning-gym"
INSTALL = "pip install 'reasoner[gym]'"
LONGEST = 20_000
"""Characters of an answer; longer ones are wrong unread."""
DRAW_SECONDS, SCORE_SECONDS = 30.0, 10.0
"""Processor time; the first call also loads the package."""
_CHILD = "reasoner.domains.gym.drawing"

BRIEF = TeacherBrief(
    steps="Each step is one short line of work that follows from the question and the steps before it; the last step "
    "is the answer itself, in exactly the form that the question asks for, and nothing else.",
    answer="the last step: the answer alone, in exactly the form that the question asks for",
    example_steps=("a cow has 4 legs, 3 cows have 12", "12"),
    example_answer="12",
    problems="the same instructions with other things, numbers or letters",
    question_length=(5, 30_000),
)


class GymDomain:
    """One family at a time, `domains.gym.family`; each family is a skill."""

    options = GymOptions
    max_difficulty = max(families.LEVELS.values())
    gates_ahead = 0

    def __init__(self) -> None:
        self._installed = _installed()
        self._info = DomainInfo(
            name=NAME,
            version=f"{VERSION}/{self._installed or 'not installed'}",
            skills=families.FAMILIES,
            fingerprint=_fingerprint(self._installed),
        )

    @property
    def info(self) -> DomainInfo:
        """Skills are the families; another version of the package draws other problems."""
        return self._info

    def brief(self) -> TeacherBrief:
        """Lines of work, the answer last."""
        return BRIEF

    def drawn_range(self, options: Mapping[str, Any]) -> DrawRange:
        """The one family, and the levels of its curriculum."""
        family = options["family"]
        return DrawRange(skills=(family,), max_difficulty=families.LEVELS[family])

    def draw(self, seed: int, recipe: Mapping[str, Any]) -> Problem:
        """The problem of a seed and a recipe.

        Args:
            seed: 0 or more.
            recipe: `difficulty`, a level from 1, and `family`; `config`, `right_from` and `skill`, the family.

        Raises:
            ValueError: the family has no such level, or gives no usable item from this seed.
            ConfigError: the package is missing, or the family refuses its settings.
        """
        self._require_package()
        family, difficulty = recipe["family"], recipe["difficulty"]
        if fault := families.family_fault(family):
            raise ValueError(fault)
        if recipe.get("skill", family) != family:
            raise ValueError(f"skill {recipe['skill']!r}: only {family!r} is drawn")
        if not 1 <= difficulty <= families.LEVELS[family]:
            raise ValueError(f"difficulty {difficulty!r}: {family} has levels 1 to {families.LEVELS[family]}")
        found = self._drawn(seed, recipe)
        return Problem(
            id=f"{NAME}-{family}-{difficulty}-{seed:x}",
            domain=NAME,
            skill=family,
            difficulty=difficulty,
            question=found["question"],
            steps=tuple(found["steps"]),
            answer=found["answer"],
            structure=self.structure(found["question"], ()),
            provenance=Provenance(generator=NAME, version=self.info.version, seed=seed, parameters=dict(recipe)),
        )

    def check(self, problem: Problem, answer: str) -> Check:
        """The score of the family's scorer: right from `right_from` (1). The item is drawn again for it."""
        if is_blank(answer):
            return wrong("there is no answer")
        if len(answer) > LONGEST:
            return wrong(f"the answer has {len(answer):,} characters; at most {LONGEST:,} are read")
        about = problem.provenance
        if about.generator != NAME:
            return _by_text(problem, answer)
        if about.version != self.info.version:
            return failed(f"drawn by {about.version}, and this is {self.info.version}: {PACKAGE} is another version")
        try:
            *asked, right_from = _asked(about.seed, about.parameters)
            told = limited.call(f"{_CHILD}:score", *asked, answer, seconds=SCORE_SECONDS)
        except (LimitReached, RuntimeError, KeyError, ValueError) as failure:
            return failed(f"the scorer of {problem.skill} failed: {failure}")
        return _by_score(problem, answer, told, right_from)

    def answer_of(self, steps: Sequence[str]) -> str:
        """The last step."""
        return steps[-1] if steps else ""

    def canonical(self, step: str) -> str:
        """As it is: blanks and lines count in boards and words."""
        return step

    def structure(self, question: str, steps: Sequence[str]) -> str:  # noqa: ARG002 (the question alone decides)
        """That of the whole text: a family says all of its questions in one wording, so numbers and letters count."""
        return structure_of_text(question)

    def skill_of(self, question: str, steps: Sequence[str]) -> str:
        """Fails: a text does not say which family it is of, so a problem without a label is `mixed`."""
        raise ValueError(f"{question!r:.60} with {len(steps)} steps does not say its family")

    def _require_package(self) -> None:
        if not self._installed:
            raise ConfigError(f"the task {NAME!r} needs the package {PACKAGE}, which is not installed: `{INSTALL}`")

    def _drawn(self, seed: int, recipe: Mapping[str, Any]) -> dict[str, Any]:
        try:
            found = limited.call(f"{_CHILD}:draw", *_asked(seed, recipe), seconds=DRAW_SECONDS)
        except LimitReached as stopped:
            raise ValueError(str(stopped)) from stopped
        except RuntimeError as failure:
            raise ConfigError(f"{PACKAGE} cannot be used: {failure}; `{INSTALL}` installs it") from failure
        if fault := found.get("settings"):
            raise ConfigError(f"domains.{NAME}.config: {fault}")
        if miss := found.get("miss"):
            raise ValueError(f"{recipe['family']}, seed {seed}: {miss}")
        return found


def _asked(seed: int, recipe: Mapping[str, Any]) -> tuple[str, int, dict[str, Any], int, float]:
    """Family, level, settings, seed and `right_from`, as `drawing` takes them; stored values are looked at again."""
    settings = GymOptions.model_validate({key: recipe[key] for key in GymOptions.model_fields if key in recipe})
    family, difficulty = settings.family, int(recipe["difficulty"])
    level = difficulty - 1 if families.LEVELS[family] > 1 else -1
    digest = hashlib.sha256(f"{NAME} {VERSION} {seed}".encode()).hexdigest()
    return family, level, settings.config, int(digest[:8], 16) >> 1, settings.right_from


def _by_score(problem: Problem, answer: str, told: Mapping[str, Any], right_from: float) -> Check:
    if told["own"] != problem.answer:  # another gold answer is asked about, as where a step is compared with an answer
        return _by_text(problem, answer)
    if told["score"] >= right_from:
        return Check(outcome="right", score=told["score"])
    why = f"it cannot be read ({told['raised']})" if told["raised"] else f"the scorer gives {told['score']:g}"
    return wrong(why, score=told["score"])


def _by_text(problem: Problem, answer: str) -> Check:
    if is_blank(problem.answer):
        return failed("there is no gold answer, and the problem was not drawn here")
    same = answer.strip() == problem.answer.strip()
    return Check(outcome="right", score=1.0) if same else wrong(f"{shown(answer)} is not {shown(problem.answer)}")


def _installed() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def _fingerprint(installed: str) -> str:
    """SHA-256 (hex) of the sources that judge and split, and of the versions of what scores."""
    digest = hashlib.sha256(f"{installed} {version('numpy')} {version('sympy')}".encode())
    own = (__file__, drawing.__file__, evaluation.__file__, families.__file__, limited.__file__)
    for source in (*own, structures.__file__, plain_text.__file__, lookalikes.__file__):
        digest.update(Path(source).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
