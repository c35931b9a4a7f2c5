"""`reasoner selftest code`: plants serialised objects in scratch homes, opens them, and counts how many of them ran."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reasoner.config.settings import Settings, StudentSettings
from reasoner.errors import ReasonerError
from reasoner.types.record import Record

Watch = Callable[[float, str], None]
SMALL = StudentSettings(
    width=16,
    heads=1,
    step_heads=1,
    question_layers=1,
    step_layers=1,
    predictor_layers=1,
    decoder_layers=1,
    question_vocabulary=128,
)


class Opened(Record):
    """One object that was planted, and what came of opening it."""

    kind: str
    where: str
    executed: bool
    answer: str
    """The error in words; empty where the command went on without it."""
    in_words: bool
    """Whether the command went on, or ended in an error for people rather than in a traceback."""


class CodeSelftest(Record):
    """What became of all of them."""

    planted: int
    executed: int
    in_words: int
    opened: tuple[Opened, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing ran."""
        return self.planted > 0 and self.executed == 0


def selftest_code(*, watch: Watch = lambda _share, _note: None) -> CodeSelftest:
    """Plants every kind that is known, and has it opened by the code that opens such things in a home."""
    from reasoner.bootstrap.planted_code import Planted, Plants

    began = time.monotonic()

    def opened(planted: Planted) -> Opened:
        answer, in_words = "", True
        try:
            planted.read()
        except ReasonerError as error:
            answer = str(error)
        except Exception as error:
            answer, in_words = f"{type(error).__name__}: {error}", False
        ran = planted.marker.exists()
        return Opened(kind=planted.kind, where=planted.where, executed=ran, answer=answer, in_words=in_words)

    found: list[Opened] = []
    with tempfile.TemporaryDirectory(prefix="selftest-code-") as folder:
        root = Path(folder)
        _save_student(root / "student")
        for planted in Plants(root, root / "student").all():
            watch(min(0.99, len(found) / 50), planted.where)
            found.append(opened(planted))
    return CodeSelftest(
        planted=len(found),
        executed=sum(one.executed for one in found),
        in_words=sum(one.in_words for one in found),
        opened=tuple(found),
        seconds=round(time.monotonic() - began, 1),
    )


def _save_student(folder: Path) -> None:
    from reasoner.data.generated_source import GeneratedSource
    from reasoner.models.checkpoints import save_student
    from reasoner.models.student import new_student

    problems = GeneratedSource(Settings(domains={"math": {"max_number": 20}})).base_problems(50, 0)
    save_student(new_student(SMALL, [problem.question for problem in problems], seed=0), folder, about={})
