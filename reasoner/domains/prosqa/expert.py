"""The built-in expert of ProsQA: it searches the graph of the question, and draws new ones with as long a proof.

A set share of its pieces is spoilt on purpose (a kind that does not follow, a missing layer, the other candidate).
"""

from collections.abc import Sequence
from random import Random

from reasoner.domains.critiques import critique
from reasoner.domains.prosqa import generator, graph, working
from reasoner.types.domain import CannotTeach, Exercise, ExpertLesson, Worked

VERSION = f"1/{generator.NAME}-{generator.VERSION}"
"""Part of the key of each of its calls: another generator writes other problems."""


def lesson(asked: Exercise, rng: Random, *, error_rate: float) -> ExpertLesson:
    """A lesson on an exercise; see `BuiltinExpert.lesson`."""
    told = graph.read(asked.question)
    answer = graph.answer(told) if told is not None else None
    if told is None or answer is None:
        raise CannotTeach("it is no question about rules with exactly one true candidate")
    right = Worked(question=asked.question, steps=working.work(told), answer=answer)
    solution = _maybe_spoilt(rng, right, error_rate)
    problems = tuple(_maybe_spoilt(rng, new, error_rate) for new in _similar(rng, asked, len(right.steps)))

    def fault(place: int, written: str, expected: str) -> str:
        verdict = working.judge_steps(told, asked.student_steps[:place])[-1]
        why = f"is wrong: {verdict.fault}" if not verdict.holds else "leaves out what also follows, or comes too early"
        return f"Step {place}, {written!r}, {why}. It should be {expected!r}."

    remark = critique(asked, right, same=lambda one, other: one.split() == other.split(), told=fault)
    return ExpertLesson(critique=remark, steps=solution.steps, answer=solution.answer, problems=problems)


def _similar(rng: Random, asked: Exercise, steps: int) -> list[Worked]:
    """New problems with a proof of the same length."""
    found: list[Worked] = []
    while len(found) < asked.new_problems:
        try:
            drawn = generator.build(rng.getrandbits(48), steps)
        except ValueError:  # no graph with such a proof from this seed
            continue
        found.append(Worked(question=drawn.question, steps=drawn.steps, answer=drawn.answer))
    return found


def _maybe_spoilt(rng: Random, worked: Worked, error_rate: float) -> Worked:
    """The worked piece as it is or, with the chance of `error_rate`, with one fault in it."""
    if rng.random() >= error_rate:
        return worked
    told = graph.read(worked.question)
    assert told is not None, "a spoilt piece was readable before"
    steps, other = list(worked.steps), _other_candidate(told, worked.answer)
    fault = rng.choice(("foreign kind", "missing layer", "other candidate"))
    if fault == "foreign kind" and len(steps) > 1:
        at = rng.randrange(len(steps) - 1)
        steps[at] = " ".join(sorted({*steps[at].split(), other}))
        return worked.model_copy(update={"steps": tuple(steps)})
    if fault == "missing layer" and len(steps) > 1:
        return worked.model_copy(update={"steps": _without(steps, rng.randrange(len(steps)))})
    return worked.model_copy(update={"steps": (*steps[:-1], f"{working.SO} {other}"), "answer": other})


def _without(steps: Sequence[str], place: int) -> tuple[str, ...]:
    return (*steps[:place], *steps[place + 1 :])


def _other_candidate(told: graph.Graph, answer: str) -> str:
    return next(c for c in told.candidates if c != answer)
