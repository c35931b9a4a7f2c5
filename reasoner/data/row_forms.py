"""What a row says, in whichever form of the family it is written; docs/data-format.md shows them all.

The fields tell the form: a whole record (`problem`), TRL's `messages` or `prompt` and `completion` (texts, or lists of
turns), a `question` with several `solutions`, GSM8K's `question` and `answer` with `####`, the plain `question`,
`steps` and `answer`. Nothing of what a row says is believed here.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import Field, ValidationError

from reasoner.data.row import Row, RowFault
from reasoner.types.example import Example, Source
from reasoner.types.problem import Split
from reasoner.types.record import Record

FINAL = "####"
ANSWERS = ("answer:", FINAL)
"""How the last line of a completion begins: in exported rows, and in the training rows of a run."""
FORMS = (
    "question and answer, question and solutions, prompt and completion, messages, or a record; see docs/data-format.md"
)

UNKNOWN_LICENSE = "unknown"

_MARK = re.compile(r"<<([^<>]*)>>")
_BINARY = re.compile(r"(?<=[0-9.)])\s*([+\-*/])")
_PLAIN = (
    "question", "answer", "steps", "skill", "difficulty", "id", "license", "domain", "source", "teacher", "structure",
)  # fmt: skip
_STRUCTURE = re.compile(r"[0-9a-f]{16}")


class GivenSolution(Record):
    """One of several candidates."""

    steps: tuple[str, ...]
    """Empty where the text holds none."""
    correct: bool
    source: str
    """Who wrote it; empty where nobody says."""


class GivenRow(Record):
    """What one row says."""

    line: int
    fault: str = ""
    """Why it cannot be read; empty if it can."""
    id: str = ""
    question: str = ""
    steps: tuple[str, ...] = ()
    answer: str = ""
    """Empty only beside `solutions`."""
    skill: str = ""
    difficulty: int = 0
    """0 where the row does not say it."""
    domain: str = ""
    structure: str = ""
    """Of the first solution: a claim that counts where the domain cannot read the question."""
    source: Source = "teacher_solution"
    teacher: str = ""
    license: str = ""
    material: dict[str, Any] = Field(default={})
    """What the checker needs beside the answer."""
    split: Split | None = None
    """As published."""
    record: Example | None = None
    """All that was known, of a whole record."""
    solutions: tuple[GivenSolution, ...] = ()


def read_form(row: Row) -> GivenRow:
    """What a row says, or why it cannot be read."""
    if row.fault:
        return GivenRow(line=row.line, fault=row.fault)
    try:
        return _read(row)
    except RowFault as fault:
        return GivenRow(line=row.line, fault=str(fault))


def marked_steps(solution: str) -> tuple[str, ...]:
    """The calculations that a GSM8K solution marks, but for marks such as `<<12=12>>` that only repeat a number."""
    return tuple(mark for mark in _MARK.findall(solution) if operators_of(mark))


def operators_of(step: str) -> list[str]:
    """Binary operators of a step's left side, in the order of the text."""
    return _BINARY.findall(step.rpartition("=")[0])


def _read(row: Row) -> GivenRow:
    fields = row.fields
    if "problem" in fields:
        return _record(row)
    if "messages" in fields:
        return _dialogue(row, "messages", fields["messages"])
    if "prompt" in fields and "completion" in fields:
        return _completed(row)
    if "question" in fields and _has_solutions(fields):
        return _candidates(row)
    if "question" in fields or "answer" in fields:
        return _marked(row) if FINAL in str(fields.get("answer", "")) else _plain(row)
    raise RowFault(f"given the fields {', '.join(sorted(fields)) or 'none':.80}, expected {FORMS}")


def _record(row: Row) -> GivenRow:
    try:
        example = Example.model_validate(row.fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RowFault(f"field {where!r}: {first['msg']}; expected a record as `memory export` writes it") from error
    problem = example.problem
    return GivenRow(
        line=row.line,
        id=example.id,
        question=problem.question,
        steps=problem.steps,
        answer=problem.answer,
        skill=problem.skill,
        difficulty=max(0, problem.difficulty),
        domain=problem.domain,
        structure=problem.structure,
        source=example.source,
        teacher=example.teacher,
        license=problem.provenance.license,
        record=example,
    )


def _completed(row: Row) -> GivenRow:
    """Of `prompt` and `completion`: two texts, or two lists of turns."""
    prompt, completion = row.fields["prompt"], row.fields["completion"]
    if isinstance(prompt, list) and isinstance(completion, list):
        return _dialogue(row, "prompt", [*prompt, *completion])
    expected = "a text, or both of them lists of turns"
    if not isinstance(prompt, str):
        row.fail("prompt", expected)
    if not isinstance(completion, str):
        row.fail("completion", expected)
    return _worked(row, "prompt", prompt, "completion", completion)


def _dialogue(row: Row, name: str, turns: Any) -> GivenRow:
    expected = "turns, each with 'role' and 'content': one of the user, then one of the assistant"
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        row.fail(name, expected)
    said = [turn for turn in turns if turn.get("role") != "system"]
    if [turn.get("role") for turn in said] != ["user", "assistant"]:
        row.fail(name, expected)
    question, worked = (_content(turn.get("content")) for turn in said)
    if question is None or worked is None:
        row.fail(name, expected)
    return _worked(row, name, question, name, worked)


def _content(content: Any) -> str | None:
    """The text of a turn: itself, or what its parts of type `text` say."""
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        content = "".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) else None


