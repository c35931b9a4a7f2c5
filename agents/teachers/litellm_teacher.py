"""A teacher behind any litellm model string; `builtin/expert` goes the same way as a paid model."""

import warnings
from collections.abc import Callable, Sequence

from agents.teachers.asks import LessonAsks
from agents.teachers.calling import Caller
from agents.teachers.crowd import OnProgress, ask_all
from agents.teachers.litellm_provider import LiteLLMProvider, options_of, price, require_known_expert
from agents.teachers.patience import Patience
from agents.teachers.pricing import is_builtin
from agents.teachers.provider import Ledger
from reasoner.config.settings import DEFAULT_TASK, LimitSettings, TeacherSettings
from reasoner.domains.registry import get_domain
from reasoner.types.teaching import TeacherCall, TeacherRequest


class LiteLLMTeacher:
    """A teacher behind any litellm model string.

    Args:
        settings: who teaches, and how it is called.
        limits: the run's hard limits.
        ledger: the run's books.
        seed: of the built-in expert and of the jitter between retries.
        task: what is taught.
        on_progress: told `done, total` after every finished call.
        first_delay: seconds before the first retry.
        out_of_time: whether the run's minutes are used up; then no request goes out any more.
        say: told what people should hear: a wait that the server asks for, a parameter that it refuses.
    """

    def __init__(
        self,
        settings: TeacherSettings,
        limits: LimitSettings,
        ledger: Ledger[TeacherCall],
        *,
        seed: int,
        task: str = DEFAULT_TASK,
        on_progress: OnProgress | None = None,
        first_delay: float = 0.5,
        out_of_time: Callable[[], bool] | None = None,
        say: Callable[[str], None] = lambda _: None,
    ):
        self._settings = settings
        self._limits = limits
        self._ledger = ledger
        self._seed = seed
        self._task = task
        self._on_progress = on_progress
        self._out_of_time = out_of_time
        self._say = say
        self._patience = Patience(retries=settings.retries, first_delay=first_delay, seed=seed)

    def teach(self, requests: Sequence[TeacherRequest]) -> list[TeacherCall]:
        """Answers in the order of the requests; equal requests are asked once.

        Raises:
            BudgetReached: (as `crowd.TeachingStopped`) a limit forbids the rest; finished calls are in it and kept.
            TeacherError: no price, no key, no such model, nobody there.
        """
        if not requests:
            return []
        # The library warns about its own insides; where warnings are errors, paid answers would be lost.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            caller = Caller(
                LiteLLMProvider(self._settings, seed=self._seed, task=self._task, say=self._say),
                self._ledger,
                limits=self._limits,
                patience=self._patience,
                asks=LessonAsks(get_domain(self._task).brief()),
                cache=self._settings.cache,
                out_of_time=self._out_of_time,
                say=self._say,
            )
            return ask_all(caller, requests, concurrency=self._settings.concurrency, on_progress=self._on_progress)


def preflight(settings: TeacherSettings) -> None:
    """Says before anything is done whether this teacher could be asked at all. Sends nothing.

    Raises:
        TeacherError: the price is unknown, the key is missing, or the model string means nothing.
    """
    if settings.model == "none":
        return
    require_known_expert(settings)
    price(settings)
    if not is_builtin(settings):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options_of(settings)


__all__ = ["LiteLLMProvider", "LiteLLMTeacher", "preflight", "price"]
