"""`reasoner solve`: one question, with the steps."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.evaluate import Checkpoint, ModeName, ModeOption, SearchOption, searching

if TYPE_CHECKING:
    from rich.table import Table

    from reasoner.types.solution import Solution

app = typer.Typer(add_completion=False)


@app.command(
    epilog='Example: [bold]reasoner solve "Ann has 3 apples. She buys 4 more. How many has she?"[/bold]; '
    "with [bold]--search beam --trace[/bold] all that it thought of"
)
def solve(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In plain language.", show_default=False)],
    overrides: options.Overrides = None,
    checkpoint: Checkpoint = None,
    mode: ModeOption = None,
    search: SearchOption = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show every candidate of a search, its scores, and why it was pruned.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Answer a question and show the steps that led there."""
    from reasoner import bootstrap
    from reasoner.cli.search_view import show_search
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    if not question.strip():
        raise UsageError(f"got the question {question!r}; expected a sentence, such as `reasoner solve --help` shows.")
    settings, folder = options.settings_of(config, overrides, seed=seed), options.home_of(home)
    settings = searching(settings, search)
    if trace and mode is ModeName.THINK:
        raise UsageError("--trace with --mode think: a search goes on from words; leave one of the two out")
    if trace:
        seen = bootstrap.search(settings, home=folder, question=question, checkpoint=checkpoint)
        show_search(seen, Voice(as_json=json, quiet=quiet))
        return
    chosen = (mode or ModeName(settings.student.mode)).value
    solution = bootstrap.solve(settings, home=folder, question=question, checkpoint=checkpoint, mode=chosen)
    voice = Voice(as_json=json, quiet=quiet)
    voice.record("solution", solution.model_dump(mode="json"))
    if not quiet:
        voice.show(_steps(solution))
    voice.show(f"answer: {solution.answer or ('none' if solution.doubt else 'none found')}")
    if solution.doubt:
        voice.show(solution.doubt)
    voice.say(f"{solution.checkpoint}, {solution.mode} mode, {solution.seconds:.1f} s")


def _steps(solution: "Solution") -> "Table":
    from reasoner.cli.voice import plain_table

    table = plain_table("step", "", "holds", "log-probability", right=("step", "log-probability"))
    for number, step in enumerate(solution.steps, start=1):
        holds = "yes" if step.holds else f"no: {step.fault}"
        table.add_row(str(number), step.text, holds, f"{step.logprob:.2f}")
    return table
