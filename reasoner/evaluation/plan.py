"""What a loop is going to do, what it can prove and what it may cost, said before anything is spent (`--dry-run`)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reasoner.config.resolved import config_hash, dump_yaml, redacted
from reasoner.config.settings import Settings, TeacherSettings, TrainSettings
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.statistics import smallest_detectable_gain
from reasoner.students import footprint_of
from reasoner.types.record import Record

POWER = 0.8
LOSS_RATE = 0.03
"""Share of gate problems that a better candidate may still lose; taken as given when the smallest gain is told."""

PROMPT_TOKENS = 1000
"""A prompt holds one problem, one attempt and the instructions; measured ones are shorter."""


class Price(Record):
    """Dollars for a million tokens."""

    input: float
    output: float


PriceOf = Callable[[TeacherSettings], Price | None]
"""What the loop itself would reckon with for this teacher; None where nobody knows the price and the loop refuses."""


class Plan(Record):
    """A loop that has not begun, for people and for programs."""

    lines: tuple[str, ...]
    record: dict[str, Any]


def plan_loop(settings: Settings, *, home: Path, cycles: int, price_of: PriceOf) -> Plan:
    """Says what `cycles` cycles with these settings come to.

    Args:
        settings: the resolved configuration.
        home: where the run would be kept.
        cycles: 1 or more.
        price_of: the teacher's price; not asked where nobody teaches.
    """
    detectable = [_detectable(settings, cycle) for cycle in range(1, cycles + 1)]
    teacher = expected_calls(settings, cycles, price_of)
    size = footprint_of(settings)
    record = {
        "config": redacted(settings).model_dump(mode="json"),
        "config_hash": config_hash(settings),
        "home": str(home),
        "cycles": cycles,
        "detectable": detectable,
        "teacher": teacher,
        "footprint": size.model_dump(mode="json"),
    }
    lines = [
        dump_yaml(settings).rstrip(),
        "",
        *_words(settings, home, cycles),
        f"student: {size.words()}",
        "",
        *_gate_words(settings, detectable),
    ]
    return Plan(lines=(*lines, "", *_teacher_words(teacher)), record=record)


def _detectable(settings: Settings, cycle: int) -> dict[str, Any]:
    alpha = alpha_of_cycle(cycle, settings.gate.alpha)
    gate = settings.gate
    block = gate.block if gate.test == "e_process" else None
    gain = smallest_detectable_gain(settings.data.gate_size, alpha, power=POWER, loss_rate=LOSS_RATE, block=block)
    return {"cycle": cycle, "alpha": alpha, "gain": gain}


def expected_calls(settings: Settings, cycles: int, price_of: PriceOf) -> dict[str, Any]:
    """Calls that are expected of the teacher, requests at most, and dollars at worst; None where nobody knows."""
    teacher, limits = settings.teacher, settings.limits
    # The built-in expert's problems are read by the domain itself and need no confirmation.
    confirmations = 0 if teacher.model.startswith("builtin/") else teacher.confirmations
    calls = 0 if settings.lessons != "teacher" else cycles * (teacher.calls + confirmations)
    # The answer and its one repair may each be tried again after errors.
    answers = repairs = calls * (teacher.retries + 1)
    requests = answers + repairs
    if limits.max_calls is not None:
        calls, requests = min(calls, limits.max_calls), min(requests, limits.max_calls)
        repairs = min(repairs, requests)
    price = price_of(teacher) if requests else Price(input=0, output=0)
    usd = None if price is None else _worst_usd(requests, repairs, teacher.max_tokens, price)
    if usd is not None and limits.max_usd is not None:
        usd = min(usd, limits.max_usd)
    return {"model": teacher.model, "calls": calls, "requests": requests, "usd": usd}


def _worst_usd(requests: int, repairs: int, max_tokens: int, price: Price) -> float:
    """Dollars if every answer is as long as it may be; a repair's prompt quotes the answer that it mends."""
    read, written = requests * PROMPT_TOKENS + repairs * max_tokens, requests * max_tokens
    return (read * price.input + written * price.output) / 1e6


