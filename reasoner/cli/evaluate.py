"""`reasoner evaluate`: one checkpoint on one set, with intervals."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.config.settings import Settings

app = typer.Typer(add_completion=False)


class SplitName(StrEnum):
    """Sets that can be evaluated."""

    PRACTICE = "practice"
    GATE = "gate"
    SEALED = "sealed"


class ModeName(StrEnum):
    """Ways of thinking."""

    TALK = "talk"
    THINK = "think"


Checkpoint = Annotated[
    str | None, typer.Option("--checkpoint", metavar="ID|DIR", help="Default: the home's champion.", show_default=False)
]
ModeOption = Annotated[
    ModeName | None,
    typer.Option(
        "--mode", help="talk: read own words back; think: latents only. Default: student.mode.", show_default=False
    ),
]


class SearcherName(StrEnum):
    """Ways of looking for a solution."""

    GREEDY = "greedy"
    SAMPLE = "sample"
    BEAM = "beam"


SearchOption = Annotated[
    SearcherName | None,
    typer.Option(
        "--search",
        help="sample: attempts side by side; beam: the best partial solutions go on. Default: search.searcher.",
        show_default=False,
    ),
]


def searching(settings: "Settings", asked: SearcherName | None) -> "Settings":
    """The settings with the searcher that the command line asks for."""
    if asked is None:
        return settings
    return settings.model_copy(update={"search": settings.search.model_copy(update={"searcher": asked.value})})


@app.command(
    epilog="Example: [bold]reasoner evaluate --split sealed --mode think --config nano[/bold]; "
    "[bold]reasoner evaluate --search beam --ablate[/bold]"
)
def evaluate(
    overrides: options.Overrides = None,
    checkpoint: Checkpoint = None,
    split: Annotated[SplitName, typer.Option("--split", help="Which set.")] = SplitName.SEALED,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="All rows of this file, in place of a set.", show_default=False),
    ] = None,
    mode: ModeOption = None,
    search: SearchOption = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Every way of searching on the same problems, beside greedy.")
    ] = False,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="Problems; default: the whole set.", show_default=False)
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Evaluate a checkpoint: accuracy with 95% intervals, overall, by skill and by number of steps."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.tables import evaluation_table, search_table
    from reasoner.cli.voice import Voice

    settings, folder = options.settings_of(config, overrides, seed=seed), options.home_of(home)
    settings = searching(settings, search)
    voice = Voice(as_json=json, quiet=quiet)
    if ablate:
        with view_for(voice, 0) as view:
            compared = bootstrap.compare_searchers(
                settings, home=folder, checkpoint=checkpoint, split=split.value, n=n, progress=view.progress, data=data
            )
        for row in compared.rows:
            about = {"checkpoint": compared.checkpoint, "split": compared.split}
            voice.record("search", {**about, **row.model_dump(mode="json")})
        voice.show(f"checkpoint {compared.checkpoint} on {data or f'the {compared.split} set'}, talk mode\n")
        voice.show(search_table(compared))
        return
    with view_for(voice, 0) as view:
        report = bootstrap.evaluate(
            settings,
            home=folder,
            checkpoint=checkpoint,
            split=split.value,
            mode=(mode or ModeName(settings.student.mode)).value,
            n=n,
            progress=view.progress,
            data=data,
        )
    overall = report.overall.model_dump(mode="json")
    voice.record("evaluation", {**report.model_dump(mode="json", exclude={"overall"}), **overall})
    where = data or f"the {report.split} set"
    way = "" if report.search == "greedy" else f", {report.search} search"
    voice.show(f"checkpoint {report.checkpoint} on {where}, {report.mode} mode{way}, {report.seconds:.1f} s\n")
    voice.show(evaluation_table(report))
    if report.errors:
        voice.show(f"the checker failed on {report.errors} problems, which are not counted")
