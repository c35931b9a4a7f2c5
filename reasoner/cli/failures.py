"""Where a command ends badly: words on standard error and an exit code. The words are those of `bootstrap.failures`.

`--debug` shows the traceback as well. Everything printed here is cleaned of terminal escapes and of secrets.
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from reasoner.bootstrap import failures
from reasoner.bootstrap.failures import Failure
from reasoner.cli import interruption
from reasoner.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, UsageError

LONGEST = 4000
"""Characters of a message that are shown."""

UsageProblem: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
"""What the parser of the command line raises."""


def failure_of(error: BaseException) -> Failure | None:
    """The words for an error that input or machine can cause, or the parser of the command line; None for a bug."""
    return Failure(_usage(error), EXIT_USAGE) if isinstance(error, UsageProblem) else failures.failure_of(error)


@contextmanager
def told() -> Iterator[None]:
    """Ends the command with words and an exit code where what is done within fails.

    `SystemExit`, a help text and the parser's own ends pass; so does a reader that closed our pipe.
    """
    try:
        yield
    except (typer.Exit, BrokenPipeError):
        raise
    except typer.Abort as abort:
        # What ended the question is in the context: Ctrl-C, or a standard input that has no answer.
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise typer.Exit(report(abort.__context__)) from abort
        raise typer.Exit(report(UsageError("nobody answered the question; give the answer with --yes"))) from abort
    except (Exception, KeyboardInterrupt) as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        raise typer.Exit(report(error)) from error


def report(error: BaseException) -> int:
    """Tells standard error what went wrong; the exit code."""
    from reasoner.cli import options

    if options.debugging():
        print(_clean("".join(traceback.format_exception(error))), file=sys.stderr)
    if isinstance(error, KeyboardInterrupt):
        print(interruption.words(), file=sys.stderr)
        return EXIT_INTERRUPTED
    message, code = failure_of(error) or _bug(error)
    cleaned = _clean(message)
    print("error:", cleaned if len(cleaned) <= LONGEST else f"{cleaned[:LONGEST]}...", file=sys.stderr)
    return code


def _bug(error: BaseException) -> Failure:
    told = f"this is a bug in reasoner: {type(error).__name__}: {failures.detail(error)}"
    return Failure(f"{told}; run it again with --debug for the traceback; what was done is saved", EXIT_FAILED)


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    message = getattr(error, "format_message", error.__str__)()
    if context is None:
        return message
    see = f"ee `{context.command_path} --help`"
    return f"{message} S{see}" if message.endswith("?") else f"{message.rstrip('.')}; s{see}"


def _clean(text: str) -> str:
    from reasoner.config.secrets import redactor_of_process
    from reasoner.types.printable import printable

    return printable(redactor_of_process(sys.argv[1:], os.environ).clean(text))
