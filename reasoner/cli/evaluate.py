"""`reasoner evaluate`: one checkpoint on one set, with intervals."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice
    from reasoner.config.settings import Settings
    from reasoner.types.problem import Mode

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


@app.command(
    epilog="Example: [bold]reasoner evaluate --split sealed --mode think --config nano[/bold]; "
    "[bold]reasoner evaluate --search beam[/bold]; [bold]reasoner evaluate --ablate[/bold]"
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
    recall: Annotated[
        bool,
        typer.Option("--recall", help="A search may ask the memory for search.recall neighbours; else it never does."),
    ] = False,
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="Problems; default: the whole set.", show_default=False)
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
    task: options.Task = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Evaluate a checkpoint: accuracy with 95% intervals, overall, by skill and by number of steps."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    settings = options.settings_of(config, overrides, task=task, seed=seed)
    settings = bootstrap.searching(settings, search.value if search else None)
    asked: dict[str, Any] = {
        "home": options.home_of(home),
        "checkpoint": checkpoint,
        "split": split.value,
        "n": n,
        "data": data,
        "recall": recall,
    }
    voice = Voice(as_json=json, quiet=quiet)
    if settings.search.recall and not recall:
        voice.say("search.recall is left out: what is measured is the student's own; --recall asks the memory")
    if not ablate:
        _evaluate(settings, voice, mode=(mode or ModeName(settings.student.mode)).value, **asked)
    elif mode is ModeName.THINK or search not in (None, SearcherName.BEAM):
        raise UsageError(
            "--ablate compares a beam and every other way of searching, in talk mode; leave out --mode think and other "
            "searchers than --search beam"
        )
    else:
        _compare(settings, voice, **asked)


def _evaluate(settings: "Settings", voice: "Voice", *, mode: "Mode", **asked: Any) -> None:
    """One way of solving."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.tables import evaluation_table

    with view_for(voice, 0) as view:
        report = bootstrap.evaluate(settings, mode=mode, progress=view.progress, **asked)
    overall = report.overall.model_dump(mode="json")
    voice.record("evaluation", {**report.model_dump(mode="json", exclude={"overall"}), **overall})
    where = asked["data"] or f"the {report.split} set"
    way = "" if report.search == "greedy" else f", {report.search} search"
    voice.show(f"checkpoint {report.checkpoint} on {where}, {report.mode} mode{way}, {report.seconds:.1f} s\n")
    voice.show(evaluation_table(report))
    if report.errors:
        voice.show(f"the checker failed on {report.errors} problems, which are not counted")


def _compare(settings: "Settings", voice: "Voice", **asked: Any) -> None:
    """Every way of searching."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.tables import search_table

    with view_for(voice, 0) as view:
        compared = bootstrap.compare_searchers(settings, progress=view.progress, **asked)
    about = {"checkpoint": compared.checkpoint, "split": compared.split}
    for row in compared.rows:
        voice.record("search", {**about, **row.model_dump(mode="json")})
    where = asked["data"] or f"the {compared.split} set"
    voice.show(f"checkpoint {compared.checkpoint} on {where}, talk mode\n")
    voice.show(search_table(compared))
