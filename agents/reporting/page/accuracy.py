"""The champion's accuracy by cycle: the line that the whole run is about."""

from agents.reporting.figures import percent, rate
from agents.reporting.page.markup import Markup, element, together
from agents.reporting.page.svg import Frame, cycle_ticks, drawing, share_ticks, text, titled
from agents.reporting.plot import spread
from agents.reporting.summary import Cycle, Summary
from reasoner.types.report import Rate

Point = tuple[int, Rate]


def accuracy_chart(summary: Summary, width: int) -> Markup:
    """The sealed accuracy with its 95% band, promotions and kept candidates, and each number of steps in faint."""
    points = [(cycle.cycle, cycle.sealed.overall) for cycle in summary.measured if cycle.sealed]
    last = max((cycle.cycle for cycle in summary.cycles), default=0)
    frame = Frame(width, 340 if width > 500 else 280, x=(0, max(last, 1)), y=(0, 1), right=118 if width > 500 else 64)
    return drawing(
        width,
        frame.height,
        frame.rows(share_ticks(0, 1)),
        frame.columns(cycle_ticks(last, most=width // 42)),
        *_by_steps(frame, summary),
        _band(frame, points),
        frame.polyline([(number, r.accuracy) for number, r in points], "line"),
        *(_mark(frame, cycle) for cycle in summary.measured),
        _ends(frame, points),
        label=_words(points),
    )


def _band(frame: Frame, points: list[Point]) -> Markup:
    upper = [(float(number), r.ci95[1]) for number, r in points]
    lower = [(float(number), r.ci95[0]) for number, r in points]
    return element("polygon", points=frame.path([*upper, *reversed(lower)]), cls="band")


def _mark(frame: Frame, cycle: Cycle) -> Markup:
    """A full dot where a candidate was promoted, an open one where the champion stayed."""
    assert cycle.sealed
    found, verdict = cycle.sealed.overall, _verdict(cycle)
    x, y = frame.at_x(cycle.cycle), frame.at_y(found.accuracy)
    promoted = verdict == "promote"
    parts = [element("circle", cx=x, cy=y, r=6.0 if promoted else 4.0, cls="dot promoted" if promoted else "dot")]
    if len(found.ci95) == 2:
        low, high = frame.at_y(found.ci95[0]), frame.at_y(found.ci95[1])
        parts.insert(0, element("line", x1=x, x2=x, y1=low, y2=high, cls="whisker"))
    return titled(together(parts), f"cycle {cycle.cycle}, {verdict}: {rate(found)}")


def _verdict(cycle: Cycle) -> str:
    return cycle.decision["verdict"] if cycle.decision else "the first champion" if not cycle.cycle else "undecided"


def _ends(frame: Frame, points: list[Point]) -> Markup:
    """First and last figure, written out."""
    if not points:
        return text(frame.width / 2, frame.height / 2, "no sealed evaluation yet", anchor="middle")
    (first, one), (last, two) = points[0], points[-1]
    words = [text(frame.at_x(last) + 12, frame.at_y(two.accuracy) + 5, percent(two.accuracy), cls="figure")]
    if last > first:
        below = frame.at_y(one.accuracy) + 24 if one.accuracy > 0.12 else frame.at_y(one.accuracy) - 14
        words.append(text(frame.at_x(first) + 4, below, percent(one.accuracy), cls="figure"))
    return together(words)


def _by_steps(frame: Frame, summary: Summary) -> list[Markup]:
    measured = [(cycle.cycle, cycle.sealed) for cycle in summary.measured if cycle.sealed]
    names = sorted({name for _, one in measured for name in one.by_difficulty})
    lines = {
        name: [
            (float(number), one.by_difficulty[name].accuracy) for number, one in measured if name in one.by_difficulty
        ]
        for name in names
    }
    drawn = [frame.polyline(line, "faint") for line in lines.values() if len(line) > 1]
    if len(measured) < 2:
        return drawn
    taken = {"": measured[-1][1].overall.accuracy}
    heights = spread({**{name: line[-1][1] for name, line in lines.items()}, **taken}, gap=0.05)
    labels = [
        text(frame.width - 4, frame.at_y(heights[name]) + 4, _steps(name), anchor="end", cls="tiny") for name in names
    ]
    return [*drawn, *labels] if len(names) > 1 and frame.width > 500 else drawn


def _steps(name: str) -> str:
    return f"{name} step{'' if name == '1' else 's'}"


def _words(points: list[Point]) -> str:
    said = "; ".join(f"cycle {number}: {rate(found)}" for number, found in points[:60])
    return (
        f"Line chart of the champion's sealed accuracy by cycle with 95% intervals. {said or 'Nothing measured yet.'}"
    )
