"""`reasoner`: the table of commands. What happens to errors: `reasoner.cli.failures`.

Command modules are imported when they are needed, and import what is heavy when they run.
"""

import importlib
import signal
from typing import Annotated, Any

import typer
import typer.core

from reasoner import __version__
from reasoner.cli import interruption, options
from reasoner.cli.arguments import require_sense, require_text
from reasoner.cli.failures import told
from reasoner.cli.streams import flush_streams, open_streams

COMMANDS = {
    "init": "init",
    "loop": "loop",
    "solve": "solve",
    "train": "train",
    "evaluate": "evaluate",
    "benchmark": "benchmark",
    "verify": "verify",
    "memory": "memory_commands",
    "runs": "runs_commands",
    "trace": "trace",
    "lineage": "lineage",
    "tasks": "tasks",
    "models": "models",
    "proposals": "proposals",
    "diagnose": "diagnose",
    "jobs": "jobs",
    "schedule": "schedule",
    "scheduler": "scheduler",
    "selftest": "selftest",
    "doctor": "doctor",
}
"""Command and its module in `reasoner.cli`, in the order of the help."""


class Commands(typer.core.TyperGroup):
    """The group that finds its commands by name and turns errors into words and exit codes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # typer looks here for names like one that was mistyped; the commands themselves come from `get_command`.
        self.commands = dict.fromkeys(COMMANDS, typer.core.TyperCommand(None))

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Imports one command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(importlib.import_module(f"reasoner.cli.{COMMANDS[cmd_name]}").app)
        command.name = cmd_name
        require_sense(command)
        return command

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads what stands before the command's name; a text that nothing can hold is refused here for all."""
        with told():
            for word in args:
                require_text(word)
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        interruption.begin()
        with told():
            return super().invoke(ctx)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")]


@app.callback(epilog="Start here: [bold]reasoner loop --cycles 5 --config nano[/bold]")
def root(version: Version = False, debug: options.Debug = False) -> None:
    """Makes a latent reasoner better, cycle by cycle, and proves it."""


def main() -> None:
    """The console script. A polite `kill` ends as Ctrl-C does: children save, exit code 130."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    open_streams()
    try:
        app(prog_name="reasoner")
    finally:
        flush_streams()


if __name__ == "__main__":
    main()
