"""Frames and axes of the page's charts. All sizes are in pixels of the drawing; colours are classes of `page.css`.

A chart is drawn twice, for a wide and for a narrow screen, so that its words are as large on a phone as on a desk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.reporting.page.markup import Markup, element, together

WIDE, NARROW = 960, 344

Draw = Callable[[int], Markup]


@dataclass(frozen=True)
class Frame:
    """A drawing's plane: where a value stands on it."""

    width: int
    height: int
    x: tuple[float, float]
    """Least and greatest value."""
    y: tuple[float, float]
    left: int = 44
    right: int = 14
    top: int = 14
    bottom: int = 30

    def at_x(self, value: float) -> float:
        """Pixels from the left."""
        low, high = self.x
        share = (value - low) / (high - low) if high > low else 0.5
        return self.left + share * (self.width - self.left - self.right)

    def at_y(self, value: float) -> float:
        """Pixels from above."""
        low, high = self.y
        share = (value - low) / (high - low) if high > low else 0.5
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    def polyline(self, points: Sequence[tuple[float, float]], cls: str) -> Markup:
        """A line through values."""
        return element("polyline", points=self.path(points), cls=cls)

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        """The points of a line or an area."""
        return " ".join(f"{self.at_x(x):.1f},{self.at_y(y):.1f}" for x, y in points)

    def rows(self, ticks: Sequence[tuple[float, str]]) -> Markup:
        """Faint lines across, with their values at the left."""
        lines = [
            together([
                element("line", x1=self.left, x2=self.width - self.right, y1=self.at_y(v), y2=self.at_y(v), cls="grid"),
                text(self.left - 8, self.at_y(v) + 4, words, anchor="end"),
            ])
            for v, words in ticks
        ]  # fmt: skip
        return together(lines)

    def columns(self, ticks: Sequence[tuple[float, str]], *, lines: bool = False) -> Markup:
        """Values under the plane, perhaps with faint lines up."""
        foot, drawn = self.height - self.bottom, list[Markup]()
        for value, words in ticks:
            if lines:
                drawn.append(
                    element("line", x1=self.at_x(value), x2=self.at_x(value), y1=self.top, y2=foot, cls="grid")
                )
            drawn.append(text(self.at_x(value), foot + 19, words, anchor="middle"))
        return together(drawn)


def text(x: float, y: float, words: object, *, anchor: str = "start", cls: str = "tick") -> Markup:
    """Words in a drawing."""
    return element("text", words, x=x, y=y, text_anchor=anchor, cls=cls)


def titled(mark: Markup, words: str) -> Markup:
    """A mark that says something when pointed at."""
    return element("g", element("title", words), mark)


def drawing(width: int, height: int, *parts: Markup, label: str, cls: str = "chart") -> Markup:
    """A whole picture with what it shows in words, for who cannot see it."""
    box = f"0 0 {width} {height}"
    return element("svg", *parts, viewBox=box, role="img", aria_label=label, cls=cls, width=width, height=height)


def for_both_screens(draw: Draw) -> Markup:
    """The same chart for wide and for narrow screens; only one is shown, or read out."""
    return element("div", draw(WIDE), cls="wide") + element("div", draw(NARROW), cls="narrow")


def cycle_ticks(last: int, *, most: int) -> list[tuple[float, str]]:
    """Numbers of cycles, as many as have room."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000, 10**6) if last / s <= most)
    return [(float(number), str(number)) for number in range(0, last + 1, step)]


def share_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round percentages within bounds."""
    step = next((s for s in (0.02, 0.05, 0.1, 0.2, 0.25) if (high - low) / s <= 5), 0.5)
    first = round(low / step)
    found = [step * (first + place) for place in range(12)]
    return [(value, f"{100 * value:.0f}%") for value in found if low - 1e-9 <= value <= high + 1e-9]
