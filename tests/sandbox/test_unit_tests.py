"""Verdicts: right, wrong, and an error that no program can choose."""

from collections.abc import Mapping

import pytest

from reasoner.errors import DataError, SandboxError
from reasoner.sandbox.batch import Grading, grade_all, may_share
from reasoner.sandbox.calling import Candidate, Failed, Raised, Returned
from reasoner.sandbox.task_rows import humaneval_task, mbpp_task
from reasoner.sandbox.unit_tests import TestsProcess, UnitTests, canonical_limits, grade, limits_for
from reasoner.sandbox.wire_values import CannotCross
from reasoner.types.sandbox import Jail, Limits, Sandbox

DOUBLE = UnitTests(
    id="double",
    names=("double",),
    tests=("assert double(2) == 4", "assert double('a') == 'aa'"),
    canonical="def double(x):\n    return x + x\n",
)
QUICK = Limits(cpu_seconds=1, wall_seconds=3)


def test_a_right_program_is_right(sandbox: Sandbox) -> None:
    graded = grade(DOUBLE, DOUBLE.canonical, sandbox)
    assert (graded.check.outcome, graded.check.score, graded.check.evidence["calls"]) == ("right", 1, 2)


def test_a_wrong_program_is_wrong_and_the_failing_test_is_shown(sandbox: Sandbox) -> None:
    check = grade(DOUBLE, "def double(x):\n    return 4\n", sandbox).check
    assert (check.outcome, check.score) == ("wrong", 0)
    assert check.evidence["test"] == "assert double('a') == 'aa'"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("def double(x)", "SyntaxError"),
        ("raise ValueError('no')", "ValueError: no"),
        ("x = 1", "NameError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("import os; os._exit(0)", "exit code 0"),
        ("def double(x):\n    while True: pass", "1 s of CPU time"),
        ("def double(x):\n    import time; time.sleep(60)", "longer than 3 s"),
        ("def double(x):\n    return object()", "an object of type 'object'"),
        ("def double(x):\n    return 'x' * 10**7", "more than 1048576 bytes"),
    ],
)
def test_every_way_to_fail_is_wrong_and_said(any_sandbox: Sandbox, program: str, reason: str) -> None:
    check = grade(DOUBLE, program, any_sandbox, limits=QUICK).check
    assert check.outcome == "wrong"
    assert reason in check.reason


@pytest.mark.parametrize(
    ("tests", "reason"),
    [
        (("assert True",), "never call the program"),
        (("assert double(2 == 4",), "SyntaxError"),
        (("assert unknown(2) == 4",), "NameError"),
        (("assert double(len) == 4",), "the tests hand an object of type"),
        (("import os; os._exit(0)",), "exit code 0"),
    ],
)
def test_tests_that_are_broken_are_an_error_and_not_a_wrong_answer(
    any_sandbox: Sandbox, tests: tuple[str, ...], reason: str
) -> None:
    check = grade(DOUBLE.model_copy(update={"tests": tests}), DOUBLE.canonical, any_sandbox).check
    assert (check.outcome, check.score) == ("error", 0)
    assert reason in check.reason


def test_a_program_whose_answer_breaks_the_tests_is_wrong(any_sandbox: Sandbox) -> None:
    task = DOUBLE.model_copy(update={"tests": ("n = double(1)\nif n != 2:\n    import os; os._exit(0)",)})
    assert grade(task, "def double(x): return 3", any_sandbox).check.outcome == "wrong"


class Broken:
    """A sandbox whose jails cannot be made."""

    name, version = "broken", "0"

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> Jail:
        raise SandboxError("no jail today")


class Mute:
    """A sandbox whose jails end at once."""

    name, version = "mute", "0"

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> Jail:
        return self._inner.start({"main.py": "raise SystemExit('no memory')"}, "main.py", limits=limits)


def test_a_sandbox_that_fails_is_an_error(any_sandbox: Sandbox) -> None:
    for sandbox, reason in ((Broken(), "no jail today"), (Mute(any_sandbox), "a jail did not start: no memory")):
        check = grade(DOUBLE, DOUBLE.canonical, sandbox).check
        assert (check.outcome, check.reason) == ("error", reason)


