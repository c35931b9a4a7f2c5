"""Which tasks there are, what one says of itself, and whether it can be trusted."""

from typing import TYPE_CHECKING, Any

from reasoner.bootstrap.home import Place, open_home
from reasoner.bootstrap.judging import Say, judge_of, prove_judge, rules_of
from reasoner.config.settings import Settings
from reasoner.domains.registry import DOMAINS, domain_mark, get_domain, trust_task
from reasoner.errors import ConfigError
from reasoner.types.domain import (
    BuiltinExpert,
    ChecksMany,
    Draws,
    HasOptions,
    HasRows,
    JudgesSteps,
    Labels,
    Narrows,
    ReadsRows,
    Shifts,
    Solves,
    WritesEquations,
    power,
)

if TYPE_CHECKING:
    from reasoner.evaluation.task_check import TaskCheck

POWERS: dict[str, type] = {
    "draws": Draws,
    "narrows": Narrows,
    "checks many": ChecksMany,
    "judges steps": JudgesSteps,
    "solves": Solves,
    "labels": Labels,
    "reads rows": ReadsRows,
    "has rows": HasRows,
    "built-in expert": BuiltinExpert,
    "shifts": Shifts,
    "equations": WritesEquations,
    "options": HasOptions,
}
"""By the words that people read."""


def list_tasks() -> list[dict[str, Any]]:
    """The tasks that have a name, with what they can do; of one that cannot be made here, the `fault`."""
    return [_listed(name) for name in DOMAINS.names()]


def _listed(name: str) -> dict[str, Any]:
    try:
        return show_task(name)
    except ConfigError as error:
        return {"task": name, "fault": str(error)}


def show_task(name: str) -> dict[str, Any]:
    """What a task says of itself. Naming a file here lets its code run.

    Raises:
        ConfigError: there is no such task.
    """
    trust_task(name)
    domain = get_domain(name)
    info, brief = domain.info, domain.brief()
    return {
        "task": name,
        "name": info.name,
        "version": info.version,
        "fingerprint": domain_mark(name),
        "skills": list(info.skills),
        "powers": [words for words, kind in POWERS.items() if power(domain, kind) is not None],
        "steps": brief.steps,
        "answer": brief.answer,
    }


def check_task(settings: Settings, *, home: Place, say: Say = lambda _: None) -> "TaskCheck":
    """Proves the task of these settings on its own problems: of all splits, as the first cycle has them.

    Args:
        settings: name the task; their limits hold.
        home: its folder, which keeps what a judging model said; not touched where none judges.
        say: told what asking that model may cost, before it is asked.

    Raises:
        DataError: its rows cannot be used.
        BudgetReached, TeacherError: of a model that judges.
    """
    from reasoner.data.files import is_worked
    from reasoner.data.sources import open_source
    from reasoner.evaluation import task_check

    source, domain = open_source(settings), get_domain(settings.task.name)
    sets = {"practice": source.practice(1), "gate": source.gate(1), "sealed": source.sealed()}
    found = task_check.check_task(
        domain,
        [problem for problems in sets.values() for problem in problems],
        splits={name: len(problems) for name, problems in sets.items()},
        contaminated=source.left_out,
        is_worked=is_worked,
        seed=settings.seed,
    )
    if rules_of(domain) is None:
        return found
    place = open_home(home)
    judge = judge_of(domain, settings, place, say=say)
    assert judge is not None, "whoever has rules has a judge"
    return found.model_copy(update={"judge": prove_judge(settings, source, judge, place, say=say)})
