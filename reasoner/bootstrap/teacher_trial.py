"""One tiny question to the teacher before anything is trained: key, model, JSON, price, and what the server refuses."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from agents.reporting.figures import dollars, duration
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from reasoner.config.settings import Settings, TeacherSettings
from reasoner.errors import BudgetReached, TeacherError
from reasoner.evaluation.plan import Price
from reasoner.types.preflight import Look

if TYPE_CHECKING:
    from agents.teachers.preflight import TeacherPreflight
    from agents.teachers.provider import Ledger
    from reasoner.types.teaching import TeacherCall

_UNUSABLE = "unusable answer"
_JSON = {"schema": "JSON by a schema", "object": "JSON mode", "prompt": "JSON by the prompt alone"}


def try_teacher(
    settings: Settings, ledger: "Ledger[TeacherCall]", *, say: Callable[[str], None] = lambda _: None
) -> list[Look]:
    """What a tiny question has shown; nothing where nobody is asked. Within one run it is paid for once.

    Args:
        settings: who teaches, under which limits.
        ledger: the run's books, of no cycle.
        say: told what people should hear while it waits.

    Raises:
        TeacherError: it cannot be used, or has answered and its answer cannot.
    """
    from agents.teachers.litellm_teacher import preflight
    from agents.teachers.preflight import preflight_call

    teacher, limits = settings.teacher, settings.limits
    if settings.lessons != "teacher":
        return []
    preflight(teacher)
    if not teacher.calls:
        return []
    if limits.max_calls == 0:
        return [Look(what="teacher", found=f"{teacher.model}, not asked (limits.max_calls=0)")]
    try:
        tried = preflight_call(teacher, limits, ledger, seed=settings.seed, say=say)
    except BudgetReached as limit:
        return [Look(what="teacher", found=f"{teacher.model}, not asked ({limit})")]
    if tried.error.startswith(_UNUSABLE):
        raise TeacherError(
            f"teacher.model={teacher.model!r} was asked one tiny question before anything is trained, and its answer "
            f"cannot be used, also after a repair: {tried.error}. Choose another teacher.model, or raise "
            "teacher.max_tokens if the answer is cut off; docs/teachers.md shows what an answer looks like"
        )
    return [Look(what="teacher", found=_words(tried))]


def try_teacher_without_run(settings: Settings) -> list[Look]:
    """The same for a dry run: the call is booked in a store that is thrown away."""
    with TemporaryDirectory(prefix="reasoner-dry-run-") as folder:
        database = open_database(Path(folder))
        try:
            return try_teacher(settings, CallLedger(database, "dry run"))
        finally:
            database.close()


def price_of(teacher: TeacherSettings) -> Price | None:
    """What the loop reckons with for a teacher; None where nobody knows the price."""
    from agents.teachers.litellm_teacher import price

    try:
        found = price(teacher)
    except TeacherError:
        return None
    return Price(input=found.input, output=found.output)


def _words(tried: "TeacherPreflight") -> str:
    if not tried.called:
        return f"{tried.model}, built in"
    if tried.error:
        return f"{tried.model} gave no answer to a tiny question ({tried.error}); the run will ask again"
    price = f"${tried.usd_per_million_input:g} and ${tried.usd_per_million_output:g} a million tokens in and out"
    found = [f"{tried.model} answered in {duration(tried.seconds)} for {dollars(tried.usd)}", price]
    found += [_JSON[tried.json_mode]] if tried.json_mode else []
    return "; ".join([*found, *tried.refused])
