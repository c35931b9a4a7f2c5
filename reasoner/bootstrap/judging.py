"""Binds tasks whose answers a model judges to somebody who asks it, and proves that model before a loop spends."""

import hashlib
import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reasoner.bootstrap.home import Home
from reasoner.config.settings import Settings
from reasoner.domains.registry import domain_mark, get_domain
from reasoner.errors import UsageError
from reasoner.storage.json_files import read_object
from reasoner.storage.writing import write_json
from reasoner.types.domain import Domain, NeedsJudge, power
from reasoner.types.judging import JudgeRules
from reasoner.types.preflight import Look

if TYPE_CHECKING:
    from agents.teachers.judge import LiteLLMJudge
    from reasoner.data.sources import ProblemSource
    from reasoner.evaluation.judge_check import JudgeCheck, Known

ALONE = "evaluations"
"""Who pays for verdicts outside of runs; `--max-usd` and `--max-calls` hold for all of them together."""

Say = Callable[[str], None]
_MEND = "remove it: the judge is proven again"


def rules_of(domain: Domain) -> JudgeRules | None:
    """What a task wants of a judging model; None where none judges."""
    asks = power(domain, NeedsJudge)
    return asks.judging if asks else None


def judge_of(
    domain: Domain,
    settings: Settings,
    place: Home,
    *,
    run: str = ALONE,
    kin: Collection[str] = (),
    out_of_time: Callable[[], bool] | None = None,
    say: Say = lambda _: None,
    on_progress: Callable[[int, str, int, int], None] | None = None,
) -> "LiteLLMJudge | None":
    """Who asks the model that judges a task; None where none does.

    Args:
        domain: of the task.
        settings: their limits hold.
        place: the home that remembers verdicts.
        run: that pays.
        kin: runs whose verdicts are its own.
        out_of_time: whether the run's minutes are used up.
        say: told what people should hear.
        on_progress: told cycle, node, verdicts that are there, verdicts that are asked for.
    """
    rules = rules_of(domain)
    if rules is None:
        return None
    from agents.teachers.judge import LiteLLMJudge
    from memory.store.ledger import JudgeLedger

    database = place.database()
    return LiteLLMJudge(
        rules,
        settings.limits,
        lambda cycle: JudgeLedger(database, run, cycle=cycle, kin=kin),
        out_of_time=out_of_time,
        say=say,
        on_progress=on_progress,
    )


def bound(domain: Domain, judge: "LiteLLMJudge | None") -> Domain:
    """The task with its judge, where it has one."""
    asks = power(domain, NeedsJudge)
    return domain if judge is None or asks is None else asks.with_judge(judge)


def judged_domain(settings: Settings, place: Home, task: str | None = None) -> Domain:
    """The task of some settings, ready to judge outside of a run."""
    domain = get_domain(task or settings.task.name)
    return bound(domain, judge_of(domain, settings, place))


def require_no_judge(settings: Settings, *, instead: str) -> None:
    """Raises UsageError where a model judges: a child process asks none."""
    if rules := rules_of(get_domain(settings.task.name)):
        raise UsageError(
            f"answers of the task {settings.task.name!r} are judged by {rules.model}, which no job asks; {instead}"
        )


def look_at_judge(settings: Settings, source: "ProblemSource") -> list[Look]:
    """Whether the judge could be asked at all, and what proving it costs at most. Sends nothing.

    Raises:
        TeacherError: no price, no key, no such model.
    """
    rules = rules_of(get_domain(settings.task.name))
    if rules is None:
        return []
    from agents.teachers.judge import preflight, worst_usd
    from reasoner.evaluation.judge_check import known_answers

    preflight(rules)
    known = known_answers(source.practice(1), rules, seed=settings.seed)
    usd = worst_usd(rules, [one.submission for one in known])
    found = (
        f"{rules.model}; {len(known)} verdicts on known answers come first, ${usd:.4f} at worst, paid once in a home"
    )
    return [Look(what="judge", found=found)]


def prove_judge(
    settings: Settings, source: "ProblemSource", judge: "LiteLLMJudge", place: Home, *, say: Say
) -> "JudgeCheck":
    """The judge on known answers of the practice part; in one home the same ones are judged once.

    Raises:
        UsageError: it agrees less often than `least_agreement`; has the figures and says what to do.
        BudgetReached: a limit forbids the next verdict; those that came are kept.
        TeacherError: the model cannot be used at all.
    """
    from agents.teachers.judge import worst_usd
    from reasoner.evaluation.judge_check import JudgeCheck, check_judge, known_answers

    rules = judge.rules
    known = known_answers(source.practice(1), rules, seed=settings.seed)
    path = _kept(place, settings, known)
    if path.is_file():
        found = JudgeCheck.model_validate(read_object(path, mend=_MEND))
    else:
        usd = worst_usd(rules, [one.submission for one in known])
        say(f"{rules.model} is asked for {len(known)} verdicts on known answers; ${usd:.4f} at worst")
        found = check_judge(judge, rules, known)
        if found.trusted or not found.errors:  # a server that failed may answer the next time
            write_json(path, found.model_dump(mode="json"))
    return found


def proven_judge(
    settings: Settings, source: "Callable[[], ProblemSource]", place: Home, run: str, *, say: Say
) -> list[Look]:
    """The judge of a run, proven; nothing where no model judges. Raises as `prove_judge` and `require_trusted`."""
    judge = judge_of(get_domain(settings.task.name), settings, place, run=run, say=say)
    if judge is None:
        return []
    found = prove_judge(settings, source(), judge, place, say=say)
    require_trusted(found)
    return [Look(what="judge proven", found=found.words)]


def proof_of(settings: Settings, source: "ProblemSource", place: Home) -> dict[str, Any]:
    """For a run's manifest: the figures that a judge was trusted on; empty where no model judges."""
    rules = rules_of(get_domain(settings.task.name))
    if rules is None:
        return {}
    from reasoner.evaluation.judge_check import known_answers

    path = _kept(place, settings, known_answers(source.practice(1), rules, seed=settings.seed))
    return {"judge": read_object(path, mend=_MEND)} if path.is_file() else {}


def require_trusted(found: "JudgeCheck") -> None:
    """Raises UsageError for a judge that agrees too seldom."""
    if not found.trusted:
        fails = "".join(f"\n  {line}" for line in found.fails)
        raise UsageError(
            f"the judge cannot be trusted: {found.words}; checker.least_agreement={found.least:g}. Choose another "
            f"checker.model, write a clearer checker.rubric, or mend the gold answers{fails}"
        )


def _kept(place: Home, settings: Settings, known: "list[Known]") -> Path:
    """Where the figures are kept: by what the task judges with, and by what was judged."""
    told = [domain_mark(settings.task.name), *(one.model_dump(mode="json") for one in known)]
    mark = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
    return place.root / "judges" / f"{mark}.json"
