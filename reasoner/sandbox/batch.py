"""Grades many programs: one jail for each program, one jailed tests process for each worker.

Tests of one file have one author, who could decide its verdicts anyway; so rows share a process, in which each gets a
fresh namespace. Tests that execute text (`eval`, `exec`) might execute a program's answer: each of those gets a process
of its own.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from reasoner.sandbox.unit_tests import Graded, TestsProcess, UnitTests, grade
from reasoner.types.sandbox import Limits, Sandbox

_EXECUTES = re.compile(r"\b(eval|exec|compile|__import__|importlib|pickle|marshal|runpy|timeit|getattr|setattr)\b")
CHUNK = 16
"""Gradings that a worker does in one tests process."""


class Grading(NamedTuple):
    """One program to be graded by a task's tests."""

    task: UnitTests
    program: str


def grade_all(
    sandbox: Sandbox,
    gradings: Sequence[Grading],
    *,
    limits: Callable[[UnitTests], Limits] | None = None,
    workers: int | None = None,
) -> Iterator[Graded]:
    """The verdicts, in order, as they become known.

    Args:
        sandbox: runs all processes.
        gradings: programs with their tasks.
        limits: of a task's programs; default: those of quick ones.
        workers: at the same time; default: one for each core that this process may use.
    """
    chunks = [gradings[start : start + CHUNK] for start in range(0, len(gradings), CHUNK)]
    with ThreadPoolExecutor(max_workers=workers or len(os.sched_getaffinity(0))) as pool:
        for graded in pool.map(lambda chunk: _graded(sandbox, chunk, limits), chunks):
            yield from graded


def may_share(task: UnitTests) -> bool:
    """Whether a task's tests execute no text, by the names that occur in them."""
    return not any(_EXECUTES.search(text) for text in (task.setup, *task.tests))


def _graded(sandbox: Sandbox, chunk: Sequence[Grading], limits: Callable[[UnitTests], Limits] | None) -> list[Graded]:
    with TestsProcess(sandbox) as shared:
        return [
            grade(
                task,
                program,
                sandbox,
                limits=limits(task) if limits else None,
                within=shared if may_share(task) else None,
            )
            for task, program in chunk
        ]
