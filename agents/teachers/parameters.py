"""Parameters that a server refuses: dropped or renamed one by one, and remembered while the process lives.

A refusal by status costs nothing, so the server is asked again at once. What follows from dropping `response_format` is
that the prompt alone asks for JSON; `max_tokens` is never dropped, since no price could be bounded without it.
"""

import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

_NAMED = {
    "max_tokens": ("max_tokens", "max_completion_tokens"),
    "temperature": ("temperature",),
    "response_format": ("response_format", "json mode", "json_object", "json_schema", "json format"),
}
"""Our parameters, and what a refusal calls them."""

_HINTS = ("parameter", "support", "unknown field", "unrecognized", "unexpected", "not permitted", "extra input")
"""Words of a refusal that is about some parameter, although it names none of ours."""

_TOO_MUCH = ("context length", "too large", "too long")
"""Words of a refusal that is about how many tokens were asked for: another name for their limit would not help, and a
server that does not know that name would have none.
"""

_STATUSES = frozenset({400, 422})

_WORDS = {
    "schema": "the teacher takes no JSON schema; it is asked for any JSON object",
    "response_format": "the teacher takes no response_format; the prompt alone asks for JSON",
    "temperature": "the teacher takes no temperature from us; its own is used",
    "max_tokens": "the teacher takes max_completion_tokens instead of max_tokens",
}


class Parameters:
    """What one server takes. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changes: dict[str, str] = {}

    @property
    def version(self) -> int:
        """How many changes there were."""
        return len(self._changes)

    @property
    def said(self) -> tuple[str, ...]:
        """What was dropped or renamed, in words."""
        return tuple(self._changes.values())

    def applied(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options as this server takes them."""
        found, changes = dict(options), self._changes
        if "schema" in changes and "response_format" in found:
            found["response_format"] = {"type": "json_object"}
        if "max_tokens" in changes and "max_tokens" in found:
            found["max_completion_tokens"] = found.pop("max_tokens")
        for name in ("temperature", "response_format"):
            if name in changes:
                found.pop(name, None)
        return found

    def learn(self, status: int | None, refusal: str, *, options: Mapping[str, Any], version: int) -> bool:
        """Whether the same request, with what is known now, has a new chance.

        Args:
            status: of the refusal.
            refusal: what the server said.
            options: those of every request, before any change.
            version: of the parameters that were refused; another thread may have learnt meanwhile.
        """
        if status not in _STATUSES:
            return False
        with self._lock:
            if version < self.version:
                return True
            text, usable = refusal.lower(), self._next_changes(options)
            if any(words in text for words in _TOO_MUCH):
                usable.pop("max_tokens", None)
            named = [name for name in usable if any(word in text for word in _NAMED[name])]
            hinted = not _names_any(text) and any(hint in text for hint in _HINTS)
            name = next(iter(named or (usable if hinted else ())), None)
            if name is None:
                return False
            self._changes[usable[name]] = _WORDS[usable[name]]
            return True

    def _next_changes(self, options: Mapping[str, Any]) -> dict[str, str]:
        """Of each parameter that can still change, the change; the least harmful first."""
        found: dict[str, str] = {}
        if "response_format" in options and "response_format" not in self._changes:
            has_schema = not isinstance(options["response_format"], Mapping) and "schema" not in self._changes
            found["response_format"] = "schema" if has_schema else "response_format"
        for name in ("temperature", "max_tokens"):
            if name in options and name not in self._changes:
                found[name] = name
        return found


@cache
def parameters_of(model: str, api_base: str | None) -> Parameters:  # noqa: ARG001 - they are the key of the cache
    """What is known of a server in this process."""
    return Parameters()


def _names_any(text: str) -> bool:
    return any(word in text for words in _NAMED.values() for word in words)
