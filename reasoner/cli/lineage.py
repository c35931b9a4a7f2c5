"""`reasoner lineage`: from any id to its causes and its effects."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import options
from reasoner.cli.ids import SHORT, full_run_of

if TYPE_CHECKING:
    from agents.lineage.links import Link
    from agents.lineage.walking import Branch
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)

AnyId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help=f"Of a failed problem, teacher call, verdict, example, job, checkpoint, report or decision. {SHORT}",
        show_default=False,
    ),
]
OfRun = Annotated[str | None, typer.Option("--run", help="Only as this run knows it.", show_default=False)]
Most = Annotated[int, typer.Option("--most", min=1, help="Branches that are shown at each fork.")]


@app.command(epilog="Example: [bold]reasoner lineage 20261122-0915-math-nano-k3f9-c2 --most 3[/bold]")
def lineage(
    id: AnyId,
    run: OfRun = None,
    most: Most = 5,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Walk from a thing to what caused it and what came of it.

    failure -> teacher call -> verdict -> example -> job -> checkpoint -> report -> decision -> promotion.
    """
    from agents.lineage.archive import Archive
    from agents.lineage.walking import causes, effects, find
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice

    voice, place = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(place) as database:
        archive = Archive(database, place)
        for link in find(id, archive, run=full_run_of(database, run)):
            _show(voice, link, causes(link, archive, most=most), effects(link, archive, most=most))


def _show(voice: "Voice", link: "Link", before: "Branch", after: "Branch") -> None:
    from rich.text import Text

    for way, branch in (("cause", before), ("effect", after)):
        for body in _records(branch, way):
            voice.record("lineage", {**body, "of": link.id}, run=link.run)
    width = voice.console.width
    voice.show(_named(link, width))
    for title, branch in (("caused by", before), ("led to", after)):
        voice.show(Text(title, style="bold"))
        for line in _lines(branch, "", width):
            voice.show(line)
    voice.show("")


def _records(branch: "Branch", way: str) -> Iterator[dict[str, Any]]:
    """Each step once: from where, to where."""
    if branch.why:
        yield {"way": way, "from": branch.link.id, "to": "", "why": branch.why}
    for one in branch.branches:
        yield {"way": way, "from": branch.link.id, "to": one.link.id, **one.link.model_dump(exclude={"id", "run"})}
        yield from _records(one, way)


def _lines(branch: "Branch", indent: str, width: int) -> Iterator[Any]:
    from rich.text import Text

    if branch.why:
        yield Text(f"{indent}└─ {branch.why}", style="dim")
    for one in branch.branches:
        last = one is branch.branches[-1] and not branch.more
        line = Text(f"{indent}{'└─ ' if last else '├─ '}", style="dim", no_wrap=True, overflow="ignore")
        yield line.append_text(_named(one.link, width - line.cell_len))
        yield from _lines(one, f"{indent}{'   ' if last else '│  '}", width)
    if branch.more:
        yield Text(f"{indent}└─ and {branch.more} more (--most)", style="dim")


def _named(link: "Link", width: int) -> Any:
    """A link in one line; where that is too long, what is said of it gives way, never its id."""
    from rich.text import Text

    text = Text(f"{link.kind} ", style="bold", no_wrap=True, overflow="ignore")
    text.append(link.id, style="not bold cyan")
    said = Text(f"  cycle {link.cycle}  {' '.join(link.said.split())}", style="not bold default")
    said.truncate(max(1, width - text.cell_len), overflow="ellipsis")
    return text.append_text(said)