def _words(settings: Settings, home: Path, cycles: int) -> list[str]:
    data = settings.data
    source = "generated problems" if settings.task.is_drawn else settings.task.rows
    return [
        f"plan: {cycles} cycles of configuration {config_hash(settings)} in {home}",
        f"  cycle 0   {_base(settings)}",
        f"            evaluate it on {data.sealed_size} sealed problems of {_steps(data.difficulties)}",
        f"  cycle 1-{cycles} attempt {data.practice_size} of {source}; ask {settings.teacher.model} about the failures",
        *_search_words(settings),
        f"            {_tuning(settings)} on all that was learnt",
        f"            compare it with the champion on {data.gate_size} fresh gate problems; {_promotion(settings)}",
    ]


def _base(settings: Settings) -> str:
    """How cycle 0 comes by its student; only a latent one is told by updates, which others count in their own way."""
    kind, start, train = settings.student.kind, settings.student.start, settings.train
    if start != "scratch":
        return f"begin from {start}"
    if kind != "latent":
        return f"make the student of the kind {kind}"
    return f"train a student for {train.base_updates} updates on problems of {_steps(settings.data.base_difficulties)}"


def _tuning(settings: Settings) -> str:
    """How a candidate is made."""
    if settings.student.kind != "latent":
        return "train a candidate"
    train = settings.train
    return f"fine-tune {_candidate(train)} from the {train.parent} for {train.finetune_updates} updates at most"


def _promotion(settings: Settings) -> str:
    """What becomes of a better candidate."""
    if settings.approval == "human":
        return "propose what is better, and wait for your yes"
    fast = settings.train.adapter_rank and settings.approval == "fast_auto"
    return "promote what is better" if settings.approval == "auto" or fast else "propose what is better (base weights)"


def _candidate(train: TrainSettings) -> str:
    """What of a candidate learns."""
    if not train.adapter_rank:
        return "a candidate"
    return f"additions of rank {train.adapter_rank} (KL {train.kl_budget:g} at most)"


def _search_words(settings: Settings) -> list[str]:
    """What `mine.search` puts between the attempts and the teacher."""
    if not settings.mine.search:
        return []
    verifier, search = settings.verifier, settings.search
    judged = f"train its verifier for {verifier.updates} updates at most; " if search.verifier else ""
    return [
        f"            first {judged}search the failures with {search.width * search.candidates} decodes a step,"
        " learn from what is found, ask about the rest"
    ]


def _gate_words(settings: Settings, detectable: list[dict[str, Any]]) -> list[str]:
    size, power, gate = settings.data.gate_size, f"{POWER:.0%}", settings.gate
    test = "exact test" if gate.test == "exact" else f"e-process in blocks of {gate.block}"
    lost = f"{size} problems, {LOSS_RATE:.0%} of them lost again"
    head = f"smallest gain that the gate finds in {power} of cases ({test}, {lost}):"
    return [
        head,
        *(f"  cycle {one['cycle']}   alpha {one['alpha']:.4f}   {_points(one['gain'])}" for one in detectable),
    ]


def _teacher_words(teacher: dict[str, Any]) -> list[str]:
    calls = f"teacher: {teacher['calls']} calls expected, {teacher['requests']} requests at most"
    if teacher["usd"] is None:
        return [
            f"{calls}; nobody knows the price of {teacher['model']!r}, and without one no call is made.",
            "State teacher.usd_per_million_input=... and teacher.usd_per_million_output=... (0 for your own server).",
        ]
    return [f"{calls}; ${teacher['usd']:.2f} at worst"]


def _points(gain: float | None) -> str:
    return "none: the gate set is too small for this alpha" if gain is None else f"{100 * gain:+.1f} points"


def _steps(difficulties: tuple[int, ...]) -> str:
    return f"{', '.join(str(one) for one in difficulties)} steps"
