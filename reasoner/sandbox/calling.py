"""Calls the functions of an untrusted program in a jail: arguments go in, values of built-in types come out.

with Candidate(sandbox, program) as candidate:
    candidate.load()
    candidate.call("add", 2, 3)      # Returned(value=5)
"""

from typing import Any, NamedTuple

from reasoner.sandbox.conversation import Broken, Conversation, word
from reasoner.sandbox.wire_values import MOST_HASHED, CannotCross, pack, unpack
from reasoner.types.sandbox import Limits, Ran, Sandbox

SCRIPT = "candidate_process.py"
GRACE = 0.5
"""Seconds that a jail has to end by itself when its CPU time is wanted."""


class Returned(NamedTuple):
    """What a function gave back: exactly built-in types, whatever it was inside."""

    value: Any


class Raised(NamedTuple):
    """An exception of the program."""

    type: str
    text: str


class Failed(NamedTuple):
    """No value: a limit was met, the process ended, or the value is of no built-in type. The reason in words."""

    reason: str


Outcome = Returned | Raised | Failed


class Candidate:
    """A program in a jail of its own. Made ready on entering; gone on leaving.

    Raises:
        SandboxError: on entering, if the jail cannot be made.
    """

    def __init__(self, sandbox: Sandbox, program: str, *, limits: Limits | None = None) -> None:
        self._program = program
        self._conversation = Conversation(sandbox, SCRIPT, limits or Limits())
        self.ran: Ran | None = None
        """What became of the process, once it was left."""

    def __enter__(self) -> "Candidate":
        try:
            self._conversation.await_ready()
        except BaseException:
            self._conversation.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.ran = self._conversation.close(grace=GRACE)

    def load(self) -> Raised | Failed | None:
        """Runs the program's top level; None where that ended well."""
        reply = self._ask({"load": self._program})
        if isinstance(reply, Failed):
            return reply
        return None if reply.get("loaded") is True else _raised(reply)

    def call(self, function: str, *args: Any, **kwargs: Any) -> Outcome:
        """Calls a function with values of built-in types; raises CannotCross for arguments of other types."""
        reply = self.forward({"call": function, "args": pack(list(args)), "kwargs": pack(kwargs)})
        if isinstance(reply, Failed):
            return reply
        if "raised" in reply:
            return _raised(reply)
        try:
            return Returned(unpack(reply["value"], MOST_HASHED))
        except CannotCross as error:
            return Failed(f"it returned {error}")

    def forward(self, message: dict[str, Any]) -> dict[str, Any] | Failed:
        """Sends a call of packed arguments; the reply has `value` or `raised`, and is not looked into further."""
        reply = self._ask(message)
        if isinstance(reply, Failed) or "value" in reply or "raised" in reply:
            return reply
        return Failed(f"it returned {word(reply, 'odd') or 'what is no message'}")

    def _ask(self, message: dict[str, Any]) -> dict[str, Any] | Failed:
        try:
            return self._conversation.ask(message)
        except Broken as error:
            return Failed(str(error))


def _raised(reply: dict[str, Any]) -> Raised:
    return Raised(word(reply, "raised") or "what is no message", word(reply, "text"))
