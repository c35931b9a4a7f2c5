"""Where a command's words go: people's text and JSON lines never share a stream.

With `--json`, standard output carries JSON lines and text goes to standard error; otherwise text has standard output.
This is the border to the terminal: whatever passes it is text. Nothing in it is markup, and no character of it acts.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from reasoner.cli.widths import console_width, keep_whole
from reasoner.types.printable import one_line, printable


class Voice:
    """Speaks for one command."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        stream = sys.stderr if as_json else sys.stdout
        self.as_json = as_json
        self.quiet = quiet
        self.console = _TextConsole(
            file=stream, highlight=False, markup=False, emoji=False, width=console_width(stream)
        )

    def say(self, text: RenderableType) -> None:
        """Progress and remarks, which `--quiet` silences."""
        if not self.quiet:
            self._print(text)

    def show(self, result: RenderableType) -> None:
        """The command's result for people; with `--json` it goes the way of remarks."""
        if not (self.as_json and self.quiet):
            self._print(result)

    def record(self, event: str, body: dict[str, Any], *, run: str = "") -> None:
        """The command's result for programs: one JSON line, only with `--json`."""
        if self.as_json:
            print(json_line({"event": event, "run": run, **body}), flush=True)

    def _print(self, text: RenderableType) -> None:
        # A path is not wrapped.
        if isinstance(text, Text):
            # The console joins texts to new ones, which know nothing of how theirs was to be wrapped.
            self.console.print(text, no_wrap=text.no_wrap, overflow=text.overflow, crop=text.overflow != "ignore")
            return
        if isinstance(text, Table):
            keep_whole(text, self.console.width)
        # What is too wide for the console all the same is left to the terminal: nothing is cut off.
        self.console.print(Text(text) if isinstance(text, str) else text, soft_wrap=isinstance(text, str), crop=False)


class _TextConsole(Console):
    """A console to which everything is text; what acts is shown as a sign, before widths are measured."""

    def render_str(self, text: str, **how: Any) -> Text:
        """A string within a table or a group."""
        return super().render_str(printable(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces that are printed; the console's own control codes stay."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(printable(piece.text), piece.style)


class PlainTable(Table):
    """A table whose cells are text of one line; a cell of several lines is given as a `Text`."""

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:
        """Adds a row."""
        super().add_row(*(Text(one_line(cell)) if isinstance(cell, str) else cell for cell in cells), **how)


def plain_table(*columns: str, right: tuple[str, ...] = ()) -> PlainTable:
    """A table of few lines: a rule under the header, numbers to the right."""
    from rich import box

    table = PlainTable(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(one_line(column), justify="right" if column in right else "left", overflow="fold")
    return table


def lines(*parts: str) -> Text:
    """A cell of several lines, each of them one line whatever it holds."""
    return Text("\n".join(map(one_line, parts)))


def json_line(value: object) -> str:
    """One line of JSON. A character that acts or hides is escaped: the same value, and no terminal obeys it."""
    if not (sys.stdout.encoding or "utf-8").lower().startswith("utf"):
        return json.dumps(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
