"""One tiny paid call before a run: it shows the key, the model, the price, JSON, and what the server refuses.

It goes the whole way of a real call, through ledger and limits, and asks for a real lesson about a problem of one step.
What this run has paid is not asked again: a second start of the same run learns the outcome from the ledger.
"""

import warnings
from collections.abc import Callable
from itertools import count
from typing import Literal

from agents.teachers.asks import LessonAsks
from agents.teachers.calling import Caller
from agents.teachers.litellm_provider import JsonMode, LiteLLMProvider
from agents.teachers.litellm_teacher import preflight
from agents.teachers.patience import Patience
from agents.teachers.pricing import is_builtin
from agents.teachers.provider import Ledger
from reasoner.config.settings import DEFAULT_TASK, LimitSettings, TeacherSettings
from reasoner.domains.registry import get_domain
from reasoner.types.problem import Problem, Provenance
from reasoner.types.record import Record
from reasoner.types.teaching import TeacherCall, TeacherRequest

_RETRIES = 1
_FIRST_DELAY = 0.5


class TeacherPreflight(Record):
    """What one call has shown of a teacher."""

    model: str
    called: bool
    """False for the built-in expert and for `none`, who need no trial: the rest is then of no meaning."""
    error: str = ""
    """Why the answer was no lesson; empty if it was one."""
    json_mode: JsonMode | Literal[""] = ""
    """How JSON is asked for, once the server has refused what it refuses."""
    refused: tuple[str, ...] = ()
    """Parameters that the server refuses, in words."""
    usd_per_million_input: float = 0.0
    usd_per_million_output: float = 0.0
    usd: float = 0.0
    """Paid for the call, now or in an earlier start of the run."""
    seconds: float = 0.0
    requests: int = 0


def preflight_call(
    settings: TeacherSettings,
    limits: LimitSettings,
    ledger: Ledger[TeacherCall],
    *,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> TeacherPreflight:
    """Asks the teacher for one tiny lesson.

    Args:
        settings: who teaches, and how it is called.
        limits: the run's hard limits; the call counts.
        ledger: the run's books, of no cycle.
        seed: of the jitter between retries.
        say: told what people should hear while it waits.

    Raises:
        TeacherError: the teacher cannot be used: no price, no key, no such model, nobody there.
        BudgetReached: the limits do not even allow this call.
    """
    preflight(settings)
    if settings.model == "none" or is_builtin(settings):
        return TeacherPreflight(model=settings.model, called=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        provider = LiteLLMProvider(settings, seed=seed, say=say)
        # The tiny question is one of the math domain, whatever the task: what is tried is the teacher.
        brief = get_domain(DEFAULT_TASK).brief()
        patience = Patience(retries=min(_RETRIES, settings.retries), first_delay=_FIRST_DELAY, seed=seed)
        # No answer of another run: it would say nothing of the key and the server of today.
        caller = Caller(
            provider, ledger, limits=limits, patience=patience, asks=LessonAsks(brief), cache=False, say=say
        )
        call = caller.call(_first_open(caller, ledger))
    return TeacherPreflight(
        model=settings.model,
        called=True,
        error="" if call.lesson is not None else call.error,
        json_mode=provider.json_mode,
        refused=provider.refused,
        usd_per_million_input=provider.price.input,
        usd_per_million_output=provider.price.output,
        usd=call.usd,
        seconds=call.seconds,
        requests=call.requests,
    )


def _first_open(caller: Caller[TeacherRequest, TeacherCall], ledger: Ledger[TeacherCall]) -> TeacherRequest:
    """The first sample that has not failed in an earlier start: what was wrong then may be right now."""
    for sample in count():
        request = _tiny(sample)
        known = ledger.cached(caller.key(request), own=True)
        if known is None or known.lesson is not None:
            return request
    raise AssertionError("no sample is open")


def _tiny(sample: int) -> TeacherRequest:
    problem = Problem(
        id="preflight",
        domain="math",
        question="Ann has 2 pens and buys 3 more pens. How many pens does Ann have now?",
        steps=("2+3=5",),
        answer="5",
        skill="add",
        difficulty=1,
        structure="preflight",
        provenance=Provenance(generator="preflight", version="1", seed=0, parameters={}),
    )
    return TeacherRequest(problem=problem, attempt_steps=("2+3=6",), attempt_answer="6", new_problems=0, sample=sample)
