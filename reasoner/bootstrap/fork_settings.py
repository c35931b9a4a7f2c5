"""Which nodes of a cycle read which setting: whether a fork can have another value, or would only seem to.

A fork shares the nodes before its point. A setting that one of them has read is in what they left behind, and a setting
that no node reads changes nothing: both are refused in words. Task, data, student and seed are in everything.
"""

from collections.abc import Iterable, Sequence

from reasoner.config.settings import Settings
from reasoner.errors import UsageError

SHARED = ("task.", "domains", "data.", "student.", "encoder.", "language.", "seed")
"""Settings that everything before any point depends on."""

EVERY_START = frozenset({"start"})
"""Read whenever a run is taken up: another value holds from the fork on, wherever it begins."""

BASE_ALONE = frozenset({"prepare"})
"""Read before the first cycle and never again."""

NOBODY = frozenset[str]()
"""Read by commands other than the loop."""

TRAIN = frozenset({"train"})
SEARCHED = frozenset({"verifier", "search"})

ASKED = frozenset({"examine", "watch", "reflect", "approve"})

READERS: dict[str, frozenset[str]] = {
    "name": EVERY_START,
    "approval": frozenset({"decide", "reflect", "approve"}),
    "train": TRAIN,
    "train.base_updates": BASE_ALONE,
    "train.decoder_updates": BASE_ALONE,
    "train.predictor_updates": BASE_ALONE,
    "train.curriculum_updates": BASE_ALONE,
    "train.merge_after": frozenset({"reflect"}),
    "loss": TRAIN,
    "loss.own_latents_from": BASE_ALONE,
    "teacher": frozenset({"teach", "check"}),
    "teacher.calls": frozenset({"mine"}),
    "teacher.problems_per_call": frozenset({"mine"}),
    "teacher.samples": frozenset({"check"}),
    "teacher.confirmations": frozenset({"check"}),
    "teach": frozenset({"check"}),
    "mine": frozenset({"mine"}),
    "mine.strategy": frozenset({"mine", "check"}),
    # Who comes after `evaluate`: once any of them has worked, that was chosen.
    "mine.search": frozenset({"verifier", "search", "mine"}),
    "search": SEARCHED,
    "search.searcher": NOBODY,
    "search.recall": frozenset({"search"}),
    "search.seconds": frozenset({"search"}),
    "verifier": frozenset({"verifier"}),
    "verifier.pools": NOBODY,
    "gate.alpha": frozenset({"watch", "decide", "reflect"}),
    "gate.test": ASKED,
    "gate.block": ASKED,
    "gate.veto_margin": frozenset({"examine", "watch", "reflect"}),
    "gate.veto_alpha": frozenset({"examine", "watch", "reflect"}),
    "gate.regression_size": frozenset({"examine"}),
    "gate.retention": frozenset({"check", "train", "examine"}),
    "gate.retention_size": frozenset({"examine"}),
    "gate.retention_margin": frozenset({"examine"}),
    "gate.retention_rule": frozenset({"examine"}),
    "gate.watch_cycles": frozenset({"watch", "decide"}),
    "limits": EVERY_START,
    "compute": EVERY_START,
    "telemetry": EVERY_START,
    "trace": EVERY_START,
}
"""By dotted key, or by group for all keys that do not stand there themselves."""


def readers_of(key: str) -> frozenset[str]:
    """Nodes that read a setting."""
    return READERS[key] if key in READERS else READERS[key.partition(".")[0]]


def require_effective(
    changes: Iterable[str], before: Settings, after: Settings, *, done: Sequence[str], order: Sequence[str]
) -> None:
    """Holds that each changed setting is read at the fork's point or behind it, and by nobody before it.

    Args:
        changes: dotted keys.
        before: the parent's settings.
        after: the fork's.
        done: nodes of the fork's own cycle that are shared.
        order: of a cycle's nodes.

    Raises:
        UsageError: one would be ignored; says where to fork from instead.
    """
    for key in changes:
        if key.startswith(SHARED):
            raise UsageError(
                f"{key}: everything before the fork depends on data.*, student.* and seed, so it cannot be shared with "
                "other values of these; start a run of its own with `reasoner loop`"
            )
        readers = _readers_now(key, before, after)
        if readers == BASE_ALONE:
            raise UsageError(
                f"{key}: only cycle 0's student reads it, and a fork shares that student; start a run of its own with "
                "`reasoner loop`"
            )
        if not readers:
            raise UsageError(f"{key}: {_why_unread(key, after)}, so another value would change nothing")
        shared = [node for node in order if node in readers and node in done]
        if shared:
            raise UsageError(
                f"{key}: {shared[0]} reads it, and lies before the fork in this cycle, which shares what it did; "
                f"use --from {shared[0]}, or fork from the next cycle"
            )


def _readers_now(key: str, before: Settings, after: Settings) -> frozenset[str]:
    if key in ("teacher.model", "teach.from") and before.lessons != after.lessons:
        return readers_of(key) | {"mine"}  # without a teacher no lessons are chosen
    if key == "gate.alpha" and "e_process" in (before.gate.test, after.gate.test):
        return readers_of(key) | {"examine"}  # it says when the asking ends
    if readers_of(key) <= SEARCHED and not after.mine.search:
        return NOBODY
    return readers_of(key)


def _why_unread(key: str, after: Settings) -> str:
    if readers_of(key) and not after.mine.search:
        return "with mine.search=false no node of the loop reads it"
    return "no node of the loop reads it"
