"""The training rows of a cycle as JSONL, in the prompt/completion form that TRL's `SFTTrainer` reads.

One row: `prompt` (the question), `completion` (the steps, then `#### answer`), the same as `steps` and `answer`, which
keep what a line of text cannot (a step of several lines, one that begins with `#`), and where it comes from: `id`,
`source`, `split`, `license`, `teacher`, `verdict`, `sha256`. Where a student learns from its wrong attempts, `wrong`
holds the steps of one at the same question.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reasoner.data.splits import split_of_problem
from reasoner.storage.writing import write_text
from reasoner.types.example import Example


def training_row(example: Example, wrong: Sequence[str] = ()) -> dict[str, Any]:
    """One example as a row; `sha256` (hex) covers prompt and completion.

    Args:
        example: to be learnt.
        wrong: steps of a wrong attempt at its question, if there is one.

    Raises:
        ValueError: the example's structure is held out: it must never teach.
    """
    problem = example.problem
    split = split_of_problem(problem)
    if split != "practice":
        raise ValueError(f"example {example.id!r} belongs to the {split} split; only practice structures may teach")
    completion = "\n".join([*problem.steps, f"#### {problem.answer}"])
    return {
        "prompt": problem.question,
        "completion": completion,
        "steps": list(problem.steps),
        "answer": problem.answer,
        "id": example.id,
        "source": example.source,
        "split": split,
        "license": problem.provenance.license,
        "teacher": example.teacher,
        "verdict": example.lineage.verdict,
        "sha256": hashlib.sha256(f"{problem.question}\n{completion}".encode()).hexdigest(),
        **({"wrong": list(wrong)} if wrong else {}),
    }


def write_rows(
    path: Path, examples: Sequence[Example], wrong: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> str:
    """Writes one row per example, all or nothing; writing the same examples again gives the same bytes.

    Args:
        path: `dataset/<cycle>.jsonl` of a run; its folder is made.
        examples: in the order in which they are to be read.
        wrong: steps of a wrong attempt, by question.

    Returns:
        SHA-256 (hex) of the file.

    Raises:
        ValueError: an example is held out; nothing is written.
    """
    rows = [training_row(example, wrong.get(example.problem.question, ())) for example in examples]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_text(path, text)
    return hashlib.sha256(text.encode()).hexdigest()
