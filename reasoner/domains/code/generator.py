"""Problems about small programs, drawn from a seed, in the spirit of CRUXEval (Gu et al. 2024, arXiv:2401.03065).

`output` asks what a call returns; its steps are the arguments and the executed lines, of which a difficulty counts the
latter. `repair` and `write` ask for a program that passes tests, of a broken one or of words; these are for language
models, whose one step is the program.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from reasoner.domains.code.drawing import SKILLS, Drawn, Program, arguments_for, call_of
from reasoner.domains.code.interpreter import Traced, Unreadable, trace
from reasoner.domains.code.question import asked, worked
from reasoner.domains.code.structure import structure_of
from reasoner.domains.code.values import Value, read, same
from reasoner.types.problem import Problem, Provenance

NAME, VERSION = "code", "2"
MOST_STEPS = 6
MAX_TRIES = 200
"""Programs drawn for one problem before it is given up."""
TESTS, SHOWN = 8, 2
"""Calls that judge a program, and how many of them the question shows."""


def build(seed: int, recipe: Mapping[str, Any]) -> Problem:
    """The problem of a seed and a recipe.

    Args:
        seed: 0 or more.
        recipe: `skill`, `difficulty`, and fields of `CodeOptions`.

    Raises:
        ValueError: no such program is found from this seed, or a field is none.
    """
    fields = {"skill": SKILLS[0], "difficulty": 1, "ask": "output", "max_number": 12, **recipe}
    skill, steps, ask, most = (fields.pop(name) for name in ("skill", "difficulty", "ask", "max_number"))
    if (
        fields
        or skill not in SKILLS
        or steps not in range(1, MOST_STEPS + 1)
        or ask not in ("output", "repair", "write")
    ):
        raise ValueError(f"{dict(recipe)}: expected skill of {', '.join(SKILLS)}, difficulty of 1 to {MOST_STEPS}")
    rng = Random(f"{NAME} {VERSION} {seed}")
    drawn = _program(rng, skill, steps, most)
    question, worked_steps, answer, material = (
        _output(drawn) if ask == "output" else _programming(rng, drawn, ask, most)
    )
    return Problem(
        id=f"{NAME}-{ask}-{skill}-{steps}-{seed:012x}",
        domain=NAME,
        skill=skill,
        difficulty=steps,
        question=question,
        steps=worked_steps,
        answer=answer,
        structure=structure_of(question),
        material=material,
        provenance=Provenance(generator=NAME, version=VERSION, seed=seed, parameters=dict(recipe)),
    )


def _program(rng: Random, skill: str, steps: int, max_number: int) -> Drawn:
    for _ in range(MAX_TRIES):
        found = Program(rng, skill, max_number).drawn(steps)
        if found is not None:
            return found
    raise ValueError(f"no program of {skill} with {steps} steps in {MAX_TRIES} draws")


_Made = tuple[str, tuple[str, ...], str, dict[str, Any]]


def _output(drawn: Drawn) -> _Made:
    return asked(drawn.program, drawn.call), worked(drawn.traced), drawn.traced.value, {}


def _programming(rng: Random, drawn: Drawn, ask: str, max_number: int) -> _Made:
    """A program to be mended, or to be written from words."""
    calls = _calls(rng, drawn, max_number)
    tests = [f"assert {call_of(given)} == {read(found.value)!r}" for given, found in calls]
    shown = "\n".join(f"{call_of(given)} must return {found.value}" for given, found in calls[:SHOWN])
    if ask == "write":
        question = f"{drawn.words}\n{shown}"
    else:
        question = f"This function is wrong:\n{_broken(rng, drawn, calls)}\n{shown}\nWrite the whole function."
    return question, (drawn.program,), drawn.program, {"tests": tests, "names": ["f"]}


_Call = tuple[tuple[Value, ...], Traced]


def _calls(rng: Random, drawn: Drawn, max_number: int) -> list[_Call]:
    """Calls with different arguments and what they return; as many as can be found, 3 at least."""
    found: list[_Call] = [(drawn.arguments, drawn.traced)]
    for _ in range(10 * TESTS):
        given = arguments_for(rng, drawn.takes, max_number)
        if given in [one for one, _ in found] or (traced := _maybe(drawn.program, given)) is None:
            continue
        found.append((given, traced))
        if len(found) == TESTS:
            break
    if len(found) < 3:
        raise ValueError("the program returns something for too few arguments")
    return found


def _maybe(program: str, given: tuple[Value, ...]) -> Traced | None:
    try:
        return trace(program, call_of(given))
    except Unreadable:
        return None


_FAULTS = (
    (" + ", " - "), (" - ", " + "), (" * ", " + "), (" // ", " % "), (" % ", " // "), (" > ", " < "), (" == ", " != "),
    ("max(", "min("), ("min(", "max("), ("len(", "sum("), ("sum(", "len("), ("sorted(", "list("),
    (".upper()", ".lower()"), (".count(", ".find("), (".find(", ".count("), ("[::-1]", "[:]"), ("[1:]", "[:1]"),
    ("[:1]", "[1:]"), ("[2:]", "[1:]"), ("[:2]", "[2:]"), ("[-1]", "[0]"), ("[0]", "[-1]"), ("[1]", "[0]"),
    ("[2]", "[1]"),
)  # fmt: skip
"""What stands in a program, and what a faulty one has instead."""


def _broken(rng: Random, drawn: Drawn, calls: list[_Call]) -> str:
    """The program with one fault that a test shows. Raises ValueError where none is found."""
    places = [(fault, by) for fault, by in _FAULTS if fault in drawn.program]
    for fault, by in rng.sample(places, len(places)):
        broken = drawn.program.replace(fault, by, 1)
        said = [_maybe(broken, given) for given, _ in calls]
        pairs = zip(said, calls, strict=True)
        if any(one is None or not same(read(one.value), read(right.value)) for one, (_, right) in pairs):
            return broken
    raise ValueError("no fault that a test shows")