def _worked(row: Row, asked: str, question: str, told: str, completion: str) -> GivenRow:
    """Of TRL's forms. Other people's columns are theirs; only ours are looked at."""
    if not question.strip():
        row.fail(asked, "the text of the problem")
    if (ours := _own_fields(row)) is not None:
        return GivenRow(line=row.line, question=question, **ours, **_about(row, strict=False))
    *steps, last = [line.rstrip() for line in completion.split("\n") if line.strip()] or [""]
    last = last.strip()
    begins = next((word for word in ANSWERS if last.lower().startswith(word)), None)
    if begins is None:
        raise RowFault(f"field {told!r}: its last line is {last!r:.60}, expected 'answer: ...' or '#### ...'")
    given = {"question": question, "steps": marked_steps(completion) or tuple(steps)}
    return GivenRow(line=row.line, answer=last[len(begins) :].strip(), **given, **_about(row, strict=False))


def _own_fields(row: Row) -> dict[str, Any] | None:
    """`steps` and `answer` of a row that we have written: they say what the lines of a completion cannot."""
    steps, answer = row.fields.get("steps"), row.fields.get("answer")
    if not isinstance(answer, str) or not isinstance(steps, list):
        return None
    texts = tuple(step.rstrip() for step in steps if isinstance(step, str) and step.strip())
    return {"steps": texts, "answer": answer.strip()} if len(texts) == len(steps) else None


def _marked(row: Row) -> GivenRow:
    """Of GSM8K: marks that compute something are the steps."""
    expected = f"a solution that ends with '{FINAL} NUMBER'"
    worked, final, answer = row.text("answer", expected).rpartition(FINAL)
    if not final or not answer.strip():
        row.fail("answer", expected)
    question = row.text("question", "the text of the problem")
    given = {"question": question, "steps": marked_steps(worked), "answer": answer.strip()}
    return GivenRow(line=row.line, **given, **_about(row, strict=False))


def _plain(row: Row) -> GivenRow:
    """A misspelt field would be lost without a word, so other fields are refused."""
    for name in row.fields:
        if name not in _PLAIN:
            row.fail(name, f"one of the fields {', '.join(_PLAIN)}")
    question, steps = row.text("question", "the text of the problem"), _steps(row)
    return GivenRow(line=row.line, question=question, steps=steps, answer=_answer(row), **_about(row, strict=True))


def _steps(row: Row) -> tuple[str, ...]:
    steps = row.fields.get("steps") or []
    if not isinstance(steps, list) or not all(isinstance(step, str) and step.strip() for step in steps):
        row.fail("steps", "a list of equations such as ['12+7=19', '19*2=38']")
    return tuple(step.rstrip() for step in steps)


def _answer(row: Row) -> str:
    answer = row.fields.get("answer")
    if isinstance(answer, str):
        return answer.strip()
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        row.fail("answer", "a number, or a text with one")
    return str(answer)


def _about(row: Row, *, strict: bool) -> dict[str, Any]:
    """What a row says of itself; of other people's rows only what has our shape."""
    texts = {"id": "a text that names the row", "license": "the name of a licence", "skill": "the name of a skill"}
    texts |= {"domain": "the name of a domain", "teacher": "who wrote it", "structure": "16 hex digits"}
    found: dict[str, Any] = {}
    for name, expected in texts.items():
        value = row.if_text(name, expected) if strict else row.fields.get(name)
        if isinstance(value, str) and value and (name != "structure" or _STRUCTURE.fullmatch(value)):
            found[name] = value
    if row.fields.get("source") in get_args(Source):
        found["source"] = row.fields["source"]
    if (difficulty := row.fields.get("difficulty")) is None:
        return found
    if isinstance(difficulty, int) and not isinstance(difficulty, bool) and 1 <= difficulty < 2**31:
        found["difficulty"] = difficulty
    elif strict:
        row.fail("difficulty", "a whole number of steps, 1 or more")
    return found


def _has_solutions(fields: dict[str, Any]) -> bool:
    return "solutions" in fields or any(isinstance(v, dict) and "solution" in v for v in fields.values())


def _candidates(row: Row) -> GivenRow:
    """Of a question with several solutions: a list of them, or GSM8K's fields, one for each author."""
    expected = "a list of solutions, each with 'steps' or 'solution', and 'correct'"
    solutions = tuple(_listed(row, expected) if "solutions" in row.fields else _by_author(row))
    if not solutions:
        row.fail("solutions", expected)
    return GivenRow(line=row.line, question=row.text("question", "the text of the problem"), solutions=solutions)


def _listed(row: Row, expected: str) -> Iterator[GivenSolution]:
    given = row.fields["solutions"]
    if not isinstance(given, list):
        row.fail("solutions", expected)
    for one in given:
        yield _candidate(row, "solutions", one, str(one.get("source", "")) if isinstance(one, dict) else "")


def _by_author(row: Row) -> Iterator[GivenSolution]:
    for name, value in row.fields.items():
        if isinstance(value, dict) and "solution" in value:
            yield _candidate(row, name, value, name)


def _candidate(row: Row, name: str, given: Any, source: str) -> GivenSolution:
    flag = given.get("correct", given.get("is_correct")) if isinstance(given, dict) else None
    if not isinstance(flag, bool):
        row.fail(name, "an object with 'correct' (or 'is_correct'), true or false")
    steps, text = given.get("steps"), given.get("solution")
    if isinstance(steps, list) and all(isinstance(step, str) for step in steps):
        return GivenSolution(steps=tuple(s.rstrip() for s in steps if s.strip()), correct=flag, source=source)
    if not isinstance(text, str):
        row.fail(name, "'steps', a list of texts, or 'solution', a text")
    lines = tuple(line.rstrip() for line in text.splitlines() if line.strip() and not line.strip().startswith(FINAL))
    return GivenSolution(steps=marked_steps(text) or lines, correct=flag, source=source)
