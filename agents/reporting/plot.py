"""`plots/accuracy.png`: the champion's sealed accuracy by cycle, with intervals and promotions, and the coverage."""

from pathlib import Path
from typing import TYPE_CHECKING

from agents.reporting.events import Event
from agents.reporting.figures import interval, percent, points
from agents.reporting.summary import Cycle, Summary, summarise

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT, FAINT, LINE, MARK = "#1b1f24", "#6b7480", "#e4e7eb", "#2457a6", "#d9822b"

LABEL_GAP = 0.035
"""Height of a small label, in accuracy."""


def plot_accuracy(folder: Path, events: list[Event]) -> Path:
    """Draws the run's accuracy by cycle into `plots/accuracy.png` of its folder and returns the path."""
    # The object interface, without pyplot: no global state, no window system, safe in threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    summary = summarise(events)
    figure = Figure(figsize=(8, 4.8), dpi=160, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    _frame(axes, summary)
    _difficulties(axes, summary)
    _coverage(axes, summary)
    _champion(axes, summary)
    _title(axes, summary)
    path = folder / "plots" / "accuracy.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without the software's version in it the same run gives the same bytes.
    FigureCanvasAgg(figure).print_png(path, metadata={"Software": None})
    return path


def _frame(axes: "Axes", summary: Summary) -> None:
    last = max((cycle.cycle for cycle in summary.cycles), default=0)
    axes.set_ylim(0, 1.01)
    axes.set_xlim(-0.1 * (last + 1), last + 0.12 * (last + 1))
    axes.set_xticks(range(last + 1), ["0\nbase", *(str(number) for number in range(1, last + 1))])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.grid(axis="y", color=FAINT, linewidth=0.9)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=SOFT, labelsize=9)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set_color(FAINT)
    axes.set_xlabel("cycle", color=SOFT, fontsize=9)


def _champion(axes: "Axes", summary: Summary) -> None:
    measured = [(cycle.cycle, cycle.sealed.overall) for cycle in summary.measured if cycle.sealed]
    if not measured:
        axes.text(0.5, 0.5, "no sealed evaluation yet", transform=axes.transAxes, ha="center", color=SOFT)
        return
    x, y = [number for number, _ in measured], [rate.accuracy for _, rate in measured]
    low, high = [rate.ci95[0] for _, rate in measured], [rate.ci95[1] for _, rate in measured]
    axes.fill_between(x, low, high, color=LINE, alpha=0.14, linewidth=0, label="95% interval")
    axes.plot(x, y, color=LINE, linewidth=2.2, zorder=3, label="champion")
    axes.vlines(x, low, high, color=LINE, linewidth=1.4, zorder=3)
    axes.scatter(x, y, s=30, color="white", edgecolor=LINE, linewidth=1.8, zorder=4)
    promoted = [cycle for cycle in summary.promotions if cycle.sealed]
    _promotions(axes, promoted)
    for number, rate in (measured[0], measured[-1]) if len(measured) > 1 else measured:
        beside = (9, -3) if number == measured[-1][0] else (0, -20)
        side = "left" if number == measured[-1][0] else "center"
        text = f"{rate.accuracy:.0%}"
        axes.annotate(
            text, (number, rate.accuracy), beside, textcoords="offset points", ha=side, color=INK, weight="bold"
        )
    axes.legend(loc="lower right", frameon=False, fontsize=8.5, labelcolor=SOFT, ncols=1)


def _coverage(axes: "Axes", summary: Summary) -> None:
    """The share of practice questions near a verified example, dotted: it explains a gain and is none."""
    line = [(cycle.cycle, cycle.coverage["covered"]) for cycle in summary.covered if cycle.coverage]
    if line:
        axes.plot(*zip(*line, strict=True), color=MARK, linewidth=1.4, linestyle=":", marker=".", label="coverage")


def _promotions(axes: "Axes", promoted: list[Cycle]) -> None:
    if promoted:
        x = [cycle.cycle for cycle in promoted]
        y = [cycle.sealed.overall.accuracy for cycle in promoted if cycle.sealed]
        axes.scatter(x, y, s=64, color=MARK, edgecolor="white", linewidth=1.4, zorder=5, label="promoted")


def _difficulties(axes: "Axes", summary: Summary) -> None:
    """One pale line for each number of steps, so that what the gain is made of can be seen."""
    measured = [(cycle.cycle, cycle.sealed) for cycle in summary.measured if cycle.sealed]
    starts: dict[str, tuple[int, float]] = {}
    for name in sorted({name for _, one in measured for name in one.by_difficulty}):
        line = [(number, one.by_difficulty[name].accuracy) for number, one in measured if name in one.by_difficulty]
        axes.plot(*zip(*line, strict=True), color=SOFT, linewidth=0.9, alpha=0.45, zorder=1)
        starts[name] = line[0]
    heights = spread({name: y for name, (_, y) in starts.items()}, gap=LABEL_GAP)
    for name, (x, _) in starts.items():
        words = {"textcoords": "offset points", "ha": "right", "va": "center", "fontsize": 7.5, "color": SOFT}
        axes.annotate(f"{name} step{'' if name == '1' else 's'}", (x, heights[name]), (-6, 0), **words)


def spread(heights: dict[str, float], *, gap: float) -> dict[str, float]:
    """The same heights, lifted where needed so that no two are nearer than `gap`."""
    lifted: dict[str, float] = {}
    lowest = float("-inf")
    for name in sorted(heights, key=lambda name: heights[name]):
        lifted[name] = max(heights[name], lowest)
        lowest = lifted[name] + gap
    return lifted


def _title(axes: "Axes", summary: Summary) -> None:
    gain = summary.gain
    words = f"{points(gain.gain)} on the sealed set, 95% {interval(gain.ci95)}" if gain else _unfinished(summary)
    axes.set_title(words, loc="left", color=INK, fontsize=13, weight="bold", pad=24)
    axes.text(0, 1.04, f"run {summary.run}", transform=axes.transAxes, color=SOFT, fontsize=8.5)


def _unfinished(summary: Summary) -> str:
    measured = summary.measured
    now = measured[-1].sealed.overall if measured and measured[-1].sealed else None
    return f"{percent(now.accuracy)} on the sealed set so far" if now else "nothing measured yet"
