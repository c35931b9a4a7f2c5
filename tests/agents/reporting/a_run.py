"""Events of a made-up run of five cycles, in the shapes of the interface."""

from typing import Any

from reasoner.types.report import Rate

Event = dict[str, Any]
RUN = "20261122-0915-math-nano-k3f9"
ACCURACY = {"base": 0.41, "c1": 0.63, "c3": 0.84, "c5": 0.93}
VERDICTS = {
    1: ("promote", 160, 28),
    2: ("keep", 31, 25),
    3: ("promote", 141, 15),
    4: ("reject", 20, 48),
    5: ("promote", 80, 26),
}
REASONS = {
    "promote": "The candidate solves more: p is below alpha and no skill got worse.",
    "keep": "The difference could be chance: p=0.252 is not below alpha=0.01.",
    "reject": "The candidate is worse by more than the margin in skill times.",
}


def rate(accuracy: float, n: int) -> Event:
    half = 1.96 * (accuracy * (1 - accuracy) / n) ** 0.5
    bounds = (max(0.0, accuracy - half), min(1.0, accuracy + half))
    return Rate(n=n, right=round(accuracy * n), accuracy=accuracy, ci95=bounds).model_dump(mode="json")


def evaluation(cycle: int, checkpoint: str) -> Event:
    accuracy = ACCURACY[checkpoint]
    by_difficulty = {
        str(steps): rate(min(0.99, max(0.02, accuracy + 0.45 - 0.16 * steps)), 150) for steps in (1, 2, 3, 4)
    }
    shift = {"add": 0.05, "take": -0.3 if checkpoint == "c5" else 0.0, "times": -0.02, "share": 0.01}
    by_skill = {skill: rate(min(0.99, accuracy + more), 150) for skill, more in shift.items()}
    body = {"checkpoint": checkpoint, "split": "sealed", "mode": "talk", **rate(accuracy, 600), "seconds": 3.2}
    body["right_with_false_steps"] = 17
    common = {"event": "evaluation", "run": RUN, "cycle": cycle}
    return {**common, **body, "by_skill": by_skill, "by_difficulty": by_difficulty}


def cycle_events(cycle: int) -> list[Event]:
    verdict, wins, losses = VERDICTS[cycle]
    common: Event = {"run": RUN, "cycle": cycle}
    coverage = {"questions": 1000, "radius": 0.0125, "covered": 0.5 + 0.08 * cycle, "distance": 0.02 / cycle}
    body = {"candidate": f"c{cycle}", "champion": "base", "wins": wins, "losses": losses}
    events: list[Event] = [
        {"event": "failures", **common, "mined": 120, "clusters": 6},
        {"event": "teacher", **common, "calls": 118, "cached": 2, "accepted": 1090, "rejected": 61, "usd": 0.0},
        {
            "event": "examples",
            **common,
            "added": 850,
            "duplicates": 12,
            "memory_size": 850 * cycle,
            "coverage": coverage,
        },
        {"event": "job", **common, "job": f"job{cycle}", "state": "succeeded", "seconds": 41.0},
        {"event": "node", **common, "node": "train", "seconds": 44.0},
        {"event": "node", **common, "node": "examine", "seconds": 6.0},
        {
            "event": "decision",
            **common,
            **body,
            "verdict": verdict,
            "p": 1.2e-12,
            "alpha": 0.01,
            "reason": REASONS[verdict],
        },
    ]
    return [*events, evaluation(cycle, f"c{cycle}")] if verdict == "promote" else events


def whole_run() -> list[Event]:
    """Five cycles, three promotions."""
    sealed = {"first": 0.41, "last": 0.93, "gain": 0.52, "ci95": [0.47, 0.57]}
    done = {"cycles": 5, "champion": "c5", "sealed": sealed, "teacher_calls": 590, "usd": 0.0, "seconds": 290.0}
    launch = {"event": "launch", "run": RUN, "home": ".", "config_hash": "0123456789ab", "git": "abc"}
    cycles = [event for cycle in VERDICTS for event in cycle_events(cycle)]
    return [launch, evaluation(0, "base"), *cycles, {"event": "done", "run": RUN, **done}]


def fruitless_run() -> list[Event]:
    """One cycle whose candidate was kept out."""
    return [*whole_run()[:2], *cycle_events(2)]
