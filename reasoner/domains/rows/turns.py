"""Chat rows: what was asked last, and what the assistant answered to it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

EXPECTED_QUESTION = "turns with 'role' and 'content', one of them of the user, with a text in it"
EXPECTED_ANSWER = "turns with 'role' and 'content', the last of them of the assistant, with a text in it"


def is_dialogue(value: object) -> TypeGuard[list[dict[str, Any]]]:
    """Whether a value is a list of turns."""
    return isinstance(value, list) and bool(value) and all(isinstance(turn, dict) and "role" in turn for turn in value)


def asked(turns: Sequence[Mapping[str, Any]]) -> str:
    """The text of the last turn of the user; empty where there is none."""
    return next((text_of(turn) for turn in reversed(turns) if turn["role"] == "user"), "")


def answered(turns: Sequence[Mapping[str, Any]]) -> str:
    """The text of the assistant's last turn; empty where there is none, or the user speaks after it."""
    said = [turn for turn in turns if turn["role"] in ("user", "assistant")]
    return text_of(said[-1]) if said and said[-1]["role"] == "assistant" else ""


def text_of(turn: Mapping[str, Any]) -> str:
    """The text of a turn: itself, or what its parts of type `text` say; empty where it says anything else."""
    content = turn.get("content")
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        content = "".join(str(part.get("text", "")) for part in content)
    return content.strip() if isinstance(content, str) else ""
