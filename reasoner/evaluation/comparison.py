"""Champion and candidate on the same items: who solves what the other does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reasoner.config.settings import GateSettings
from reasoner.evaluation.e_process import anytime_p
from reasoner.evaluation.statistics import mcnemar_exact, paired_gain
from reasoner.types.problem import Attempt
from reasoner.types.report import Comparison, GateTest, Veto, VetoRule


@dataclass(frozen=True)
class Tally:
    """Counts over items."""

    n: int
    wins: int
    losses: int


@dataclass(frozen=True)
class _Pair:
    """One item that both were judged on."""

    champion: Attempt
    candidate: Attempt

    @property
    def won(self) -> bool:
        return self.candidate.correct and not self.champion.correct

    @property
    def lost(self) -> bool:
        return self.champion.correct and not self.candidate.correct


@dataclass(frozen=True)
class Beside:
    """Champion and candidate on items that are asked beside the gate set: they can veto, and decide nothing else."""

    bucket: str
    """As a veto names it."""
    champion: Sequence[Attempt]
    candidate: Sequence[Attempt]
    """At the same items, in the same order."""
    margin: float
    """Loss that is too much."""
    rule: VetoRule = "proven"

    @property
    def tally(self) -> Tally:
        """Over the items that could be judged on both sides."""
        return _tally(_judged_pairs(self.champion, self.candidate)[0])


def compare(
    champion: Sequence[Attempt],
    candidate: Sequence[Attempt],
    gate: GateSettings,
    *,
    beside: Sequence[Beside] = (),
    of: int | None = None,
) -> Comparison:
    """The paired comparison that the gate decides on.

    Args:
        champion: its attempts, one per item.
        candidate: its attempts at the same items, in the same order and the same mode.
        gate: `test`, `veto_margin` and `veto_alpha`.
        beside: other items that both were asked; see `veto_of`.
        of: of an e-process the items of the set that these are the beginning of; those that were asked, if not given.

    Returns:
        Counts over the items that the checker could judge on both sides; the others are in `errors`. A bucket (a skill,
        a difficulty) vetoes where the candidate is lower by more than the margin and harm is proven at `veto_alpha`.

    Raises:
        ValueError: the items or modes differ, or an item comes twice; nothing could be concluded from that.
    """
    pairs, errors = _judged_pairs(champion, candidate)
    buckets = {name: _tally(members) for name, members in _buckets(pairs).items()}
    found = weigh(_tally(pairs), buckets, gate, errors=errors, of=of)
    more = [veto for one in beside if (veto := veto_of(one.bucket, one.tally, one.margin, one.rule, gate))]
    return found.model_copy(update={"vetoes": (*found.vetoes, *more)}) if more else found


def veto_of(bucket: str, tally: Tally, margin: float, rule: VetoRule, gate: GateSettings) -> Veto | None:
    """The veto of one bucket; None where it has none.

    Args:
        bucket: its name.
        tally: of its items.
        margin: loss that is too much.
        rule: `proven` vetoes where the candidate is lower by more than the margin and is worse at one-sided exact p <
            `veto_alpha`. `noninferior` vetoes unless a loss of more than the margin is excluded: the one-sided lower
            bound of the paired difference, at level `veto_alpha`, must not lie below minus the margin.
        gate: `veto_alpha`.
    """
    p = mcnemar_exact(tally.losses, tally.wins)
    if rule == "proven":
        vetoed = bool(tally.n) and (tally.losses - tally.wins) / tally.n > margin and p < gate.veto_alpha
    else:
        _, (low, _) = paired_gain(tally.wins, tally.losses, tally.n, confidence=1 - 2 * gate.veto_alpha)
        vetoed = low < -margin
    return Veto(bucket=bucket, wins=tally.wins, losses=tally.losses, n=tally.n, p=p, rule=rule) if vetoed else None


def p_of(wins: int, losses: int, test: GateTest) -> float:
    """One-sided p of a gain; swap the counts for harm."""
    return anytime_p(wins, losses) if test == "e_process" else mcnemar_exact(wins, losses)


def weigh(
    whole: Tally, buckets: Mapping[str, Tally], gate: GateSettings, *, errors: int = 0, of: int | None = None
) -> Comparison:
    """The comparison that counts come to: `compare` without the attempts.

    Args:
        whole: over all items that could be judged.
        buckets: over those of each skill and difficulty, by name.
        gate: `test`, `veto_margin` and `veto_alpha`.
        errors: items that could not be judged.
        of: as in `compare`.
    """
    gain, ci95 = paired_gain(whole.wins, whole.losses, whole.n)
    return Comparison(
        n=whole.n,
        wins=whole.wins,
        losses=whole.losses,
        gain=gain,
        ci95=ci95,
        p=p_of(whole.wins, whole.losses, gate.test),
        vetoes=tuple(_vetoes(buckets, gate)),
        errors=errors,
        of=(of or whole.n + errors) if gate.test == "e_process" else None,
    )


def worse_buckets(champion: Sequence[Attempt], candidate: Sequence[Attempt], *, alpha: float) -> tuple[str, ...]:
    """Skills and difficulties in which the candidate is below the champion at one-sided p < alpha, by name."""
    pairs = [_Pair(*pair) for pair in zip(champion, candidate, strict=True)]
    buckets = _buckets([p for p in pairs if "error" not in (p.champion.outcome, p.candidate.outcome)])
    return tuple(name for name, members in sorted(buckets.items()) if mcnemar_exact(*_harm(members)) < alpha)


def _harm(members: Sequence[_Pair]) -> tuple[int, int]:
    """Losses and wins."""
    return sum(p.lost for p in members), sum(p.won for p in members)


def _judged_pairs(champion: Sequence[Attempt], candidate: Sequence[Attempt]) -> tuple[list[_Pair], int]:
    """The items that could be judged on both sides, and how many could not."""
    _refuse_unlike(champion, candidate)
    pairs = [_Pair(*pair) for pair in zip(champion, candidate, strict=True)]
    judged = [p for p in pairs if "error" not in (p.champion.outcome, p.candidate.outcome)]
    return judged, len(pairs) - len(judged)


def _refuse_unlike(champion: Sequence[Attempt], candidate: Sequence[Attempt]) -> None:
    ids = [attempt.problem_id for attempt in champion]
    if ids != [attempt.problem_id for attempt in candidate]:
        raise ValueError("champion and candidate were not tried on the same items in the same order")
    if len(set(ids)) != len(ids):
        raise ValueError(f"{len(ids)} attempts at {len(set(ids))} items: an item that comes twice would count twice")
    modes = {attempt.mode for attempt in (*champion, *candidate)}
    if len(modes) > 1:
        raise ValueError(f"champion and candidate were tried in different modes: {sorted(modes)!r}")


def _vetoes(buckets: Mapping[str, Tally], gate: GateSettings) -> Iterator[Veto]:
    """One per bucket that is worse beyond the margin and beyond chance."""
    for bucket, tally in sorted(buckets.items()):
        if veto := veto_of(bucket, tally, gate.veto_margin, "proven", gate):
            yield veto


def _tally(members: Sequence[_Pair]) -> Tally:
    return Tally(len(members), sum(p.won for p in members), sum(p.lost for p in members))


def _buckets(pairs: Sequence[_Pair]) -> dict[str, list[_Pair]]:
    buckets: dict[str, list[_Pair]] = {}
    for pair in pairs:
        for name in (f"skill {pair.champion.skill}", f"difficulty {pair.champion.difficulty}"):
            buckets.setdefault(name, []).append(pair)
    return buckets
