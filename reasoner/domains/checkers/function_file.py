"""`path/to/file.py:function`: a checker that the user wrote.

    def close_enough(question: dict, answer: str) -> bool | float | Check: ...

`question` holds `answer`, `answers`, `choices` and the row's material. A float in 0..1 is the score, and right from
`right_from` on. The file is the user's own code, named on purpose in a task: it runs in this process, with all rights
of the user, when the task is read. What it raises is an `error` with its message. Its bytes are part of the
fingerprint.
"""

import hashlib
import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import Field

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.errors import ConfigError
from reasoner.types.check import Check, failed, right, wrong


class FunctionSettings(CheckerSettings):
    """Options of a checker of one's own."""

    right_from: float = Field(default=1.0, gt=0, le=1)
    """The least score that is right."""


class FunctionChecker:
    """Calls a function of the user."""

    version = "1"
    settings_type = FunctionSettings

    def __init__(self, kind: str, settings: FunctionSettings | None = None) -> None:
        """Loads the file. Raises ConfigError where it cannot be loaded or has no such function."""
        path, _, function = kind.rpartition(":")
        self.name = f"{Path(path).name}:{function}"
        self.settings = settings or FunctionSettings()
        source = _source(path, kind)
        self.sha256 = hashlib.sha256(source).hexdigest()
        self._function = getattr(_loaded(path, source, self.sha256, kind), function, None)
        if not callable(self._function):
            raise ConfigError(
                f"checker {kind!r}: {path} has no function {function!r}; define it there, or name another"
            )

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """What the function says."""
        question = {
            "answer": gold.answer,
            "answers": list(gold.answers),
            "choices": list(gold.choices),
            **gold.material,
        }
        assert self._function is not None
        try:
            said = self._function(question, answer)
        except (Exception, SystemExit) as failure:
            return failed(f"{self.name} raised {type(failure).__name__}: {shown(str(failure), most=300)}")
        return self._read(said)

    @spells
    def canonical(self, answer: str) -> str:
        """The answer without the blanks around it: nobody knows what the function holds equal."""
        return answer

    def validate_gold(self, gold: Gold) -> str:  # noqa: ARG002 (one protocol for all)
        """Whatever the function can work with."""
        return ""

    def _read(self, said: Any) -> Check:
        if isinstance(said, Check):
            return said
        if isinstance(said, bool):
            return right() if said else wrong(f"{self.name} says so")
        if isinstance(said, (int, float)) and math.isfinite(said) and 0 <= said <= 1:
            outcome = "right" if said >= self.settings.right_from else "wrong"
            return Check(outcome=outcome, score=float(said), reason="" if outcome == "right" else f"scored {said:g}")
        return failed(f"{self.name} returned {shown(repr(said))}; expected a bool, a number from 0 to 1, or a Check")


def _source(path: str, kind: str) -> bytes:
    if not path.endswith(".py") or not Path(path).is_file():
        raise ConfigError(f"checker {kind!r}: expected `path/to/file.py:function`, and {path!r} is no such file")
    return Path(path).read_bytes()


def _loaded(path: str, source: bytes, sha256: str, kind: str) -> ModuleType:
    """The module of exactly these bytes; each content is run once."""
    name = f"reasoner_checker_{sha256[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    module.__file__ = str(Path(path).absolute())
    sys.modules[name] = module
    try:
        exec(compile(source, module.__file__, "exec"), module.__dict__)
    except (Exception, SystemExit) as failure:
        del sys.modules[name]
        raise ConfigError(
            f"checker {kind!r}: {path} cannot be loaded: {type(failure).__name__}: {failure}"
        ) from failure
    return module
