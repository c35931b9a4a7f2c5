"""What the calling of a teacher needs from others: someone who sends a request, and a ledger that keeps the books."""

from typing import Protocol

from agents.teachers.asks import C
from agents.teachers.prompt import Messages
from reasoner.config.settings import LimitSettings
from reasoner.types.record import Record


class Price(Record):
    """Dollars per million tokens."""

    input: float
    output: float

    def usd(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Dollars for so many tokens."""
        return (self.input * prompt_tokens + self.output * completion_tokens) / 1e6


class Reply(Record):
    """One answered request."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    usd: float
    """What it really cost; the worst price where the server's counts cannot be true."""
    seconds: float
    note: str = ""
    """What is known of an answer that may be unusable, such as that it was cut."""


class SendError(Exception):
    """A request without an answer.

    Args:
        message: what happened, for people.
        retry: whether the same request may succeed later.
        charged: whether it may have been charged all the same, as after a timeout.
        useless: whether it says that the teacher cannot be used at all (a bad key, no such model, nobody there).
        retry_after: seconds that the server asks to wait; 0 where it does not say.
        answered: whether an answer came that is of no use: such a request is sent once more and not again.
        status: of the refusal, where there was one.
        changed: whether the next try is another request, without what was refused: it is made at once.
    """

    def __init__(
        self,
        message: str,
        *,
        retry: bool,
        charged: bool,
        useless: bool,
        retry_after: float = 0.0,
        answered: bool = False,
        status: int | None = None,
        changed: bool = False,
    ):
        super().__init__(message)
        self.retry = retry
        self.charged = charged
        self.useless = useless
        self.retry_after = retry_after
        self.answered = answered
        self.status = status
        self.changed = changed


class Provider(Protocol):
    """Sends single requests and knows what they cost."""

    @property
    def model(self) -> str:
        """The model string."""
        ...

    def identity(self) -> list[object]:
        """Everything beside the messages and the sample that an answer depends on: plain JSON, part of the key."""
        ...

    def worst_usd(self, messages: Messages) -> float:
        """Upper bound of the dollars that one request with these messages costs."""
        ...

    def send(self, messages: Messages, *, sample: int, name: str) -> Reply:
        """Sends one request, once.

        Args:
            messages: what is asked.
            sample: tells repeated questions apart.
            name: of the request; sent again under the same name where nobody knows what became of it.

        Raises:
            SendError: no answer came.
        """
        ...


class Spent(Protocol):
    """A run's spending."""

    @property
    def usd(self) -> float:
        """Dollars paid, reserved or lost."""
        ...


class Ledger(Protocol[C]):
    """The books of one run for one purpose; `memory.store.ledger` keeps them in SQL."""

    def cached(self, key: str, *, own: bool = False) -> C | None:
        """The call as it ended in this run and cycle, paid or failed; else a paid answer: with `own`, of this run."""
        ...

    def spent(self) -> Spent:
        """What the run has paid, reserved or lost so far."""
        ...

    def reserve(
        self, key: str, *, model: str, problem_id: str, usd: float, limits: LimitSettings, requests: int = 1
    ) -> None:
        """Books what a request may cost before it is sent; raises BudgetReached instead of passing a limit."""
        ...

    def settle(self, key: str, call: C) -> None:
        """Books the last request of a call, with its own dollars, tokens and seconds; `cached` recalls it now."""
        ...

    def fail(
        self,
        key: str,
        error: str,
        *,
        usd: float | None,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Books a request without a usable answer after which the call goes on; `usd` None keeps it spent."""
        ...
