"""Pictures of a diagnosis: singular values and std of every slot, and each share beside what it is compared with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reasoner.types.diagnosis import Finding, Section

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, FAINT, LINE, MARK = "#1b1f24", "#6b7480", "#e4e7eb", "#2457a6", "#d9822b"
KINDS = ("encoded", "target", "predicted")
SHADES = ("#2457a6", "#d9822b", "#1c7c6b", "#8a5aa8", "#7fa6dd", "#e8b583", "#7cc0b1", "#c3a3d6")
TITLES = {
    "round_trip": "decode(encode(step)) = step",
    "probes": "linear probes",
    "references": "decoded from",
    "causal": "latents altered",
    "modes": "talk and think",
    "out_of_distribution": "out of distribution",
    "baseline": "student and language model",
}


def plot_diagnosis(folder: Path, sections: Sequence[Section]) -> list[Path]:
    """Draws what the sections hold into PNG files of a folder, which is made; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn: list[Path] = []
    for section in sections:
        if section.name == "spectrum":
            drawn.append(
                _save(_curves(section, "values", "share of the largest singular value"), folder / "spectrum.png")
            )
            drawn.append(_save(_curves(section, "std", "standard deviation"), folder / "std.png"))
    shown = [s for s in sections if any(f.unit == "share" for f in s.findings)]
    if shown:
        drawn.append(_save(_shares(shown), folder / "accuracy.png"))
    return drawn


def plot_reliability(path: Path, judges: Mapping[str, Sequence[Mapping[str, float]]]) -> Path:
    """Believed chance against the share that is right, a panel a judge; dots grow with the number of steps.

    Args:
        path: of the PNG.
        judges: bins as `reasoner.diagnostics.calibration.Bin` has them, in plain JSON.
    """
    figure = _figure(3.2 * len(judges), 3.4)
    for axes, (name, bins) in zip(figure.subplots(1, len(judges), squeeze=False)[0], judges.items(), strict=True):
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1.5, zorder=1)
        believed, right, n = ([one[key] for one in bins] for key in ("believed", "right", "n"))
        axes.plot(believed, right, color=LINE, linewidth=1.2, zorder=2)
        sizes = [12 + 260 * count / sum(n) for count in n]
        axes.scatter(believed, right, s=sizes, color=LINE, alpha=0.75, zorder=3)
        axes.set_title(name, loc="left", color=INK, fontsize=10, weight="bold")
        axes.set_xlabel("believed", color=SOFT, fontsize=8)
        axes.set_ylabel("right", color=SOFT, fontsize=8)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
        _clean(axes)
    return _save(figure, path)


def plot_search_curves(path: Path, panels: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]) -> Path:
    """Accuracy against decodes a problem, a panel a student, a line a searcher; its first point is greedy.

    Args:
        path: of the PNG.
        panels: of each student, of each searcher, (decodes, share) from the smallest budget on.
    """
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure = _figure(3.6 * columns, 3.2 * rows + 0.6)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, (title, lines) in zip(grid.flat, panels.items(), strict=False):
        for place, (name, points) in enumerate(lines.items()):
            x, y = zip(*points, strict=True)
            style = ":" if name.startswith("oracle") else "-"
            axes.plot(
                x, y, style, color=SHADES[place % len(SHADES)], linewidth=1.6, marker="o", markersize=3, label=name
            )
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(lambda decodes, _: f"{decodes:.0f}")
        axes.minorticks_off()
        axes.set_title(title, loc="left", color=INK, fontsize=9, weight="bold")
        axes.set_xlabel("decodes a problem", color=SOFT, fontsize=8)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        axes.grid(axis="y", color=FAINT, linewidth=0.8)
        _clean(axes)
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=8, labelcolor=SOFT)
    return _save(figure, path)


def _save(figure: "Figure", path: Path) -> Path:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    # Without the software's version in it the same figures give the same bytes.
    FigureCanvasAgg(figure).print_png(path, metadata={"Software": None})
    return path


def _figure(width: float, height: float) -> "Figure":
    # The object interface, without pyplot: no global state, no window system.
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=130, facecolor="white", layout="constrained")


def _clean(axes: "Axes") -> None:
    axes.tick_params(length=0, colors=SOFT, labelsize=8)
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set_color(FAINT)


def _curves(section: Section, what: str, label: str) -> "Figure":
    """One panel a kind of latents, one line a slot, largest value first."""
    figure = _figure(10, 3.6)
    panels = figure.subplots(1, len(KINDS), sharey=True)
    for axes, kind in zip(panels, KINDS, strict=True):
        lines = [v for name, v in section.curves.items() if name.startswith(f"{kind}/{what}/")]
        for slot, values in enumerate(lines):
            ordered = sorted(values, reverse=True)
            scale = ordered[0] if what == "values" and ordered[0] > 0 else 1.0
            y = [v / scale for v in ordered]
            axes.plot(
                range(1, len(y) + 1), y, color=SHADES[slot % len(SHADES)], linewidth=1.6, label=f"slot {slot + 1}"
            )
        axes.set_title(kind, loc="left", color=INK, fontsize=10, weight="bold")
        axes.set_xlabel("dimension, largest first", color=SOFT, fontsize=8)
        axes.grid(axis="y", color=FAINT, linewidth=0.8)
        _clean(axes)
    # The panels share their height: set before all lines are drawn it would cut off the later ones.
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel(label, color=SOFT, fontsize=8)
    panels[-1].legend(frameon=False, fontsize=8, labelcolor=SOFT)
    return figure


def _shares(sections: Sequence[Section]) -> "Figure":
    """One panel a section: each share with its interval, and a mark where its control lies."""
    rows = {s.name: [f for f in s.findings if f.unit == "share"] for s in sections}
    figure = _figure(10, 1.2 + sum(0.24 * len(r) + 0.55 for r in rows.values()))
    panels = figure.subplots(len(rows), 1, squeeze=False, height_ratios=[len(r) + 1.5 for r in rows.values()])[:, 0]
    for axes, (name, findings) in zip(panels, rows.items(), strict=True):
        _panel(axes, findings)
        axes.set_title(TITLES.get(name, name), loc="left", color=INK, fontsize=10, weight="bold")
    figure.supxlabel(
        "share, with its 95% interval; the orange mark is the control it must differ from", color=SOFT, fontsize=8
    )
    return figure


def _panel(axes: "Axes", findings: Sequence[Finding]) -> None:
    heights = [float(len(findings) - i) for i in range(len(findings))]
    for y, finding in zip(heights, findings, strict=True):
        if finding.ci95 is not None:
            axes.hlines(y, *finding.ci95, color=LINE, linewidth=1.6, alpha=0.55)
        if finding.against is not None:
            axes.plot([finding.against], [y], marker="|", markersize=9, markeredgewidth=2, color=MARK)
        told = f"{finding.value:.1%}" if finding.n else "nothing to measure"
        axes.text(1.02, y, told, va="center", fontsize=7.5, color=INK)
    axes.scatter([f.value for f in findings], heights, s=16, color=LINE, zorder=3)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(0.3, len(findings) + 0.7)
    axes.set_yticks(heights, [f.name for f in findings])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.grid(axis="x", color=FAINT, linewidth=0.8)
    _clean(axes)
