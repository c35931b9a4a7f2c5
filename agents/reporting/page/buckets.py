"""First against last champion in each skill and difficulty: two dots with their intervals on one line."""

from agents.reporting.figures import rate
from agents.reporting.page.markup import Markup, element, together
from agents.reporting.page.svg import Frame, drawing, share_ticks, text, titled
from agents.reporting.summary import Evaluation
from reasoner.types.report import Rate

ROW = 40


def bucket_chart(first: Evaluation, last: Evaluation, kind: str, width: int) -> Markup:
    """Dumbbells of one kind of bucket, `skill` or `difficulty`."""
    before, after = (one.by_skill if kind == "skill" else one.by_difficulty for one in (first, last))
    names = sorted(before.keys() | after.keys())
    frame = Frame(width, ROW * len(names) + 40, x=(0, 1), y=(0, 1), left=96 if kind == "skill" else 70, right=24, top=4)
    rows = [_row(frame, place, name, before.get(name), after.get(name)) for place, name in enumerate(names)]
    ticks = share_ticks(0, 1) if width > 500 else [(0, "0%"), (0.5, "50%"), (1, "100%")]
    said = "; ".join(f"{name}: {_said(before.get(name))} to {_said(after.get(name))}" for name in names)
    label = f"Sealed accuracy by {kind}, first champion to last. {said}"
    return drawing(width, frame.height, frame.columns(ticks, lines=True), *rows, label=label)


def _row(frame: Frame, place: int, name: str, before: Rate | None, after: Rate | None) -> Markup:
    y = frame.top + ROW * place + ROW / 2
    shown = f"{name} step{'' if name == '1' else 's'}" if name.isdigit() else name.replace("_", " ")
    parts = [text(frame.left - 12, y + 4, shown, anchor="end", cls="name")]
    if before and after:
        parts.append(
            element("line", x1=frame.at_x(before.accuracy), x2=frame.at_x(after.accuracy), y1=y, y2=y, cls="move")
        )
    if before:
        parts.append(_dot(frame, y + 5 if after else y, before, "was", "first champion"))
    if after:
        parts.append(_dot(frame, y - 5 if before else y, after, "is", "last champion"))
    return together(parts)


def _dot(frame: Frame, y: float, found: Rate, cls: str, who: str) -> Markup:
    low, high = found.ci95
    whisker = element("line", x1=frame.at_x(low), x2=frame.at_x(high), y1=y, y2=y, cls=f"whisker {cls}")
    dot = element("circle", cx=frame.at_x(found.accuracy), cy=y, r=5.5, cls=f"dot {cls}")
    return titled(whisker + dot, f"{who}: {rate(found)} of {found.n}")


def _said(found: Rate | None) -> str:
    return rate(found) if found else "not measured"
