"""Programs that models wrote, judged in the sandbox: many at a time, by several filters.

`pass@1` takes what was written as lm-eval does. `pass@1/flexible` looks for the program in it first: chat models put it
between fences, with sentences around it. Several samples of one item give the share of right ones, which is pass@1's
unbiased estimate (Chen et al. 2021); of them others can be made, each sample scored by itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from reasoner.errors import SandboxError
from reasoner.evaluation.benchmarks.definition import ScoreAll, Verdict, from_verdicts
from reasoner.sandbox.batch import Grading, grade_all
from reasoner.sandbox.choosing import choose
from reasoner.sandbox.unit_tests import UnitTests
from reasoner.types.benchmark import Form, Item, Reply, Score
from reasoner.types.check import Check

Programs = Callable[[Item, str], Mapping[str, str]]
"""The program that each metric's filter finds in a text; the empty one where it finds none, which is wrong."""
_FENCED = re.compile(r"```[A-Za-z0-9_+-]*[ \t]*\r?\n(.*?)(?:\n?```|\Z)", re.DOTALL)


def graded_programs(programs: Programs, tests: Callable[[Item], UnitTests]) -> ScoreAll:
    """Scores written programs by unit tests.

    Args:
        programs: found in one text, by metric.
        tests: of an item.
    """

    def score_all(items: Sequence[Item], replies: Sequence[Reply], form: Form) -> list[Score]:
        assert form == "generate", form
        found = [
            [programs(item, text) for text in reply.texts or ("",)] for item, reply in zip(items, replies, strict=True)
        ]
        # The filters mostly find the same program: it is run once.
        wanted = {
            (at, program): Grading(tests(item), program)
            for at, item in enumerate(items)
            for one in found[at]
            for program in one.values()
            if program.strip()
        }
        checks = dict(zip(wanted, _checks(list(wanted.values())), strict=True))
        return [
            from_verdicts(
                [
                    {metric: _verdict(checks.get((at, program)), program) for metric, program in one.items()}
                    for one in found[at]
                ]
            )
            for at in range(len(items))
        ]

    return score_all


def fenced(text: str) -> str:
    """What stands in the first block of code between fences, also one that never ends; empty where there is none."""
    found = _FENCED.search(text)
    return found[1] if found else ""


def _checks(gradings: Sequence[Grading]) -> list[Check]:
    if not gradings:
        return []
    try:
        return [graded.check for graded in grade_all(choose(), gradings)]
    except SandboxError as error:
        return [Check(outcome="error", score=0, reason=str(error)) for _ in gradings]


def _verdict(check: Check | None, program: str) -> Verdict:
    if check is None:
        return Verdict(0.0, program)
    return Verdict(float(check.outcome == "right"), program, error=check.reason if check.outcome == "error" else "")
