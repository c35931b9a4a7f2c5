r"""`math`: the answer is mathematically equal to the gold answer, as the package `math-verify` holds.

`\frac{1}{2}`, `0.5` and `1/2` are equal, as are `x^2+2x+1` and `(x+1)^2`, and sets in any order. It is the
checker of lm-eval's `minerva_math` (metric `math_verify`) and of Open-R1. It uses SymPy, which may never
end, and its own time limits work in the main thread alone: so it runs in a child process, and what reaches the limit is
an `error`.
An answer of more than 1,000 characters, or of brackets nested deeper than 30, is wrong unread.
"""

import logging
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pydantic import Field

from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.domains.checkers.extraction import bare
from reasoner.errors import ConfigError
from reasoner.types.check import Check, right, wrong

LONGEST_EXPRESSION = 1000
DEEPEST = 30
"""Brackets within one another: the patterns of math-verify take more than linear time."""
INSTALL = "pip install 'reasoner[math-verify]'"
_HERE = "reasoner.domains.checkers.math_equal"


class MathSettings(CheckerSettings):
    """Options of `math`."""

    digits: int = Field(default=6, ge=1, le=30)
    """Decimal places to which numbers are compared."""
    strict: bool = True
    """Whether `x` and `y`, and a tuple and a set, are different."""


class MathChecker:
    """Asks math-verify in a child process."""

    name = "math"
    version = "1"
    settings_type = MathSettings
    seconds = 5.0
    packages = ("math-verify", "latex2sympy2-extended", "sympy")

    def __init__(self, settings: MathSettings | None = None) -> None:
        """Raises ConfigError where the package is not installed."""
        if find_spec("math_verify") is None:
            raise ConfigError(
                f"the checker 'math' needs the package math-verify, which is not installed: `{INSTALL}`. "
                "For plain numbers the checker 'number' is enough"
            )
        self.settings = settings or MathSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if math-verify holds it equal to one of the accepted answers."""
        given = self.canonical(answer)
        if fault := _too_much(given):
            return wrong(fault)
        wanted = [bare(one) for one in gold.accepted]
        told = limited.call(
            f"{_HERE}:verdict", wanted, given, self.settings.digits, self.settings.strict, seconds=self.seconds
        )
        if told == "equal":
            return right()
        return wrong(
            f"{shown(given)} is not {shown(wanted[0])}" if told == "different" else f"{shown(given)} cannot be read"
        )

    @spells
    def canonical(self, answer: str) -> str:
        """The expression without what is around it and with single blanks."""
        return " ".join(bare(answer).split())

    def validate_gold(self, gold: Gold) -> str:
        """math-verify must be able to read each accepted answer."""
        if not gold.accepted:
            return "there is no gold answer; give the row an `answer`: an expression"
        return next((fault for one in gold.accepted if (fault := _gold_fault(bare(one), self.seconds))), "")


@lru_cache(maxsize=4096)
def _gold_fault(text: str, seconds: float) -> str:
    if fault := _too_much(text):
        return fault
    read = limited.call(f"{_HERE}:is_readable", text, seconds=seconds)
    return "" if read else f"math-verify cannot read {shown(text)}"


def _too_much(text: str) -> str:
    if len(text) > LONGEST_EXPRESSION:
        return f"it has {len(text):,} characters; at most {LONGEST_EXPRESSION:,} are read"
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return f"brackets nest deeper than {DEEPEST}" if deepest > DEEPEST else ""


def texts_agree(solution: str, text: str, *, seconds: float) -> bool:
    """Whether math-verify finds in a free text what it finds in a solution, as lm-eval's metric `math_verify` asks it.

    Raises:
        LimitReached: it took longer.
        RuntimeError: it failed.
    """
    return limited.call(f"{_HERE}:agreement", solution, text, seconds=seconds)


def agreement(solution: str, text: str) -> bool:
    """What `texts_agree` asks, with math-verify's own settings. Runs in the child."""
    package = import_module("math_verify")
    logging.disable(logging.CRITICAL)
    gold, target = (package.parse(one, parsing_timeout=None) for one in (solution, text))
    return bool(package.verify(gold=gold, target=target, timeout_seconds=None))


def verdict(golds: list[str], answer: str, digits: int, strict: bool) -> str:
    """`equal`, `different` or `unreadable`. Runs in the child."""
    given = _parsed(answer)
    if not given:
        return "unreadable"
    options: dict[str, Any] = {"float_rounding": digits, "strict": strict, "timeout_seconds": None}
    return (
        "equal"
        if any(import_module("math_verify").verify(_parsed(gold), given, **options) for gold in golds)
        else "different"
    )


def is_readable(text: str) -> bool:
    """Whether math-verify reads anything in a text. Runs in the child."""
    return bool(_parsed(text))


def _parsed(text: str) -> list[Any]:
    """The expressions of a text, read as LaTeX first, then as plain words."""
    parse = import_module("math_verify").parse
    logging.disable(logging.CRITICAL)
    return parse(f"${text}$", parsing_timeout=None) or parse(text, parsing_timeout=None)
