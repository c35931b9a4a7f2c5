"""`reasoner memory contamination`: what two sets of problems share."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from memory.contamination import Look
    from reasoner.bootstrap.contamination import Contamination
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)

SHOWN = 3
"""Matches of each look that are shown; `--json` has them all."""

MEANING = {
    "exact": "the same question but for writing",
    "words": "a long run of words is shared",
    "copies": "half of their three-word runs or more are shared",
    "twins": "the same structure and answer",
    "solutions": "the same three steps or more, numbers and all",
    "latents": "nearer than 99 in 100 of the second set are to one another",
}
Side = Annotated[
    str,
    typer.Argument(metavar="SET", help="practice, gate, sealed, memory, or a problem file.", show_default=False),
]


@app.command(
    "contamination",
    epilog="Example: [bold]reasoner memory contamination sealed memory[/bold]; "
    "[bold]reasoner memory contamination test.jsonl practice --config nano --require-clean[/bold]",
)
def contamination(
    first: Side,
    second: Side,
    overrides: options.Overrides = None,
    cycle: Annotated[int, typer.Option("--cycle", min=1, help="Of the practice pool and the gate set.")] = 1,
    run: Annotated[int, typer.Option("--run", min=3, help="Words of a run that counts as shared.")] = 13,
    require_clean: Annotated[
        bool, typer.Option("--require-clean", help="Exit with 1 if a question stands in both sets.")
    ] = False,
    config: options.Config = None,
    seed: options.Seed = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look for what one set of problems shares with another: questions, runs of words, structures, solutions,
    latents."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice, settings = Voice(as_json=json, quiet=quiet), options.settings_of(config, overrides, seed=seed)
    found = bootstrap.compare_sets(first, second, home=options.home_of(home), settings=settings, cycle=cycle, run=run)
    voice.record("contamination", {**found.model_dump(mode="json"), "certain": found.certain})
    _show(voice, found)
    if require_clean and found.certain:
        raise typer.Exit(1)


def _show(voice: "Voice", found: "Contamination") -> None:
    from reasoner.cli.voice import plain_table

    voice.show(f"{found.first} ({found.first_count}) against {found.second} ({found.second_count})")
    table = plain_table("look", "items", "share", "what it is", right=("items", "share"))
    for look in found.looks:
        table.add_row(
            look.look, "-" if look.note else str(len(look.matches)), _share(look), look.note or MEANING[look.look]
        )
    voice.show(table)
    for look in found.looks:
        for match in look.matches[:SHOWN]:
            voice.show(f"{look.look}: {match.first} = {match.second}" + (f": {match.span}" if match.span else ""))


def _share(look: "Look") -> str:
    from reasoner.evaluation.statistics import rate

    if look.note:
        return "-"
    found = rate(len(look.matches), look.count)
    return f"{found.accuracy:.1%} [{100 * found.ci95[0]:.1f}, {100 * found.ci95[1]:.1f}]"
