"""What the gate could see and what it saw: gains with intervals, noise floors, smallest gains that can be found.

The noise floor of a cycle is the difference within which 95 of 100 comparisons of two equally good students fall, given
how many problems the two answered differently: 1.96 sqrt(d / n) for a share d of n problems. The smallest gain that can
be found is the true gain that the gate's test discovers in 80% of cases at the cycle's alpha, taking the share of
problems that the candidate lost as it was. An e-process may have asked less than its whole set: counts and interval are
of what it asked, the smallest gain is that of the whole.
"""

from dataclasses import dataclass
from functools import cache
from math import sqrt

from agents.reporting.events import Event
from agents.reporting.figures import interval, points, probability
from agents.reporting.page.markup import Markup, element, together
from agents.reporting.page.svg import Frame, drawing, text, titled
from agents.reporting.summary import Summary
from reasoner.evaluation.statistics import Z95, smallest_detectable_gain

POWER = 0.8
UNBROKEN = "\u2011"
"""A hyphen at which no line ends."""
ROW, TIGHT = 30, 18
"""Pixels of a cycle; the second where there are more than `FEW`."""
FEW = 16


@dataclass(frozen=True)
class Proof:
    """One comparison at the gate."""

    cycle: int
    verdict: str
    n: int
    wins: int
    losses: int
    gain: float
    ci95: tuple[float, float]
    p: float
    alpha: float
    floor: float
    """The noise floor, a share."""
    detectable: float | None
    """The smallest gain that can be found; None if none can."""
    reason: str
    part: str
    """How much of the set an e-process asked, in words; empty of a test that asks all."""

    @property
    def became(self) -> str:
        """What became of the candidate."""
        return {
            "promote": "became champion",
            "keep": "was not promoted",
            "reject": "was rejected",
            "await": "awaits an approver",
        }.get(self.verdict, self.verdict)

    @property
    def words(self) -> str:
        """The test, said in a sentence."""
        p, alpha = (probability(value).replace("-", UNBROKEN) for value in (self.p, self.alpha))
        most = "at most " if self.part else ""
        chance = (
            "they would differ so clearly at any moment of the asking"
            if self.part
            else "wins would outweigh losses so clearly"
        )
        return (
            f"On the same {self.n} fresh problems{self.part} the candidate solved {self.wins} that the champion did "
            f"not, and lost {self.losses}. Were both equally good, {chance} with a chance of {most}p={p}; "
            f"this cycle's limit is alpha={alpha}."
        )


def proofs(summary: Summary) -> list[Proof]:
    """Of every cycle whose candidate was compared."""
    found = [
        (cycle.cycle, cycle.decision)
        for cycle in summary.cycles
        if cycle.decision and cycle.decision.get("p") is not None
    ]
    return [_proof(number, decision) for number, decision in found]


def _proof(cycle: int, said: Event) -> Proof:
    wins, losses = int(said["wins"]), int(said["losses"])
    n = int(said.get("n") or 0) or max(wins + losses, 1)
    alpha = float(said.get("alpha") or 0.05)
    low, high = said.get("ci95") or (-1.0, 1.0)
    return Proof(
        cycle=cycle,
        verdict=said["verdict"],
        n=n,
        wins=wins,
        losses=losses,
        gain=float(said.get("gain") or (wins - losses) / n),
        ci95=(low, high),
        p=float(said["p"]),
        alpha=alpha,
        floor=Z95 * sqrt((wins + losses) / n / n),
        detectable=_detectable(int(said.get("of") or n), alpha, min(0.3, max(losses, 1) / n), said.get("block")),
        reason=str(said.get("reason", "")),
        part=f" ({said['asked']} of {said['of']} asked)" if said.get("of") else "",
    )


@cache
def _detectable(n: int, alpha: float, loss_rate: float, block: int | None) -> float | None:
    """Kept, since every report of a run asks for those of all its cycles."""
    return smallest_detectable_gain(n, alpha, power=POWER, loss_rate=loss_rate, block=block)


def proof_chart(found: list[Proof], width: int) -> Markup:
    """A row a cycle: the noise floor as a box, the smallest findable gain as a tick, the gain with its interval."""
    reach = max((max(abs(p.ci95[0]), abs(p.ci95[1]), p.floor, p.detectable or 0) for p in found), default=0.1)
    reach = min(1.0, reach * 1.06)
    low = -min(reach, max(0.02, *(max(-p.ci95[0], p.floor) for p in found)) * 1.06)
    height = ROW if len(found) <= FEW else TIGHT
    frame = Frame(width, height * len(found) + 40, x=(low, reach), y=(0, 1), left=70, right=12, top=4)
    rows = [_row(frame, proof, middle=height * (place + 0.5), half=height / 3) for place, proof in enumerate(found)]
    said = "; ".join(f"cycle {p.cycle}: {points(p.gain)} {interval(p.ci95)}, {p.verdict}" for p in found)
    zero = element("line", x1=frame.at_x(0), x2=frame.at_x(0), y1=0, y2=frame.height - frame.bottom, cls="zero")
    ticks = frame.columns(_ticks(low, reach, 4 if width < 500 else 8), lines=True)
    return drawing(width, frame.height, ticks, zero, *rows, label=f"Gains at the gate with 95% intervals. {said}")


def _row(frame: Frame, proof: Proof, *, middle: float, half: float) -> Markup:
    y = frame.top + middle
    left, right = frame.at_x(-proof.floor), frame.at_x(proof.floor)
    parts = [
        element("rect", x=left, y=y - half, width=right - left, height=2 * half, cls="noise", rx=3),
        text(frame.left - 12, y + 4, f"cycle {proof.cycle}", anchor="end", cls="name"),
    ]
    if proof.detectable is not None:
        x = frame.at_x(proof.detectable)
        parts.append(element("line", x1=x, x2=x, y1=y - half - 1, y2=y + half + 1, cls="findable"))
    cls = "promoted" if proof.verdict == "promote" else "kept"
    start, end = (frame.at_x(max(frame.x[0], min(frame.x[1], v))) for v in proof.ci95)
    parts += [
        element("line", x1=start, x2=end, y1=y, y2=y, cls=f"whisker {cls}"),
        element("circle", cx=frame.at_x(proof.gain), cy=y, r=min(5.5, half), cls=f"dot {cls}"),
    ]
    return titled(together(parts), f"{proof.verdict}: {points(proof.gain)}, 95% {interval(proof.ci95)}. {proof.words}")


def _ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / s <= most), 1.0)
    values = [step * place for place in range(int(low / step) - 1, int(high / step) + 2)]
    return [(v, f"{100 * v:+.0f}" if abs(v) > 1e-9 else "0") for v in values if low <= v <= high]
