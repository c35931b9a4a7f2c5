"""`reasoner solve`: one question with the steps, or many questions of a file or a pipe in one process."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.evaluate import Checkpoint, ModeName, ModeOption, SearchOption

if TYPE_CHECKING:
    from rich.table import Table

    from reasoner.cli.voice import Voice
    from reasoner.types.solution import Solution

app = typer.Typer(add_completion=False)
STDIN = "-"


AsFile = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help="Instead of QUESTION: one question a line, or JSONL rows with a [bold]question[/bold]; - is stdin.",
        show_default=False,
    ),
]
SHOWN = 72
"""Characters of a question that a table of many shows; `--json` has it whole."""


@app.command(
    epilog="Example: "
    '[bold]reasoner solve "Ann has 3 apples. Ann buys 4 more apples. How many apples does Ann have now?"[/bold]; '
    "with [bold]--search beam --trace[/bold] all that it thought of; "
    "[bold]reasoner solve --file questions.txt --json[/bold]; [bold]cat questions.txt | reasoner solve[/bold]"
)
def solve(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION", help="In plain language; - or none, in a pipe: standard input.", show_default=False
        ),
    ] = None,
    overrides: options.Overrides = None,
    file: AsFile = None,
    checkpoint: Checkpoint = None,
    mode: ModeOption = None,
    search: SearchOption = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show every candidate of a search, its scores, and why it was pruned.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    task: options.Task = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Answer a question, or many, and show the steps that led there."""
    from reasoner import bootstrap
    from reasoner.cli.search_view import show_search
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    if file is not None and question is not None:
        # The first word is a setting here: the questions are in the file.
        question, overrides = None, [_setting(question), *(overrides or [])]
    settings, folder = options.settings_of(config, overrides, task=task, seed=seed), options.home_of(home)
    settings, questions = bootstrap.searching(settings, search.value if search else None), _questions(question, file)
    voice = Voice(as_json=json, quiet=quiet)
    if trace and len(questions) > 1:
        raise UsageError("--trace with many questions: it shows one; leave one of the two out")
    if trace:
        asked = {"home": folder, "question": questions[0], "checkpoint": checkpoint}
        show_search(bootstrap.search(settings, mode=mode.value if mode else None, **asked), voice)
        return
    chosen = (mode or ModeName(settings.student.mode)).value
    if len(questions) == 1:
        _show(voice, bootstrap.solve(settings, home=folder, question=questions[0], checkpoint=checkpoint, mode=chosen))
        return
    found = bootstrap.solve_many(settings, home=folder, questions=questions, checkpoint=checkpoint, mode=chosen)
    _show_many(voice, found)


def _setting(word: str) -> str:
    from reasoner.errors import UsageError

    if "=" not in word:
        raise UsageError(f"--file and the question {word[:80]!r}: got both, expected one of them")
    return word


def _questions(typed: str | None, file: Path | None) -> list[str]:
    """What was typed, or stands in the file or on standard input.

    Raises:
        UsageError: nothing was asked.
    """
    from reasoner.bootstrap.solving import require_question
    from reasoner.data.question_file import read_question_file, read_questions

    if file is not None and str(file) != STDIN:
        return read_question_file(file)
    piped = sys.stdin is not None and not sys.stdin.isatty()
    if sys.stdin is not None and (typed == STDIN or file is not None or (typed is None and piped)):
        return read_questions(sys.stdin.buffer, "standard input")
    return [require_question(typed)]


def _show(voice: "Voice", solution: "Solution") -> None:
    voice.record("solution", solution.model_dump(mode="json", exclude={"trace"}))
    if not voice.quiet:
        voice.show(_steps(solution))
    voice.show(f"answer: {solution.answer or ('none' if solution.doubt else 'none found')}")
    if solution.doubt:
        voice.show(solution.doubt)
    voice.say(f"{solution.checkpoint}, {solution.mode} mode, {solution.seconds:.1f} s")


def _show_many(voice: "Voice", found: "Iterable[Solution]") -> None:
    """One JSON line each as soon as it is there; the table when all are."""
    from reasoner.cli.voice import plain_table

    table = plain_table("", "question", "steps", "answer", right=("",))
    number, seconds, answered, last = 0, 0.0, 0, None
    for number, solution in enumerate(found, start=1):
        voice.record("solution", {"number": number, **solution.model_dump(mode="json", exclude={"trace"})})
        seconds, answered, last = seconds + solution.seconds, answered + bool(solution.answer), solution
        text = solution.question if len(solution.question) <= SHOWN else f"{solution.question[: SHOWN - 1]}…"
        steps = "; ".join(f"{step.text} (no)" if step.holds is False else step.text for step in solution.steps)
        table.add_row(str(number), text, steps, solution.answer or solution.doubt or "none found")
    if not voice.as_json:
        voice.show(table)
    assert last is not None, "a file without questions is refused where it is read"
    voice.say(f"{answered} of {number} answered; {last.checkpoint}, {last.mode} mode, {seconds:.1f} s")


def _steps(solution: "Solution") -> "Table":
    from reasoner.cli.voice import plain_table

    table = plain_table("step", "", "holds", "log-probability", right=("step", "log-probability"))
    for number, step in enumerate(solution.steps, start=1):
        holds = "not judged" if step.holds is None else "yes" if step.holds else f"no: {step.fault}"
        table.add_row(str(number), step.text, holds, f"{step.logprob:.2f}")
    return table
