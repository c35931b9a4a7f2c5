"""`reasoner selftest graders`: whether right programs are found right, no cheat is, and attacks are held."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.bootstrap.graders_selftest import GradersSelftest
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)


@app.command(
    "graders",
    epilog="Example: [bold]reasoner selftest graders[/bold]; "
    "[bold]reasoner selftest graders --humaneval HumanEval.jsonl --mbpp mbpp.jsonl --json[/bold]",
)
def graders(
    humaneval: Annotated[
        Path | None, typer.Option("--humaneval", help="Rows of HumanEval; its canonical solutions must all be right.")
    ] = None,
    mbpp: Annotated[
        Path | None, typer.Option("--mbpp", help="Rows of MBPP; at least 99% of its solutions must be right.")
    ] = None,
    sandbox: Annotated[
        str, typer.Option("--sandbox", help="sandlock, bubblewrap or landlock. Default: the first that works here.")
    ] = "",
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Grade correct programs, programs that only pretend to be, and attacks on the sandbox and the grader, in the
    sandbox that grades in earnest. Ends with 1 if a right program is found wrong, a cheat right, or an attack works."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.types.loop import Progress

    voice = Voice(as_json=json, quiet=quiet)
    with view_for(voice, cycles=1) as view:

        def watch(share: float, note: str) -> None:
            view.progress(Progress(cycle=0, node="selftest", done=round(100 * share), total=100, note=note))

        found = bootstrap.selftest_graders(humaneval=humaneval, mbpp=mbpp, backend=sandbox, watch=watch)
    voice.record("selftest", {"name": "graders", **found.model_dump(mode="json"), "passed": found.passed})
    _show(voice, found)
    if not found.passed:
        raise typer.Exit(1)


def _show(voice: "Voice", found: "GradersSelftest") -> None:
    from reasoner.cli.voice import plain_table

    table = plain_table("what", "tried", "as it must be", right=("tried", "as it must be"))
    rows = [
        ("own programs, found right", found.own_of, found.own),
        ("HumanEval's solutions, found right", found.of if found.humaneval else 0, found.canonical),
        ("MBPP's solutions, found right", found.mbpp_of, found.mbpp),
        ("cheats, not found right", found.cheats, found.cheats - found.cheats_passed),
        ("attacks, held", found.attacks, found.attacks_held),
    ]
    for what, tried, good in rows:
        if tried:
            table.add_row(what, str(tried), str(good))
    voice.show(table)
    for one in found.misjudged:
        voice.show(f"{one.what} {one.name}: {one.said}")
    voice.show(f"sandbox: {found.backend} {found.version} ({found.seconds:.1f} s)")
    voice.show("every bar is met" if found.passed else "a bar is missed")
