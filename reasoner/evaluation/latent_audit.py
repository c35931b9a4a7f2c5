"""What the latents hold, put beside controls: round trips, linear probes, spectra, and predictors that know nothing."""

import dataclasses
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reasoner.errors import DataError
from reasoner.evaluation.findings import number, share
from reasoner.types.diagnosis import Finding, Section

if TYPE_CHECKING:
    from reasoner.diagnostics.latents import Latents
    from reasoner.diagnostics.probes import Parsed, Scores
    from reasoner.types.student import Probed


def all_equations(low: int, high: int, *, factors: tuple[int, int] = (2, 9)) -> list[str]:
    """Every true `a op b = c` of whole numbers from 1 to `high` whose largest number is above `low`.

    Args:
        low: 0 for all.
        high: largest number.
        factors: range of the second factor and of the divisor; in stories 2 to 9.
    """
    pairs = [(a, b) for a in range(1, high) for b in range(1, high - a + 1) if a + b > low]
    sums = [f"{a}+{b}={a + b}" for a, b in pairs] + [f"{a + b}-{a}={b}" for a, b in pairs]
    return sums + products(low, high, factors=factors)


def products(low: int, high: int, *, factors: tuple[int, int]) -> list[str]:
    """Those of `all_equations` that multiply or divide."""
    pairs = [(a, b) for b in range(factors[0], factors[1] + 1) for a in range(2, high // b + 1) if a * b > low]
    return [f"{a}*{b}={a * b}" for a, b in pairs] + [f"{a * b}/{b}={a}" for a, b in pairs]


def round_trip_section(
    student: "Probed", held_out: Iterable[str], seen: set[str] | None, *, max_number: int | None
) -> Section:
    """How many steps come back from decode(encode(step)) exactly.

    Args:
        student: ready for inference.
        held_out: steps of problems that no training draws from.
        seen: steps that base training drew, where they can be drawn again.
        max_number: largest number of the stories; None where steps are no equations.
    """
    began = time.monotonic()

    def row(name: str, steps: Iterable[str], note: str) -> Finding:
        distinct = [s for s in dict.fromkeys(steps) if student.can_write(s)]
        return share(name, sum(student.round_trips(distinct)), len(distinct), note=note)

    def rows(name: str, steps: list[str], note: str) -> list[Finding]:
        """A row for all, and one for those not seen in training."""
        unseen = [] if seen is None else [s for s in steps if s not in seen]
        one = row(name, steps, note)
        return [one] if seen is None else [one, row(f"{name}, never drawn in base training", unseen, "")]

    found = rows("steps of sealed and gate problems", list(dict.fromkeys(held_out)), "distinct steps")
    if max_number is not None:
        every, foreign = all_equations(0, max_number), products(0, max_number, factors=(10, max_number // 2))
        larger = all_equations(max_number, 2 * max_number)[:: max(1, max_number // 25)]
        found += rows(f"every equation up to {max_number}", every, "of the form that stories have")
        found += [
            row("factors and divisors above 9", foreign, "in range, of a form that no story has"),
            row(f"larger numbers, {max_number + 1} to {2 * max_number}", larger, "out of range, a sample"),
        ]
    return Section(name="round_trip", findings=tuple(found), seconds=time.monotonic() - began)


def probes_section(train: "Latents", test: "Latents", random: "RandomLatents") -> Section:
    """What linear maps read off encoded and predicted slots.

    Args:
        train: steps that the probes are trained on.
        test: other steps; those whose text is among the training ones are left out here.
        random: the same steps through a student of fresh weights.

    Raises:
        DataError: no test step is new.
    """
    from reasoner.diagnostics.probes import parse, probe

    began = time.monotonic()
    known = set(train.texts)
    labels = parse(train.texts)
    unseen = parse([t if t not in known else "" for t in test.texts])
    if not len(unseen.operator_N):
        raise DataError(
            f"of {len(test.texts)} sealed steps none is an equation new to the probes; raise data.sealed_size"
        )
    rows: list[Finding] = []
    for kind in ("encoded", "predicted"):
        four = (train, test, random.train, random.test)
        x, z, random_x, random_z = (getattr(one, f"{kind}_NKD").flatten(1) for one in four)
        own = probe(x[labels.index_N], labels, z[unseen.index_N], unseen)
        shuffled = probe(x[labels.index_N], labels.shuffled(0), z[unseen.index_N], unseen)
        fresh = probe(random_x[labels.index_N], labels, random_z[unseen.index_N], unseen)
        rows += _probe_rows(kind, own, shuffled, fresh, _majority(labels, unseen))
    return Section(name="probes", findings=tuple(rows), seconds=time.monotonic() - began)


@dataclasses.dataclass(frozen=True)
class RandomLatents:
    """The control: training and test steps through fresh weights."""

    train: "Latents"
    test: "Latents"


def _majority(train: "Parsed", test: "Parsed") -> float:
    ((common, _),) = Counter(train.operator_N.tolist()).most_common(1)
    return float((test.operator_N == common).float().mean())


def _probe_rows(kind: str, own: "Scores", shuffled: "Scores", fresh: "Scores", majority: float) -> list[Finding]:
    def note(figure: float, control: float) -> str:
        return f"shuffled labels {control:.1%}, random weights {figure:.1%}"

    n = own.n
    controls = note(fresh.operator / n, shuffled.operator / n)
    rows = [share(f"{kind}: operator", own.operator, n, against=majority, note=f"against the majority; {controls}")]
    for name in own.exact:
        control = shuffled.exact[name] / n
        told = note(fresh.exact[name] / n, control)
        rows.append(share(f"{kind}: digits of the {name} number", own.exact[name], n, against=control, note=told))
    for name in own.r2:
        told = f"shuffled labels {shuffled.r2[name]:.2f}, random weights {fresh.r2[name]:.2f}"
        row = number(f"{kind}: value of the {name} number", own.r2[name], "r2", n, against=fresh.r2[name], note=told)
        rows.append(row)
    return rows


def spectrum_section(latents: "Latents") -> Section:
    """Effective rank and std of encoded, target and predicted slots, with the curves behind them."""
    from reasoner.diagnostics.spectrum import spectrum

    began = time.monotonic()
    rows, curves = list[Finding](), dict[str, tuple[float, ...]]()
    for kind in ("encoded", "target", "predicted"):
        slots = getattr(latents, f"{kind}_NKD")
        found, (n, _, width) = spectrum(slots), slots.shape
        ranks = ", ".join(f"{r:.1f}" for r in found.rank_K)
        mean_rank = sum(found.rank_K) / len(found.rank_K)
        rows += [
            number(f"{kind}: effective rank", mean_rank, "dimensions", n, against=width, note=f"by slot {ranks}"),
            number(f"{kind}: std of a dimension", found.std, "std", n, note=f"smallest {found.smallest_std:.3f}"),
        ]
        for slot, (values, std) in enumerate(zip(found.values_KD, found.std_KD, strict=True), start=1):
            curves[f"{kind}/values/{slot}"] = tuple(round(v, 6) for v in values)
            curves[f"{kind}/std/{slot}"] = tuple(round(v, 4) for v in std)
    return Section(name="spectrum", findings=tuple(rows), curves=curves, seconds=time.monotonic() - began)


def references_section(student: "Probed", latents: "Latents", train: "Latents", *, seed: int) -> Section:
    """The predictor beside copy-last, the mean and shuffled targets, on steps that have a step before them."""
    from reasoner.diagnostics.references import guesses

    began = time.monotonic()
    later = latents.only(latents.place_N > 0)
    if not later.texts:
        return Section(name="references", findings=(), seconds=time.monotonic() - began)
    found = guesses(later, train, seed=seed)
    (ours, *others), n = found, len(later.texts)
    rows = list[Finding]()
    for name, measure in (("smooth-L1", "smooth_l1"), ("cosine distance", "cosine")):
        best = min(getattr(g, measure) for g in others)
        rows.append(
            number(f"predictor: {name}", getattr(ours, measure), "error", n, against=best, note="the best guess")
        )
        rows += [number(f"{g.name}: {name}", getattr(g, measure), "error", n) for g in others]
    for guess in found[:3]:
        right = _agree(student.decode_latents(guess.slots_NKD.numpy()), later.texts)
        rows.append(share(f"{guess.name}: decoded to the right step", right, n))
    return Section(name="references", findings=tuple(rows), seconds=time.monotonic() - began)


def _agree(first: Sequence[str], second: Sequence[str]) -> int:
    return sum(a == b for a, b in zip(first, second, strict=True))
