"""Grades a program by its task's unit tests: right where all of them pass, in processes that the program cannot reach.

    tests process (jailed)  <- pipe ->  this process  <- pipe ->  program's process (jailed)

The tests never run beside the program: there is no verdict, test, exit code or object to forge in its process. This
process only passes calls and values on, parsed and written again. A task of which no call was answered, or whose tests
break before one was, is an error of the task, not a wrong answer; after the first answer everything that goes wrong
counts against the program, so that no program can choose to be an error.
"""

import contextlib
from typing import Any

from reasoner.errors import SandboxError
from reasoner.sandbox.calling import Candidate, Failed, Raised
from reasoner.sandbox.conversation import Broken, Conversation, word
from reasoner.types.check import Check
from reasoner.types.record import Record
from reasoner.types.sandbox import Limits, Ran, Sandbox

SCRIPT = "tests_process.py"
MOST_CALLS = 10_000
STDERR = 500
"""Characters of the end of a program's standard error that are kept."""
TESTS_CPU = 600.0
"""Seconds of CPU time of a tests process over all its tasks; each task has its wall-clock limit besides."""
LEAST_SECONDS, TIMES = 2.0, 10.0
WALL = 5.0
"""Wall-clock seconds for each second of CPU time: on a busy machine an honest program waits most of the time."""


class UnitTests(Record):
    """What judges a program."""

    id: str
    names: tuple[str, ...]
    """Functions of the program that the tests call."""
    tests: tuple[str, ...]
    """Python, run in order in one namespace; the first exception decides."""
    setup: str = ""
    """Python that the tests build on: imports, helpers, reference functions. It runs in the tests' process."""
    canonical: str = ""
    """A program that passes; its time on this machine sets the limits. Empty where nobody knows one."""


def limits_for(canonical_seconds: float) -> Limits:
    """CPU time of max(2 s, 10 x the canonical program's CPU time on this machine); wall-clock time five times that."""
    cpu = max(LEAST_SECONDS, TIMES * canonical_seconds)
    return Limits(cpu_seconds=cpu, wall_seconds=WALL * cpu)


class TestsProcess:
    """A jailed process that runs tests, one task after the other; a new one is made where it broke."""

    __test__ = False

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._conversation: Conversation | None = None

    def __enter__(self) -> "TestsProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()

    def begin(self, limits: Limits) -> Conversation:
        """The conversation for one task. Raises SandboxError."""
        if self._conversation is None:
            own = limits.model_copy(update={"cpu_seconds": TESTS_CPU})
            self._conversation = Conversation(self._sandbox, SCRIPT, own)
            self._conversation.await_ready()
        self._conversation.renew()
        return self._conversation

    def drop(self) -> None:
        """Ends the process."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None


class Graded(Record):
    """A verdict, and what the program's process used."""

    check: Check
    ran: Ran | None = None
    """None: its jail never ran."""


def grade(
    task: UnitTests, program: str, sandbox: Sandbox, *, limits: Limits | None = None, within: TestsProcess | None = None
) -> Graded:
    """The verdict about one program.

    Args:
        task: the tests.
        program: the whole source text, untrusted.
        sandbox: runs both processes.
        limits: of the program's process; default: those of a quick canonical program.
        within: a tests process to be used again; default: one of its own.
    """
    limits = limits or limits_for(0.0)
    with contextlib.ExitStack() as stack:
        tests = within or stack.enter_context(TestsProcess(sandbox))
        try:
            candidate = Candidate(sandbox, program, limits=limits)
            with candidate:
                check = _judged(task, candidate, tests, limits)
        except SandboxError as error:
            tests.drop()
            return Graded(check=Check(outcome="error", score=0, reason=str(error)))
    return Graded(check=_with_evidence(check, candidate.ran), ran=candidate.ran)


def canonical_limits(task: UnitTests, sandbox: Sandbox, *, within: TestsProcess | None = None) -> tuple[Limits, Check]:
    """Limits that follow from the canonical program's CPU time here, and what the tests say of it.

    Where there is none, or it does not pass, the limits are those of a quick one.
    """
    generous = limits_for(TIMES)
    if not task.canonical:
        return limits_for(0.0), Check(outcome="error", score=0, reason="the task has no canonical program")
    graded = grade(task, task.canonical, sandbox, limits=generous, within=within)
    passed = graded.check.outcome == "right" and graded.ran is not None
    return limits_for(graded.ran.cpu_seconds if passed and graded.ran else 0.0), graded.check


def _judged(task: UnitTests, candidate: Candidate, tests: TestsProcess, limits: Limits) -> Check:
    judge = tests.begin(limits)
    trouble = candidate.load()
    if trouble is not None:
        return _wrong(_in_words(trouble))
    calls, failed = 0, None
    try:
        said = judge.ask({"setup": task.setup, "tests": list(task.tests), "names": list(task.names)})
        while "call" in said:
            calls += 1
            reply = candidate.forward(_call(said)) if calls <= MOST_CALLS else Failed("the tests call it too often")
            if isinstance(reply, Failed):
                failed = _wrong(f"{word(said, 'call')}: {reply.reason}")
                reply = {"stop": True}
            said = judge.ask(reply)
    except Broken as error:
        tests.drop()
        return failed or _fault(f"the tests' process: {error}", calls)
    return failed or _verdict(said, calls)


def _call(said: dict[str, Any]) -> dict[str, Any]:
    return {"call": word(said, "call"), "args": said.get("args"), "kwargs": said.get("kwargs")}


def _verdict(said: dict[str, Any], calls: int) -> Check:
    if "passed" in said and calls:
        return Check(outcome="right", score=1, evidence={"calls": calls})
    if "passed" in said:
        return _fault("the tests never call the program", 0)
    if "unsupported" in said:
        return _fault(word(said, "unsupported"), calls)
    failed, test = word(said, "failed"), word(said, "test")
    return _fault(failed, calls, test=test)


def _fault(reason: str, calls: int, **evidence: str) -> Check:
    """Wrong once the program has answered a call; before that, a fault of the tests."""
    if calls:
        return _wrong(reason, calls=calls, **evidence)
    return Check(outcome="error", score=0, reason=reason, evidence=dict(evidence))


def _wrong(reason: str, **evidence: Any) -> Check:
    return Check(outcome="wrong", score=0, reason=reason, evidence={k: v for k, v in evidence.items() if v})


def _in_words(trouble: Raised | Failed) -> str:
    if isinstance(trouble, Failed):
        return f"while it was loaded: {trouble.reason}"
    return f"while it was loaded: {trouble.type}: {trouble.text}"


def _with_evidence(check: Check, ran: Ran | None) -> Check:
    if ran is None:
        return check
    more: dict[str, Any] = {"cpu_seconds": round(ran.cpu_seconds, 3), "seconds": round(ran.seconds, 3)}
    if check.outcome != "right" and ran.stderr.strip():
        more["stderr"] = ran.stderr.strip()[-STDERR:]
    return check.model_copy(update={"evidence": {**check.evidence, **more}})
