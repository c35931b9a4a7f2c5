"""Which skill a program shows: what it is given and what its lines are about."""

import re

from reasoner.domains.code.question import parts_of

_LOOP, _CHOICE = re.compile(r"\bfor\b"), re.compile(r"\bif\b")
_CALL = re.compile(r"\((?P<first>['\[]?)")


def skill_of(question: str) -> str:
    """One of `drawing.SKILLS`. Raises ValueError where the question is about no program."""
    parts = parts_of(question)
    if parts is None:
        raise ValueError("the question is about no program")
    program, call = parts
    if _LOOP.search(program):
        return "loops"
    if _CHOICE.search(program):
        return "choices"
    first = _CALL.search(call)
    return {"'": "texts", "[": "lists"}.get(first["first"] if first else "", "numbers")
