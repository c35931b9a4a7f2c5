"""Where a command's words go: people's text and JSON lines never share a stream.

With `--json`, standard output carries JSON lines and text goes to standard error; otherwise text has standard output.
"""

import json
import sys
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from reasoner.cli.widths import console_width, keep_whole


class Voice:
    """Speaks for one command."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        stream = sys.stderr if as_json else sys.stdout
        self.as_json = as_json
        self.quiet = quiet
        self.console = Console(file=stream, highlight=False, width=console_width(stream))

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
            print(json.dumps({"event": event, "run": run, **body}, ensure_ascii=False), flush=True)

    def _print(self, text: RenderableType) -> None:
        # Ids and sentences are data: square brackets in them are not markup, and a path is not wrapped.
        if isinstance(text, Text):
            # The console joins texts to new ones, which know nothing of how theirs was to be wrapped.
            self.console.print(text, no_wrap=text.no_wrap, overflow=text.overflow, crop=text.overflow != "ignore")
            return
        if isinstance(text, Table):
            keep_whole(text, self.console.width)
        # What is too wide for the console all the same is left to the terminal: nothing is cut off.
        self.console.print(Text(text) if isinstance(text, str) else text, soft_wrap=isinstance(text, str), crop=False)


def plain_table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """A table of few lines: a rule under the header, numbers to the right."""
    from rich import box

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table
