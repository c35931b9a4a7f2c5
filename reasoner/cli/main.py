"""`reasoner`: the table of commands, and what happens to errors.

Command modules are imported when they are needed, and import what is heavy when they run.
"""

import importlib
import os
import signal
import sys
import traceback
from typing import Annotated, Any

import typer
import typer.core

from reasoner import __version__
from reasoner.cli import interruption, options
from reasoner.errors import EXIT_INTERRUPTED, ReasonerError

COMMANDS = {
    "loop": "loop",
    "solve": "solve",
    "train": "train",
    "evaluate": "evaluate",
    "verify": "verify",
    "memory": "memory_commands",
    "runs": "runs_commands",
    "trace": "trace",
    "lineage": "lineage",
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
    """The group that finds its commands by name and turns errors into messages and exit codes."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Imports one command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(importlib.import_module(f"reasoner.cli.{COMMANDS[cmd_name]}").app)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        interruption.begin()
        try:
            return super().invoke(ctx)
        except ReasonerError as error:
            if options.debugging():
                traceback.print_exc()
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as interrupt:
            print(interruption.words(), file=sys.stderr)
            raise typer.Exit(EXIT_INTERRUPTED) from interrupt


app = typer.Typer(
    cls=Commands,
    add_completion=False,
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
    # A reader that closed our pipe (`| head`) is no error of ours; Python would print one at exit.
    try:
        app(prog_name="reasoner")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
