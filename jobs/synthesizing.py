"""Draws practice problems with worked solutions into a file that the loop reads (`task.rows=FILE`).

Only structures of the practice split are drawn, so that nothing in the file is ever in a gate or sealed set of
generated problems; no question comes twice. Every solution is judged by the domain's own checker before it is written.
"""

import hashlib
import json
from typing import Any

from jobs.context import JobContext
from jobs.interrupt import Interrupted
from reasoner.config.settings import Settings
from reasoner.data.generated_source import GeneratedSource
from reasoner.domains.registry import get_domain
from reasoner.domains.solutions import solution_fault
from reasoner.errors import DataError
from reasoner.storage.writing import write_text
from reasoner.types.problem import Problem

LOOK = 200
"""Problems between two words of progress."""

DRAWS = 20
"""Times as many problems are drawn at most as are wanted, until there are too few different ones."""


def synthesize_job(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Handler of `synthesize` jobs. The same payload gives the same file, to the byte.

    Args:
        context: of the job.
        payload: `settings`, `count`, and `out`, a path below the home.

    Returns:
        `file` below the home, `problems`, `by_skill`, `sha256`.

    Raises:
        DataError: there are not so many different problems.
        Interrupted: the job was asked to stop; nothing is written before all is.
    """
    settings, count = Settings.model_validate(payload["settings"]), payload["count"]
    data = settings.data.model_copy(update={"base_difficulties": settings.data.difficulties})
    source = GeneratedSource(settings.model_copy(update={"data": data}))
    domain, found, questions = get_domain(settings.task.name), list[Problem](), set[str]()
    for problem in source.base_problems(DRAWS * count, settings.seed):
        fault = solution_fault(problem, problem.steps, domain.answer_of(problem.steps), domain)
        if fault or problem.question in questions:
            continue
        questions.add(problem.question)
        found.append(problem)
        if len(found) % LOOK == 0:
            context.report(len(found) / count, f"{len(found)} of {count} problems")
            if context.should_stop():
                raise Interrupted
        if len(found) == count:
            break
    else:
        raise DataError(f"only {len(found)} of {count} problems are different; ask for fewer, or add data.difficulties")
    text = "".join(_row(problem) for problem in found)
    path = context.home / payload["out"]
    write_text(path, text)
    skills = sorted({problem.skill for problem in found})
    by_skill = {skill: sum(problem.skill == skill for problem in found) for skill in skills}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"file": payload["out"], "problems": count, "by_skill": by_skill, "sha256": digest}


def _row(problem: Problem) -> str:
    """A line of the plain format of docs/data-format.md."""
    fields = problem.model_dump(mode="json", include={"id", "question", "answer", "steps", "skill", "difficulty"})
    return json.dumps({**fields, "license": problem.provenance.license}, ensure_ascii=False) + "\n"