def test_one_tests_process_judges_many_tasks_each_in_a_namespace_of_its_own(any_sandbox: Sandbox) -> None:
    leaves = DOUBLE.model_copy(update={"tests": ("left = double(1)\nimport builtins; builtins.len = None",)})
    finds = DOUBLE.model_copy(update={"tests": ("assert double(1) == 2 and 'left' not in globals() and len([]) == 0",)})
    with TestsProcess(any_sandbox) as tests:
        outcomes = [
            grade(task, DOUBLE.canonical, any_sandbox, within=tests).check.outcome for task in (leaves, finds, finds)
        ]
        assert grade(finds, "def double(x):\n    exit()", any_sandbox, within=tests).check.outcome == "wrong"
        assert grade(finds, DOUBLE.canonical, any_sandbox, within=tests).check.outcome == "right"
    assert outcomes == ["right"] * 3


def test_a_batch_keeps_its_order(any_sandbox: Sandbox) -> None:
    programs = [DOUBLE.canonical, "def double(x): return 0", *[DOUBLE.canonical] * 16]
    graded = [*grade_all(any_sandbox, [Grading(DOUBLE, program) for program in programs], workers=2)]
    assert [one.check.outcome for one in graded] == ["right", "wrong", *["right"] * 16]


def test_tests_that_execute_text_share_no_process() -> None:
    assert may_share(DOUBLE)
    assert not may_share(DOUBLE.model_copy(update={"tests": ("assert eval(double('1')) == 11",)}))


def test_limits_follow_from_the_canonical_programs_time_here(any_sandbox: Sandbox) -> None:
    assert limits_for(0.01) == Limits(cpu_seconds=2, wall_seconds=10)
    assert limits_for(3.0) == Limits(cpu_seconds=30, wall_seconds=150)
    limits, check = canonical_limits(DOUBLE, any_sandbox)
    assert (limits.cpu_seconds >= 2, check.outcome) == (True, "right")
    assert canonical_limits(DOUBLE.model_copy(update={"canonical": ""}), any_sandbox)[1].outcome == "error"


def test_functions_are_called_with_values_and_answer_with_values(sandbox: Sandbox) -> None:
    program = "def f(*a, **k): return a, k\ndef g(): raise KeyError('k')\ndef h(): return f\n"
    with Candidate(sandbox, program) as candidate:
        assert candidate.load() is None
        assert candidate.call("f", 1, b=[2.5, None]) == Returned(((1,), {"b": [2.5, None]}))
        assert candidate.call("g") == Raised("KeyError", "'k'")
        assert candidate.call("h") == Failed("it returned an object of type 'function'")
        assert candidate.call("unknown") == Raised("NameError", "name 'unknown' is not defined")
        with pytest.raises(CannotCross):
            candidate.call("f", object())
    assert candidate.ran is not None
    assert candidate.ran.exit_code == 0


def test_rows_of_humaneval_and_mbpp_become_tasks(any_sandbox: Sandbox) -> None:
    helper = "def helper(x):\n    return x\n\ndef double(x):\n"
    row = {
        "task_id": "H/0",
        "prompt": helper,
        "canonical_solution": "    return 2 * x\n",
        "entry_point": "double",
        "test": "def check(candidate):\n    assert candidate(helper(2)) == 4\n",
    }
    asserts = ["assert double(2) == math.prod([2, 2])", "assert set(double([1])) == {1}"]
    mbpp = {"task_id": 1, "code": "import math\ndef double(x):\n    return x + x\n", "test_list": asserts}
    for task in (humaneval_task(row), mbpp_task(mbpp)):
        assert task.names == ("double",)
        assert grade(task, task.canonical, any_sandbox).check.outcome == "right"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "'code'"),
        ({"code": "x"}, "'test_list'"),
        ({"code": "x", "test_list": [1]}, "'test_list'"),
        ({"code": "x", "test_list": ["assert f("]}, "not Python"),
    ],
)
def test_a_row_that_is_no_task_is_refused_with_its_field(row: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        mbpp_task(row)
    with pytest.raises(DataError, match="'prompt'"):
        humaneval_task(row)
