"""Remembered solutions as rows for other tools, one JSON object each."""

from typing import Any

from reasoner.data.parquet import Form
from reasoner.types.example import Example


def row_of(example: Example, form: Form) -> dict[str, Any]:
    """One example; in every form what is needed to read it back as the same example, learnt from the file."""
    if form == "records":
        return example.model_dump(mode="json")
    problem = example.problem
    completion = "\n".join((*problem.steps, f"answer: {problem.answer}"))
    about = {
        # Beside the text, which cannot tell a step of several lines from several steps.
        "steps": list(problem.steps),
        "answer": problem.answer,
        "id": example.id,
        "domain": problem.domain,
        "skill": problem.skill,
        "difficulty": problem.difficulty,
        "structure": problem.structure,
        "source": example.source,
        "teacher": example.teacher,
        "license": problem.provenance.license,
    }
    if form == "prompt-completion":
        return {"prompt": problem.question, "completion": completion, **about}
    turns = [{"role": "user", "content": problem.question}, {"role": "assistant", "content": completion}]
    return {"messages": turns, **about}
