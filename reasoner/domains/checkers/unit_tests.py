"""`tests`: the answer is a Python program that passes unit tests, which run in the sandbox, apart from the program.

A row brings `tests` (asserts, or one text of Python with them), and may bring `setup` (imports and helpers of the
tests), `names` (functions that the tests call; else read from the tests) and `prompt` (the beginning of the program: an
answer that defines no function is its continuation). The published columns of HumanEval (`test`, `entry_point`,
`prompt`) and MBPP (`test_list`, `test_setup_code`) mean the same. The gold answer must pass; its time sets the limits.
"""

import contextlib
import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import Any

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, spells
from reasoner.domains.checkers.extraction import unfenced
from reasoner.errors import DataError, SandboxError
from reasoner.sandbox.batch import may_share
from reasoner.sandbox.choosing import choose
from reasoner.sandbox.fingerprint import verdict_fingerprint
from reasoner.sandbox.task_rows import called_names, humaneval_task, mbpp_task, parsed
from reasoner.sandbox.unit_tests import TestsProcess, UnitTests, canonical_limits, grade
from reasoner.types.check import Check, wrong
from reasoner.types.sandbox import Limits

KEPT = 4096
"""Tasks whose limits and faults are kept."""


class TestsSettings(CheckerSettings):
    """Options of `tests`."""

    __test__ = False

    setup: str = ""
    """Python before the tests of rows without a `setup` of their own."""
    sandbox: str = ""
    """A backend by name; empty: the first that works here."""


class TestsChecker:
    """Grades a program in the sandbox; without one that holds on this machine nothing is run, which is an `error`."""

    __test__ = False
    name = "tests"
    version = "1"
    settings_type = TestsSettings

    def __init__(self, settings: TestsSettings | None = None) -> None:
        self.settings = settings or TestsSettings()
        self._here = threading.local()
        """`tests`: the process of tests that a thread of `check_all` uses again and again."""

    @cached_property
    def sha256(self) -> str:
        """Backend, its version, Python's, and the grader's source: part of the task's fingerprint."""
        try:
            return verdict_fingerprint(choose(self.settings.sandbox))
        except SandboxError:
            return "no sandbox"

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if every test passes."""
        task, program = self._task(gold), _program(gold, answer)
        try:
            parsed(program)
        except SyntaxError as error:  # told without a jail, in which it would end the same way
            return wrong(f"the program is no Python: {error}")
        limits, of_the_gold = _measured(task.model_dump_json(), self.settings.sandbox)
        if program == task.canonical:
            return of_the_gold
        shared = getattr(self._here, "tests", None) if may_share(task) else None
        return grade(task, program, choose(self.settings.sandbox), limits=limits, within=shared).check

    def check_all(self, golds: Sequence[Gold], answers: Sequence[str]) -> list[Check]:
        """The same, in as many jails at once as there are cores; see `sandbox.batch` for what shares a process."""
        begun = list[TestsProcess]()

        def begin() -> None:
            with contextlib.suppress(SandboxError):  # each check will say it
                self._here.tests = TestsProcess(choose(self.settings.sandbox))
                begun.append(self._here.tests)

        try:
            with ThreadPoolExecutor(len(os.sched_getaffinity(0)), initializer=begin) as pool:
                return list(pool.map(self.check, golds, answers))
        finally:
            for one in begun:
                one.drop()

    @spells
    def canonical(self, answer: str) -> str:
        """The program without fences."""
        return _body(answer)

    def validate_gold(self, gold: Gold) -> str:
        """There must be tests, and the gold program, where there is one, must pass them."""
        try:
            task = self._task(gold)
        except DataError as error:
            return str(error)
        if not task.canonical:
            return ""
        try:
            _, found = _measured(task.model_dump_json(), self.settings.sandbox)
        except SandboxError as error:
            return f"its own tests have no verdict: {error}"
        return "" if found.outcome == "right" else f"it does not pass its own tests: {found.reason}"

    def _task(self, gold: Gold) -> UnitTests:
        return task_of(gold.material, _program(gold, gold.answer) if gold.answer.strip() else "", self.settings.setup)


def task_of(material: Mapping[str, Any], canonical: str, setup: str = "") -> UnitTests:
    """The unit tests that a row's material says. Raises DataError where it says none."""
    if "entry_point" in material and "test" in material:
        prompt = str(material.get("prompt") or "")
        body = canonical.removeprefix(prompt) or "    pass\n"
        made = humaneval_task({"prompt": prompt, "canonical_solution": body, **_of(material, "test", "entry_point")})
        return made.model_copy(update={"canonical": canonical})
    if "test_list" in material:
        return mbpp_task({"code": canonical, **_of(material, "test_list", "test_setup_code", "test_imports")})
    given = material.get("tests")
    tests = [given] if isinstance(given, str) else given
    if not isinstance(tests, list) or not tests or not all(isinstance(one, str) and one.strip() for one in tests):
        raise DataError(f"field 'tests': given {given!s:.60}, expected asserts: a text or a list of texts")
    setup = str(material.get("setup") or setup)
    names = material.get("names") or called_names(tests, setup, canonical)
    names = [names] if isinstance(names, str) else list(names)
    if not names:
        raise DataError("field 'tests': they call no function of the answer; name it in 'names'")
    return UnitTests(id="", names=tuple(map(str, names)), tests=tuple(tests), setup=setup, canonical=canonical)


def _of(material: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: material[name] for name in names if name in material}


def _program(gold: Gold, answer: str) -> str:
    """The whole program: an answer without a function of its own continues the row's `prompt`."""
    body = _body(answer)
    prompt = str(gold.material.get("prompt") or "")
    return prompt + body if prompt and "def " not in body else body


def _body(answer: str) -> str:
    """Not stripped without a fence: the first line's indentation is part of a continuation."""
    return unfenced(answer) if answer.strip().startswith("```") else answer


@lru_cache(maxsize=KEPT)
def _measured(task: str, sandbox: str) -> tuple[Limits, Check]:
    """The limits of a task (JSON of `UnitTests`) here, and what its tests say of the canonical program.

    Raises:
        SandboxError: they say nothing; that is not kept, so that a jail that failed once is tried again.
    """
    made = UnitTests.model_validate_json(task)
    limits, found = canonical_limits(made, choose(sandbox))
    if made.canonical and found.outcome == "error":
        raise SandboxError(found.reason)
    return limits, found
