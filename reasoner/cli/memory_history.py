"""`reasoner memory log | diff | revert | prune`: every change of the memory is a version, and none is final."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from memory.store.versions import Difference
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)

SHOWN = 5
"""Ids that are shown of many; `--json` has them all."""


@app.command(
    "log",
    epilog="Example: [bold]reasoner memory log[/bold]; [bold]reasoner memory log 3f9c2a77d01b4e56[/bold]",
)
def log(
    id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Only what changed this item.", show_default=False)
    ] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List the versions of the memory, oldest first: what came, what was taken out, what was put back, and why."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    table = plain_table(
        "version",
        "made at",
        "kind",
        "learnt",
        "dropped",
        "restored",
        "cause",
        right=("version", "learnt", "dropped", "restored"),
    )
    versions = bootstrap.memory_log(options.home_of(home), item=id)
    for one in versions:
        voice.record("version", one.model_dump(mode="json"))
        counts = (str(one.learnt), str(one.dropped), str(one.restored))
        table.add_row(str(one.number), one.made_at[:19].replace("T", " "), one.kind, *counts, one.cause)
    voice.show(table if versions else "no version " + (f"changed {id!r}" if id else "yet: nothing is remembered"))


@app.command("diff", epilog="Example: [bold]reasoner memory diff 3[/bold]; [bold]reasoner memory diff 3 7[/bold]")
def diff(
    earlier: Annotated[
        int, typer.Argument(metavar="VERSION", min=0, help="0 is the empty memory.", show_default=False)
    ],
    later: Annotated[
        int | None, typer.Argument(metavar="[LATER]", min=0, help="Default: the present one.", show_default=False)
    ] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what the later of two versions has and has not."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    _show_difference(voice, "diff", bootstrap.memory_diff(options.home_of(home), earlier, later))


@app.command("revert", epilog="Example: [bold]reasoner memory revert 7[/bold]")
def revert(
    to: Annotated[int, typer.Argument(metavar="VERSION", min=0, help="See `reasoner memory log`.", show_default=False)],
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make the memory what it was at a version. That is a new version: it can be reverted like any other."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    _show_difference(voice, "revert", bootstrap.revert_memory(options.home_of(home), to))


@app.command(
    "prune",
    epilog="Example: [bold]reasoner memory prune --only source=self --only until=2026-11-01 --dry-run[/bold]",
)
def prune(
    only: options.Only = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Failed attempts instead of examples.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this, or --dry-run, you are asked.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Take items out of the memory. Nothing is deleted: `reasoner memory revert` brings them back."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    voice, meant, place = Voice(as_json=json, quiet=quiet), options.filter_of(only, wrong=wrong), options.home_of(home)
    if meant.is_empty:
        raise UsageError("memory prune: expected at least one --only KEY=VALUE; everything is never meant")
    plan = bootstrap.prune_memory(place, meant, wrong=wrong, dry_run=True)
    noun = "failed attempts" if wrong else "examples"
    if not dry_run and plan.ids:
        if not yes and not typer.confirm(f"take {len(plan.ids)} {noun} out of the memory?", err=True):
            raise typer.Exit(1)
        plan = bootstrap.prune_memory(place, meant, wrong=wrong, dry_run=False)
    voice.record("prune", plan.model_dump(mode="json"))
    does = "would go" if dry_run else "went"
    back = "" if dry_run or not plan.ids else f"; `reasoner memory revert {plan.version - 1}` brings them back"
    voice.show(f"{len(plan.ids)} {noun} {does}{_some(plan.ids)}{back}")


def _show_difference(voice: "Voice", event: str, difference: "Difference") -> None:
    voice.record(event, difference.model_dump(mode="json"))
    parts = {
        "examples came": difference.added,
        "examples went": difference.dropped,
        "failed attempts came": difference.added_wrong,
        "failed attempts went": difference.dropped_wrong,
    }
    lines = [f"{len(ids)} {what}{_some(ids)}" for what, ids in parts.items() if ids]
    voice.show("\n".join(lines) or "nothing differs")


def _some(ids: list[str]) -> str:
    shown = ", ".join(ids[:SHOWN]) + (", ..." if len(ids) > SHOWN else "")
    return f": {shown}" if ids else ""
