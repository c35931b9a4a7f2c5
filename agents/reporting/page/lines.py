"""Small charts of one or more shares by cycle: coverage, searching."""

from collections.abc import Mapping, Sequence

from agents.reporting.figures import percent
from agents.reporting.page.markup import Markup, element, together
from agents.reporting.page.svg import Frame, cycle_ticks, drawing, share_ticks, titled

Line = Sequence[tuple[int, float]]


def share_chart(lines: Mapping[str, Line], width: int, *, what: str) -> Markup:
    """Shares (0 to 1) by cycle, each line in the colour of its place (classes `k0`, `k1`, ...)."""
    last = max((number for line in lines.values() for number, _ in line), default=1)
    first = min((number for line in lines.values() for number, _ in line), default=0)
    frame = Frame(width, 220 if width > 500 else 200, x=(first, max(last, first + 1)), y=(0, 1), right=20)
    ticks = [tick for tick in cycle_ticks(last, most=width // 42) if tick[0] >= first]
    drawn = [_line(frame, name, line, place) for place, (name, line) in enumerate(lines.items())]
    said = "; ".join(f"{name}: {', '.join(percent(v) for _, v in line[:60])}" for name, line in lines.items())
    return drawing(
        width, frame.height, frame.rows(share_ticks(0, 1)), frame.columns(ticks), *drawn, label=f"{what}. {said}"
    )


def _line(frame: Frame, name: str, line: Line, place: int) -> Markup:
    dots = [
        titled(
            element("circle", cx=frame.at_x(number), cy=frame.at_y(value), r=4.0, cls=f"dot k{place}"),
            f"{name}, cycle {number}: {percent(value)}",
        )
        for number, value in line
    ]
    return frame.polyline([(float(n), v) for n, v in line], f"line k{place}") + together(dots)


def reliability_chart(judges: Mapping[str, Sequence[Mapping[str, float]]], width: int) -> Markup:
    """How often what was believed with some chance was so: on the diagonal, chances are true."""
    frame = Frame(width, min(width, 340), x=(0, 1), y=(0, 1), right=20)
    ideal = frame.polyline([(0, 0), (1, 1)], "ideal")
    drawn = [
        _line_of_bins(frame, name, [b for b in bins if b["n"]], place)
        for place, (name, bins) in enumerate(judges.items())
    ]
    ticks = share_ticks(0, 1)
    label = "Reliability: share of right steps by the chance that was believed; a true judge lies on the diagonal."
    return drawing(width, frame.height, frame.rows(ticks), frame.columns(ticks), ideal, *drawn, label=label)


def _line_of_bins(frame: Frame, name: str, bins: Sequence[Mapping[str, float]], place: int) -> Markup:
    biggest = max((b["n"] for b in bins), default=1)
    dots = [
        titled(
            element(
                "circle", cx=frame.at_x(b["believed"]), cy=frame.at_y(b["right"]),
                r=3.0 + 5.0 * (b["n"] / biggest) ** 0.5, cls=f"dot k{place}",
            ),
            f"{name}: believed {percent(b['believed'])}, right {percent(b['right'])}, {b['n']:.0f} steps",
        )
        for b in bins
    ]  # fmt: skip
    return frame.polyline([(b["believed"], b["right"]) for b in bins], f"line k{place}") + together(dots)
