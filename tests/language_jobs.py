"""Language students made by the work of their jobs: a base, a candidate from rows, and what a kill leaves of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from language_maker import language_settings, workplace

from reasoner.students import Candidate, kind_named, load, train
from reasoner.students.language.student import LanguageStudent

QUESTIONS = [
    "Ann has 3 pens. She gets 4 more. How many pens has she?",
    "2 + 2?",
    "",
    "A long story of 12 cats and 5 dogs that ran in the rain all day. How many animals ran?",
]
LEARNT = [(f"{a} + {b}?", (f"{a}+{b}={a + b}",)) for a in range(4) for b in range(3)]


def base(home: Path, model: str, should_stop: Callable[[], bool] = lambda: False, **language: Any) -> dict[str, Any]:
    spec = kind_named("language").base_spec(language_settings(model, **language), threads=1)
    return train("base", dict(spec.payload), workplace(home, spec.key, should_stop))


def candidate(
    home: Path,
    model: str,
    parent: str,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    name: str = "c1",
    worked: list[tuple[str, tuple[str, ...]]] = LEARNT,
    wrong: Callable[[str], tuple[str, ...]] = lambda _: (),
    **language: Any,
) -> dict[str, Any]:
    rows = home / f"{name}.jsonl"
    told = [{"prompt": q, "completion": "\n".join(s), "steps": s, "wrong": wrong(q)} for q, s in worked]
    rows.write_text("".join(json.dumps(row) + "\n" for row in told))
    payload = kind_named("language").candidate_payload(
        language_settings(model, **language),
        Candidate(1, parent, name, rows.name, len(worked)),
        threads=1,
    )
    return train("finetune", payload, workplace(home, name, should_stop))


def student(home: Path, name: str) -> LanguageStudent:
    found = load(home / "checkpoints" / name)
    assert isinstance(found, LanguageStudent)
    return found


class Killed(BaseException):
    """The end of a process, as nothing within it hears of it."""


class AtTheThird:
    """Asked after each update: has training stop after the third, or die with what follows the last state."""

    def __init__(self, *, dies: bool) -> None:
        self._dies, self._asked = dies, 0

    def __call__(self) -> bool:
        self._asked += 1
        if self._dies and self._asked == 3:
            raise Killed
        return self._asked == 3
