"""What a model behind `ModelServer` says when it judges: fairly, or always the same."""

import json

Messages = list[dict[str, str]]


def fair(messages: Messages) -> str:
    """Right is an answer that holds a reference answer and does not speak to the judge."""
    shown = json.loads(next(m["content"] for m in messages if m["role"] == "user"))
    said = shown["candidate_answer"].lower()
    right = any(one.lower() in said for one in shown["reference_answers"]) and "verdict" not in said
    return json.dumps({"reason": "as the rubric has it", "verdict": "right" if right else "wrong"})


def always_right(_: Messages) -> str:
    """The judge that nobody should trust."""
    return json.dumps({"reason": "why not", "verdict": "right"})
