"""Small records for the tests of the memory."""

import hashlib

import numpy as np

from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example, Lineage, WrongAttempt
from reasoner.types.problem import Problem, Provenance
from reasoner.types.report import Decision
from reasoner.types.teaching import Lesson, TeacherCall


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def problem(name: str, *, skill: str = "add") -> Problem:
    return Problem(
        id=f"p-{name}",
        domain="math",
        skill=skill,
        difficulty=1,
        question=f"How much is {name}?",
        steps=("1+1=2",),
        answer="2",
        structure=f"s-{name}",
        provenance=Provenance(generator="test", version="1", seed=0, parameters={}),
    )


def example(name: str, *, run: str = "r1", cycle: int = 1, skill: str = "add", call: str = "c") -> Example:
    lineage = Lineage(run=run, cycle=cycle, failure="f", teacher_call=call, verdict="v")
    return Example(
        id=hashed(name), problem=problem(name, skill=skill), source="self", teacher="student", lineage=lineage
    )


def wrong(name: str, *, run: str = "r1", cycle: int = 1, skill: str = "add") -> WrongAttempt:
    return WrongAttempt(
        id=hashed(name),
        problem=problem(name, skill=skill),
        steps=("1+1=3",),
        answer="3",
        lineage=Lineage(run=run, cycle=cycle),
    )


def latents(count: int, *, seed: int = 0, width: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def answered(key: str, *, usd: float) -> TeacherCall:
    return TeacherCall(
        id=key,
        model="m",
        problem_id="p",
        state="done",
        cached=False,
        lesson=Lesson(critique="c", steps=["1+1=2"], answer="2"),
        error="",
        prompt_tokens=10,
        completion_tokens=20,
        usd=usd,
        seconds=0.5,
        requests=1,
    )


def checkpoint(id: str, *, run: str = "r1", cycle: int = 0) -> Checkpoint:
    return Checkpoint(
        id=id, fingerprint=hashed(id), parent="", kind="candidate" if cycle else "base", run=run, cycle=cycle
    )


def decision(id: str, candidate: str, champion: str, *, verdict: str = "promote", run: str = "r1") -> Decision:
    return Decision.model_validate(
        {
            "id": id,
            "run": run,
            "cycle": 1,
            "candidate": candidate,
            "champion": champion,
            "verdict": verdict,
            "comparison": None,
            "alpha": 0.01,
            "reason": "because",
        }
    )
