"""Remembered solutions as rows for other tools, one JSON object each."""

from typing import Any, Literal

from reasoner.types.example import Example

Form = Literal["prompt-completion", "messages", "records"]
"""The first two are TRL's (https://huggingface.co/docs/trl/dataset_formats); `records` loses nothing."""


def row_of(example: Example, form: Form) -> dict[str, Any]:
    """One example; in every form its id, so that it can be looked up again."""
    if form == "records":
        return example.model_dump(mode="json")
    problem = example.problem
    completion = "\n".join((*problem.steps, f"answer: {problem.answer}"))
    about = {"id": example.id, "skill": problem.skill, "difficulty": problem.difficulty, "source": example.source}
    if form == "prompt-completion":
        return {"prompt": problem.question, "completion": completion, **about}
    turns = [{"role": "user", "content": problem.question}, {"role": "assistant", "content": completion}]
    return {"messages": turns, **about}
