"""What a trace keeps of a value: small ones whole, big ones by their beginning, their size and their hash."""

import hashlib
import json
from typing import Any

TEXT = 300
"""Characters of a text that is kept whole."""
ITEMS = 24
"""Members of a list or a record that are kept."""
DEPTH = 4
"""Records within records."""


def bounded(value: Any, *, depth: int = DEPTH) -> Any:
    """Plain JSON of a few thousand characters at most.

    A text beyond 300 characters becomes `{"begins", "characters", "sha256"}`; of a list or record beyond 24 members the
    first are kept, and `more` says how many were left out.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= TEXT else _beginning(value)
    if depth == 0:
        return {"json": _hash(value)}
    if isinstance(value, dict):
        kept = {str(name): bounded(member, depth=depth - 1) for name, member in list(value.items())[:ITEMS]}
        return kept if len(value) <= ITEMS else {**kept, "more": len(value) - ITEMS}
    if isinstance(value, list | tuple):
        kept = [bounded(member, depth=depth - 1) for member in value[:ITEMS]]
        return kept if len(value) <= ITEMS else [*kept, {"more": len(value) - ITEMS}]
    return str(value)[:TEXT]


def _beginning(text: str) -> dict[str, Any]:
    return {"begins": text[:TEXT], "characters": len(text), "sha256": _digest(text)}


def _hash(value: Any) -> str:
    return _digest(json.dumps(value, sort_keys=True, default=str))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
