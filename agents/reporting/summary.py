"""A run in numbers, from its events: who was champion after each cycle, how good, and what each cycle cost.

An evaluation belongs to a checkpoint. The champion after a cycle is found from the decisions, its accuracy from the
newest sealed evaluation of that checkpoint, so a kept champion keeps its figure.
"""

from dataclasses import dataclass

from agents.reporting.events import Event, of_kind
from reasoner.types.loop import CycleRow
from reasoner.types.report import Rate


@dataclass(frozen=True)
class Evaluation:
    """One checkpoint on one set, as its event told it."""

    cycle: int
    checkpoint: str
    split: str
    mode: str
    overall: Rate
    by_skill: dict[str, Rate]
    by_difficulty: dict[str, Rate]
    right_with_false_steps: int | None
    """None in runs of before it was counted."""


@dataclass(frozen=True)
class Gain:
    """First against last champion on the sealed set."""

    first: float
    last: float
    gain: float
    ci95: tuple[float, float]
    """95% interval of the paired difference."""


@dataclass(frozen=True)
class Cycle:
    """One cycle. Cycle 0 has no decision."""

    cycle: int
    champion: str
    """Id of the champion after this cycle."""
    sealed: Evaluation | None
    decision: Event | None
    failures: Event | None
    teacher: Event | None
    judge: Event | None
    """What verdicts cost, of a task that a model judges."""
    examples: Event | None
    verifier: Event | None
    search: Event | None
    repairs: Event | None
    """How what was taught before stands at the gate; None where nothing was asked."""
    retention: tuple[Event, ...]
    """The same of what must not be forgotten, one a suite."""
    jobs: tuple[Event, ...]
    seconds: float
    """Time at work in its nodes, over all starts of the run."""

    @property
    def coverage(self) -> Event | None:
        """What the run's examples cover after this cycle; None in cycle 0 and in runs of before it was measured."""
        return self.examples.get("coverage") if self.examples else None


@dataclass(frozen=True)
class Summary:
    """A whole run, finished or not."""

    run: str
    cycles: tuple[Cycle, ...]
    evaluations: tuple[Evaluation, ...]
    done: Event | None
    gain: Gain | None
    """None until the run has written its `done` event."""

    @property
    def covered(self) -> tuple[Cycle, ...]:
        """Cycles whose coverage was measured."""
        return tuple(cycle for cycle in self.cycles if cycle.coverage)

    @property
    def promotions(self) -> tuple[Cycle, ...]:
        """Cycles whose candidate became champion."""
        return tuple(cycle for cycle in self.cycles if cycle.decision and is_promotion(cycle.decision))

    @property
    def measured(self) -> tuple[Cycle, ...]:
        """Cycles whose champion has a sealed figure."""
        return tuple(cycle for cycle in self.cycles if cycle.sealed)


def summarise(events: list[Event]) -> Summary:
    """Puts the events of one run in order."""
    assert events, "a run has at least its launch event"
    evaluations = [_evaluation(event) for event in of_kind(events, "evaluation")]
    done = of_kind(events, "done")[-1:] or [None]
    return Summary(
        run=next((event["run"] for event in events if event.get("run")), ""),
        cycles=tuple(_cycles(events, evaluations)),
        evaluations=tuple(evaluations),
        done=done[0],
        gain=_gain(done[0]),
    )


def is_promotion(decision: Event) -> bool:
    """Whether a candidate became champion by it, and not a former champion or what its additions were merged into."""
    return decision["verdict"] == "promote" and decision.get("kind", "promotion") == "promotion"


def cycle_rows(summary: Summary) -> list[CycleRow]:
    """The end table's rows."""
    return [_row(cycle) for cycle in summary.cycles]


def _row(cycle: Cycle) -> CycleRow:
    decision, teacher = cycle.decision or {}, cycle.teacher or {}
    return CycleRow(
        cycle=cycle.cycle,
        verdict=decision.get("verdict", "base" if cycle.cycle == 0 else ""),
        sealed=cycle.sealed.overall if cycle.sealed else None,
        wins=decision.get("wins"),
        losses=decision.get("losses"),
        p=decision.get("p"),
        alpha=decision.get("alpha"),
        teacher_calls=teacher.get("calls", 0),
        usd=teacher.get("usd", 0.0) + (cycle.judge or {}).get("usd", 0.0),
        seconds=cycle.seconds,
        covered=cycle.coverage["covered"] if cycle.coverage else None,
    )


def _cycles(events: list[Event], evaluations: list[Evaluation]) -> list[Cycle]:
    numbers = sorted({event["cycle"] for event in events if event.get("cycle") is not None})
    champion, found = _first_champion(events, evaluations), list[Cycle]()
    for number in numbers:
        own = [event for event in events if event.get("cycle") == number]
        # A cycle whose additions are merged has a second decision, about the same student in other weights.
        decision = _last([event for event in own if event.get("kind") != "merge"], "decision")
        for made in of_kind(own, "decision"):
            champion = made["candidate"] if made["verdict"] == "promote" else champion
        found.append(
            Cycle(
                cycle=number,
                champion=champion,
                sealed=_sealed(evaluations, champion),
                decision=decision,
                failures=_last(own, "failures"),
                teacher=_last(own, "teacher"),
                judge=_last(own, "judge"),
                examples=_last(own, "examples"),
                verifier=_last(own, "verifier"),
                search=_last(own, "search"),
                repairs=_last(own, "repairs"),
                retention=tuple(of_kind(own, "retention")),
                jobs=tuple(of_kind(own, "job")),
                seconds=sum(event["seconds"] for event in of_kind(own, "node")),
            )
        )
    return found


def _first_champion(events: list[Event], evaluations: list[Evaluation]) -> str:
    sealed = [evaluation.checkpoint for evaluation in evaluations if evaluation.split == "sealed"]
    decided = [event.get("champion", "") for event in of_kind(events, "decision")]
    return (sealed[:1] or decided[:1] or [""])[0]


def _sealed(evaluations: list[Evaluation], champion: str) -> Evaluation | None:
    """The champion's newest sealed evaluation in the run's main mode, which is that of its first evaluation."""
    sealed = [evaluation for evaluation in evaluations if evaluation.split == "sealed"]
    own = [one for one in sealed if one.checkpoint == champion and one.mode == sealed[0].mode]
    return own[-1] if own else None


def _evaluation(event: Event) -> Evaluation:
    return Evaluation(
        cycle=event["cycle"],
        checkpoint=event["checkpoint"],
        split=event["split"],
        mode=event.get("mode", ""),
        overall=_rate(event),
        by_skill={name: _rate(rate) for name, rate in event.get("by_skill", {}).items()},
        by_difficulty={name: _rate(rate) for name, rate in event.get("by_difficulty", {}).items()},
        right_with_false_steps=event.get("right_with_false_steps"),
    )


def _rate(value: Event) -> Rate:
    right: int = value["right"] if "right" in value else round(value["accuracy"] * value["n"])
    return Rate(n=value["n"], right=right, accuracy=value["accuracy"], ci95=value["ci95"])


def _gain(done: Event | None) -> Gain | None:
    if done is None or not done.get("sealed"):
        return None
    sealed = done["sealed"]
    low, high = sealed["ci95"]
    return Gain(first=sealed["first"], last=sealed["last"], gain=sealed["gain"], ci95=(low, high))


def _last(events: list[Event], name: str) -> Event | None:
    return (of_kind(events, name) or [None])[-1]
