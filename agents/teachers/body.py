"""The border where an answer's body comes in: nothing of a server passes that a library could stumble over.

What looks like a completion is read with bounds on digits and depth and written anew: one choice whose content is text,
what its tokens weigh where that was asked for, and the usage if it can be true. Everything else that answers "done" is
refused in words, or, where it is an object of another provider's form, handed on as it is.
"""

import json
from typing import Any

from agents.teachers.exchange import Exchange, WireFault
from reasoner.types.text import storable

_LONGEST_NUMBER = 18
"""Digits; longer ones fit into no column and no such count is true."""
_SHOWN = 200


def readable(content: bytes, *, status: int, exchange: Exchange) -> bytes:
    """The body as a provider's library may read it.

    Args:
        content: as the server sent it, decompressed.
        status: 200 to 299.
        exchange: is told what the server says about its own answer.

    Raises:
        WireFault: it is no answer.
    """
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff").strip()
    if not text:
        raise WireFault(f"status {status} without an answer", retry=True, charged=True)
    document = _document(text)
    if document.get("error") and not document.get("choices"):
        raise _error_of(document["error"], status)
    if "choices" not in document:
        return json.dumps(document).encode()
    clean = _continuation(document, exchange) if exchange.continues else _completion(document, exchange)
    return json.dumps(clean).encode()


def _document(text: str) -> dict[str, Any]:
    if text.startswith(("data:", "event:")):
        raise WireFault("the answer is a stream, which nobody asked for", retry=True, charged=True)
    try:
        document = json.loads(text, parse_int=_integer, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:80]
        raise WireFault(f"the answer is no JSON: {said}: {_shown(text)}", retry=True, charged=True) from error
    if not isinstance(document, dict):
        raise WireFault(f"the answer is no JSON object: {_shown(text)}", retry=True, charged=True)
    return document


def _integer(digits: str) -> int:
    """A huge number counts as -1, which nothing here can mean."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else -1


def _error_of(error: Any, status: int) -> WireFault:
    """An error with the status of a success; some gateways answer so. Nobody knows whether it was charged."""
    said = error.get("message") if isinstance(error, dict) else error
    code = error.get("code") if isinstance(error, dict) else None
    meant = code if isinstance(code, int) and not isinstance(code, bool) and 400 <= code < 600 else None
    return WireFault(f"status {status} with an error: {_shown(str(said))}", status=meant, retry=True, charged=True)


def _completion(document: dict[str, Any], exchange: Exchange) -> dict[str, Any]:
    choices = document["choices"]
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise WireFault("the answer has no choices with a message", retry=True, charged=True)
    reason = choice.get("finish_reason")
    content = storable(_text_of(message))
    exchange.note = _note(message, reason, content)
    clean: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "teacher",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": "length" if reason == "length" else "stop",
            }
        ],
    }
    usage = _usage(document.get("usage"))
    return clean if usage is None else {**clean, "usage": usage}


def _continuation(document: dict[str, Any], exchange: Exchange) -> dict[str, Any]:
    """A text that goes on after a prompt, or repeats it, with the logarithms of its tokens' chances."""
    choices = document["choices"]
    choice = choices[0] if isinstance(choices, list) and choices else None
    text = choice.get("text") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(text, str):
        raise WireFault("the answer has no choices with a text", retry=True, charged=True)
    reason = "length" if choice.get("finish_reason") == "length" else "stop"
    exchange.note = "" if text else "the answer holds no text"
    one = {"index": 0, "text": storable(text), "finish_reason": reason, "logprobs": _weights(choice.get("logprobs"))}
    clean: dict[str, Any] = {
        "id": "1",
        "object": "text_completion",
        "created": 1,
        "model": "model",
        "choices": [one],
    }
    usage = _usage(document.get("usage"))
    return clean if usage is None else {**clean, "usage": usage}


def _weights(given: Any) -> dict[str, Any] | None:
    """Tokens, the logarithms of their chances and where they begin; None where they do not fit together."""
    if not isinstance(given, dict):
        return None
    tokens, logprobs, offsets = (given.get(name) for name in ("tokens", "token_logprobs", "text_offset"))
    if not isinstance(tokens, list) or not isinstance(logprobs, list) or len(tokens) != len(logprobs):
        return None
    if not all(isinstance(token, str) for token in tokens):
        return None
    if not all(x is None or (isinstance(x, int | float) and not isinstance(x, bool)) for x in logprobs):
        return None
    placed = isinstance(offsets, list) and len(offsets) == len(tokens) and all(type(x) is int for x in offsets)
    return {
        "tokens": [storable(token) for token in tokens],
        "token_logprobs": logprobs,
        "text_offset": offsets if placed else [],
    }


def _text_of(message: dict[str, Any]) -> str:
    """The content: a text, the texts of its parts, an object, or else the arguments of a tool that it wants to call."""
    content = message.get("content")
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, dict) else part for part in content)
        content = "".join(part for part in parts if isinstance(part, str))
    if isinstance(content, dict):
        return json.dumps(content, ensure_ascii=False)
    if isinstance(content, str) and content.strip():
        return content
    for call in message.get("tool_calls") or [] if isinstance(message.get("tool_calls"), list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        arguments = function.get("arguments") if isinstance(function, dict) else None
        if isinstance(arguments, str):
            return arguments
    return ""


def _note(message: dict[str, Any], reason: object, content: str) -> str:
    if reason == "length":
        return "the answer was cut; raise teacher.max_tokens"
    if isinstance(refusal := message.get("refusal"), str) and refusal:
        return f"the model refused: {_shown(refusal)}"
    if reason == "content_filter":
        return "the provider's filter withheld the answer"
    return "" if content else "the answer holds no text"


def _usage(usage: Any) -> dict[str, int] | None:
    """The counts, if each can be true; None where the worst must be assumed."""
    if not isinstance(usage, dict):
        return None
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    read, written = counts
    if type(read) is not int or type(written) is not int or read <= 0 or written < 0:
        return None
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _shown(text: str) -> str:
    return repr(" ".join(text[: 4 * _SHOWN].split())[:_SHOWN])
