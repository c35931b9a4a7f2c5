"""What runs in the child process: draws an item of a family, and scores an answer to it. Plain JSON in and out.

The child, because items depend on global random state and on the order of sets, and because scorers may hang, raise, or
evaluate the answer (`evaluation`). Every item comes from a data set of its own, of one item, so that neither an index
nor a size changes it. It is drawn again where an answer is to be scored: what is stored of a problem is never trusted.
"""

import dataclasses
import json
import math
from functools import lru_cache
from importlib import import_module
from random import seed as seed_everybody
from typing import Any

from reasoner.domains.gym.evaluation import answers_are_data

RECENT = 4096
"""Items that the child keeps."""
_ODD = ("", " ", "-", "?", "nan", "I do not know.")
"""Answers that no item may hold for right."""


def draw(family: str, level: int, config: dict[str, Any], seed: int, right_from: float) -> dict[str, Any]:
    """An item as `question`, `steps` and `answer`; or `settings`, a fault of the settings, or `miss`, one of this seed.

    Args:
        family: one of `families.FAMILIES`.
        level: of its curriculum, from 0; -1 for its usual settings.
        config: settings of its own, which stand over the level's.
        seed: 0 to 2**31 - 1.
        right_from: score that the item's own answer must reach.
    """
    try:
        dataset, entry = _item(family, level, json.dumps(config), seed)
    except SettingsFault as fault:
        return {"settings": str(fault)}
    except Exception as error:  # a generator that gives up on a seed raises whatever it likes
        return {"miss": f"{type(error).__name__}: {error}"[:200]}
    question, answer = entry.get("question"), entry.get("answer")
    if not (isinstance(question, str) and isinstance(answer, str) and question.strip() and answer.strip()):
        return {"miss": "an item without a question or an answer"}
    with answers_are_data():
        if _score(dataset, entry, answer)[0] < right_from:
            return {"miss": "its own answer is not right"}
        if any(_score(dataset, entry, odd)[0] >= right_from for odd in _ODD if odd != answer):
            return {"miss": "an answer that says nothing is right"}
    return {"question": question, "answer": answer, "steps": _worked(entry)}


def score(family: str, level: int, config: dict[str, Any], seed: int, answer: str) -> dict[str, Any]:
    """The score of an answer, 0 to 1, the item's own answer, and what its scorer raised; empty if it did not."""
    dataset, entry = _item(family, level, json.dumps(config), seed)
    with answers_are_data():
        found, raised = _score(dataset, entry, answer)
    return {"score": found, "own": entry["answer"], "raised": raised}


class SettingsFault(ValueError):
    """The family has no such setting, or refuses a value."""


@lru_cache(maxsize=RECENT)
def _item(family: str, level: int, config: str, seed: int) -> tuple[Any, dict[str, Any]]:
    """A data set of one item, and that item."""
    factory = import_module("reasoning_gym.factory")
    made, settings_type = factory.DATASETS[family]
    own = json.loads(config)
    known = {field.name for field in dataclasses.fields(settings_type)}
    if unknown := sorted(set(own) - known):
        raise SettingsFault(f"{family} has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}")
    try:
        settings = _settings(factory, family, settings_type, level)
        settings = dataclasses.replace(settings, **{**own, "seed": seed, "size": 1})
        if hasattr(settings, "validate"):
            settings.validate()
    except (AssertionError, TypeError, ValueError) as error:
        raise SettingsFault(f"{family} refuses them: {error}"[:300]) from error
    seed_everybody(seed)
    import_module("numpy").random.seed(seed)
    dataset = made(config=settings)
    return dataset, dataset[0]


def _settings(factory: Any, family: str, settings_type: Any, level: int) -> Any:
    if level < 0:
        return settings_type()
    curriculum = factory.create_curriculum(family)
    curriculum.set_global_level(level)
    return curriculum.generate_configuration()


def _score(dataset: Any, entry: dict[str, Any], answer: str) -> tuple[float, str]:
    """What the scorer says; 0 and the exception's words where it cannot read the answer."""
    try:
        found = float(dataset.score_answer(answer, entry))
    except MemoryError:
        raise
    except Exception as error:  # a scorer that accepts its own answer and raises on another cannot read that one
        return 0.0, f"{type(error).__name__}: {error}"[:200]
    return (min(1.0, max(0.0, found)), "") if math.isfinite(found) else (0.0, f"the scorer gave {found}")


def _worked(entry: dict[str, Any]) -> list[str]:
    """The lines of a worked solution, where the item brings one, and the answer as the last step."""
    told = entry.get("metadata", {}).get("answer_cot", "")
    lines = [line.strip() for line in str(told).splitlines()]
    return [*(line for line in lines if line and not line.startswith("####")), entry["answer"]]
