"""The text of a question about what a program returns, and how it is read again.

def f(s, n):
    t = s[1:]
    return len(t) + n
What does f('abcd', 3) return?
"""

import re
from functools import lru_cache

from reasoner.domains.code.interpreter import Traced, Unreadable, trace

_ASKED = re.compile(r"\s*What does (?P<call>.+) return\?\s*", re.DOTALL)
_HEAD = re.compile(r"def f\(([^)]*)\)")
RECENT = 8192
"""Questions whose traces are kept: several rules ask for those of one."""


def asked(program: str, call: str) -> str:
    """The question."""
    return f"{program.rstrip()}\nWhat does {call} return?"


def parts_of(question: str) -> tuple[str, str] | None:
    """Program and call of a question; None of a text that asks something else."""
    program, newline, last = question.rstrip().rpartition("\n")
    found = _ASKED.fullmatch(last)
    return (program, found["call"]) if newline and found else None


def arguments_of(question: str) -> int:
    """How many arguments the function of a question has; 0 of a text that asks something else."""
    parts = parts_of(question)
    head = _HEAD.search(parts[0]) if parts else None
    return len([name for name in head[1].split(",") if name.strip()]) if head else 0


@lru_cache(maxsize=RECENT)
def traced(question: str) -> Traced | None:
    """What the call of a question does; None where it cannot be read."""
    parts = parts_of(question)
    if parts is None:
        return None
    try:
        return trace(*parts)
    except Unreadable:
        return None


def worked(found: Traced) -> tuple[str, ...]:
    """The steps: the lines of a trace."""
    return found.lines
